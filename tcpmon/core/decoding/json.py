"""JSON, also many values behind one another (JSON Lines). Source: RFC 8259.

It walks by itself, since json and msgspec do not tell where a value is in the bytes.
"""

import re
from json import loads
from typing import ClassVar

from tcpmon.core.decoding import VALUE_CHARACTERS, Decoded
from tcpmon.core.decoding.sheet import Sheet, Stop, read
from tcpmon.core.decoding.values import NAME_CHARACTERS, brief, counted, name_of, quoted

_SPACE = re.compile(rb"[ \t\r\n]*+")
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+|)*+"', re.DOTALL)
# Whole characters as they are written, escapes too: so many bytes of a string can be shown.
_WRITTEN = re.compile(rb'(?:[^"\\]++|\\u[0-9a-fA-F]{4}|\\[^u]|)*+')
_UNCLOSED = "the end is missing: a text is not closed"
_SHOWN = 6 * VALUE_CHARACTERS
_PLAIN = re.compile(
    rb"(?:-?(?:0|[1-9]\d*+)(?:\.\d++|)(?:[eE][+-]?\d++|)|true|false|null)(?![\w.+-])"
)
_BEGINNING = re.compile(rb'\s*+(?:\{\s*+"[^"\n]{1,80}+"\s*+:|\[\s*+[\[{][\t\r\n -~]{6})')
_QUICK = 1 << 16  # what is longer is not read whole only to rate it


class Json:
    """JSON, or several lines of it."""

    name: ClassVar[str] = "JSON"

    def rate(self, data: bytes) -> float:
        start = data[:64].lstrip()[:1]
        if start not in (b"{", b"["):
            return 0.3 if start and start in b'"-0123456789tfn' and _is_plain(data) else 0.0
        if len(data) > _QUICK:
            return 0.6
        if _is_json(data) or _is_json(data.splitlines()[0]):
            return 0.95
        return 0.55 if _BEGINNING.match(data) else 0.0

    def decode(self, data: bytes) -> Decoded:
        return read(data, _message, _SPACE)


def _is_json(data: bytes) -> bool:
    from msgspec import DecodeError, Raw, json

    try:
        json.decode(data, type=Raw)
    except (DecodeError, RecursionError):
        return False
    return True


def _is_plain(data: bytes) -> bool:
    return len(data) < 4096 and _is_json(data)


def _message(sheet: Sheet) -> None:
    opening = sheet.peek(1)
    if opening not in (b"{", b"["):
        _value(sheet, "value")
        sheet.summary = sheet.found[-1].value
        return
    brackets = "{}" if opening == b"{" else "[]"
    try:
        (_members if opening == b"{" else _items)(sheet)
        sheet.summary = brackets
    finally:
        if sheet.found or sheet.summary:
            sheet.summary = brief(sheet.found, brackets)


def _value(sheet: Sheet, name: str) -> None:
    opening = sheet.peek(1)
    if opening == b"{":
        with sheet.group(name, "map") as group:
            group.value = f"map, {counted(_members(sheet), 'member')}"
    elif opening == b"[":
        with sheet.group(name, "list") as group:
            group.value = f"list, {counted(_items(sheet), 'item')}"
    elif opening == b'"':
        start = sheet.place
        closed = _STRING.match(sheet.data, start, sheet.end) is not None
        text = _string(sheet) if closed else _unclosed(sheet)
        sheet.add(name, quoted(text), start)
        if not closed:
            raise Stop(_UNCLOSED)
    else:
        start = sheet.place
        sheet.add(name, _plain(sheet), start)


def _members(sheet: Sheet) -> int:
    """Read a map, and return how many members it has."""
    sheet.take(1)
    count = 0
    while _goes_on(sheet, b"}", count):
        if sheet.peek(1) != b'"':
            raise _wrong(sheet)
        name = name_of(_string(sheet, 6 * NAME_CHARACTERS))
        sheet.match(_SPACE)
        _expect(sheet, b":")
        sheet.match(_SPACE)
        _value(sheet, name)
        count += 1
    return count


def _items(sheet: Sheet) -> int:
    """Read a list, and return how many items it has."""
    sheet.take(1)
    count = 0
    while _goes_on(sheet, b"]", count):
        _value(sheet, f"[{count}]")
        count += 1
    return count


def _goes_on(sheet: Sheet, closing: bytes, count: int) -> bool:
    sheet.match(_SPACE)
    if sheet.peek(1) == closing:
        sheet.take(1)
        return False
    if count:
        _expect(sheet, b",")
        sheet.match(_SPACE)
    return True


def _expect(sheet: Sheet, byte: bytes) -> None:
    if sheet.peek(1) != byte:
        raise _wrong(sheet)
    sheet.take(1)


def _string(sheet: Sheet, most: int = _SHOWN) -> str:
    start = sheet.place + 1
    if sheet.match(_STRING) is None:
        raise Stop(_UNCLOSED)
    return _said(sheet.data, start, min(sheet.place - 1, start + most))


def _unclosed(sheet: Sheet) -> str:
    start, sheet.place = sheet.place + 1, sheet.end
    return _said(sheet.data, start, min(sheet.end, start + _SHOWN))


def _said(data: bytes, start: int, end: int) -> str:
    """Return what is written in a string, without the escapes of JSON."""
    written = _WRITTEN.match(data, start, end)
    text = str(written.group() if written else b"", "utf-8", "surrogateescape")
    try:
        return str(loads(f'"{text}"', strict=False))
    except ValueError:  # an escape that JSON does not have
        return text


def _plain(sheet: Sheet) -> str:
    found = sheet.match(_PLAIN)
    if found is None:
        raise _wrong(sheet)
    return found[: VALUE_CHARACTERS + 1].decode("ascii")


def _wrong(sheet: Sheet) -> Stop:
    if sheet.place >= sheet.end:
        return Stop("the end is missing: it stops in the middle of a map or a list")
    return Stop(f"byte {sheet.place} is not JSON")
