"""Reads kept messages into a series, from the oldest to the newest, a slice of time at once.

It draws nothing and waits for nothing: whoever wants a picture calls `step`, on any thread, but
not while another call is under way.
"""

import time
from functools import partial

from tcpmon.core.model import Lens
from tcpmon.core.node import Node
from tcpmon.core.numbers import Number
from tcpmon.core.series import FINEST, Series
from tcpmon.ui.stretch import Stretch, Window

PAGE = 512  # messages that are asked for at once
ROOM = 8
"""Buckets in a column when a stretch is read: as much closer one can look without reading again."""


class Gather:
    """The series of a client, or of all, within a span of time.

    start: nanoseconds since 1970, None for the oldest that is kept; end: the first that does not
    count any more, None to go on with what comes. width: of a bucket, to begin with.
    """

    def __init__(
        self,
        node: Node,
        client: int | None,
        number: Number | None = None,
        start: int | None = None,
        end: int | None = None,
        width: int = FINEST,
    ) -> None:
        self._node = node
        self._lens = Lens(client, most=number.most if number else 1)
        self.start = start
        self.end = end
        self.series = Series(width, number, client)
        self._first = 0
        self._next: tuple[int, int] | None = None
        self._over = False
        self.behind = True
        """Whether there is more to read, as far as is known."""

    def step(self, seconds: float) -> None:
        """Go on for about so long. It ends behind a page, so it may take a little longer."""
        deadline = time.monotonic() + seconds
        if self._next is None:
            self._first = self._place_of(self.start)
            self._next = (self._first, 0)
        self.behind = not self._over
        while self.behind and time.monotonic() < deadline:
            self.behind = self._read()

    def _read(self) -> bool:
        """Take in a page; return whether there may be another one."""
        page = self._node.messages(self._next or (0, 0), PAGE, self._lens)
        for message in page:
            if self.end is not None and message.time >= self.end:
                self._over = True
                return False
            if self.start is None or message.time >= self.start:
                self.series.take(message)
        if page:
            seq, part = page[-1].place
            self._next = seq, part + 1
        return bool(page)

    def _place_of(self, start: int | None) -> int:
        """Return the record from which on to read. Where the clock was set back, one of them."""
        span = self._node.span()
        low, high = span.first, span.end
        if start is None:
            return low
        while low < high:
            middle = (low + high) // 2
            found = self._node.messages((middle, 0), 1, self._lens)
            if found and found[0].time < start:
                low = found[0].seq + 1
            else:
                high = middle
        return low

    @property
    def progress(self) -> float:
        """How much of what is kept has been read, 0 to 1."""
        span = self._node.span()
        if self._next is None or span.end <= self._first:
            return 0.0
        return max(0.0, min(1.0, (self._next[0] - self._first) / (span.end - self._first)))


class Gathers:
    """All of a client, or of all clients, and a stretch of that closer than all is known."""

    def __init__(self, node: Node, client: int | None, number: Number | None) -> None:
        self.all = Gather(node, client, number)
        self._make = partial(Gather, node, client, number)
        self._near: Gather | None = None
        self._chosen: tuple[int | None, int | None] = None, None

    def due(self) -> list[Gather]:
        """Return what is to be read now: what is looked at goes first."""
        if self._near is None:
            return [self.all]
        return [self._near] if self._near.behind else [self._near, self.all]

    def behind(self) -> bool:
        """Say whether there is more to read, as far as is known."""
        return any(gather.behind for gather in self.due())

    def of(self, stretch: Stretch, window: Window, exact: bool) -> Gather:
        """Return what knows the columns of a window well enough; it may still have to be read.

        exact: it is of what was chosen and of nothing else, for what cannot be taken apart by time.
        """
        chosen = stretch.width, stretch.end
        if stretch.width is None or (not exact and self.all.series.width * 2 <= window.width):
            return self.all
        near = self._near
        if near is None or not _covers(near, window) or (exact and chosen != self._chosen):
            end = None if stretch.end is None else window.end
            near = self._make(window.start, end, max(FINEST, window.width // ROOM))
            self._near, self._chosen = near, chosen
        return near


def _covers(gather: Gather, window: Window) -> bool:
    """Say whether it is of all columns of a window, and fine enough for halves of them."""
    begins = gather.start is None or gather.start <= window.start
    ends = gather.end is None or gather.end >= window.end
    return begins and ends and gather.series.width * 2 <= window.width
