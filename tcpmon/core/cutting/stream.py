"""One stream within one chunk of the store: where its messages end.

Positions are bytes from where the stream begins in the chunk. What is cut is the same
whether records come one by one or many at once.
"""

import copy
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Protocol

from tcpmon.core.framing import BadFrame, Framer
from tcpmon.core.units import binary_size

LIMIT = 1 << 20
"""A message that is longer is shown as it was read, from there on."""
OVER = f"over the limit of {binary_size(LIMIT)}: shown as read"


class Framing(Protocol):
    """A way to cut, of which framers are made."""

    @property
    def by_read(self) -> bool:
        """Whether every read is a row."""

    def make(self) -> Framer:
        """Return a framer for a new stream."""


class Pending:
    """What a stream has at the end of a chunk: its framer, and the message that is not complete.

    seq, offset, time: where its row begins and when that came, reads: in so many it came until
    now. length: bytes of the row; behind: bytes since the last message ended, which are more
    once it is over the limit. torn: the bytes before the row are not kept.
    """

    __slots__ = ("behind", "framer", "framing", "length", "offset", "reads", "seq", "time", "torn")

    def __init__(self, framing: Framing, framer: Framer, torn: bool = False) -> None:
        self.framing = framing
        self.framer = framer
        self.torn = torn
        self.seq = self.offset = self.time = self.reads = self.length = self.behind = 0


class Cut:
    """Where rows end. seqs, times, sums: the stream's records in the chunk, and where each ends.

    rows: where rows end, rising; odd: what is wrong with some of them. closed: whether what
    was pending had ended with the chunk before. found: whether a message has ended here.
    """

    __slots__ = ("_last", "before", "closed", "found", "framer", "odd", "rows", "seqs", "sums",
                 "times", "upto")  # fmt: skip

    def __init__(self, before: Pending) -> None:
        self.before = before
        self.framer = copy.copy(before.framer)
        self.seqs: list[int] = []
        self.times: list[int] = []
        self.sums: list[int] = []
        self.rows: list[int] = []
        self.odd: dict[int, str] = {}
        self.closed = self.found = False
        self.upto = 0  # how many records of the chunk were looked at
        self._last = -before.behind  # where the last message ended

    @property
    def total(self) -> int:
        return self.sums[-1] if self.sums else 0

    def extend(self, records: Sequence[tuple[int, int, bytes]]) -> None:
        """Take the stream's next records in the chunk, (seq, time, data) each."""
        total = start = self.total
        for seq, time, data in records:
            self.seqs.append(seq)
            self.times.append(time)
            total += len(data)
            self.sums.append(total)
        if self.framer.timed or len(records) == 1 or not self._feed_all(records, start):
            self._feed_each(records, start)
        self._end_over()

    def _feed_all(self, records: Sequence[tuple[int, int, bytes]], start: int) -> bool:
        framer = copy.copy(self.framer)
        try:
            ends = framer.feed(b"".join([data for _, _, data in records]), records[0][1])
        except BadFrame:
            return False  # read by read, to know in which of them it went wrong
        self.framer = framer
        self._add([start + end for end in ends] if start else ends)
        return True

    def _feed_each(self, records: Sequence[tuple[int, int, bytes]], start: int) -> None:
        found: list[int] = []
        feed = self.framer.feed
        for _, time, data in records:
            try:
                for end in feed(data, time):
                    found.append(start + end)  # noqa: PERF401 - most reads end none, or one
            except BadFrame as bad:
                end = start + len(data)
                self._add([*found, *(start + place for place in bad.ends)])
                self._add([end])
                self.odd[end] = f"{bad.why}: shown as read"
                self.framer = self.before.framing.make()
                feed, found = self.framer.feed, []
            start += len(data)
        self._add(found)

    def _add(self, ends: list[int]) -> None:
        """Take where messages end."""
        self.found = self.found or bool(ends)
        if ends and not ends[0]:
            self.closed = True
            self._last = 0
            ends = ends[1:]
        if not ends:
            return
        if self.total - self._last <= LIMIT:
            new = ends if not self.rows or ends[0] > self.rows[-1] else ends[1:]
            self.rows += new
        else:
            for end in ends:
                if end - self._last > LIMIT:
                    self._end_over(end)
                if not self.rows or end > self.rows[-1]:
                    self.rows.append(end)
                self._last = end
        self._last = ends[-1]

    def _end_over(self, end: int | None = None) -> None:
        """End rows with the reads of a message that is too long, up to its end if that is known."""
        if (self.total if end is None else end) - self._last <= LIMIT:
            return
        behind = max(self._last + LIMIT, self.rows[-1] if self.rows else 0)
        first = bisect_right(self.sums, behind)
        last = len(self.sums) if end is None else bisect_left(self.sums, end)
        over = self.sums[first:last]
        self.rows += over
        self.odd.update(dict.fromkeys(over, OVER))
        if end is not None:
            self.odd[end] = OVER

    @property
    def pending(self) -> int:
        """How many bytes behind the last row are in none."""
        if self.rows:
            return self.total - self.rows[-1]
        return self.total + (0 if self.closed else self.before.length)

    def after(self) -> Pending:
        """Return what is pending at the end of what was taken."""
        state = Pending(self.before.framing, copy.copy(self.framer))
        state.length = self.pending
        state.behind = self.total - self._last
        if not state.length:
            return state
        if not self.rows and not self.closed and self.before.length:
            before = self.before
            state.seq, state.offset, state.time = before.seq, before.offset, before.time
            state.reads = before.reads + len(self.seqs)
            state.torn = before.torn
            return state
        begin = self.rows[-1] if self.rows else 0
        at = bisect_right(self.sums, begin)
        state.seq, state.time = self.seqs[at], self.times[at]
        state.offset = begin - (self.sums[at - 1] if at else 0)
        state.reads = len(self.seqs) - at
        state.torn = self.before.torn and not self.rows
        return state

    def of_record(self, at: int) -> range:
        """Return which rows end in a record, counted within the chunk; the last one's number is
        that of the pending row, if the record is the last one and something is."""
        low = self.sums[at - 1] if at else 0
        first = bisect_right(self.rows, low)
        last = bisect_right(self.rows, self.sums[at])
        return range(first, last + (at == len(self.sums) - 1 and self.pending > 0))
