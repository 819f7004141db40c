"""MessagePack. Source: github.com/msgpack/msgpack, spec.md."""

import struct
from typing import ClassVar

from tcpmon.core.decoding import VALUE_CHARACTERS, Decoded
from tcpmon.core.decoding.sheet import Sheet, Stop, read
from tcpmon.core.decoding.values import brief, counted, hexed, name_from, quoted, when
from tcpmon.core.decoding.whole import rate_values

_CONSTANTS = {0xC0: "null", 0xC2: "false", 0xC3: "true"}
_NUMBERS = {
    0xCA: ">f", 0xCB: ">d", 0xCC: ">B", 0xCD: ">H", 0xCE: ">I", 0xCF: ">Q", 0xD0: ">b",
    0xD1: ">h", 0xD2: ">i", 0xD3: ">q",
}  # fmt: skip
# How many bytes their length has.
_BYTES = {0xC4: 1, 0xC5: 2, 0xC6: 4}
_TEXTS = {0xD9: 1, 0xDA: 2, 0xDB: 4}
_LISTS = {0xDC: 2, 0xDD: 4}
_MAPS = {0xDE: 2, 0xDF: 4}
_EXTENSIONS = {0xC7: 1, 0xC8: 2, 0xC9: 4}
_FIXED = {0xD4: 1, 0xD5: 2, 0xD6: 4, 0xD7: 8, 0xD8: 16}  # bytes of an extension
_TIME = 0xFF  # the extension -1
_NEVER = 0xC1


class Msgpack:
    """Values of MessagePack, one or one behind the other."""

    name: ClassVar[str] = "MessagePack"

    def rate(self, data: bytes) -> float:
        opening = data[0] if data else 0
        if not (0x80 <= opening <= 0x9F or opening in _LISTS or opening in _MAPS):
            return 0.0
        key = data[1 + _MAPS.get(opening, 0) :][:1]
        is_map = opening < 0x90 or opening in _MAPS
        is_text = bool(key) and (0xA0 <= key[0] <= 0xBF or key[0] in _TEXTS)
        return rate_values(data, _message, is_map and is_text)

    def decode(self, data: bytes) -> Decoded:
        return read(data, _message)


def _message(sheet: Sheet) -> None:
    start = sheet.place
    container = _container(sheet, sheet.number(1))
    if container is None:
        sheet.place = start
        _value(sheet, "value")
        sheet.summary = sheet.found[-1].value
        return
    word, count = container
    sheet.summary = word
    try:
        (_items if word == "list" else _members)(sheet, count)
    finally:
        sheet.summary = brief(sheet.found, "[]" if word == "list" else "{}")


def _container(sheet: Sheet, opening: int) -> tuple[str, int] | None:
    """Return whether a list or a map begins with this byte, and of how many."""
    if 0x80 <= opening <= 0x9F:
        return ("map" if opening < 0x90 else "list"), opening & 15
    if opening in _LISTS:
        return "list", sheet.number(_LISTS[opening])
    if opening in _MAPS:
        return "map", sheet.number(_MAPS[opening])
    return None


def _value(sheet: Sheet, name: str) -> None:
    start = sheet.place
    opening = sheet.number(1)
    if container := _container(sheet, opening):
        word, count = container
        with sheet.group(name, word, start) as group:
            (_items if word == "list" else _members)(sheet, count)
            group.value = f"{word}, {counted(count, 'item' if word == 'list' else 'member')}"
    else:
        sheet.add(name, _scalar(sheet, opening), start)


def _scalar(sheet: Sheet, opening: int) -> str:
    if opening < 0x80 or opening >= 0xE0:
        return str(opening if opening < 0x80 else opening - 256)
    if opening in _CONSTANTS:
        return _CONSTANTS[opening]
    if form := _NUMBERS.get(opening):
        return repr(struct.unpack(form, sheet.take(struct.calcsize(form)))[0])
    if 0xA0 <= opening <= 0xBF or opening in _TEXTS:
        size = opening & 31 if opening <= 0xBF else sheet.number(_TEXTS[opening])
        text = sheet.take(size)[: 4 * VALUE_CHARACTERS]
        return quoted(str(text, "utf-8", "surrogateescape"))
    if opening in _BYTES:
        return hexed(sheet.take(sheet.number(_BYTES[opening])))
    if opening == _NEVER:
        raise Stop(f"byte {sheet.place - 1} is never used in MessagePack")
    size = _FIXED[opening] if opening in _FIXED else sheet.number(_EXTENSIONS[opening])
    return _extension(sheet.number(1), sheet.take(size))


def _extension(kind: int, data: bytes) -> str:
    if kind == _TIME and len(data) in (4, 8, 12):
        return _time(data)
    return f"extension {kind - 256 if kind > 127 else kind}: {hexed(data)}"


def _time(data: bytes) -> str:
    number = int.from_bytes(data[-8:], "big", signed=len(data) == 12)
    if len(data) == 4:
        return when(number)
    if len(data) == 8:  # 30 bits of nanoseconds, 34 of seconds
        return when((number & 0x3FFFFFFFF) + (number >> 34) / 1e9)
    return when(number + int.from_bytes(data[:4], "big") / 1e9)


def _items(sheet: Sheet, count: int) -> None:
    for place in range(count):
        _value(sheet, f"[{place}]")


def _members(sheet: Sheet, count: int) -> None:
    for _ in range(count):
        _value(sheet, "key")
        name = "value"
        if not sheet.found[-1].parts:
            name = name_from(sheet.found.pop().value)
        _value(sheet, name)
