"""Rules come from a file or a preset, and what is wrong is told with both file and line."""

from pathlib import Path

import pytest

from tcpmon import presets
from tcpmon.core.errors import BadRules
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
