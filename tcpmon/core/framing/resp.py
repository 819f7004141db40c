"""What Redis and its clients say: RESP2, RESP3 and inline commands.

Source: the Redis serialization protocol specification; streamed types: RESP3.md by S. Sanfilippo.
"""

import re
from typing import ClassVar

from tcpmon.core.framing import BadFrame
from tcpmon.core.framing.measured import NotAHeader, shown

_COUNT = re.compile(rb".(-1|\d{1,19}|\?)\r\n", re.DOTALL)
_COUNT_BYTES = 23
_SIZED = re.compile(rb"\$(\d{1,9})\r\n")

_STRING = ord("$")
_STRINGS = frozenset(b"$!=")
_VALUES = {ord("*"): 1, ord("~"): 1, ord(">"): 1, ord("%"): 2, ord("|"): 2}
"""How many values each unit of their count stands for."""
_NULL = {b"-1": b"$*", b"?": b"$*~%"}
"""Which types may be null, and which of a size that is told by their end."""
_ATTRIBUTE = ord("|")
_CHUNK = ord(";")
_STREAM_END = ord(".")
_TEXT = frozenset(b"+-:_#,(")
_INLINE = frozenset([*range(0x20, 0x7F), 0x09, 0x0A, 0x0D])


class Resp:
    """Cuts behind every value that is not part of another; what no value begins with is a
    command as people type it, up to its LF."""

    joins: ClassVar[bool] = False
    timed: ClassVar[bool] = False

    def __init__(self) -> None:
        self._wanted = 0  # values that the message still needs
        self._streams = 0  # aggregates of unknown size around what comes next
        self._chunks = False
        self._left = 0
        self._behind_string = False
        self._in_text = False
        self._head = b""

    def feed(self, data: bytes, time: int) -> list[int]:
        ends: list[int] = []
        shift = len(self._head)
        if shift:
            data, self._head = self._head + data, b""
        at, size = 0, len(data)
        try:
            while at < size:
                at = self._step(data, at, size)
                if not self._wanted:
                    ends.append(at)
        except NotAHeader as wrong:
            raise BadFrame([end - shift for end in ends], str(wrong)) from None
        return [end - shift for end in ends] if shift else ends

    def _step(self, data: bytes, at: int, size: int) -> int:
        """Go on behind a value, a count, or a part of a string."""
        if self._left:
            step = min(self._left, size - at)
            self._left -= step
            return at + step
        if self._behind_string:
            return self._end_string(data, at)
        return self._text(data, at) if self._in_text else self._begin(data, at)

    def _begin(self, data: bytes, at: int) -> int:
        """Go on behind what begins here, of one of all types."""
        fresh = not self._wanted
        if fresh:
            self._wanted = 1
        kind = data[at]
        if kind in _STRINGS or (kind == _CHUNK and self._chunks):
            return self._whole_strings(data, at) or self._string(data, at)
        if self._chunks:
            raise NotAHeader(f"more of a string, not {shown(data[at : at + 1])}")
        if kind in _VALUES:
            return self._aggregate(data, at)
        if kind == _STREAM_END and self._streams:
            return self._end_stream(data, at)
        if kind in _TEXT or (fresh and kind in _INLINE):
            return self._text(data, at)
        raise NotAHeader(f"a type, not {shown(data[at : at + 1])}")

    def _whole_strings(self, data: bytes, at: int) -> int:
        """Go on behind as many strings as are whole, 0 for none: commands are made of these."""
        if self._streams or self._chunks:
            return 0
        begin, wanted = at, self._wanted
        while wanted and (found := _SIZED.match(data, at)):
            end = found.end() + int(found[1])
            if data[end : end + 2] != b"\r\n":
                break
            at = end + 2
            wanted -= 1
        self._wanted = wanted
        return at if at > begin else 0

    def _value(self) -> None:
        """Count a value that has ended."""
        if not self._streams:
            self._wanted -= 1

    def _text(self, data: bytes, at: int) -> int:
        end = data.find(b"\n", at) + 1
        self._in_text = not end
        if end:
            self._value()
        return end or len(data)

    def _count(self, data: bytes, at: int) -> tuple[int | None, int]:
        """Return the count of a string or aggregate and where it ends, that 0 if it is not
        complete; None for a count that is left open, -1 for null."""
        found = _COUNT.match(data, at)
        if found:
            count = found[1]
            if count.isdigit() or data[at] in _NULL.get(count, b""):
                return (None if count == b"?" else int(count)), found.end()
        elif b"\n" not in data[at : at + _COUNT_BYTES] and len(data) - at < _COUNT_BYTES:
            self._head = data[at:]
            return 0, 0
        raise NotAHeader(f"a count, not {shown(data[at : at + _COUNT_BYTES])}")

    def _aggregate(self, data: bytes, at: int) -> int:
        count, end = self._count(data, at)
        if not end:
            return len(data)
        if count is None:
            self._streams += 1
        elif not self._streams:
            values = max(count, 0) * _VALUES[data[at]]
            self._wanted += values if data[at] == _ATTRIBUTE else values - 1
        return end

    def _end_stream(self, data: bytes, at: int) -> int:
        if data[at : at + 3] != b".\r\n":
            if not b".\r\n".startswith(data[at : at + 3]):
                raise NotAHeader(f"the end of a stream, not {shown(data[at : at + 3])}")
            self._head = data[at:]
            return len(data)
        self._streams -= 1
        self._value()
        return at + 3

    def _string(self, data: bytes, at: int) -> int:
        count, begin = self._count(data, at)
        if not begin:
            return len(data)
        if count is None:
            self._chunks = True
        elif count < 0 or (self._chunks and not count):
            self._chunks = False
            self._value()
        else:
            end = begin + count
            if data[end : end + 2] == b"\r\n":
                if not self._chunks:
                    self._value()
                return end + 2
            self._left = count
            self._behind_string = True
        return begin

    def _end_string(self, data: bytes, at: int) -> int:
        behind = data[at : at + 2]
        if behind == b"\r":
            self._head = behind
            return at + 1
        if behind != b"\r\n":
            raise NotAHeader(f"\\r\\n behind a string, not {shown(behind)}")
        self._behind_string = False
        if not self._chunks:
            self._value()
        return at + 2

    def missing(self) -> int | None:
        last = self._wanted == 1 and not self._streams and not self._chunks
        return self._left + 2 - len(self._head) if last and self._behind_string else None

    def body(self, message: bytes) -> bytes:
        return message
