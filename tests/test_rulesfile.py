"""Rules come from a file or a preset, and what is wrong is told with both file and line."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tcpmon import presets, rulesfile
from tcpmon.core.errors import BadRules, CannotWrite
from tcpmon.rulesfile import load
from tests.core.safety import unsafe_in


def test_preset() -> None:
    """A name is that of a preset before it is that of a file."""
    source, rules = load("echo")
    assert source == ""
    assert rules.text == presets.text("echo")


def test_file(tmp_path: Path) -> None:
    """A file is read whole, with the mark that some editors put in front."""
    path = tmp_path / "r.toml"
    path.write_bytes(b"\xef\xbb\xbf[[rule]]\ndo = 'echo'\n")
    source, rules = load(str(path))
    assert (source, len(rules.rules)) == (str(path), 1)


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"\n[[rule]]", "line 2: rule 1: do is missing"), (b"\n\xff", "line 2: not UTF-8"),
     (b"x" * (5 << 20), "too long")],
)  # fmt: skip
def test_bad(tmp_path: Path, data: bytes, words: str) -> None:
    """What is wrong is told with the file."""
    path = tmp_path / "r\x1b.toml"
    path.write_bytes(data)
    with pytest.raises(BadRules, match=r"r\\x1b\.toml: ") as error:
        load(str(path))
    assert words in str(error.value)
    assert not unsafe_in(str(error.value))


@pytest.mark.parametrize("word", ["no/such", "", "a\0b", "/"])
def test_unreadable(word: str) -> None:
    """A file that is not there is told with what there is."""
    with pytest.raises(BadRules, match=r"cannot read .*echo"):
        load(word)


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


def test_it_says_why_it_cannot_be_written(tmp_path: Path) -> None:
    """Where no file can be, the error says so and nothing is left behind."""
    with pytest.raises(CannotWrite, match="no such file"):
        rulesfile.write(str(tmp_path / "none" / "rules.toml"), "")
    (tmp_path / "folder").mkdir()
    with pytest.raises(CannotWrite, match="no plain file"):
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


def test_a_pipe_is_read_once(tmp_path: Path) -> None:
    """Rules may come through a pipe, as those of <(...) do; nobody waits for more of it later, and
    nothing is put in its place."""
    path = str(tmp_path / "pipe")
    os.mkfifo(path)
    text = "[[rule]]\ndo = 'echo'\n"
    with ThreadPoolExecutor(1) as pool:
        pool.submit(Path(path).write_text, text)
        assert rulesfile.load(path)[1].text == text
    assert rulesfile.stamp(path) is None
    with pytest.raises(BadRules, match="no plain file"):
        rulesfile.read(path)
    with pytest.raises(CannotWrite, match="no plain file"):
        rulesfile.write(path, text)
    assert Path(path).is_fifo()
