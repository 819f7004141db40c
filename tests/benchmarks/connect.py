"""Clients that come and go: a storm of them for a while, and 10,000 at the same moment.

Against C with epoll, which is the limit, and a Node.js server of twenty lines with
its log. In the rush a client whose words had to be sent again has waited for a
second: the queue of those that wait to be accepted was full.
"""

from contextlib import AbstractContextManager

from tests.benchmarks.echo import C_EPOLL, ours as echoing
from tests.benchmarks.processes import Said, Server, descriptors, load, serving, settle
from tests.benchmarks.table import Table, Unmeasured, at_least, at_most
from tests.benchmarks.tools import c_epoll, node, tcpmon
from tests.benchmarks.turns import Contest, Rival

SECONDS = 0.5
AT_ONCE = 64
CLIENTS = 10_000
RIVALS = (
    Rival("C epoll", lambda: serving(c_epoll("sink")), at_least(0.9)),
    Rival("Node demo with its log", lambda: serving(node("sink")), at_least(4)),
)


def run(table: Table) -> None:
    """Fill in the lines."""
    contest = Contest(table, "serve -q, connect and close: clients/s", quiet, RIVALS, storm)
    contest.ratios("rate")
    table.figure("  that failed", contest.of("failed"), at_most(0))
    table.figure("  descriptors left behind", contest.of("left"), at_most(0))
    rivals = (C_EPOLL._replace(goal=None),)
    what = f"serve -q --echo, {CLIENTS:,} at once: s to answer"
    contest = Contest(table, what, echoing, rivals, rush)
    contest.ratios("seconds")
    table.figure("  s until the last has an answer", contest.of("seconds"), at_most(1))
    table.figure("  that had to ask again", contest.of("repeated"), at_most(0))


def quiet() -> AbstractContextManager[Server]:
    return serving(tcpmon("serve", "-q"))


def storm(server: Server) -> Said:
    """Come and go, and look what is left of it."""
    before = descriptors(server.pid)
    said = load("storm", server.port, at_once=AT_ONCE, seconds=SECONDS)
    settle(server.pid)
    return {**said, "left": descriptors(server.pid) - before}


def rush(server: Server) -> Said:
    """Come all at once; Unmeasured if not all have an answer in the end."""
    said = load("rush", server.port, clients=CLIENTS)
    settle(server.pid)
    if said["unanswered"]:
        raise Unmeasured(f"{said['unanswered']:.0f} clients have no answer")
    return said
