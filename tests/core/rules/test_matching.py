"""What a message must be, and what is kept of it."""

import pytest
from hypothesis import given, strategies as st

from tcpmon.core.errors import BadFilter
from tcpmon.core.query.patterns import PATIENCE
from tcpmon.core.rules.matching import KINDS, MessageTest


@pytest.mark.parametrize(
    ("kind", "value", "fits", "does_not"),
    [
        ("text", "ping", [b"a PING\r\n", b"ping"], [b"pin", b""]),
        ("text", "É", ["café".encode()], [b"cafe"]),
        ("equals", "PING", [b"PING", b"PING\r\n", b"PING\n"], [b"ping", b"PING "]),
        ("equals", r"PING\r\n", [b"PING\r\n"], [b"PING"]),
        ("equals", "", [b"", b"\r\n"], [b" "]),
        ("starts", r"\x01L", [b"\x01L", b"\x01LOGIN"], [b"L", b""]),
        ("ends", "bye", [b"good bye\r\n", b"bye"], [b"bye."]),
        ("ends", r"\n", [b"a\n"], [b"a"]),
        ("regex", r"^a.c$", [b"abc", b"abc\n"], [b"xabc"]),
        ("hex", "78 78 ?? 5? ?a ... 0d0a", [b"xx.Zz\r\n", b"xx\0PJzz\r\n"], [b"xx.Zz\n", b"xx"]),
        ("hex", "0x01,0x02", [b"\1\2"], [b"\1\2\3"]),
        ("hex", "32 (a:u8) (b:1)", [b"2\0x", b"2\2aax"], [b"2\2ax", b"2\1a", b"3\0x", b"2", b""]),
        ("hex", "(a:u16le)", [b"\0\0", b"\1\0x"], [b"\0", b"\0\1x", b"\1\0xy"]),
    ],
)
def test_fits(kind: str, value: str, fits: list[bytes], does_not: list[bytes]) -> None:
    """Each test lets through what it says, with its line end or without."""
    test = KINDS[kind](value)
    for data in fits:
        assert test.match(data, data.rstrip(b"\r\n")) is not None
        assert test.match(data, data) is not None or kind == "regex"
    for data in does_not:
        assert test.match(data, data) is None


@pytest.mark.parametrize(
    ("kind", "value", "data", "groups"),
    [
        ("text", "ping", b"a PinG!", {"0": b"PinG"}),
        ("equals", "a", b"a", {"0": b"a"}),
        ("regex", r"id=(?P<id>\d+)(x)?", b"id=77",
         {"0": b"id=77", "1": b"77", "2": b"", "id": b"77"}),
        ("hex", "32 ?? (topic:u16be) (packet:2) ...", b"2\x0a\0\3a/b\0\7hi!",
         {"0": b"2\x0a\0\3a/b\0\7hi!", "topic": b"a/b", "packet": b"\0\7"}),
        ("hex", "(a:u8) (one:1) (b:u24be) (c:u32le)", b"\1ax\0\0\2bb\0\0\0\0",
         {"0": b"\1ax\0\0\2bb\0\0\0\0", "a": b"a", "one": b"x", "b": b"bb", "c": b""}),
        ("hex", "01 (id:2) (rest:...)", b"\1abcd", {"0": b"\1abcd", "1": b"ab", "2": b"cd",
                                                    "id": b"ab", "rest": b"cd"}),
    ],
)  # fmt: skip
def test_captures(kind: str, value: str, data: bytes, groups: dict[str, bytes]) -> None:
    """What is captured is there by name and by number, and is what was announced."""
    test = KINDS[kind](value)
    assert test.match(data, data) == groups
    assert set(test.groups) == set(groups)


@pytest.mark.parametrize(
    ("value", "place"),
    [("", 0), ("0", 0), ("01 0g", 3), ("01 012", 3), ("01 (a:0)", 6), ("(a:1) (a:1)", 7),
     ("(a:9999)", 3), ("01 " * 1001, 0), ("(a:u16)", 0), ("... (a:u8)", 5), ("(a:...)(b:u8)", 8)],
)  # fmt: skip
def test_bad_hex(value: str, place: int) -> None:
    """Hex that cannot be read is refused with the place."""
    with pytest.raises(BadFilter) as error:
        KINDS["hex"](value)
    assert error.value.place == place


@given(st.binary(min_size=1, max_size=40))
def test_hex_of_anything(data: bytes) -> None:
    """The hex of a message fits that message alone."""
    test = KINDS["hex"](data.hex(" "))
    assert test.match(data, data) == {"0": data}
    assert test.match(data + b"\0", data + b"\0") is None


def test_gives_up() -> None:
    """A pattern that takes for ever fits nothing, and after a while is not tried any more."""
    test = KINDS["regex"]("(a|aa)+$")
    data = b"a" * 60 + b"b"
    for _ in range(PATIENCE):
        assert not test.trouble
        assert test.match(data, data) is None
    assert "takes too long" in test.trouble
    assert test.match(b"a", b"a") is None


def test_any() -> None:
    """The plain test lets all through."""
    assert MessageTest().match(b"a\n", b"a") == {"0": b"a"}
    assert not MessageTest().trouble
