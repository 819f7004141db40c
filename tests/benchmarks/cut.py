"""A million reads of 64 bytes: how long until the log shows them cut in another way, and how
long until all that match a filter are found; and what framing costs those who send.

Looking is measured inside this process, in the parts in which the screen does it. Its peer is
the least there could be to do: to join all payload and split it at the line ends, or to look for
the text in each read. Sending is measured against the same server without framing.
"""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial

from tcpmon.core.cutting.framings import Framings
from tcpmon.core.cutting.log import Log
from tcpmon.core.model import Kind, Lens, Record
from tcpmon.core.store import Raw, Store
from tests.benchmarks.processes import Server, serving
from tests.benchmarks.sink import poured
from tests.benchmarks.table import Table, at_least, at_most
from tests.benchmarks.terminal import watched
from tests.benchmarks.tools import tcpmon
from tests.benchmarks.turns import Contest, Rival

RECORDS = 1_000_000
LINE = (62).to_bytes(2, "big") + b"temperature=21.5 humidity=40 pressure=1013 status=ok \r\n"
READ = LINE.ljust(63, b".") + b"\n"
SLICE = 0.008
SIZE = 64
SCREENFUL = 40


def run(table: Table) -> None:
    """Fill in the lines."""
    store = filled()
    reads = [data for _, _, _, kind, data in store.since(0) if kind == Kind.RX]
    for spec in ("line", "u16be", "auto", "gap:500us"):
        what = f"{RECORDS:,} reads cut by {spec}: seconds"
        table.compare(what, "join and split", partial(cut, store, spec), partial(split, reads))
        table.figure("  seconds", [cut(store, spec) for _ in range(table.rounds)], at_most(1))
    for filter, spec in (("zzz", "none"), ("zzz", "line"), ("len>100", "none"), ("/z+z/", "none")):
        what = f"{RECORDS:,} cut by {spec} sifted for {filter}"
        table.compare(
            what, "b'zzz' in each", partial(sifted, store, filter, spec), partial(search, reads)
        )
    longest = [sift(store, "zzz", "line")[1] for _ in range(table.rounds)]
    table.figure("  longest slice, ms", longest, at_most(20))
    quiet = Rival("without framing", lambda: serving(tcpmon("serve", "-q")), at_least(0.8))
    framed = partial(serving, tcpmon("serve", "-q", "--framing", "line"))
    ingest(table, "serve -q --framing line, 64 B lines: MB/s", framed, quiet)
    bare = Rival("without framing", lambda: watched(tcpmon()), at_least(0.8))
    screen = partial(watched, tcpmon("--framing", "line"))
    ingest(table, "the same with the screen: MB/s", screen, bare)


def ingest(
    table: Table, what: str, ours: Callable[[], AbstractContextManager[Server]], rival: Rival
) -> None:
    """Measure what is taken of lines as fast as they are."""
    Contest(table, what, ours, (rival,), lambda server: poured(server, SIZE)).ratios("rate")


def filled() -> Store:
    """Return a store of that many reads by one client."""
    store = Store(1 << 28)
    store.append(0, 1, Kind.OPEN, b"peer\0listener")
    for number in range(RECORDS):
        store.append(number * 1_000_000, 1, Kind.RX, READ)
        if not number % 500:
            store.settle()
    return store


def looked_at(store: Store, spec: str) -> Log:
    framings = Framings(spec, lambda client: 1)
    return Log(
        store, framings, lambda client, kind: False, record, lambda client: None,
        time.perf_counter, time.time_ns, nullcontext(),
    )  # fmt: skip


def record(raw: Raw) -> Record:
    seq, at, client, kind, data = raw
    return Record(seq, at, Kind(kind), client, data)


def cut(store: Store, spec: str) -> float:
    """Return the seconds until the newest screenful is there."""
    log = looked_at(store, spec)
    start = time.perf_counter()
    assert len(log.messages((store.end, 0), -SCREENFUL, Lens())) == SCREENFUL
    return time.perf_counter() - start


def split(reads: list[bytes]) -> float:
    start = time.perf_counter()
    assert len(b"".join(reads).split(b"\n")) > RECORDS
    return time.perf_counter() - start


def sift(store: Store, filter: str, spec: str) -> tuple[float, float]:
    """Return the seconds until all was looked through, and the longest slice in milliseconds."""
    log, lens = looked_at(store, spec), Lens(filter=filter)
    start, longest, done = time.perf_counter(), 0.0, False
    while not done:
        begun = time.perf_counter()
        done = log.sift(lens, SLICE).done
        longest = max(longest, time.perf_counter() - begun)
    return time.perf_counter() - start, longest * 1000


def sifted(store: Store, filter: str, spec: str) -> float:
    return sift(store, filter, spec)[0]


def search(reads: list[bytes]) -> float:
    start = time.perf_counter()
    assert not [read for read in reads if b"zzz" in read]
    return time.perf_counter() - start
