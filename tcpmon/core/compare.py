"""Two byte strings beside each other: what is equal, what differs, what only one of them has.

What both have is found by `core.alignment`; what is between is compared position by
position. So is what could not be aligned in bounded time, and `Differences.aligned` says so.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from enum import StrEnum

from msgspec import Struct

from tcpmon.core.alignment import SHORT, SLICE, align, differing
from tcpmon.core.units import counted, number, size


class Match(StrEnum):
    """How a stretch of the left one and one of the right one go together."""

    EQUAL = "equal"
    CHANGED = "changed"
    LEFT = "only left"
    RIGHT = "only right"

    @property
    def mirrored(self) -> "Match":
        """As it is when the sides are swapped."""
        return _MIRRORED.get(self, self)


_MIRRORED = {Match.LEFT: Match.RIGHT, Match.RIGHT: Match.LEFT}


class Run(Struct, frozen=True, gc=False):
    """A stretch of an alignment.

    left, right: where it begins in each. count: bytes on each side that has it. Single bytes of
    one that is changed may be equal.
    """

    match: Match
    left: int
    right: int
    count: int


class Differences(Struct, frozen=True):
    """Two byte strings as runs from beginning to end.

    A place in the alignment counts the bytes of all runs before it. starts: where each run
    begins; places: where something differs, from and to; count: bytes that differ. aligned:
    False where a part was only compared position by position, because it is too large or
    too different.
    """

    runs: tuple[Run, ...]
    starts: tuple[int, ...]
    places: tuple[tuple[int, int], ...]
    count: int
    aligned: bool
    longer: int
    """By how many bytes the left one is longer."""

    @property
    def end(self) -> int:
        """How long the alignment is."""
        return self.starts[-1] + self.runs[-1].count if self.runs else 0

    def run_at(self, place: int) -> int:
        """Return the number of the run that holds a place."""
        return bisect_right(self.starts, place) - 1

    def differs(self, begin: int, end: int) -> bool:
        """Say whether there is a difference from one place to another."""
        number_ = bisect_right(self.places, (begin, self.end))
        near = self.places[max(0, number_ - 1) : number_ + 1]
        return begin < end and any(one < end and begin < other for one, other in near)

    def positions(self, begin: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield the bytes of each place from begin to end, by their numbers; -1 for none."""
        for number_ in range(max(0, self.run_at(begin)), len(self.runs)):
            run, start = self.runs[number_], self.starts[number_]
            if start >= end:
                return
            for at in range(max(0, begin - start), min(run.count, end - start)):
                x = -1 if run.match is Match.RIGHT else run.left + at
                yield x, -1 if run.match is Match.LEFT else run.right + at

    def mirrored(self) -> "Differences":
        """Return the same with the sides swapped."""
        runs = tuple(Run(run.match.mirrored, run.right, run.left, run.count) for run in self.runs)
        return Differences(
            runs, self.starts, self.places, self.count, self.aligned, -self.longer
        )  # fmt: skip

    @property
    def sentence(self) -> str:
        """In one line: "2 places differ, 5 B; left is 3 B longer"."""
        if not self.places:
            return "no difference"
        verb = "differs" if len(self.places) == 1 else "differ"
        text = f"{counted(len(self.places), 'place')} {verb}, {number(self.count)} B"
        if self.longer:
            side = "left" if self.longer > 0 else "right"
            text += f"; {side} is {_exact(abs(self.longer))} longer"
        if not self.aligned:
            text += "; in part only position by position"
        return text


def _exact(count: int) -> str:
    return f"{number(count)} B" if count < 100_000 else size(count)


PLACES = 5_000
"""Differences that are told apart position by position; behind them, each stretch is one."""

_DIFFERENT = re.compile(rb"[^\0]++(?:\0{1,%d}+[^\0]++|)*+" % (SHORT - 1))


def compare(left: bytes, right: bytes) -> Differences:
    """Return the differences of two byte strings. 1 MiB each takes 0.1 s at most."""
    blocks, aligned = align(left, right)
    runs = _Runs(left, right)
    x = y = 0
    for at, to, count in [*blocks, (len(left), len(right), 0)]:
        runs.gap(x, at, y, to)
        runs.add(Match.EQUAL, at, to, count)
        x, y = at + count, to + count
    return runs.differences(aligned)


class _Runs:
    """Collects the runs of an alignment, in order."""

    def __init__(self, left: bytes, right: bytes) -> None:
        self._left = left
        self._right = right
        self._runs: list[Run] = []
        self._differing = 0  # bytes
        self._places = 0
        self._crowded = False  # there were too many places to tell them apart

    def add(self, match: Match, left: int, right: int, count: int) -> None:
        """Go on with a run, which joins one of the same kind."""
        if not count:
            return
        last = self._runs[-1] if self._runs else None
        if last and last.match is match:
            self._runs[-1] = Run(match, last.left, last.right, last.count + count)
        else:
            self._runs.append(Run(match, left, right, count))

    def gap(self, x0: int, x1: int, y0: int, y1: int) -> None:
        """Go on with what has no equal: position by position, and what is left over."""
        count = min(x1 - x0, y1 - y0)
        self._positions(x0, y0, count)
        self.add(Match.LEFT, x0 + count, y0 + count, x1 - x0 - count)
        self.add(Match.RIGHT, x0 + count, y0 + count, y1 - y0 - count)
        self._differing += (x1 - x0) + (y1 - y0) - 2 * count

    def _positions(self, x: int, y: int, count: int) -> None:
        done = 0
        for begin, end in self._stretches(x, y, count):
            self.add(Match.EQUAL, x + done, y + done, begin - done)
            self.add(Match.CHANGED, x + begin, y + begin, end - begin)
            done = end
        self.add(Match.EQUAL, x + done, y + done, count - done)

    def _stretches(self, x: int, y: int, count: int) -> Iterator[tuple[int, int]]:
        """Yield from where to where positions differ, without what is equal by chance."""
        begin = until = -SHORT
        for start, end in self._differing_positions(x, y, count):
            crowded = self._places >= PLACES
            if begin >= 0 and (crowded or start - until < SHORT):
                self._crowded |= crowded
            else:
                if begin >= 0:
                    yield begin, until
                begin = start
                self._places += 1
            until = end
        if begin >= 0:
            yield begin, until

    def _differing_positions(self, x: int, y: int, count: int) -> Iterator[tuple[int, int]]:
        for at in range(0, count, SLICE):
            both = min(SLICE, count - at)
            mask = differing(self._left, x + at, self._right, y + at, both)
            self._differing += both - mask.count(0)
            if self._places < PLACES:
                for match in _DIFFERENT.finditer(mask):
                    yield at + match.start(), at + match.end()
            elif rest := mask.lstrip(b"\0"):
                yield at + both - len(rest), at + len(mask.rstrip(b"\0"))

    def differences(self, aligned: bool) -> Differences:
        """Return all of it."""
        starts: list[int] = []
        places: list[tuple[int, int]] = []
        at = 0
        for run in self._runs:
            starts.append(at)
            end = at + run.count
            if run.match is not Match.EQUAL:
                joins = bool(places) and places[-1][1] == at
                places[-1:] = [(places[-1][0], end)] if joins else [*places[-1:], (at, end)]
            at = end
        longer = len(self._left) - len(self._right)
        return Differences(
            tuple(self._runs), tuple(starts), tuple(places), self._differing,
            aligned and not self._crowded, longer,
        )  # fmt: skip
