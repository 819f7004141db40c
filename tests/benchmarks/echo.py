"""Round trips without a log: what it costs to see and keep everything.

Against uvloop, the quickest server that one writes in Python; against asyncio's
streams, which Python's manual shows; and against C with epoll, which is the
limit (it keeps the load generator busy too, so that ratio flatters a little).
None of the peers keeps, counts or shows anything.
"""

from tests.benchmarks.table import Table, at_least
from tests.benchmarks.tools import epoll_echo, python_echo, tcpmon
from tests.benchmarks.trips import compare

WHAT = "serve -q --echo"


def run(table: Table) -> None:
    """Fill in the lines."""
    compare(table, WHAT, "bare uvloop", ours, lambda: python_echo("uvloop"), at_least(0.9))
    compare(table, WHAT, "bare asyncio streams", ours, lambda: python_echo("streams"))
    compare(table, WHAT, "C with epoll", ours, lambda: (epoll_echo(),))


def ours() -> tuple[str, ...]:
    return tcpmon(), "serve", "-q", "--echo"
