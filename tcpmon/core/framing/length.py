"""Messages that say how long they are: a number in a header, of bytes, of digits or a varint."""

import re
import struct
from collections.abc import Callable
from typing import Literal

from tcpmon.core.framing.measured import Measured, NotAHeader, shown

Endian = Literal["big", "little"]
Unpack = Callable[[bytes, int], tuple[int]]

_CODES = {1: "B", 2: "H", 4: "I", 8: "Q"}


class _Counting(Measured):
    """What they share: a message is `offset` bytes, the length's own, and as many as it says,
    changed by `adjust`."""

    def __init__(self, offset: int, adjust: int) -> None:
        super().__init__()
        self._offset = offset
        self._adjust = adjust

    def _too_short(self, length: int) -> NotAHeader:
        return NotAHeader(f"a length of {length} is too short, with {-self._adjust} taken off")


class Length(_Counting):
    """The length is a whole number of `width` bytes, 1 to 8, without sign."""

    def __init__(
        self, width: int, endian: Endian = "big", offset: int = 0, adjust: int = 0
    ) -> None:
        super().__init__(offset, adjust)
        self._header = offset + width
        self._unpack = _unpack(width, endian, offset)

    def cut(self, data: bytes, at: int, ends: list[int]) -> tuple[int, int]:
        unpack, least, more = self._unpack, -self._adjust, self._header + self._adjust
        size = len(data)
        last = size - self._header
        while at <= last:
            (length,) = unpack(data, at)
            if length < least:
                raise self._too_short(length)
            end = at + length + more
            if end > size:
                return at, end
            ends.append(end)
            at = end
        return at, 0

    def body(self, message: bytes) -> bytes:
        # What stands before the length says more than how far to read: it stays.
        return message if self._offset else message[self._header :]


def _unpack(width: int, endian: Endian, offset: int) -> Unpack:
    """Return what reads the length of a message that begins at a place."""
    if width in _CODES:
        sign = ">" if endian == "big" else "<"
        return struct.Struct(f"{sign}{offset}x{_CODES[width]}").unpack_from

    def unpack(data: bytes, at: int) -> tuple[int]:
        at += offset
        return (int.from_bytes(data[at : at + width], endian),)

    return unpack


class Digits(_Counting):
    """The length is written in `digits` ASCII digits."""

    def __init__(self, digits: int, offset: int = 0, adjust: int = 0) -> None:
        super().__init__(offset, adjust)
        self._header = offset + digits

    def cut(self, data: bytes, at: int, ends: list[int]) -> tuple[int, int]:
        offset, header, adjust = self._offset, self._header, self._adjust
        size = len(data)
        while at + header <= size:
            digits = data[at + offset : at + header]
            if not digits.isdigit():
                raise NotAHeader(f"a length of {header - offset} digits, not {shown(digits)}")
            length = int(digits)
            if length + adjust < 0:
                raise self._too_short(length)
            end = at + header + length + adjust
            if end > size:
                return at, end
            ends.append(end)
            at = end
        return at, 0

    def body(self, message: bytes) -> bytes:
        return message if self._offset else message[self._header :]


VARINT_BYTES = 10
"""So many hold 64 bits, seven in each."""

_VARINT = re.compile(rb"\A[\x80-\xff]*[\0-\x7f]")


class Varint(_Counting):
    """The length is a base-128 varint: seven bits a byte, the lowest first, as Protocol Buffers
    write it."""

    def __init__(self, offset: int = 0, adjust: int = 0) -> None:
        super().__init__(offset, adjust)

    def cut(self, data: bytes, at: int, ends: list[int]) -> tuple[int, int]:
        offset, adjust = self._offset, self._adjust
        size = len(data)
        while (start := at + offset) < size:
            length = data[start]
            behind = start + 1
            if length >= 0x80:
                length, behind = varint(data, start, VARINT_BYTES)
                if not behind:
                    break
            if length + adjust < 0:
                raise self._too_short(length)
            end = behind + length + adjust
            if end > size:
                return at, end
            ends.append(end)
            at = end
        return at, 0

    def body(self, message: bytes) -> bytes:
        return message if self._offset else _VARINT.sub(b"", message, count=1)


def varint(data: bytes, start: int, most: int) -> tuple[int, int]:
    """Return a base-128 varint and where it ends; (0, 0) if that is not there yet.

    Raises NotAHeader where it is longer than `most` bytes.
    """
    number = 0
    for place, byte in enumerate(data[start : start + most]):
        number |= (byte & 0x7F) << (7 * place)
        if byte < 0x80:
            return number, start + place + 1
    if len(data) - start >= most:
        raise NotAHeader(f"a varint of more than {most} bytes")
    return 0, 0
