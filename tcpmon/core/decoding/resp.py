"""RESP2 and RESP3, what Redis and its clients speak. Source: redis.io, "Redis serialization
protocol specification"."""

import re
from typing import ClassVar

from tcpmon.core.decoding import Decoded, NotDecoded
from tcpmon.core.decoding.sheet import Sheet, Stop, read
from tcpmon.core.decoding.values import brief, counted, cut, name_from, quoted, shown

_LINES = {
    b"+": "text", b"-": "error", b":": "number", b",": "float", b"#": "boolean",
    b"(": "big number", b"_": "null",
}  # fmt: skip
_BLOBS = {b"$": "bytes", b"!": "error", b"=": "verbatim"}
_LISTS = {b"*": "list", b"~": "set", b">": "push", b"%": "map", b"|": "attributes"}
_COUNT = re.compile(rb"-?\d{1,18}\Z")
_HEAD = re.compile(
    rb"[*~>%|$!=](?:-1|\d{1,10})\r\n|[+-][^\r\n]{0,512}\r\n|[:(][+-]?\d{1,999}\r\n"
    rb"|,[-+\w.]{1,40}\r\n|#[tf]\r\n|_\r\n"
)


class Resp:
    """Commands to Redis and what it answers."""

    name: ClassVar[str] = "RESP"

    def rate(self, data: bytes) -> float:
        head = _HEAD.match(data)
        if head is None:
            return 0.0
        if data[:1] in b"*~>%|" and (head.end() == len(data) or _HEAD.match(data, head.end())):
            return 0.95
        if data[:1] in b"$!=":
            size = int(head.group()[1:])
            ends = data[head.end() + max(0, size) :][:2]
            return 0.9 if ends == b"\r\n" or size < 0 else 0.6 if b"\r\n".startswith(ends) else 0.0
        # One line could as well be anybody's.
        return 0.7 if head.end() == len(data) else 0.6 if _HEAD.match(data, head.end()) else 0.1

    def decode(self, data: bytes) -> Decoded:
        return read(data, _message)


def _message(sheet: Sheet) -> None:
    if _HEAD.match(sheet.data, sheet.place) is None:
        raise NotDecoded("it does not begin like a RESP message")
    kind = sheet.peek(1)
    if kind in _LISTS:
        sheet.summary = _LISTS[kind]
        try:
            _items(sheet)
        finally:
            sheet.summary = _command(sheet) if kind == b"*" else _brief(sheet, kind)
        return
    sheet.summary = (_LINES | _BLOBS)[kind]
    word = sheet.summary
    _value(sheet, word)
    sheet.summary = sheet.found[-1].value
    if word == "error":
        sheet.summary = cut(f"error {sheet.summary}")


def _command(sheet: Sheet) -> str:
    """Return a list of bytes as it would be typed, since that is how commands are sent."""
    words = [field.value for field in sheet.found]
    if not words or any(field.parts for field in sheet.found) or words[0][:1] != '"':
        return brief(sheet.found, "[]")
    return cut(" ".join([words[0].strip('"'), *words[1:]]))


def _brief(sheet: Sheet, kind: bytes) -> str:
    word = brief(sheet.found, "{}" if kind in b"%|" else "[]")
    return f"push {word}" if kind == b">" else word


def _value(sheet: Sheet, name: str) -> None:
    kind = sheet.peek(1)
    start = sheet.place
    if kind in _LISTS:
        with sheet.group(name, _LISTS[kind]) as group:
            count = _items(sheet)
            what = "pair" if kind in b"%|" else "item"
            group.value = f"{_LISTS[kind]}, {counted(count, what)}" if count >= 0 else "null"
    elif kind in _BLOBS:
        size = _count(sheet)
        text = "null" if size < 0 else _quoted(sheet.take(size))
        if size >= 0:
            _line_end(sheet)
        sheet.add(name, text, start)
    elif kind in _LINES:
        line = _line(sheet)
        sheet.add(name, _said(kind, line), start)
    else:
        raise Stop(f"byte {sheet.place} is not how a RESP value begins") if kind else sheet.short(1)


def _quoted(data: bytes) -> str:
    return quoted(str(data[:2048], "utf-8", "surrogateescape"))


def _said(kind: bytes, line: bytes) -> str:
    if kind == b"_":
        return "null"
    if kind == b"#":
        return {b"t": "true", b"f": "false"}.get(line, shown(line))
    return shown(line)


def _items(sheet: Sheet) -> int:
    """Read the items of a list and return how many it says it has, -1 for a null."""
    kind = sheet.peek(1)
    count = _count(sheet)
    pairs = kind in b"%|"
    for place in range(count):
        if not pairs:
            _value(sheet, f"[{place}]")
            continue
        _value(sheet, "key")
        if not sheet.found[-1].parts:
            _value(sheet, name_from(sheet.found.pop().value))
        else:
            _value(sheet, "value")
    return count


def _count(sheet: Sheet) -> int:
    line = _line(sheet)
    if not _COUNT.match(line):
        raise Stop(f"before byte {sheet.place} there should be a count")
    return max(-1, int(line))


def _line(sheet: Sheet) -> bytes:
    """Read a kind and the rest of its line, and return that."""
    end = sheet.data.find(b"\r\n", sheet.place, sheet.end)
    if end < 0:
        raise Stop("the end is missing: a line is not closed")
    return sheet.take(end + 2 - sheet.place)[1:-2]


def _line_end(sheet: Sheet) -> None:
    if sheet.take(2) != b"\r\n":
        raise Stop(f"before byte {sheet.place} there should be a line end")
