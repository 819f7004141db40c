"""Messages between a start and an end, as STX and ETX, with bytes in them that are meant as
they are behind an escape."""

import re
from typing import ClassVar


class Envelope:
    """Cuts behind every end, and the `after` bytes behind it that belong to it (a checksum).

    An escape makes the next byte a plain one; an end of two bytes may begin with it (DLE ETX).
    Between a start and its end another start is nothing special. What stands before a start is
    a message of its own; of several such bytes, each that could begin a start begins anew.
    """

    joins: ClassVar[bool] = False
    timed: ClassVar[bool] = False

    def __init__(self, start: bytes, end: bytes, escape: bytes = b"", after: int = 0) -> None:
        self._start = start
        self._end = end
        self._escape = escape
        self._after = after
        plain = _plain(end, escape)
        around = re.escape(start), re.escape(end)
        self._plain = re.compile(plain, re.DOTALL)
        self._whole = re.compile(b"%s%s%s.{%d}" % (around[0], plain, around[1], after), re.DOTALL)
        self._inside = False
        self._stray = False  # whether bytes wait that stand before a start
        self._left = 0
        self._tail = b""

    def feed(self, data: bytes, time: int) -> list[int]:
        ends: list[int] = []
        shift = len(self._tail)
        data, self._tail = self._tail + data, b""
        at, size = 0, len(data)
        while at < size:
            idle = not (self._left or self._inside or self._stray)
            if idle and (found := self._whole.match(data, at)):  # most are, and it is quick
                at = found.end()
                ends.append(at)
            elif self._left:
                at = self._skip(at, size, ends)
            elif self._inside:
                at = self._to_end(data, at)
                if not self._inside and not self._left:
                    ends.append(at)
            else:
                at = self._to_start(data, at, ends)
        return [end - shift for end in ends] if shift else ends

    def _skip(self, at: int, size: int, ends: list[int]) -> int:
        """Go on behind the bytes after an end, as far as they are there."""
        step = min(self._left, size - at)
        self._left -= step
        if not self._left:
            ends.append(at + step)
        return at + step

    def _to_end(self, data: bytes, at: int) -> int:
        """Go on behind the next end, or to the end of data, with a tail kept."""
        plain = self._plain.match(data, at)
        at = plain.end() if plain else at
        if data.startswith(self._end, at):
            self._inside = False
            self._left = self._after
            return at + len(self._end)
        self._tail = data[at:]
        return len(data)

    def _to_start(self, data: bytes, at: int, ends: list[int]) -> int:
        """Go on behind the next start, or behind what only looks like one."""
        start = self._start
        if not data.startswith(start, at):
            place = data.find(start[:1], at)
            if place < 0:
                self._stray = True
                return len(data)
            self._stray |= place > at
            at = place
        if self._stray:
            ends.append(at)
            self._stray = False
        same = _same(data, at, start)
        if same == len(start):
            self._inside = True
        elif at + same == len(data):
            self._tail = data[at:]
        else:
            self._stray = True
        return at + same

    def missing(self) -> int | None:
        if self._left:
            return self._left
        return 0 if self._stray else None

    def body(self, message: bytes) -> bytes:
        start, end = self._start, len(message) - self._after
        if not message.startswith(start) or not message.endswith(self._end, len(start), end):
            return message
        inside = message[len(start) : end - len(self._end)]
        return _literal(inside, self._escape) if self._escape in inside else inside


def _plain(end: bytes, escape: bytes) -> bytes:
    """Return a pattern for what stands before an end, or before what may become one: half an end
    or an escape at the end of the data. It never goes back, so it costs what it reads."""
    first, mark = re.escape(end[:1]), re.escape(escape)
    if escape and end.startswith(escape):
        return b"(?:[^%s]++|%s(?!%s).|)*+" % (mark, mark, re.escape(end[1:]))
    rests = [re.escape(end[1:size]) + rb"\Z" for size in range(1, len(end))]
    rests.append(re.escape(end[1:]))
    escaped = b"|%s." % mark if escape else b""
    return b"(?:[^%s%s]++|%s(?!%s)%s|)*+" % (first, mark, first, b"|".join(rests), escaped)


def _same(data: bytes, at: int, start: bytes) -> int:
    """Return how many bytes at a place are those of a start."""
    if data.startswith(start, at):
        return len(start)
    same = 0
    while data[at + same : at + same + 1] == start[same : same + 1]:
        same += 1
    return same


def _literal(data: bytes, escape: bytes) -> bytes:
    """Return data without escapes: those behind an escape stay."""
    if not escape:
        return data
    mark = re.escape(escape)
    # In blocks that no escape crosses: a message of nothing else would take 50 times its size.
    blocks = re.finditer(b"(?:[^%s]++|%s.?|){1,4096}+" % (mark, mark), data, re.DOTALL)
    return b"".join(_literal_block(block.group(), escape) for block in blocks)


def _literal_block(block: bytes, escape: bytes) -> bytes:
    parts = block.split(escape * 2)  # from the left, so that pairs are those that were written
    return escape.join([part.replace(escape, b"") for part in parts])
