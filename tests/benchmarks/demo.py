"""Round trips with a log for people: tcpmon in place of what one writes oneself.

Against a Node.js server of twenty lines that logs each data event and answers.
tcpmon logs its answers too, and keeps everything. Logs go to /dev/null. The goal:
nobody should have to go back for speed.
"""

from contextlib import AbstractContextManager
from functools import partial

from tests.benchmarks.echo import trips
from tests.benchmarks.processes import Server, serving
from tests.benchmarks.table import Table, at_least
from tests.benchmarks.tools import node, tcpmon
from tests.benchmarks.turns import Contest, Rival

REPLY = "server got 64 bytes\n"
ANSWERS = (
    ("reply", ("--reply", REPLY), len(REPLY)),
    ("echo", ("--echo",), 64),
)


def run(table: Table) -> None:
    """Fill in the lines for each kind of answer."""
    for mode, options, size in ANSWERS:
        what = f"serve --{mode}: trips/s"
        demo = Rival("Node demo with its log", partial(logging, mode), at_least(1))
        ours = partial(serving, tcpmon("serve", *options))
        Contest(table, what, ours, (demo,), partial(trips, reply=size)).ratios("rate")


def logging(mode: str) -> AbstractContextManager[Server]:
    return serving(node(mode))
