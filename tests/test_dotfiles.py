"""Files are found where people expect them, read with care, and never half written."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from tcpmon import dotfiles
from tcpmon.core.errors import BadConfig, CannotRead, CannotWrite
from tcpmon.core.history import LONGEST, MOST, Written
from tcpmon.core.payload import Form
from tcpmon.dotfiles import (
    add_to_history,
    config_path,
    history_path,
    names_path,
    read_history,
    read_toml,
    remember,
    remembered,
)
from tests.core.safety import unsafe_in


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where names are remembered, which is nowhere yet."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state" / "tcpmon" / "names.toml"


@pytest.mark.parametrize(
    ("value", "folder"),
    [("/etc/own", "/etc/own"), ("", "/home/me/.config"), ("relative", "/home/me/.config")],
)
def test_where_the_config_is(value: str, folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The config is where XDG_CONFIG_HOME says, or else in ~/.config."""
    monkeypatch.setenv("HOME", "/home/me")
    monkeypatch.setenv("XDG_CONFIG_HOME", value)
    assert config_path() == f"{folder}/tcpmon/config.toml"


def test_where_names_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """What tcpmon itself remembers is no part of the config."""
    monkeypatch.setenv("HOME", "/home/me")
    monkeypatch.delenv("XDG_STATE_HOME")
    assert names_path() == "/home/me/.local/state/tcpmon/names.toml"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"a = 1\nb = \x01\n", r"c.toml, line 2, column 5: invalid value; a line is like keep"),
        (b"a = [1,\n", "c.toml, line 2, at the end: "),
        (b"a = 1\na = 2\n", "c.toml, line 2, column 6: cannot overwrite a value"),
        (b"# ok\n# \xff\n", "c.toml, line 2: not UTF-8; TOML is UTF-8 text"),
        (b'a = "\x1b"', r"c.toml, line 1, column 6: illegal character '\\x1b'"),
        (b"a = " + b"[" * 100_000, "c.toml is nested too deeply"),
        (b"a = " + b"9" * 5_000, "c.toml: a number in it is too long"),
        (b"#" * (dotfiles.MOST + 1), "c.toml is too long for a config file"),
    ],
    ids=["value", "end", "twice", "utf-8", "control", "deep", "digits", "long"],
)
def test_what_is_no_toml(data: bytes, told: str, tmp_path: Path) -> None:
    """What cannot be read is told in one line, with its place."""
    path = tmp_path / "c.toml"
    path.write_bytes(data)
    with pytest.raises(BadConfig) as caught:
        read_toml(str(path))
    assert told in str(caught.value)
    assert not unsafe_in(str(caught.value))


@pytest.mark.parametrize("path", ["/nonexistent", "/", "a\0b", ""])
def test_what_cannot_be_read(path: str) -> None:
    """A file that is not there, or is none, is told with its name."""
    with pytest.raises(BadConfig, match=r"^cannot read "):
        read_toml(path)


def test_names_are_remembered(state: Path) -> None:
    """What is remembered is there the next time; another name takes its place, none ends it."""
    assert remembered() == {}
    assert remember({"10.0.0.7": "press", "::1": 'a "b" \\ é'}) == str(state)
    assert remembered() == {"10.0.0.7": "press", "::1": 'a "b" \\ é'}
    remember({"10.0.0.7": "press 3", "::1": ""})
    assert remembered() == {"10.0.0.7": "press 3"}
    assert state.read_text().startswith("# Names that were given in tcpmon")
    assert state.stat().st_mode & 0o777 == 0o600
    assert os.listdir(state.parent) == ["names.toml"]


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_name_is_written_as_toml(name: str) -> None:
    """Whatever is in a name, it is read back as it was."""
    import tomllib

    assert tomllib.loads(f"{dotfiles._quoted(name)} = {dotfiles._quoted(name)}") == {name: name}


