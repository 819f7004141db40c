"""Round trips without a log: what it costs to see and keep everything.

Against uvloop, the quickest server that one writes in Python; against C with
epoll, which is the limit (it keeps the load generator busy too, so that ratio
flatters a little); against a Node.js server of twenty lines, with and without its
console.log; and against what else one has at hand. No peer keeps or counts
anything. Logs go to /dev/null.

Every server here has had a client that left. Before that, asyncio's own Protocol
is three to four times slower than after: each of its reads asks for 256 KiB, which
the C library maps and unmaps until the first read that returned nothing was freed
whole (mallopt(3), M_MMAP_THRESHOLD).
"""

from contextlib import AbstractContextManager
from functools import partial

from tests.benchmarks.processes import Said, Server, load, serving
from tests.benchmarks.table import Table, at_least
from tests.benchmarks.tools import c_epoll, ncat, node, python, socat, tcpmon
from tests.benchmarks.turns import Contest, Rival

SECONDS = 0.5
FEW, MANY = 100, 9_900

C_EPOLL = Rival("C epoll", lambda: serving(c_epoll("echo")), at_least(0.75))
RIVALS = (
    Rival("bare uvloop Protocol", lambda: serving(python("protocol", "uvloop")), at_least(1)),
    C_EPOLL,
    Rival("Node, silent", lambda: serving(node("echo", "silent")), at_least(1.3)),
    Rival("Node demo with its log", lambda: serving(node("echo")), at_least(2)),
    Rival("bare asyncio Protocol", lambda: serving(python("protocol", "asyncio")), at_least(4)),
    Rival("bare asyncio streams", lambda: serving(python("streams", "asyncio"))),
    Rival("ncat --exec cat", lambda: serving(ncat("-k", "--exec", "/bin/cat"))),
    Rival("socat fork", lambda: serving(socat("PIPE"))),
)


def run(table: Table) -> None:
    """Fill in the lines."""
    contest = Contest(table, "serve -q --echo: trips/s", ours, RIVALS, trips)
    contest.ratios("rate")
    contest.costs()
    rivals = (C_EPOLL._replace(goal=at_least(0.9)),)
    many = partial(trips, clients=MANY)
    Contest(table, f"serve -q --echo, {MANY:,} clients: trips/s", ours, rivals, many).ratios("rate")


def ours() -> AbstractContextManager[Server]:
    return serving(tcpmon("serve", "-q", "--echo"))


def trips(
    server: Server,
    clients: int = FEW,
    reply: int = 64,
    seconds: float = SECONDS,
    rate: float = 0,
    fresh: int = 0,
) -> Said:
    """Send lines of 64 bytes and wait for the reply to each. rate: so many a second, whatever
    comes back. fresh: of a hundred so many say something that was not said before."""
    return load(
        "echo", server.port, clients=clients, size=64, reply=reply, seconds=seconds, rate=rate,
        fresh=fresh,
    )  # fmt: skip
