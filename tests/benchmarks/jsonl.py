"""Round trips with two JSON lines written for each: what telling everything costs.

Against the same server when it tells only who comes and goes. Both write to
/dev/null, so it is the making of the lines that is measured and not a disk.
"""

from tests.benchmarks.table import Table, at_least
from tests.benchmarks.tools import tcpmon
from tests.benchmarks.trips import compare


def run(table: Table) -> None:
    """Fill in the lines."""
    compare(
        table,
        "serve --format jsonl --echo",
        "serve -q --echo",
        lambda: (tcpmon(), "serve", "--format", "jsonl", "--echo"),
        lambda: (tcpmon(), "serve", "-q", "--echo"),
        at_least(0.4),
    )
