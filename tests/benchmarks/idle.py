"""10,000 clients that are connected and say nothing: what each of them costs.

Memory against asyncio's streams, which Python's manual shows and which keep no
record of anybody. The goal is a figure: 2 KiB a client, and a processor that rests.
"""

import time

from tests.benchmarks.processes import Pour, processor_seconds, resident_kib, serving, settle
from tests.benchmarks.table import Table, at_most
from tests.benchmarks.tools import python_echo, tcpmon

CLIENTS = 10_000
REST = 4.0  # seconds


def run(table: Table) -> None:
    """Fill in the lines."""
    pairs = table.pairs(
        lambda: held(tcpmon(), "serve", "-q"), lambda: held(*python_echo("streams"))
    )
    kib = [(ours, theirs) for (ours, _), (theirs, _) in pairs]
    what = "serve -q, 10,000 idle clients: KiB each"
    table.ratio(what, "bare asyncio streams", kib)
    table.figure(what, [ours for ours, _ in kib], at_most(2))
    table.figure("  % of a core", [share for (_, share), _ in pairs], at_most(0.5))


def held(*server: str) -> tuple[float, float]:
    """Return KiB for each client, and per cent of a core while nothing happens."""
    with serving(*server) as (pid, port):
        settle(pid)
        empty = resident_kib(pid)
        with Pour(port, CLIENTS, 0):
            settle(pid)
            full = resident_kib(pid)
            before = processor_seconds(pid)
            time.sleep(REST)
            share = (processor_seconds(pid) - before) / REST * 100
        return (full - empty) / CLIENTS, share
