"""Clients that never read, while all are sent 64 MiB: what the others and the memory notice.

Against the same server without such clients. The history is kept small, so that
what is queued for somebody is no more in it.
"""

from contextlib import AbstractContextManager
from functools import partial

from tcpmon.core.limits import MIB, Limits
from tests.benchmarks.processes import Said, Server, load, resident_kib, serving, settle
from tests.benchmarks.table import Table, at_most
from tests.benchmarks.tools import engine

CLIENTS, STUCK = 10, 10
SIZE, BYTES = 16 * 1024, 64 * MIB
KEEP = 16 * MIB


def run(table: Table) -> None:
    """Fill in the lines."""
    pairs = table.pairs(partial(heard, STUCK), partial(heard, 0))
    what = f"{STUCK} of {CLIENTS + STUCK} do not read: "
    for figure, goal in (("p50_ms", at_most(1.1)), ("p99_ms", None)):
        ratio = [(with_them[figure], without[figure]) for with_them, without in pairs]
        table.ratio(f"{what}{figure[:3]} of the others, ms", "all read", ratio, goal)
    grown = [(said["grown"] - KEEP / MIB) / STUCK for said, _ in pairs]
    table.figure("  MiB for each, beyond the history", grown, at_most(Limits().stuck / MIB))


def heard(stuck: int) -> Said:
    """Return how long the others took, and by how many MiB the server grew."""
    with ours() as server:
        settle(server.pid)
        before = resident_kib(server.pid)
        said = load("slow", server.port, clients=CLIENTS, stuck=stuck, size=SIZE, bytes=BYTES)
        return {**said, "grown": (resident_kib(server.pid, most=True) - before) / 1024}


def ours() -> AbstractContextManager[Server]:
    return serving(engine("broadcast", str(KEEP)))
