"""Ten million messages through a history that is full: memory must stay as it is.

Once, however many rounds there are: it takes some two minutes.
"""

from tests.benchmarks.echo import trips
from tests.benchmarks.processes import load, resident_kib, serving, settle
from tests.benchmarks.table import Table, at_most
from tests.benchmarks.tools import tcpmon

MESSAGES, PARTS = 10_000_000, 10
KEEP = "16MiB"


def run(table: Table) -> None:
    """Fill in the line."""
    with serving(tcpmon("serve", "-q", "--echo", "--keep", KEEP)) as server:
        load("storm", server.port, at_once=64, seconds=0.5)  # fills the rows of who has left
        messages = 2 * trips(server, seconds=2)["rate"]  # a second
        resident = []
        for _ in range(PARTS):
            trips(server, seconds=MESSAGES / PARTS / messages)
            settle(server.pid)
            resident.append(resident_kib(server.pid) / 1024)
    what = "10 million messages, --keep 16MiB: MiB grown"
    table.figure(what, [resident[-1] - resident[1]], at_most(2))
