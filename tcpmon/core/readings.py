"""What the bytes at a place are as numbers: of every common width, in both byte orders.

Nothing is guessed here: each reading is what a program would have that reads just there.
"""

import struct
from struct import Struct as Packing

from msgspec import Struct

VARINT_BYTES = 10
"""A varint of 64 bits has no more. Source: the encoding of Protocol Buffers, base 128 varints."""


class Reading(Struct, frozen=True):
    """A type and the number in little and in big endian; "" where too few bytes are left."""

    name: str
    little: str
    big: str


_WHOLE = {
    name: (Packing(f"<{code}"), Packing(f">{code}"))
    for name, code in (
        ("u16", "H"), ("i16", "h"), ("u32", "I"), ("i32", "i"), ("u64", "Q"), ("i64", "q"),
    )
}  # fmt: skip
_REAL = {
    name: (Packing(f"<{code}"), Packing(f">{code}"), digits)
    for name, code, digits in (("f16", "e", 5), ("f32", "f", 9), ("f64", "d", 17))
}
"""With so many digits each value of the type is told from its neighbours."""


def readings(data: bytes, at: int) -> dict[str, Reading]:
    """Return u16 to i64 and f16 to f64 as they stand at a place, by name."""
    part = data[at : at + 8]
    found = {}
    for name, (little, big) in _WHOLE.items():
        enough = len(part) >= little.size
        texts = [str(order.unpack_from(part)[0]) if enough else "" for order in (little, big)]
        found[name] = Reading(name, *texts)
    for name, (little, big, digits) in _REAL.items():
        enough = len(part) >= little.size
        texts = [_shortest(part, order, digits) if enough else "" for order in (little, big)]
        found[name] = Reading(name, *texts)
    return found


def _shortest(part: bytes, order: struct.Struct, digits: int) -> str:
    """Return the shortest text that is read as the same number again."""
    value: float = order.unpack_from(part)[0]
    for count in range(min(digits, 6), digits):
        text = f"{value:.{count}g}"
        if float(text) == value or (digits < 17 and _packs_as(text, value, order)):
            return text
    return f"{value:.{digits}g}"


def _packs_as(text: str, value: float, order: struct.Struct) -> bool:
    try:
        packed: float = order.unpack(order.pack(float(text)))[0]
    except OverflowError:  # rounded up, out of what the type can hold
        return False
    return packed == value


def octet(data: bytes, at: int) -> tuple[int, int]:
    """Return one byte as u8 and i8."""
    value = data[at]
    return value, value - 256 if value > 127 else value


def bits(byte: int) -> str:
    """Return a byte's bits in two groups, the most significant first: "0100 1101"."""
    return f"{byte >> 4:04b} {byte & 15:04b}"


def varint(data: bytes, at: int) -> tuple[int, int] | None:
    """Return the varint (LEB128) that begins at a place, and how many bytes it takes; None if it
    does not end in time, or does not fit into 64 bits."""
    value = 0
    for count, byte in enumerate(data[at : at + VARINT_BYTES]):
        value |= (byte & 127) << 7 * count
        if byte < 128:
            return (value, count + 1) if value < 1 << 64 else None
    return None


def zigzag(value: int) -> int:
    """Return the signed number that an unsigned one stands for: 0, -1, 1, -2 for 0, 1, 2, 3."""
    return (value >> 1) ^ -(value & 1)


def character(data: bytes, at: int) -> str:
    """Return the character of UTF-8 that begins at a place, "" if none does."""
    for count in range(1, 5):
        try:
            return data[at : at + count].decode()
        except UnicodeDecodeError:
            continue
    return ""
