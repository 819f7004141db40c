"""Numbers out of messages."""

import struct
import time

import pytest
from hypothesis import given, strategies as st

from tcpmon.core.errors import BadNumber
from tcpmon.core.numbers import LARGEST, SEEN, Number, parse

DATA = bytes(range(1, 17))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("u8@0", 1), ("U8@15", 16), ("u16be@4", 0x0506), ("u16le@4", 0x0605), ("u16LE@14", 0x100F),
        ("i32le@0", 0x04030201), ("u64be@8", float(0x090A0B0C0D0E0F10)), ("i8le@2", 3),
        (" u8@3 ", 4), ("u16be@15", None), ("u8@16", None),
    ],
)  # fmt: skip
def test_at_a_place(text: str, value: float | None) -> None:
    """A number stands at a place, in so many bytes, in this order; a short message has none."""
    assert parse(text).take(DATA) == value


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("code", "bBhHiIqQfd")
def test_every_kind(order: str, code: str) -> None:
    """Signed and unsigned ones of every width and floats are read as they were written."""
    letter = "f" if code in "fd" else "i" if code.islower() else "u"
    bits = struct.calcsize(order + code) * 8
    value = 65 if letter == "u" else -65
    text = f"{letter}{bits}{'be' if order == '>' else 'le'}@3"
    assert parse(text).take(b"abc" + struct.pack(order + code, value) + b"x") == value


@pytest.mark.parametrize(
    ("text", "data", "value"),
    [
        (r"temp=([-\d.]+)", b"id=7 temp=-12.5\n", -12.5),
        (r"\d+", b"took 42 ms, 43", 42.0),
        (r"(\d+)/(\d+)", b"3/4", 3.0),
        (r"a(\d)?", b"a", None),
        (r"temp=(\S+)", b"temp=warm", None),
        (r"temp=(\S+)", b"temp=nan", None),
        (r"temp=(\S+)", b"temp=1e999", None),
        (r"temp=(\S+)", b"temp=-1e301", None),
        (r"temp=([-\d.]+)", b"\xff\x00", None),
        (r"\xff(\d)", b"\xff7", 7.0),
        ("é=(.)", "é=5".encode(), 5.0),
        (r"a\@(\d)", b"a@1", 1.0),
    ],
)
def test_by_a_pattern(text: str, data: bytes, value: float | None) -> None:
    """A pattern's first group is the number, or all that matches; what is none is left out."""
    assert parse(text).take(data) == value


@pytest.mark.parametrize(
    ("text", "place", "told"),
    [
        ("", 0, "u16be@4"), ("  ", 0, "u16be@4"), ("u16@4", 3, "u16be@4 or u16le@4"),
        ("f8@1", 0, "f32"), ("u24be@1", 0, "u64"), ("u16be@", 6, "u16be@4"),
        ("i32xx@1", 6, "u16be@4"), ("  u16@4", 5, "u16be@4"), (" (", 2, "temp="),
        ("u16be@99999", 6, str(SEEN - 1)), ("temp=(", 6, "temp="),
        ("é(", 2, "temp="), ("*", 0, "temp="), ("a" * 201, 200, "200"), ("(?u)a", 0, "temp="),
        ("((a{1000}){1000}){1000}", 10, "fewer counts"),
    ],
)  # fmt: skip
def test_what_cannot_be_read(text: str, place: int, told: str) -> None:
    """What cannot be read is told with its place, and with what to write instead."""
    with pytest.raises(BadNumber) as caught:
        parse(text)
    assert caught.value.place == place
    assert told in str(caught.value) or told in caught.value.hint


def test_a_pattern_cannot_hang() -> None:
    """A pattern that would take for ever is stopped each time, and soon it is given up."""
    number = parse(r"(a|aa)+\d$")
    data = b"a" * 10_000 + b"b"
    start = time.monotonic()
    assert [number.take(data) for _ in range(1000)] == [None] * 1000
    assert time.monotonic() - start < 2
    assert number.given_up
    assert number.take(b"aa1") is None


def test_one_that_is_slow_once_is_not_given_up() -> None:
    """One message that takes too long does not end it all."""
    number = parse(r"(?:a|aa)+(\d)$")
    assert number.take(b"a" * 10_000 + b"b") is None
    assert not number.given_up
    assert number.take(b"aaa5") == 5


def test_a_long_message_is_not_looked_through() -> None:
    """A number behind what is looked at is not found, whatever the message's size."""
    assert parse("x(.)").take(b"a" * SEEN + b"x1") is None


def read(text: str) -> Number | BadNumber:
    try:
        return parse(text)
    except BadNumber as error:
        return error


@given(st.text(max_size=40), st.binary(max_size=60))
def test_nothing_else_can_happen(text: str, data: bytes) -> None:
    """Whatever is written, it can be read or it is said why not; whatever comes, what is taken
    is a number."""
    number = read(text)
    if isinstance(number, BadNumber):
        assert 0 <= number.place <= len(text)
        assert str(number).isprintable()
    else:
        value = number.take(data)
        assert value is None or abs(value) <= LARGEST
