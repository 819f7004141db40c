"""Paired rounds in; lines with medians, spreads and goals out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TypeVar

T = TypeVar("T")
Pairs = Sequence[tuple[float, float]]
"""What tcpmon and a peer took or did, round by round."""

_LINE = "{:<48} {:<22} {:>7} {:>15} {:>7}  {:<4} {}"


class Unmeasured(Exception):
    """Why there is nothing to put into the table."""


@dataclass(frozen=True, slots=True)
class Goal:
    """What a median should be: at least or at most a limit."""

    least: bool
    limit: float

    def __str__(self) -> str:
        return f"{'>=' if self.least else '<='} {self.limit:g}"

    def met(self, value: float) -> bool:
        """Tell whether a median is what it should be."""
        return value >= self.limit if self.least else value <= self.limit


def at_least(limit: float) -> Goal:
    """Return a goal for what should be high."""
    return Goal(True, limit)


def at_most(limit: float) -> Goal:
    """Return a goal for what should be low."""
    return Goal(False, limit)


class Table:
    """Takes measurements, and prints each line as soon as it is known."""

    def __init__(self, rounds: int) -> None:
        self.rounds = rounds
        self._met: list[bool] = []
        titles = "what", "its ratio to", "median", "min..max", "goal", "met", "medians of both"
        print(_LINE.format(*titles), flush=True)

    def pairs(self, ours: Callable[[], T], theirs: Callable[[], T]) -> list[tuple[T, T]]:
        """Measure both in each round, in turn who is first."""
        pairs = []
        for number in range(self.rounds):
            if number % 2:
                second = theirs()
                pairs.append((ours(), second))
            else:
                pairs.append((ours(), theirs()))
        return pairs

    def compare(
        self,
        what: str,
        peer: str,
        ours: Callable[[], float],
        theirs: Callable[[], float],
        goal: Goal | None = None,
    ) -> None:
        """Measure both and print the line about their ratio, or why there is none."""
        try:
            pairs = self.pairs(ours, theirs)
        except Unmeasured as reason:
            self.left_out(f"{what}, ratio to {peer}", reason)
        else:
            self.ratio(what, peer, pairs, goal)

    def ratio(self, what: str, peer: str, pairs: Pairs, goal: Goal | None = None) -> None:
        """Print a line about the ratio of what was measured in pairs."""
        ours, theirs = zip(*pairs, strict=True)
        both = f"{_short(median(ours))} to {_short(median(theirs))}"
        self._line(what, peer, [our / their for our, their in pairs], goal, both)

    def figure(self, what: str, values: Sequence[float], goal: Goal | None = None) -> None:
        """Print a line about figures that have no peer."""
        self._line(what, "-", values, goal)

    def left_out(self, what: str, reason: Unmeasured) -> None:
        """Print why there is no line."""
        print(f"{what}: left out, {reason}", flush=True)

    def end(self) -> None:
        """Print how many goals were met."""
        print(f"{sum(self._met)} of {len(self._met)} goals met")

    def _line(
        self, what: str, peer: str, values: Sequence[float], goal: Goal | None, both: str = ""
    ) -> None:
        middle = median(values)
        met = "-"
        if goal:
            self._met.append(goal.met(middle))
            met = "yes" if self._met[-1] else "NO"
        spread = f"{_short(min(values))}..{_short(max(values))}"
        line = _LINE.format(what, peer, _short(middle), spread, str(goal or "-"), met, both)
        print(line.rstrip(), flush=True)


def _short(value: float) -> str:
    """Return a number with three digits, or as many as it has before the point."""
    places = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{places}f}"
