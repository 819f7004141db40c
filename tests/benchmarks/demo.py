"""Round trips with a log for people: tcpmon in place of what one writes oneself.

Against a Node.js server of twenty lines that logs each data event and answers.
tcpmon logs its answers too, and keeps everything; with -q it only keeps them. Logs
go to /dev/null. The goal: nobody should have to go back for speed.
"""

from tests.benchmarks.table import Table, at_least
from tests.benchmarks.tools import node_demo, tcpmon
from tests.benchmarks.trips import compare

REPLY = "server got 64 bytes\n"
PEER = "Node demo with its log"


def run(table: Table) -> None:
    """Fill in the lines for each kind of answer."""
    compare(
        table,
        "serve --reply",
        PEER,
        lambda: (tcpmon(), "serve", "--reply", REPLY),
        lambda: node_demo("reply"),
        at_least(1),
        reply=len(REPLY),
    )
    compare(
        table,
        "serve --echo",
        PEER,
        lambda: (tcpmon(), "serve", "--echo"),
        lambda: node_demo("echo"),
        at_least(1),
    )
    compare(
        table,
        "serve -q --echo",
        PEER,
        lambda: (tcpmon(), "serve", "-q", "--echo"),
        lambda: node_demo("echo"),
        at_least(1.5),
    )
