"""Protocol Buffers without their schema. Source: protobuf.dev, "Encoding".

A message does not say what its fields are; numbers may be read in several ways, and are shown
in those that make sense. What has a length is text if it reads as one, else a message if it
can be one, else bytes.
"""

import struct
from typing import ClassVar

from tcpmon.core.decoding import VALUE_CHARACTERS, Decoded, NotDecoded
from tcpmon.core.decoding.sheet import Sheet, Stop, read
from tcpmon.core.decoding.values import counted, cut, hexed, quoted

_VARINT, _FIXED64, _BYTES, _GROUP, _GROUP_END, _FIXED32 = range(6)
_TRIED = 20_000  # tags that are looked at, over all guesses, before no more are made
_USUAL = 64  # field numbers beyond that are rare in a message, and common in noise
_RATED = 4096


class Protobuf:
    """A message whose fields have numbers only."""

    name: ClassVar[str] = "Protobuf"

    def rate(self, data: bytes) -> float:
        if len(data) < 2 or data[0] >> 3 > _USUAL or data[0] & 7 not in (0, 1, 2, 5):
            return 0.0
        if str(data[:_RATED], "utf-8", "replace").replace("\n", "").isprintable():
            return 0.0  # text can be a message by chance, "hello\n" is one
        if len(data) > _RATED:
            return 0.2
        return 0.5 if _Guess(data, _RATED).is_message(0, len(data)) else 0.0

    def decode(self, data: bytes) -> Decoded:
        return read(data, _message)


class _Guess:
    """Tells whether bytes can be a message. It counts, so that many guesses stay quick."""

    def __init__(self, data: bytes, tries: int) -> None:
        self.data = data
        self.tries = tries

    def is_message(self, start: int, end: int) -> bool:
        """Return whether fields fill the bytes from start to end."""
        while start < end:
            self.tries -= 1
            tag, start = _varint(self.data, start, end)
            if self.tries < 0 or start < 0 or not 1 <= tag >> 3 <= _USUAL * 16:
                return False
            start = self._behind(tag & 7, start, end)
            if not 0 <= start <= end:
                return False
        return start == end

    def _behind(self, wire: int, start: int, end: int) -> int:
        """Return where a value ends, -1 if that is nowhere."""
        if wire == _VARINT:
            return _varint(self.data, start, end)[1]
        if wire == _BYTES:
            size, start = _varint(self.data, start, end)
            return start + size if start >= 0 else -1
        return start + {_FIXED64: 8, _FIXED32: 4}[wire] if wire in (_FIXED64, _FIXED32) else -1


def _varint(data: bytes, start: int, end: int) -> tuple[int, int]:
    """Return a number of up to ten bytes and where it ends, -1 if it does not."""
    number = 0
    for place in range(start, min(end, start + 10)):
        byte = data[place]
        number |= (byte & 0x7F) << 7 * (place - start)
        if byte < 0x80:
            return number & 0xFFFFFFFFFFFFFFFF, place + 1
    return 0, -1


def _message(sheet: Sheet) -> None:
    guess = _Guess(sheet.data, _TRIED)
    tag, behind = _varint(sheet.data, sheet.place, sheet.end)
    if behind < 0 or not tag >> 3 or tag & 7 not in (0, 1, 2, 5):
        raise NotDecoded("it does not begin with a field number and a type")
    sheet.summary = "message"
    try:
        _fields(sheet, guess)
    finally:
        told = [f"{field.name}: {'{…}' if field.parts else cut(field.value, 40)}"
                for field in sheet.found[:8]]  # fmt: skip
        sheet.summary = cut("{" + ", ".join(told) + (", …}" if len(sheet.found) > 8 else "}"))


def _fields(sheet: Sheet, guess: _Guess) -> None:
    while sheet.left:
        start = sheet.place
        tag = _number(sheet)
        number, wire = tag >> 3, tag & 7
        if not number or wire not in (_VARINT, _FIXED64, _BYTES, _FIXED32):
            raise Stop(f"byte {start} is not how a field begins")
        if wire == _BYTES:
            _sized(sheet, str(number), start, guess)
        elif wire == _VARINT:
            sheet.add(str(number), _integer(_number(sheet)), start)
        else:
            sheet.add(str(number), _fixed(sheet.take(8 if wire == _FIXED64 else 4)), start)


def _number(sheet: Sheet) -> int:
    number, end = _varint(sheet.data, sheet.place, sheet.end)
    if end < 0:
        if sheet.left < 10:
            raise sheet.short(sheet.left + 1)
        raise Stop(f"byte {sheet.place} begins a number of more than ten bytes")
    sheet.place = end
    return number


def _sized(sheet: Sheet, name: str, start: int, guess: _Guess) -> None:
    size = _number(sheet)
    if size > sheet.left:
        raise sheet.short(size)
    end = sheet.place + size
    text = _text(sheet.data[sheet.place : end])
    if text is None and guess.is_message(sheet.place, end):
        with sheet.group(name, "message", start) as group, sheet.within(size):
            _fields(sheet, guess)
            group.value = f"message, {counted(len(sheet.found), 'field')}"
        return
    data = sheet.take(size)
    sheet.add(name, hexed(data) if text is None else text, start)


def _text(data: bytes) -> str | None:
    """Return bytes in quotes if they read as text, else None."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    first = text[: VALUE_CHARACTERS + 1]
    if not first.translate({9: None, 10: None, 13: None}).isprintable():
        return None
    return quoted(first)


def _integer(number: int) -> str:
    if number >> 63:
        return f"{number - (1 << 64)}"
    return str(number)


def _fixed(data: bytes) -> str:
    number = int.from_bytes(data, "little")
    real = struct.unpack("<d" if len(data) == 8 else "<f", data)[0]
    if number == 0 or not 1e-6 < abs(real) < 1e15:
        return str(number)
    return f"{real:.7g} or {number}"
