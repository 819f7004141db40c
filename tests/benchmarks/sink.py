"""Lines that come in as fast as they are taken: all are kept, and nothing is answered.

Against C with epoll, a Node.js server of twenty lines and ncat, which throw all of
it away. Then with the screen open, which follows the newest lines, against `serve
-q`. And lines of 16 bytes against lines of 1 KiB: what a chunk holds should cost
nothing until somebody looks at it.
"""

from contextlib import AbstractContextManager
from functools import partial

from tests.benchmarks.processes import Said, Server, load, serving
from tests.benchmarks.table import Table, at_least
from tests.benchmarks.terminal import watched
from tests.benchmarks.tools import c_epoll, ncat, node, tcpmon
from tests.benchmarks.turns import Contest, Rival

SECONDS = 0.5
CLIENTS = 100
RIVALS = (
    Rival("C epoll", lambda: serving(c_epoll("sink")), at_least(0.85)),
    Rival("Node, silent", lambda: serving(node("sink", "silent")), at_least(8)),
    Rival("ncat --recv-only", lambda: serving(ncat("-k", "--recv-only")), at_least(3)),
)


def run(table: Table) -> None:
    """Fill in the lines."""
    contest = Contest(table, "serve -q, lines of 1 KiB: MB/s", quiet, RIVALS, poured)
    contest.ratios("rate")
    contest.costs()
    screen = partial(watched, tcpmon())
    rival = Rival("serve -q", quiet, at_least(0.6))
    Contest(table, "the same with the screen: MB/s", screen, (rival,), poured).ratios("rate")
    with quiet() as server:
        pairs = table.pairs(lambda: poured(server, 16), lambda: poured(server))
    rates = [(short["rate"], long["rate"]) for short, long in pairs]
    table.ratio("serve -q, lines of 16 bytes: MB/s", "lines of 1 KiB", rates, at_least(0.9))


def quiet() -> AbstractContextManager[Server]:
    return serving(tcpmon("serve", "-q"))


def poured(server: Server, size: int = 1024) -> Said:
    """Send as much as is taken."""
    return load("sink", server.port, clients=CLIENTS, size=size, seconds=SECONDS)
