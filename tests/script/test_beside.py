"""What belongs to a script beside its own file."""

import asyncio
import importlib
import os
import sys
from pathlib import Path

import pytest

from tcpmon.core import model
from tcpmon.script import beside
from tcpmon.script.beside import files, is_beside, look_at, modules


def test_is_beside() -> None:
    """The user's own files in the folder, and below it; no installed ones."""
    path = "/home/me/my.py"
    own = ["/home/me/my.py", "/home/me/a/b.py"]
    others = ["/home/mean/b.py", "<string>", None, "/home/me/.venv/site-packages/x.py"]
    assert [is_beside(file, path) for file in own + others] == [True] * 2 + [False] * 4


def test_above_python() -> None:
    """Neither Python itself nor tcpmon belongs to a script, even if it lies in a folder above."""
    assert not any(is_beside(module.__file__, "/my.py") for module in (os, asyncio, beside, model))
    assert not modules("/my.py").keys() & {"os", "asyncio", "tcpmon", "tcpmon.script"}
    assert is_beside(os.__file__, os.__file__)


def test_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All that was imported from there, and what an error came from."""
    path, helper, wrong = (str(tmp_path / name) for name in ("my.py", "helps.py", "wrong.py"))
    Path(helper).write_text("def fail(): raise ValueError\n")
    Path(wrong).write_text("x = \n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setitem(sys.modules, "helps", importlib.import_module("helps"))
    assert files(path, None) == look_at([helper])
    assert list(modules(path)) == ["helps"]
    with pytest.raises(SyntaxError) as raised:
        importlib.import_module("wrong")
    assert files(path, raised.value) == look_at([helper, wrong])
    with pytest.raises(ValueError) as failed:  # noqa: PT011 - it says nothing
        modules(path)["helps"].fail()
    monkeypatch.delitem(sys.modules, "helps")
    assert list(files(path, failed.value)) == [helper]
    before = look_at([helper, path])
    assert before[path] is None
    Path(helper).write_text("x = 12345\n")
    assert look_at([helper, path]) != before
