"""A file to hooks, and errors to words."""

import sys
from itertools import pairwise
from pathlib import Path

import pytest

from tcpmon.core.errors import BadScript
from tcpmon.script.code import MODULE, explain, load


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A path; what is loaded from it is forgotten after the test."""
    monkeypatch.setitem(sys.modules, MODULE, sys)
    return tmp_path / "s.py"


def test_load(script: Path) -> None:
    """Hooks may be anything that can be called; the module can be found by its name."""
    script.write_text(
        "from dataclasses import dataclass\n@dataclass\nclass Say:\n    client: object\n"
        "on_connect = Say\n"
        "on_message = lambda client, message, more=5: (client, message, more)\n"
        "async def on_close(*anything): pass\n"
        "on_tick = print\n"
    )
    hooks = load(str(script))
    assert list(hooks) == ["on_connect", "on_message", "on_close", "on_tick"]
    assert hooks["on_message"](1, 2) == (1, 2, 5)
    assert sys.modules[MODULE].__dict__["on_message"] is hooks["on_message"]


@pytest.mark.parametrize("source", ["1 / 0", "on_tick = 1", "x ="])
def test_bad_code_leaves_the_module_before(script: Path, source: str) -> None:
    """Code that cannot be used does not take the place of what runs."""
    script.write_text("def on_tick(): raise ValueError\n")
    hooks = load(str(script))
    before = sys.modules[MODULE]
    script.write_text(source)
    with pytest.raises(BadScript):
        load(str(script))
    assert sys.modules[MODULE] is before
    with pytest.raises(ValueError) as raised:  # noqa: PT011 - it says nothing
        hooks["on_tick"]()
    told = explain(raised.value, str(script))
    assert told == "ValueError; line 1 in on_tick: def on_tick(): raise ValueError"


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (b"# caf\xe9\n", "line 1: byte 0xe9 is not UTF-8 text"),
        (b"\xef\xbb\xbf\n\nx = '\xff'", "line 3: byte 0xff is not UTF-8 text"),
        (b"# coding: ascii\n\n# \xe9", "line 3: byte 0xe9 is not ASCII text"),
        (b"# coding: no-such\n", "SyntaxError: unknown encoding: no-such"),
        (b"# coding: latin-1\non_tick = '\xe9'.isalpha\n", ""),
    ],
)
def test_not_text(script: Path, source: bytes, told: str) -> None:
    """What is not text is told with its place, in a comment too; a coding line holds."""
    script.write_bytes(source)
    if not told:
        assert load(str(script))["on_tick"]()
        return
    with pytest.raises(BadScript) as raised:
        load(str(script))
    assert raised.value.message.startswith(told)


def test_too_large(script: Path) -> None:
    """A file that nobody has written is not read."""
    script.write_bytes(b" " * (5 << 20))
    with pytest.raises(BadScript, match="larger than 4 MiB"):
        load(str(script))


def test_an_error_that_cannot_be_said(script: Path) -> None:
    """The user's own errors may be wrong, too."""

    class WrongError(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    assert explain(WrongError(), str(script)) == "WrongError: it cannot be said"


def test_depth(script: Path) -> None:
    """Of a deep fall only the end is told."""
    names = "abcdefgh"
    calls = [f"def {one}(): {two}()\n" for one, two in pairwise(names)]
    script.write_text("".join(calls) + "def h(): raise KeyError('x')\non_tick = a\n")
    hooks = load(str(script))
    with pytest.raises(KeyError) as raised:
        hooks["on_tick"]()
    told = explain(raised.value, str(script)).split("; ")
    assert told[:2] == ["KeyError: 'x'", "2 calls before"]
    assert [step.split()[3] for step in told[2:]] == ["c:", "d:", "e:", "f:", "g:", "h:"]
