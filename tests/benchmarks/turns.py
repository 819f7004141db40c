"""Servers that run at once and take turns under load, so that whatever else the machine
does falls on all alike."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from typing import NamedTuple

from tests.benchmarks.processes import Said, Server, processor_seconds
from tests.benchmarks.table import Goal, Pairs, Table, Unmeasured

Start = Callable[[], AbstractContextManager[Server]]
Work = Callable[[Server], Said]

OURS = "tcpmon"


class Rival(NamedTuple):
    """What tcpmon is measured against, and what its ratio to it should be."""

    name: str
    start: Start
    goal: Goal | None = None


class Contest:
    """tcpmon and its rivals, measured in a turn for each of them in each round.

    `rivals` are those that came to the end; of the others the table says why they did not.
    """

    def __init__(
        self, table: Table, what: str, ours: Start, rivals: Sequence[Rival], work: Work
    ) -> None:
        self._table = table
        self._what = what
        self._work = work
        self._servers: dict[str, Server] = {}
        self._rounds: list[dict[str, Said]] = []
        with ExitStack() as running:
            self._servers[OURS] = running.enter_context(ours())
            for rival in rivals:
                try:
                    self._servers[rival.name] = running.enter_context(rival.start())
                except Unmeasured as reason:
                    self._leaves(rival.name, reason)
            for number in range(table.rounds):
                self._rounds.append(self._round(number))
        self.rivals = [rival for rival in rivals if rival.name in self._servers]

    def _round(self, number: int) -> dict[str, Said]:
        everyone = list(self._servers)
        first = number % len(everyone)
        said = {}
        for name in everyone[first:] + everyone[:first]:
            try:
                said[name] = self._turn(self._servers[name])
            except Unmeasured as reason:
                if name == OURS:
                    raise
                self._leaves(name, reason)
                del self._servers[name]
        return said

    def _turn(self, server: Server) -> Said:
        """Return what the work said, and the processor's microseconds for each that it counted."""
        before = processor_seconds(server.pid)
        said = self._work(server)
        seconds = processor_seconds(server.pid) - before
        return {**said, "cost": seconds / said["count"] * 1e6} if "count" in said else said

    def _leaves(self, name: str, reason: Unmeasured) -> None:
        self._table.left_out(f"{self._what}, ratio to {name}", reason)

    def of(self, figure: str, name: str = OURS) -> list[float]:
        """Return a figure of each round."""
        return [said[name][figure] for said in self._rounds]

    def pairs(self, figure: str, rival: Rival) -> Pairs:
        """Return a figure of tcpmon and of a rival, of each round."""
        return list(zip(self.of(figure), self.of(figure, rival.name), strict=True))

    def ratios(self, figure: str) -> None:
        """Fill in a line for each rival."""
        for rival in self.rivals:
            self._table.ratio(self._what, rival.name, self.pairs(figure, rival), rival.goal)

    def costs(self) -> None:
        """Fill in a line for each rival with a goal about the processor, which is the steadier
        figure where the machine has other things to do or the load is the limit."""
        for rival in self.rivals:
            if rival.goal:
                pairs = self.pairs("cost", rival)
                self._table.ratio("  processor for each, us", rival.name, pairs)
