"""Files to send are looked at with care, and their paths are completed."""

import os
from pathlib import Path

import pytest

from tcpmon.core.errors import CannotRead
from tcpmon.ui.paths import complete, expanded, length
from tests.core.safety import unsafe_in


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a few things in it."""
    for name in ("firmware-1.bin", "firmware-2.bin", "other", ".hidden", "bad\x1bname"):
        (tmp_path / name).write_bytes(b"12345")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "one").touch()
    os.mkfifo(tmp_path / "pipe")
    return tmp_path


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("f", "firmware-"),
        ("firmware-", "firmware-"),
        ("firmware-1", "firmware-1.bin"),
        ("s", "sub/"),
        ("sub/", "sub/one"),
        (".h", ".hidden"),
        ("none", "none"),
        ("none/x", "none/x"),
        ("bad", "bad"),
        ("", ""),
        ("\0", "\0"),
    ],
)
def test_complete(typed: str, completed: str, folder: Path) -> None:
    """A path goes on as far as there is but one way; a name that cannot be typed is no way."""
    assert complete(f"{folder}/{typed}") == f"{folder}/{completed}"


def test_home(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """~ is the home folder, and stays as it was typed."""
    monkeypatch.setenv("HOME", str(folder))
    assert expanded("~/other") == str(folder / "other")
    assert complete("~/ot") == "~/other"


def test_length(folder: Path) -> None:
    """A file that can be sent has a length."""
    assert length(str(folder / "other")) == 5


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("none", "no such file or directory"),
        ("sub", "is a folder"),
        ("pipe", "is no plain file"),
        ("other/x", "not a directory"),
        ("x\x1b", "no such file"),
        ("a\0b", "cannot read"),
    ],
)
def test_what_cannot_be_sent(name: str, told: str, folder: Path) -> None:
    """Why something cannot be sent is said, in words that are safe to print."""
    with pytest.raises(CannotRead) as caught:
        length(str(folder / name))
    assert told in str(caught.value)
    assert not unsafe_in(str(caught.value))


def test_no_path() -> None:
    """What cannot be a path is said to be none."""
    with pytest.raises(CannotRead, match="is no path"):
        expanded("~\0/x")
