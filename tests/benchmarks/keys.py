"""The screen in a terminal, with clients, and somebody who presses keys."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from statistics import quantiles

from tests.benchmarks.processes import SERVER, Pour, free_port, processor_seconds
from tests.benchmarks.terminal import Terminal
from tests.benchmarks.tools import tcpmon_path

PRESSES = 100


@dataclass(frozen=True, slots=True)
class Typed:
    """What a person and a processor felt. p50, p99: milliseconds until a key's effect was
    painted; app, all: per cent of a core; rate: lines a second that came in meanwhile; share:
    per cent of what was sent."""

    p50: float
    p99: float
    app: float
    all: float
    rate: float
    share: float


def typed(clients: int, rate: float, keys: Sequence[bytes], first: bytes = b"") -> Typed:
    """Press keys in turn, while clients send so many lines a second.

    first: what is typed before. The pauses are odd, so that keys come at
    any moment of the screen's own rhythm.
    """
    port = free_port()
    with Terminal(tcpmon_path(), str(port), cores=SERVER) as terminal:
        terminal.shows("Nobody is connected yet")
        with Pour(port, clients, rate) as pour:
            terminal.shows(f" {clients:,} open")
            terminal.send(first)
            terminal.read_for(1)
            before, start = _seconds(terminal.pid), time.monotonic()
            times = []
            for number, key in enumerate(islice(cycle(keys), PRESSES)):
                times.append(terminal.press(key) * 1000)
                terminal.read_for(0.025 + 0.011 * (number % 7))
            after, seconds = _seconds(terminal.pid), time.monotonic() - start
        app, everything = ((b - a) / seconds * 100 for a, b in zip(before, after, strict=True))
        cuts = quantiles(times, n=100, method="inclusive")
        return Typed(cuts[49], cuts[98], app, everything, pour.rate, pour.share * 100)


def _seconds(pid: int) -> tuple[float, float]:
    """Return the processor time of the app's thread and of all threads."""
    return processor_seconds(pid, thread=pid), processor_seconds(pid)