def test_what_cannot_be_read_is_not_written_over(state: Path) -> None:
    """A file that somebody has made unreadable stays as it is."""
    state.parent.mkdir(parents=True)
    for text in ("[", "a = 1", '"10.0.0.300" = "a"', '"a" = "{b}"'):
        state.write_text(text)
        with pytest.raises(BadConfig, match=r"names\.toml"):
            remember({"10.0.0.7": "press"})
        assert state.read_text() == text


def test_what_cannot_be_written(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that is full loses nothing of what is there, and leaves no pieces."""
    remember({"10.0.0.7": "press"})

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(CannotWrite, match=r"cannot write .*names\.toml: no space left on device"):
        remember({"10.0.0.8": "gate"})
    assert remembered() == {"10.0.0.7": "press"}
    assert os.listdir(state.parent) == ["names.toml"]


def test_a_link_stays_a_link(state: Path, tmp_path: Path) -> None:
    """Who keeps the file elsewhere, by a link, still does afterwards."""
    state.parent.mkdir(parents=True)
    elsewhere = tmp_path / "elsewhere.toml"
    elsewhere.write_text("")
    state.symlink_to(elsewhere)
    remember({"10.0.0.7": "press"})
    assert state.is_symlink()
    assert "press" in elsewhere.read_text()


# -- what was sent ---------------------------------------------------------------------


def sent(number: int) -> Written:
    """Return a payload that was sent."""
    return Written(Form.TEXT, f"AT+{number}")


def test_what_was_sent_is_kept(state: Path) -> None:
    """The first that is sent makes the file, which nobody else may read; the newest is last."""
    assert read_history() == ([], 0)
    history = [sent(1), Written(Form.HEX, "01 02"), Written(Form.TEXT, "é\\n", exact=True)]
    for written in history:
        add_to_history(written)
    path = state.with_name("history")
    assert history_path() == str(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert len(path.read_bytes().splitlines()) == 3
    assert read_history() == (history, 0)


def test_two_who_write_lose_nothing(state: Path) -> None:
    """Several that write at the same time, while the file is cut down, lose nothing of it."""
    long = Written(Form.TEXT, "x" * (LONGEST - 3))
    with ThreadPoolExecutor(4) as pool:
        for place in range(80):
            pool.submit(add_to_history, sent(place)).result()
            done = [pool.submit(add_to_history, Written(Form.TEXT, f"{long.text}{place}"))]
            done += [pool.submit(add_to_history, sent(place + number)) for number in (100, 200)]
            for future in done:
                future.result()
    assert state.with_name("history").stat().st_size < dotfiles.HISTORY < 79 * LONGEST
    texts = [written.text for written in read_history()[0]]
    assert {f"AT+{place + more}" for place in range(70, 80) for more in (0, 100, 200)} <= {*texts}
    assert len(texts) <= MOST


def test_a_broken_history_is_read_as_far_as_it_goes(state: Path) -> None:
    """Lines that are none are counted and left out; what they hold is never shown as it is."""
    add_to_history(sent(1))
    with state.with_name("history").open("ab") as file:
        file.write(b'\xff{"form": "text"\n[]\n{"form":"text","text":"\\u001b[2J"}\n')
    assert read_history() == ([sent(1), Written(Form.TEXT, "\\x1b[2J")], 2)
    with state.with_name("history").open("ab") as file:
        file.write(b'{"form":"te')  # the disk was full
    add_to_history(sent(2))
    assert read_history()[0][-1] == sent(2)


@pytest.mark.parametrize("kind", ["folder", "pipe", "file"])
def test_a_history_that_is_no_file(kind: str, state: Path) -> None:
    """Whatever stands in its place is told of in one line, and nobody waits for it."""
    path = state.with_name("history")
    if kind == "file":
        state.parent.parent.mkdir()
        state.parent.write_text("no folder")
    else:
        state.parent.mkdir(parents=True)
        path.mkdir() if kind == "folder" else os.mkfifo(path)
    with pytest.raises(CannotWrite, match="cannot write") as caught:
        add_to_history(sent(1))
    assert not unsafe_in(str(caught.value))
    with pytest.raises(CannotRead, match="cannot read"):
        read_history()
