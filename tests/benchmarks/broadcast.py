"""One message to all clients: how long until the last of them has it.

Against C with epoll, and for large messages ncat. tcpmon's engine is used as a
library here, by a server that sends to all what one says. What it costs each
receiver should grow with their number no more than it does for C. And while it
happens nobody else should wait for long: a client that is echoed says how long.
"""

import os
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial

from tcpmon.core.limits import MIB
from tests.benchmarks.engines.broadcast import PING
from tests.benchmarks.processes import LOAD, SECONDS, Said, Server, load, serving
from tests.benchmarks.table import Table, at_most
from tests.benchmarks.tools import c_epoll, engine, ncat
from tests.benchmarks.turns import Contest, Rival

FEW, MANY = 950, 9_900  # more than 1,000 are too many for ncat
TIMES = 20
KEEP = 64 * MIB
KIB = 1024

C_EPOLL = Rival("C epoll", lambda: serving(c_epoll("broadcast")), at_most(1.2))
BROKER = Rival("ncat --broker", lambda: serving(ncat("--broker")), at_most(0.5))


def run(table: Table) -> None:
    """Fill in the lines."""
    few, many = told(table, FEW), told(table, MANY)
    for rival in few.rivals:
        before, after = few.pairs("p50_ms", rival), many.pairs("p50_ms", rival)
        growth = [
            (our_many / our_few, their_many / their_few)
            for (our_few, their_few), (our_many, their_many) in zip(before, after, strict=True)
        ]
        table.ratio(f"  growth from {FEW}, times", rival.name, growth, rival.goal)
    what = f"broadcast of 64 KiB to {FEW}: ms to the last"
    large = partial(heard, clients=FEW, size=64 * KIB)
    Contest(table, what, ours, (BROKER,), large).ratios("p50_ms")


def told(table: Table, clients: int) -> Contest:
    """Fill in the lines about so many clients."""
    what = f"broadcast to {clients:,}: ms to the last"
    contest = Contest(table, what, ours, (C_EPOLL,), partial(heard, clients=clients))
    contest.ratios("p50_ms")
    table.figure("  longest wait of another client, ms", waits(table, clients), at_most(5))
    return contest


def ours() -> AbstractContextManager[Server]:
    return serving(engine("broadcast", str(KEEP)))


def heard(server: Server, clients: int, size: int = 64) -> Said:
    """Say something to all, several times."""
    return load("fanout", server.port, clients=clients, size=size, times=TIMES)


def waits(table: Table, clients: int) -> list[float]:
    """Return the longest wait of a bystander in each round."""
    longest = []
    with ours() as server:
        for _ in range(table.rounds):
            with bystander(server.port) as trips:
                heard(server, clients)
            longest.append(max(trips))
    return longest


SO_TIMESTAMPNS = 35  # asm-generic/socket.h
TIMESPEC = struct.Struct("qq")


@contextmanager
def bystander(port: int) -> Iterator[list[float]]:
    """Ping a server for a while; fill the list with the milliseconds of each round trip.

    The kernel says when an answer was there: whoever pings may have to wait for a core.
    """
    trips: list[float] = []
    over = threading.Event()
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.settimeout(SECONDS)
        client.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)

        def ping() -> None:
            os.sched_setaffinity(threading.get_native_id(), LOAD)
            while not over.is_set():
                trips.append(_trip(client) / 1e6)
                time.sleep(0.0005)

        pinging = threading.Thread(target=ping)
        pinging.start()
        try:
            yield trips
        finally:
            over.set()
            pinging.join()


def _trip(client: socket.socket) -> int:
    """Return the nanoseconds until a ping came back. What else comes is as long as that."""
    start = time.time_ns()
    client.sendall(PING)
    said = b""
    while said != PING:
        said, notes, _, _ = client.recvmsg(len(PING), socket.CMSG_SPACE(TIMESPEC.size))
    seconds, nanoseconds = TIMESPEC.unpack(notes[0][2])
    return int(seconds) * 1_000_000_000 + int(nanoseconds) - start
