"""The rules file is read and written whole, or it is said why not."""

import os
from pathlib import Path

import pytest

from tcpmon import rulesfile
from tcpmon.core.errors import CannotRead, CannotWrite


def test_what_is_written_is_read(tmp_path: Path) -> None:
    """A file comes back as it was written, and who may read it stays as it was."""
    path = tmp_path / "rules.toml"
    rulesfile.write(str(path), "# é\n")
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    rulesfile.write(str(path), "[[rule]]\n")
    assert rulesfile.read(str(path)) == "[[rule]]\n"
    assert path.stat().st_mode & 0o777 == 0o644
    assert os.listdir(tmp_path) == ["rules.toml"]


def test_a_link_stays_one(tmp_path: Path) -> None:
    """What a link points to is written, and the link goes on pointing there."""
    real, link = tmp_path / "real.toml", tmp_path / "link.toml"
    real.write_text("a = 1\n")
    link.symlink_to(real)
    rulesfile.write(str(link), "b = 2\n")
    assert link.is_symlink()
    assert real.read_text() == "b = 2\n"


def test_it_says_why_it_cannot_be_read(tmp_path: Path) -> None:
    """No file, a folder, a file that is no text and one that is too long: one sentence each."""
    odd, long = tmp_path / "odd", tmp_path / "long"
    odd.write_bytes(b"a\nb\xff")
    long.write_bytes(bytes(rulesfile.MOST + 1))
    for path, why in (
        (tmp_path / "none", "no such file"),
        (tmp_path, "is a directory"),
        (odd, "line 2: not UTF-8"),
        (long, "too long"),
        (Path("a\0b"), "null"),
    ):
        with pytest.raises(CannotRead, match=why):
            rulesfile.read(str(path))


def test_it_says_why_it_cannot_be_written(tmp_path: Path) -> None:
    """Where no file can be, the error says so and nothing is left behind."""
    with pytest.raises(CannotWrite, match="no such file"):
        rulesfile.write(str(tmp_path / "none" / "rules.toml"), "")
    (tmp_path / "folder").mkdir()
    with pytest.raises(CannotWrite, match="is a directory"):
        rulesfile.write(str(tmp_path / "folder"), "")
    assert os.listdir(tmp_path) == ["folder"]


def test_a_change_shows(tmp_path: Path) -> None:
    """The stamp is another one once the file has been written anew, and None without one."""
    path = str(tmp_path / "rules.toml")
    assert rulesfile.stamp(path) is None
    rulesfile.write(path, "a")
    before = rulesfile.stamp(path)
    rulesfile.write(path, "b")
    assert before is not None
    assert rulesfile.stamp(path) != before
