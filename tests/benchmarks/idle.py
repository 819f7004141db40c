"""Clients that are connected and say nothing: what each of them costs.

Memory against asyncio's streams, which Python's manual shows and which keep no
record of anybody. The goals are figures: 1.5 KiB a client, and a processor that
rests, also while somebody looks at the screen. And clients that are owed bytes and
do not take them: the kernel is asked about each of them once a second.
"""

import socket
import time
from contextlib import AbstractContextManager

from tcpmon.core.limits import MIB
from tests.benchmarks.processes import (
    Pour,
    Server,
    processor_seconds,
    resident_kib,
    serving,
    settle,
)  # fmt: skip
from tests.benchmarks.table import Table, at_most
from tests.benchmarks.terminal import watched
from tests.benchmarks.tools import engine, python, tcpmon

CLIENTS, MORE, FEW = 10_000, 19_000, 1_000
REST = 4.0  # seconds
WINDOW, OWED = 4096, 16 * 1024  # bytes that a client takes, and that it is sent


def run(table: Table) -> None:
    """Fill in the lines."""
    pairs = table.pairs(lambda: held(ours(), CLIENTS), lambda: held(streams(), CLIENTS))
    what = f"serve -q, {CLIENTS:,} idle clients: KiB each"
    table.ratio(what, "bare asyncio streams", [(our[0], their[0]) for our, their in pairs])
    table.figure(what, [our[0] for our, _ in pairs], at_most(1.5))
    table.figure("  % of a core", [our[1] for our, _ in pairs], at_most(0.5))
    figures = [held(ours(), MORE) for _ in range(table.rounds)]
    what = f"serve -q, {MORE:,} idle clients: KiB each"
    table.figure(what, [kib for kib, _ in figures], at_most(1.5))
    figures = [held(watched(tcpmon()), CLIENTS) for _ in range(table.rounds)]
    what = f"screen, {CLIENTS:,} idle clients: % of a core"
    table.figure(what, [share for _, share in figures], at_most(2))
    what = "clients that are owed bytes: us a second for each"
    owed = table.pairs(lambda: owing(CLIENTS), lambda: owing(FEW))
    table.ratio(what, f"{FEW:,}, not {CLIENTS:,}", owed, at_most(1.5))
    shares = [many * CLIENTS / 1e6 * 100 for many, _ in owed]
    table.figure(f"  % of a core for {CLIENTS:,}", shares, at_most(4))


def ours() -> AbstractContextManager[Server]:
    return serving(tcpmon("serve", "-q", "--max-clients", str(MORE)))


def streams() -> AbstractContextManager[Server]:
    return serving(python("streams", "asyncio"))


def held(start: AbstractContextManager[Server], clients: int) -> tuple[float, float]:
    """Return KiB for each client, and per cent of a core while nothing happens."""
    with start as server:
        settle(server.pid)
        empty = resident_kib(server.pid)
        with Pour(server.port, clients, 0):
            settle(server.pid)
            full = resident_kib(server.pid)
            return (full - empty) / clients, 100 * busy(server.pid)


def owing(clients: int) -> float:
    """Return the microseconds of processor that each client costs in a second."""
    with (
        serving(engine("broadcast", str(16 * MIB))) as server,
        Pour(server.port, clients, 0, WINDOW),
        socket.create_connection(("127.0.0.1", server.port)) as speaker,
    ):
        speaker.sendall(bytes(OWED))
        time.sleep(1)  # for what is sampled of the sending itself
        settle(server.pid)
        return busy(server.pid) / clients * 1e6


def busy(pid: int) -> float:
    """Return the share of a core that a process takes."""
    before = processor_seconds(pid)
    time.sleep(REST)
    return (processor_seconds(pid) - before) / REST
