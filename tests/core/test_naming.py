"""Names are safe wherever they come from, and it is clear who is called what."""

import time

import pytest
from hypothesis import example, given, strategies as st
from rich.cells import cell_len

from tcpmon.core.errors import BadName, BadNetwork, BadPattern
from tcpmon.core.naming import (
    NAME_CELLS,
    PATTERN_MOST,
    Finder,
    Names,
    check_name,
    clean,
    fill,
    glob,
    said,
)
from tests.core.safety import unsafe_in


@given(st.text())
@example("日本語" * 20)
@example("\x1b]52;c;" * 20)
@example("a\\\x1b" * 20)
def test_a_name_is_clean(text: str) -> None:
    """Whatever is typed, its name is one safe line of at most 40 cells, and names itself."""
    name = clean(text)
    assert not unsafe_in(name)
    assert cell_len(name) <= NAME_CELLS
    assert clean(name) == name


@given(st.binary(max_size=400))
def test_what_a_peer_calls_itself_is_clean(data: bytes) -> None:
    """A peer's own name can do no more than a typed one."""
    name = said(data)
    assert not unsafe_in(name)
    assert cell_len(name) <= NAME_CELLS


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"gps-0417\r\n", "gps-0417"), (b"358\0\0\0", "358"), (b" \t\r\n\0", ""),
        (b"a\x1b[2Jb", "a\\x1b[2Jb"), ("Gerät".encode(), "Gerät"), (b"\xff", "\\xff"),
        (b"x" * 1000, "x" * 39 + "…"), (b"a \x00 b", "a \\x00 b"),
    ],
)  # fmt: skip
def test_what_a_peer_calls_itself(data: bytes, name: str) -> None:
    """Line ends and padding around it are not part of a name."""
    assert said(data) == name


@pytest.mark.parametrize(
    ("name", "host", "filled"),
    [
        ("gps-{host}", "10.4.0.9", "gps-9"), ("gps-{host}", "fe80::1:2f%eth0", "gps-2f"),
        ("{address}", "10.4.0.9", "10.4.0.9"), ("cell {number}", "", "cell 7"),
        ("{host}", "", ""), ("plain", "10.4.0.9", "plain"), ("a{b", "::1", "a{b"),
    ],
)  # fmt: skip
def test_fills_in(name: str, host: str, filled: str) -> None:
    """One name for many is another one for each."""
    assert fill(check_name(name), host, 7) == filled


def test_says_what_cannot_be_filled_in() -> None:
    """A word in braces that means nothing is told at once, with those that do."""
    with pytest.raises(BadName, match=r"\{prot\\x1b\} in a name is not known; there is \{host\}"):
        check_name("gps-{prot\x1b}")


NAMES = Names(
    {
        "10.0.0.0/8": "ours",
        "10.4.0.0/16": "gps-{host}",
        "10.4.0.1": "gate",
        "fe80::/10": "lab-{number}",
        "35841*": "lorry",
        "358[49]1": "van {number}",
        "aa:bb:cc:dd:ee:ff": "mac",
    }
)


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("10.4.0.1", "gate"), ("10.4.0.9", "gps-9"), ("10.5.0.9", "ours"), ("11.0.0.1", ""),
        ("fe80::7%eth0", "lab-3"), ("::1", ""),
    ],
)  # fmt: skip
def test_the_narrowest_network_names(host: str, name: str) -> None:
    """An address has the name of the narrowest network that is named around it."""
    assert NAMES.of_caller(host, 3) == name


@pytest.mark.parametrize(
    ("own", "name"),
    [
        ("358412", "lorry"), ("35841", "lorry"), ("35891", "van 3"), ("358", "358"),
        ("aa:bb:cc:dd:ee:ff", "mac"), ("x35841", "x35841"),
    ],
)  # fmt: skip
def test_an_id_can_have_a_name(own: str, name: str) -> None:
    """What a client calls itself may be an id that people have a name for."""
    assert NAMES.of_self(own, "10.0.0.1", 3) == name


@pytest.mark.parametrize("key", ["10.0.0.300", "10.0.0", "10.0.0.1/8", "fe80::1/10", "10.0.0.0/33"])
def test_a_wrong_address_is_no_pattern(key: str) -> None:
    """A slip in an address does not become a pattern that nothing ever fits."""
    with pytest.raises(BadNetwork):
        Names({key: "a"})


def test_a_name_can_be_remembered() -> None:
    """A name for an address holds from then on; without it that of the network does again."""
    names = Names({"10.0.0.0/8": "ours"})
    names.set("10.0.0.7", "seven")
    assert names.of_caller("10.0.0.7", 1) == "seven"
    names.set("10.0.0.7", "")
    assert names.of_caller("10.0.0.7", 1) == "ours"
    names.set("fe80::1%eth0", "six")
    assert names.of_caller("fe80::1%eth0", 1) == "six"


@pytest.mark.parametrize(
    ("pattern", "name", "fits"),
    [("gps-*", "gps-1", True), ("gps-*", "a gps-1", False), ("g?s", "gps", True), ("*", "", True)],
)
def test_a_pattern_of_a_name(pattern: str, name: str, fits: bool) -> None:
    """A pattern is for the whole name, with * and ? as in file names."""
    assert bool(glob(pattern).fullmatch(name)) is fits


@pytest.mark.parametrize(
    ("pattern", "data", "found"),
    [
        (r"imei=(\d+)", b"hello imei=358412;", ("358412", False)),
        (r"imei=(\d+)", b"hello imei=358412", ("358412", True)),
        (r"imei=(\d+)", b"hello", None),
        (r"[a-z]+-\d+", b"gps-7 is here", ("gps-7", False)),
        (r"^\x78\x78(..)", b"\x78\x78\x01\x02\x03", (r"\x01\x02", False)),
        (r"id:(\w*)", b"id: ", None),
        (r"(a)|b", b"b ", None),
        ("é+", "éé!".encode(), ("é", False)),
    ],
)
def test_finds_a_name(pattern: str, data: bytes, found: tuple[str, bool] | None) -> None:
    """The first group is the name, or all that matches; nothing is no name."""
    assert Finder(pattern).find(data) == found


@pytest.mark.parametrize(
    ("pattern", "told"),
    [
        (r"imei=(\d+", r"imei=(\\d+ is not a pattern: missing ) at character 10"),
        ("*", "is not a pattern: nothing to repeat at character 1"),
        ("x" * (PATTERN_MOST + 1), "is too long; 200 characters are the most"),
        ("(" * 200, "is not a pattern: "),
        ("((a{1000}){1000}){1000}", "is not a pattern: the pattern is too large; say it with"),
        ("\x1b(", r"\x1b( is not a pattern: "),
    ],
)
def test_says_what_is_no_pattern(pattern: str, told: str) -> None:
    """A pattern that cannot be read is told with the place, safely."""
    with pytest.raises(BadPattern) as caught:
        Finder(pattern)
    assert told in str(caught.value)
    assert not unsafe_in(str(caught.value))


SLOW = "(a|aa)+$"


def test_a_search_ends() -> None:
    """A pattern that would search for ever is stopped soon."""
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        Finder(SLOW).find(b"a" * 60 + b"!")
    assert time.monotonic() - began < 5
