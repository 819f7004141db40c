"""HTTP/1 requests and responses: a start line, headers, and a body as these say.

Source: RFC 9112, sections 2, 6 and 7. One direction is all that is seen: what the other said
(that the request was HEAD, or that an upgrade was agreed to) cannot be known.
"""

import re
from typing import ClassVar

from tcpmon.core.framing import BadFrame
from tcpmon.core.framing.measured import NotAHeader, shown

_LINE_BYTES = 16_384
"""As much of a line is looked at. A start line that is longer is none."""

_METHOD = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]"
_START = re.compile(
    rb"(?:HTTP/1\.\d (\d{3})\b.*|(" + _METHOD + rb"{1,32}) .*HTTP/1\.\d[ \t]*)\r?\n"
)
_START_BEGINS = re.compile(_METHOD + rb"{1,32}(?: |/|\Z)|\r?\Z")
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,16})[ \t]*(?:;.*)?\r?\n")
_EMPTY = (b"\r\n", b"\n")
_DULL = re.compile(
    rb"(?:(?!content-length|transfer-encoding|upgrade)[^\r\n][^\n]*+\n|)*+", re.IGNORECASE
)
"""Headers that say nothing about where a message ends: passed at once."""
_NO_CONTENT = (204, 304)


_AT_START, _IN_HEADERS, _IN_BODY, _AT_CHUNK, _BEHIND_CHUNK, _IN_TRAILERS, _TO_THE_END = range(7)
"""What comes next. To the end: until the connection does."""


class Http:
    """Cuts behind every request or response. A line may end in LF alone, and empty lines before
    a message belong to it.

    What follows an upgrade or CONNECT is a BadFrame, unless it is HTTP again.
    """

    joins: ClassVar[bool] = False
    timed: ClassVar[bool] = False

    def __init__(self) -> None:
        self._part = _AT_START
        self._left = 0
        self._line = b""
        self._status = 0  # 0 for a request
        self._length: int | None = None
        self._coded = False
        self._chunked = False
        self._upgraded = False

    def feed(self, data: bytes, time: int) -> list[int]:
        ends: list[int] = []
        at, size = 0, len(data)
        try:
            while at < size and self._part != _TO_THE_END:
                at = self._skip(at, size) if self._left else self._to_line_end(data, at)
                if self._part == _IN_BODY and not self._left:
                    ends.append(at)
                    self._part = _AT_START
        except NotAHeader as wrong:
            raise BadFrame(ends, str(wrong)) from None
        return ends

    def _skip(self, at: int, size: int) -> int:
        """Go on behind a body or chunk, as far as it is there."""
        step = min(self._left, size - at)
        self._left -= step
        return at + step

    def _to_line_end(self, data: bytes, at: int) -> int:
        """Read a line, or keep what there is of it."""
        if self._part == _IN_HEADERS and not self._line:
            dull = _DULL.match(data, at)
            at = dull.end() if dull else at
        end = data.find(b"\n", at) + 1
        line = data[at:end] if end else data[at:]
        if self._line:
            line = self._line + line
        if end:
            self._line = b""
            self._read(line)
            return end
        if self._part == _AT_START and not _START_BEGINS.match(line):
            raise self._not_a_start(line)
        self._line = line[:_LINE_BYTES]
        return len(data)

    def _read(self, line: bytes) -> None:
        if self._part == _IN_HEADERS:
            if line in _EMPTY:
                self._begin_body()
            else:
                self._read_header(line[:_LINE_BYTES].lower())
        elif self._part == _AT_START:
            self._read_start(line)
        elif self._part == _AT_CHUNK:
            self._read_chunk(line)
        elif self._part == _BEHIND_CHUNK:
            if line not in _EMPTY:
                raise NotAHeader(f"a line end behind a chunk, not {shown(line)}")
            self._part = _AT_CHUNK
        elif line in _EMPTY:
            self._part = _IN_BODY

    def _read_start(self, line: bytes) -> None:
        if line in _EMPTY:
            return
        start = _START.fullmatch(line[:_LINE_BYTES])
        if not start:
            raise self._not_a_start(line)
        self._status = int(start[1] or 0)
        self._upgraded = start[2] == b"CONNECT" or self._status == 101
        self._length = None
        self._coded = self._chunked = False
        self._part = _IN_HEADERS

    def _not_a_start(self, line: bytes) -> NotAHeader:
        if self._upgraded:
            return NotAHeader("upgraded, what follows is not HTTP/1")
        return NotAHeader(f"a start line of HTTP/1, not {shown(line)}")

    def _read_header(self, line: bytes) -> None:
        name, _, value = line.partition(b":")
        value = value.strip()
        if name == b"content-length":
            self._read_length(value)
        elif name == b"transfer-encoding":
            self._coded = value != b"identity"  # which HTTP/1.1 once had, and means none
            self._chunked = value.rpartition(b",")[2].strip() == b"chunked"
        elif name == b"upgrade":
            self._upgraded = True

    def _read_length(self, value: bytes) -> None:
        # Some proxies repeat it: "5, 5".
        for number in value.split(b","):
            digits = number.strip()
            if not digits.isdigit() or len(digits) > 19:
                raise NotAHeader(f"a Content-Length, not {shown(digits)}")
            if self._length not in {None, int(digits)}:
                raise NotAHeader(f"two lengths, {self._length} and {int(digits)}")
            self._length = int(digits)

    def _begin_body(self) -> None:
        self._part = _IN_BODY
        if 100 <= self._status < 200 or self._status in _NO_CONTENT:
            return
        if self._chunked:
            self._part = _AT_CHUNK
        elif self._length is not None and not self._coded:
            self._left = self._length
        elif self._status or self._coded:
            self._part = _TO_THE_END

    def _read_chunk(self, line: bytes) -> None:
        chunk = _CHUNK.fullmatch(line)
        if not chunk:
            raise NotAHeader(f"the size of a chunk, not {shown(line)}")
        self._left = int(chunk[1], 16)
        self._part = _BEHIND_CHUNK if self._left else _IN_TRAILERS

    def missing(self) -> int | None:
        if self._part == _TO_THE_END:
            return 0
        return self._left if self._part == _IN_BODY else None

    def body(self, message: bytes) -> bytes:
        return message
