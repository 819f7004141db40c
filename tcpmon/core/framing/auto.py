"""Lines where a stream begins as lines do, and else what was sent at once.

It is the guess to begin with, before anybody has said what the stream is.
"""

import copy
import re
from enum import IntEnum
from typing import ClassVar

from tcpmon.core.framing.line import LF, Line, bare

LOOKED_AT = 4096
"""The guess is made from so many bytes at the beginning."""
GAP = 50_000_000
"""What comes later than that (in ns) is another message: longer than a delayed ACK holds back
the second half of what was written in two (40 ms on Linux)."""
SEGMENT = 1200
"""A read of fewer bytes does not fill a segment on any usual path: its sender had no more to
say."""

_BINARY = re.compile(rb"[\0-\x06\x0e-\x1a\x1c-\x1f\x7f]")
_BINARY_BYTES = bytes(byte for byte in range(256) if _BINARY.match(bytes([byte])))


class _Guess(IntEnum):
    NONE = 0
    """Text, and no line has ended yet."""
    LINES = 1
    READS = 2


class Auto:
    """Guesses, from the first 4 KiB of what comes.

    Text in which a line ends is cut into lines. Anything else is cut by reads: a message is what
    one read gave, joined with the next one if it filled a segment and that came within 50 ms.
    Text that begins without a line end is cut like this too, but for single bytes, as somebody
    types them, and the first line end, for which it waits as long.
    """

    joins: ClassVar[bool] = False

    def __init__(self) -> None:
        self._guess = _Guess.NONE
        self._looked = 0
        self._line = Line()
        self._last = 0
        self._waiting = False  # whether there are bytes behind the last end
        self._goes_on = False  # whether the last read looked like a part of something

    def __copy__(self) -> "Auto":
        other = object.__new__(Auto)
        other.__dict__.update(self.__dict__, _line=copy.copy(self._line))
        return other

    @property
    def timed(self) -> bool:
        """Lines are lines, however they come."""
        return self._guess is not _Guess.LINES or self._looked < LOOKED_AT

    def feed(self, data: bytes, time: int) -> list[int]:
        before = self._guess
        if before is _Guess.READS and self._looked == LOOKED_AT:
            return self._feed_decided(data, time)
        if self._looked < LOOKED_AT:
            self._look(data[: LOOKED_AT - self._looked])
        ended = self._waiting and time - self._last >= GAP
        self._last = time
        if self._guess is _Guess.LINES:
            ended &= before is _Guess.NONE
            self._goes_on = False
            self._waiting = data[-1] != LF
            ends = self._line.feed(data, time)
        else:
            ended |= self._waiting and not self._goes_on
            ends = self._feed_read(data)
        return [0, *ends] if ended else ends

    def _feed_decided(self, data: bytes, time: int) -> list[int]:
        """As `feed`, for what comes by reads and will: most of a binary stream."""
        ended = self._waiting and (not self._goes_on or time - self._last >= GAP)
        self._last = time
        size = len(data)
        self._waiting = self._goes_on = size >= SEGMENT
        if self._waiting:
            return [0] if ended else []
        return [0, size] if ended else [size]

    def _look(self, data: bytes) -> None:
        self._looked += len(data)
        if _BINARY.search(data):
            self._guess = _Guess.READS
            self._looked = LOOKED_AT
        elif self._guess is _Guess.NONE:
            if b"\n" in data or b"\r" in data:
                self._guess = _Guess.LINES
            elif self._looked == LOOKED_AT:
                self._guess = _Guess.READS

    def _feed_read(self, data: bytes) -> list[int]:
        full = len(data) >= SEGMENT
        undecided = self._guess is _Guess.NONE
        self._goes_on = full or (undecided and len(data) == 1)
        self._waiting = full or undecided
        return [] if self._waiting else [len(data)]

    def missing(self) -> int | None:
        return self._line.missing() if self._guess is _Guess.LINES else 0

    def whole(self, data: bytes) -> bytes | None:
        size = len(data)
        if self._looked < LOOKED_AT or size >= SEGMENT:
            return None
        body = self._line.whole(data) if self._guess is _Guess.LINES else bare(data)
        if body is None or len(data.translate(None, _BINARY_BYTES)) == size:
            return body  # three times as fast as to search for one
        return data

    def body(self, message: bytes) -> bytes:
        return message if _BINARY.search(message[:LOOKED_AT]) else bare(message)
