"""A million records: what each of them takes, and what a message costs beside them.

Memory and the pauses of the garbage collector are looked at inside the process, in a
server that uses tcpmon's engine as a library. What a message costs with a
million records kept is measured against the same with 10,000.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from tests.benchmarks.echo import trips
from tests.benchmarks.processes import Pour, Said, Server, serving
from tests.benchmarks.table import Table, Unmeasured, at_most
from tests.benchmarks.tools import engine, tcpmon
from tests.benchmarks.turns import Contest, Rival

MANY, FEW = 1_000_000, 10_000
BYTES = 154  # that the store counts for a line of 64
CLIENTS, RATE = 1_000, 200_000


def run(table: Table) -> None:
    """Fill in the lines."""
    figures = [filled() for _ in range(table.rounds)]
    overhead, pause = ([said[name] for said in figures] for name in ("overhead", "pause"))
    table.figure(f"{MANY:,} records: bytes beside the payload", overhead, at_most(150))
    table.figure("  longest pause of the collector, ms", pause, at_most(5))
    rival = Rival(f"{FEW:,} kept", partial(full, FEW), at_most(1.1))
    what = f"{MANY:,} kept: us of processor for an echo"
    Contest(table, what, partial(full, MANY), (rival,), trips).ratios("cost")


def filled() -> Said:
    """Return what it takes to keep so many lines."""
    ends = os.pipe()
    with (
        open(ends[0], "rb") as told,
        open(ends[1], "wb") as tell,
        serving(engine("filling", str(MANY)), tell) as server,
        Pour(server.port, CLIENTS, RATE),
    ):
        tell.close()  # it has its own: if it ends, we read to the end
        said = told.readline()
    if not said:
        raise Unmeasured("the history does not fill")
    return dict(json.loads(said))


@contextmanager
def full(records: int) -> Iterator[Server]:
    """Run a server that has room for so many records and has had as many."""
    keep = "--keep", str(records * BYTES)
    with serving(tcpmon("serve", "-q", "--echo", *keep)) as server:
        kept = 0.0
        while kept < records:
            kept += 2 * trips(server)["count"]
        yield server
