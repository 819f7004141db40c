"""What is read at a place is what a program would read there."""

import math
import struct

import pytest
from hypothesis import given, strategies as st

from tcpmon.core.readings import bits, character, octet, readings, varint, zigzag

DATA = st.binary(max_size=24)
CODES = {"u16": "H", "i16": "h", "u32": "I", "i32": "i", "u64": "Q", "i64": "q",
         "f16": "e", "f32": "f", "f64": "d"}  # fmt: skip


@given(DATA, st.integers(0, 24))
def test_readings_are_what_struct_reads(data: bytes, at: int) -> None:
    """Each type in each order is the number that struct unpacks; nothing if bytes are missing."""
    found = readings(data, at)
    assert list(found) == list(CODES)
    for name, code in CODES.items():
        for order, text in (("<", found[name].little), (">", found[name].big)):
            packing = struct.Struct(order + code)
            if at + packing.size > len(data):
                assert text == ""
                continue
            (value,) = packing.unpack_from(data, at)
            if name[0] != "f":
                assert text == str(value)
            elif math.isnan(value):
                assert text == "nan"
            else:
                assert packing.pack(float(text)) == packing.pack(value)


@pytest.mark.parametrize(
    ("packed", "name", "text"),
    [
        (struct.pack("<d", 0.1), "f64", "0.1"),
        (struct.pack("<f", 0.1), "f32", "0.1"),
        (struct.pack("<e", 0.1), "f16", "0.099976"),
        (struct.pack("<f", 3.4028235e38), "f32", "3.4028235e+38"),
        (struct.pack("<f", -math.inf), "f32", "-inf"),
        (struct.pack("<d", -0.0), "f64", "-0"),
        (struct.pack("<d", 5e-324), "f64", "4.94066e-324"),
        (struct.pack("<e", 65504), "f16", "65504"),
    ],
)
def test_reals_are_short(packed: bytes, name: str, text: str) -> None:
    """A real number is written with no more digits than it takes, but at least with six."""
    assert readings(packed, 0)[name].little == text


@given(st.integers(0, 255))
def test_octets_and_bits(byte: int) -> None:
    """One byte as a number with and without a sign, and as bits."""
    data = bytes([byte])
    assert octet(data, 0) == (*data, *struct.unpack("b", data))
    assert int(bits(byte).replace(" ", ""), 2) == byte
    assert len(bits(byte)) == 9


@given(st.integers(0, 2**64 - 1), DATA)
def test_varints(value: int, rest: bytes) -> None:
    """What is written as a varint is read as that, whatever comes behind it."""
    parts, left = [], value
    while left > 127:
        parts.append(left & 127 | 128)
        left >>= 7
    packed = bytes([*parts, left])
    assert varint(b"\xff" + packed + rest, 1) == (value, len(packed))
    assert varint(packed[:-1], 0) is None


def test_what_is_no_varint() -> None:
    """Eleven bytes, or more than 64 bits, are none."""
    assert varint(b"\x80" * 10 + b"\1", 0) is None
    assert varint(b"\xff" * 9 + b"\2", 0) is None
    assert varint(b"", 0) is None


@given(st.integers(-(2**63), 2**63 - 1))
def test_zigzag(value: int) -> None:
    """Zigzag is undone."""
    assert zigzag((value << 1) ^ (value >> 63)) == value


@given(st.characters(exclude_categories=["Cs"]), DATA)
def test_characters(one: str, rest: bytes) -> None:
    """The character of UTF-8 that begins at a place is found; in its middle there is none."""
    packed = one.encode()
    assert character(packed + rest, 0) == one
    if len(packed) > 1:
        assert character(packed, 1) == ""
        assert character(packed[:-1], 0) == ""
