"""Round trips with two JSON lines written for each: what telling everything costs.

Against the same server when it tells only who comes and goes. The lines go to a
file that is thrown away afterwards.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from tests.benchmarks.echo import ours as quiet, trips
from tests.benchmarks.processes import Server, serving
from tests.benchmarks.table import Table, at_least
from tests.benchmarks.tools import tcpmon
from tests.benchmarks.turns import Contest, Rival


def run(table: Table) -> None:
    """Fill in the lines."""
    rival = Rival("serve -q --echo", quiet, at_least(0.5))
    Contest(table, "serve --format jsonl --echo: trips/s", telling, (rival,), trips).ratios("rate")


@contextmanager
def telling() -> Iterator[Server]:
    command = tcpmon("serve", "--format", "jsonl", "--echo")
    with tempfile.TemporaryFile() as lines, serving(command, lines) as server:
        yield server
