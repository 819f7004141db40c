"""One stream cut into messages while it is read: for those who act on what is said.

The messages are those that the log shows, see stream.Cut. It has no clock: times come in.
"""

import copy
from typing import TYPE_CHECKING

from tcpmon.core.cutting import stream
from tcpmon.core.cutting.stream import Framing
from tcpmon.core.framing import BadFrame, Framer
from tcpmon.core.framing.reads import Reads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

STEP = 8 << 10
"""Bytes of a large read that are cut in one go."""

Said = list[tuple[bytes, bytes]]
"""Messages: all of each, and what it says without what was put around it for the way."""


class Live:
    """Cuts the one direction of a connection in one framing.

    behind: bytes since the last end, which are more than are held of a message too long. whole: as
    Quick's, for a read when there are none; a read that is one message needs not be fed.
    """

    __slots__ = ("_again", "_framer", "_held", "behind", "framing", "whole")

    def __init__(self, framing: Framing) -> None:
        self._held: list[bytes] = []
        self._again = b""  # what is pending from another framing
        self.behind = 0
        self._cut_by(framing)

    def _cut_by(self, framing: Framing) -> None:
        self.framing = framing
        self._framer: Framer = Reads() if framing.by_read else framing.make()
        self.whole: Callable[[bytes], bytes | None] = getattr(self._framer, "whole", _unsure)

    def feed(self, data: bytes, now: int) -> Said:
        """Take one read and return what it completes. now: ns since 1970."""
        if self._again:
            data, self._again, self.behind = self._again + data, b"", 0
        if self.framing.by_read:
            return [(data, data)]
        ends, bad = self._ends(data, now)
        if not self.behind and ends == [len(data)] and not bad and len(data) <= stream.LIMIT:
            return [(data, self._framer.body(data))]  # as it is most of the time
        return self._completed(data, ends, bad)

    def little_by_little(self, data: bytes, now: int) -> "Iterator[tuple[bytes, bytes]]":
        """As feed, or end where there is no data, but a part of the read after the other, when it
        is asked for: there may be a message for each byte. Nothing else may be asked before all of
        it was taken."""
        if not data:
            yield from self.end()
            return
        if self._again:
            data, self._again, self.behind = self._again + data, b"", 0
        if self.framing.by_read or self._framer.timed:  # it goes by what one read gave
            yield from self.feed(data, now)
            return
        for start in range(0, len(data), STEP):
            piece = data[start : start + STEP]
            ends, bad = self._ends(piece, now)
            if bad:  # all that was read is no message, as in the log
                piece = data[start:]
                ends[-1] = len(piece)
            is_last = bad or start + STEP >= len(data)
            yield from self._completed(piece, ends, bad, is_last)
            if bad:
                return

    def _completed(self, data: bytes, ends: list[int], bad: bool, is_last: bool = True) -> Said:
        """Return the messages that end in a part of a read. is_last: whether the read is over."""
        said: Said = []
        at = 0
        for place, end in enumerate(ends):
            over = self.behind + end - at > stream.LIMIT
            if end > at or self._held:
                odd = over or (bad and place == len(ends) - 1)
                said.append(self._whole(data[at:end], odd))
            self.behind = 0
            at = end
        rest = data[at:] if at else data
        self.behind += len(rest)
        if rest:
            self._held.append(rest)
            if is_last and self.behind > stream.LIMIT:
                said.append(self._whole(b"", odd=True))
        if bad:
            self._cut_by(self.framing)
        return said

    def _ends(self, data: bytes, now: int) -> tuple[list[int], bool]:
        """Return where messages end, and whether the last one is no message of this framing."""
        try:
            return self._framer.feed(data, now), False
        except BadFrame as bad:
            ends = [end for end in bad.ends if end < len(data)]
            return [*ends, len(data)], True

    def _whole(self, end: bytes, odd: bool) -> tuple[bytes, bytes]:
        message = end
        if self._held:
            self._held.append(end)
            message = b"".join(self._held)
            self._held = []
        return message, message if odd else self._framer.body(message)

    @property
    def waits(self) -> bool:
        """Whether a silence may end a message."""
        return bool(self._held) and self._framer.timed

    def silence(self, now: int) -> Said:
        """Return the message that nothing was added to for so long that it is whole."""
        if not self.waits:
            return []
        try:
            ended = copy.copy(self._framer).feed(b"\n", now)[:1] == [0]
        except BadFrame as bad:
            ended = bad.ends[:1] == [0]
        return [self._whole(b"", odd=False)] if ended else []

    def end(self) -> Said:
        """Return what was not complete when the stream ended."""
        if self._again:
            self._held.insert(0, self._again)
            self._again = b""
        self.behind = 0
        return [self._whole(b"", odd=True)] if self._held else []

    def cut_otherwise(self, framing: Framing) -> None:
        """Go on in another framing; what is pending is read again with what comes next."""
        self._again += b"".join(self._held)
        self._held = []
        self.behind = len(self._again)
        self._cut_by(framing)


def _unsure(data: bytes) -> None:
    return None
