"""HTTP/1.0 and 1.1, with what the body holds. Source: RFC 9110, RFC 9112."""

import re
from typing import ClassVar

from tcpmon.core.decoding import Decoded, NotDecoded
from tcpmon.core.decoding.http_body import dechunked, form, unpacked
from tcpmon.core.decoding.inside import inside
from tcpmon.core.decoding.sheet import Sheet, Stop, read
from tcpmon.core.decoding.values import name_in, shown
from tcpmon.core.units import size

_BETWEEN = re.compile(rb"(?:\r?\n|)*+")
_REQUEST = re.compile(rb"([A-Z]{3,16}) ([!-~\x80-\xff]{1,65536}) (HTTP/1\.[01])\r?\n")
_STATUS = re.compile(rb"(HTTP/1\.[01]) (\d{3})(?: ([^\r\n]{0,1024}))?\r?\n")
_BEGINNING = re.compile(rb"HTTP/1\.[01] \d|[A-Z]{3,16} [/*h][!-~\x80-\xff]*+(?: HTTP/1\.\d|\Z)")
_LINES = 1000  # header lines; servers take a hundred


class Http:
    """Requests and responses."""

    name: ClassVar[str] = "HTTP"

    def rate(self, data: bytes) -> float:
        if _STATUS.match(data) or _REQUEST.match(data):
            return 1.0
        return 0.6 if _BEGINNING.match(data, 0, 4096) and b"\n" not in data else 0.0

    def decode(self, data: bytes) -> Decoded:
        return read(data, _message, _BETWEEN)


def _message(sheet: Sheet) -> None:
    request = _REQUEST.match(sheet.data, sheet.place)
    status = _STATUS.match(sheet.data, sheet.place)
    if request:
        _start_line(sheet, request, ("method", "target", "version"))
        sheet.summary = f"{shown(request[1])} {shown(request[2])}"
    elif status:
        _start_line(sheet, status, ("version", "status", "reason"))
        sheet.summary = f"{shown(status[2])} {shown(status[3] or b'')}".strip()
    else:
        raise NotDecoded("it does not begin like a request or a response")
    headers: dict[str, bytes] = {}
    with sheet.group("headers") as group:
        while _header(sheet, headers):
            group.value = str(len(sheet.found))
    if request and (host := headers.get("host")):
        sheet.summary += f", {shown(host)}"
    bodiless = status is not None and (status[2][:1] == b"1" or status[2] in (b"204", b"304"))
    if not bodiless:
        _body(sheet, headers, to_the_end=status is not None)


def _start_line(sheet: Sheet, line: re.Match[bytes], names: tuple[str, ...]) -> None:
    for place, name in enumerate(names, 1):
        if line[place] is not None:  # a status may go without a reason
            sheet.add(name, shown(line[place]), line.start(place), line.end(place))
    sheet.place = line.end()


def _header(sheet: Sheet, headers: dict[str, bytes]) -> bool:
    """Read a line of the head; return whether it was none of the end."""
    start = sheet.place
    if sheet.data.find(b"\n", start, sheet.end) < 0:
        raise Stop("the end is missing: it stops in the headers")
    line = sheet.line()
    if not line:
        return False
    if len(sheet.found) >= _LINES:
        raise Stop(f"there are more than {_LINES} headers")
    name, colon, value = line.partition(b":")
    if not colon:
        raise Stop(f"byte {start} should begin a header")
    at = start + len(name) + 1 + len(value) - len(value.lstrip())
    sheet.add(name_in(name), shown(value.strip()), at, start + len(line))
    headers[str(name[:64], "latin-1").strip().lower()] = value.strip()
    return True


def _body(sheet: Sheet, headers: dict[str, bytes], to_the_end: bool) -> None:
    start = sheet.place
    if b"chunked" in headers.get("transfer-encoding", b"").lower():
        data, sheet.place, why = dechunked(sheet.data, start, sheet.end)
        at = -1
    else:
        length = _length(headers, sheet.left if to_the_end else 0)
        why = str(sheet.short(length)) if length > sheet.left else ""
        data, at = sheet.take(min(length, sheet.left)), start
    if data:
        _content(sheet, headers, data, start, at)
    if why:
        raise Stop(why)


def _length(headers: dict[str, bytes], otherwise: int) -> int:
    told = headers.get("content-length", b"")
    if not told:
        return otherwise
    if not told.isdigit() or len(told) > 18:
        raise Stop("its content-length is not a number")
    return int(told)


def _content(sheet: Sheet, headers: dict[str, bytes], data: bytes, start: int, at: int) -> None:
    """Add the body. at: where its bytes are, -1 if they are not there as they are."""
    kind = headers.get("content-type", b"").split(b";")[0].strip().lower()
    sheet.summary += f", {shown(kind) or 'body of'} {size(len(data))}"
    packed = headers.get("content-encoding", b"").lower()
    if packed and packed != b"identity":
        plain, note = unpacked(data, packed, sheet.unpackable)
        sheet.unpackable -= len(plain or b"")
        if note:
            sheet.notes.append(note)
        if plain is None:
            sheet.add("body", f"{size(len(data))}, {shown(packed)}", start)
            return
        data, at = plain, -1
    inner = form(data) if kind.endswith(b"form-urlencoded") else inside(data)
    if inner is None:
        sheet.add("body", shown(data), start)
        return
    sheet.summary += f": {inner.summary}"
    with sheet.group("body", inner.summary, start):
        sheet.embed(inner, at)
