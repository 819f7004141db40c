"""Round trips: 100 clients send 64 bytes to a server and wait for its reply.

Both servers of a pair run at once and take turns of half a second under load, so
that whatever else the machine does falls on both alike.
"""

import os
import subprocess
from collections.abc import Callable
from subprocess import PIPE, Popen
from typing import NamedTuple

from tests.benchmarks.processes import LOAD, SECONDS, end, processor_seconds, serving
from tests.benchmarks.table import Goal, Table, Unmeasured
from tests.benchmarks.tools import tcpload

CLIENTS = 100
TURNS, SECONDS_EACH = 5, 0.4  # of each server; after a warm-up


class Trips(NamedTuple):
    """How many round trips a second, and microseconds of the server's processor for each."""

    rate: float
    cost: float


class Contestant:
    """A server under load. reply: how many bytes it answers; 64 have to be those that came."""

    def __init__(self, pid: int, port: int, reply: int) -> None:
        self._pid = pid
        self._load = (tcpload(), "echo", str(port), str(CLIENTS), str(SECONDS_EACH), str(reply))
        self._before = processor_seconds(pid)
        self._rates: list[float] = []
        self._count = 0

    def turn(self) -> None:
        """Put load on it for a while."""
        with Popen(self._load, stdout=PIPE, stderr=PIPE) as load:
            os.sched_setaffinity(load.pid, LOAD)
            try:
                said, wrong = load.communicate(timeout=SECONDS)
            except subprocess.TimeoutExpired:
                raise Unmeasured("the server does not answer") from None
            finally:
                end(load)
        if load.returncode:
            raise Unmeasured(wrong.decode().strip())
        rate, count = said.split()
        self._rates.append(float(rate))
        self._count += int(count)

    def trips(self) -> Trips:
        """Return what came of all turns."""
        cost = (processor_seconds(self._pid) - self._before) / self._count * 1e6
        return Trips(sum(self._rates) / len(self._rates), cost)


def compare(
    table: Table,
    what: str,
    peer: str,
    ours: Callable[[], tuple[str, ...]],
    theirs: Callable[[], tuple[str, ...]],
    goal: Goal | None = None,
    reply: int = 64,
) -> None:
    """Fill in a line about the rate, and one about the processor, which is the steadier
    where the machine has other things to do. ours, theirs: give the command."""
    try:
        pairs = [_both(ours(), theirs(), reply) for _ in range(table.rounds)]
    except Unmeasured as reason:
        table.left_out(f"{what}, ratio to {peer}", reason)
        return
    table.ratio(f"{what}: round trips/s", peer, [(a.rate, b.rate) for a, b in pairs], goal)
    table.ratio("  processor time for each, us", peer, [(a.cost, b.cost) for a, b in pairs])


def _both(ours: tuple[str, ...], theirs: tuple[str, ...], reply: int) -> tuple[Trips, Trips]:
    with serving(*ours) as our, serving(*theirs) as their:
        both = Contestant(*our, reply), Contestant(*their, reply)
        for number in range(2 * TURNS):
            both[number % 2].turn()
        return both[0].trips(), both[1].trips()
