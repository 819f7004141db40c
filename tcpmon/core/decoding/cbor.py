"""CBOR. Source: RFC 8949; tags by IANA's registry "CBOR Tags"."""

import struct
from typing import ClassVar

from tcpmon.core.decoding import VALUE_CHARACTERS, Decoded, NotDecoded
from tcpmon.core.decoding.sheet import Sheet, Stop, read
from tcpmon.core.decoding.values import brief, counted, hexed, name_from, quoted, when
from tcpmon.core.decoding.whole import rate_values

_TAGS = {
    0: "date", 1: "time", 2: "big number", 3: "negative big number", 4: "decimal fraction",
    5: "bigfloat", 21: "for base64url", 22: "for base64", 23: "for hex", 24: "CBOR inside",
    32: "URI", 36: "MIME", 37: "UUID", 61: "CWT", 16: "COSE encrypted", 17: "COSE MAC",
    18: "COSE signed", 98: "COSE signed", 55799: "CBOR",
}  # fmt: skip
_SIMPLE = {20: "false", 21: "true", 22: "null", 23: "undefined"}
_FLOATS = {25: (2, ">e"), 26: (4, ">f"), 27: (8, ">d")}
_BREAK = 0xFF
_WRITTEN_OUT = 32  # bytes of a big number that are still read as one


class Cbor:
    """Values of CBOR, one or a sequence."""

    name: ClassVar[str] = "CBOR"

    def rate(self, data: bytes) -> float:
        if data[:3] == b"\xd9\xd9\xf7":
            return 1.0
        opening = data[0] if data else 0
        if not 0x80 <= opening <= 0xDB:  # a list, a map, or something tagged
            return 0.0
        key = data[1 : 2 if opening & 31 < 24 or opening & 31 == 31 else 3]
        is_map = 0xA0 <= opening < 0xC0
        return rate_values(data, _message, is_map and bool(key) and 0x60 <= key[-1] < 0x80)

    def decode(self, data: bytes) -> Decoded:
        return read(data, _message)


def _message(sheet: Sheet) -> None:
    opening = sheet.number(1)
    major, count = opening >> 5, _argument(sheet, opening)
    sheet.summary = "CBOR"
    if major not in (4, 5):
        sheet.place -= 1 + _SIZES.get(opening & 31, 0)
        _value(sheet, "value")
        sheet.summary = sheet.found[-1].value
        return
    try:
        (_items if major == 4 else _members)(sheet, count)
    finally:
        sheet.summary = brief(sheet.found, "[]" if major == 4 else "{}")


_SIZES = {24: 1, 25: 2, 26: 4, 27: 8}


def _argument(sheet: Sheet, opening: int) -> int:
    """Return the number that goes with the first byte of a value; -1 for an open end."""
    info = opening & 31
    if info < 24:
        return info
    if info in _SIZES:
        return sheet.number(_SIZES[info])
    if info == 31 and opening >> 5 in (2, 3, 4, 5):
        return -1
    if sheet.summary:
        raise Stop(f"byte {sheet.place - 1} is not how a CBOR value begins")
    raise NotDecoded("it does not begin like CBOR")


def _value(sheet: Sheet, name: str) -> None:
    start = sheet.place
    opening = sheet.number(1)
    major = opening >> 5
    if major == 7:
        sheet.add(name, _simple(sheet, opening & 31), start)
        return
    argument = _argument(sheet, opening)
    if major == 0:
        sheet.add(name, str(argument), start)
    elif major == 1:
        sheet.add(name, str(-1 - argument), start)
    elif major in (2, 3):
        data = _string(sheet, major, argument)
        sheet.add(name, hexed(data) if major == 2 else _quoted(data), start)
    elif major == 6:
        _tagged(sheet, name, argument, start)
    else:
        word, what, read_all = _CONTAINERS[major]
        with sheet.group(name, word, start) as group:
            group.value = f"{word}, {counted(read_all(sheet, argument), what)}"


def _quoted(data: bytes) -> str:
    return quoted(str(data[: 4 * VALUE_CHARACTERS], "utf-8", "surrogateescape"))


def _simple(sheet: Sheet, info: int) -> str:
    if info in _FLOATS:
        size, form = _FLOATS[info]
        return repr(struct.unpack(form, sheet.take(size))[0])
    if info == 24:
        return f"simple {sheet.number(1)}"
    if info > 24:
        raise Stop(f"byte {sheet.place - 1} is not how a CBOR value begins")
    return _SIMPLE.get(info, f"simple {info}")


def _string(sheet: Sheet, major: int, size: int) -> bytes:
    if size >= 0:
        return sheet.take(size)
    parts = []
    while not _broken(sheet):
        opening = sheet.number(1)
        if opening >> 5 != major or opening & 31 == 31:
            raise Stop(f"byte {sheet.place - 1} should begin a part of a string")
        sheet.spend()  # else a million empty ones would be read
        parts.append(sheet.take(_argument(sheet, opening)))
    return b"".join(parts)


def _broken(sheet: Sheet) -> bool:
    """Return whether the break stands here that ends what has no length, and go behind it."""
    if sheet.peek(1) != bytes([_BREAK]):
        return False
    sheet.take(1)
    return True


def _items(sheet: Sheet, count: int) -> int:
    done = 0
    while done != count and not (count < 0 and _broken(sheet)):
        _value(sheet, f"[{done}]")
        done += 1
    return done


def _members(sheet: Sheet, count: int) -> int:
    done = 0
    while done != count and not (count < 0 and _broken(sheet)):
        _value(sheet, "key")
        name = "value"
        if not sheet.found[-1].parts:
            name = name_from(sheet.found.pop().value)
        _value(sheet, name)
        done += 1
    return done


_CONTAINERS = {4: ("list", "item", _items), 5: ("map", "member", _members)}


def _tagged(sheet: Sheet, name: str, tag: int, start: int) -> None:
    with sheet.group(name, f"tag {tag}", start) as group:
        begin = sheet.place
        _value(sheet, "tagged")
        word = f"tag {tag}, {_TAGS[tag]}" if tag in _TAGS else f"tag {tag}"
        group.value = f"{word}: {_meaning(sheet, tag, begin)}"


def _meaning(sheet: Sheet, tag: int, begin: int) -> str:
    """Return what the value that was read last says under a tag."""
    field = sheet.found[-1]
    is_number = sheet.data[begin] >> 5 in (0, 1, 7) and field.value.lstrip("-")[:1].isdigit()
    if tag == 1 and is_number:
        return when(float(field.value))
    if tag in (2, 3) and sheet.data[begin] >> 5 == 2 and len(field.value) < 3 * _WRITTEN_OUT:
        digits = field.value if field.value != hexed(b"") else ""
        number = int.from_bytes(bytes.fromhex(digits), "big")
        return str(number if tag == 2 else -1 - number)
    return field.value
