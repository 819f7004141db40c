"""What happens to bytes on healthy connections: read, counted, kept, answered."""

import asyncio
import errno
from random import Random
from typing import cast

import pytest

from tcpmon.core.limits import Limits
from tcpmon.core.model import Kind, Reason
from tcpmon.core.store import OVERHEAD, Store
from tcpmon.engine.connection import READ_LARGE, READ_SMALL, Sums
from tcpmon.engine.datapath import DataPath
from tcpmon.engine.engine import MakePoller
from tcpmon.engine.poller import READ, EpollPoller, LoopPoller, Target
from tests.engine.conftest import Serve, digest

MB = 1_000_000


@pytest.fixture(params=[EpollPoller, LoopPoller])
def poller(request: pytest.FixtureRequest) -> MakePoller:
    found: MakePoller = request.param
    return found


async def test_what_had_arrived_together_is_one_record(serve: Serve) -> None:
    """Sizes on both sides of what one read asks for each make one record and one message,
    whatever sizes came before."""
    stage = await serve()
    peer = await stage.peer()
    sizes = (1, READ_SMALL - 1, READ_SMALL, READ_SMALL + 1, 4 * READ_SMALL, 20_000, 3, 2_000, 1)
    said = [Random(size).randbytes(size) for size in sizes]
    total = 0
    for part in said:
        peer.sock.send(part)
        total += len(part)
        await stage.received(peer, total)
    heard = [record.data for record in stage.records(peer) if record.kind is Kind.RX]
    assert [len(data) for data in heard] == list(sizes)
    assert heard == said
    assert stage.row(peer).rx_messages == len(sizes)


async def test_bulk_is_read_in_large_pieces_of_bounded_size(serve: Serve) -> None:
    """A client at line speed is read 256 KiB at most at a time, and not in crumbs."""
    stage = await serve()
    peer = await stage.peer()
    said = Random(1).randbytes(5 * MB)
    await peer.say(said)
    peer.fin()
    await stage.gone(peer)
    heard = [record.data for record in stage.records(peer) if record.kind is Kind.RX]
    assert digest(b"".join(heard)) == digest(said)
    assert max(map(len, heard)) <= READ_LARGE
    assert len(heard) < len(said) / (8 * READ_SMALL)


async def test_every_payload_is_weighed(serve: Serve) -> None:
    """What the totals say is kept is the payload of all records and the overhead of each,
    by whatever way they came in."""
    stage = await serve(answer=lambda data: data * 2)
    peers = [await stage.peer() for _ in range(3)]
    for size in (1, 100, 447, 448, 10_000):
        for peer in peers:
            await peer.say(bytes(size))
            await peer.hear(2 * size)
    await stage.send(b"to all of you")
    peers[0].close()
    await stage.gone(peers[0])
    records = stage.records()
    totals = stage.view().totals
    assert totals.kept_records == len(records)
    assert totals.kept_bytes == sum(len(record.data) + OVERHEAD for record in records) + 3 * 4


async def test_counts_and_times_are_those_of_the_records(serve: Serve) -> None:
    """A row's bytes, messages and last time agree with what was kept, for small payloads
    and large ones, answers and what was sent to all."""
    stage = await serve(answer=bytes.upper)
    peer, other = await stage.peer(), await stage.peer()
    for said in (b"small", b"x" * 5000, b"y"):
        await peer.say(said)
        assert await peer.hear(len(said)) == said.upper()
    await stage.send(b"cast")
    await other.hear(4)
    records = stage.records(peer)
    heard = [record for record in records if record.kind is Kind.RX]
    sent = [record for record in records if record.kind in (Kind.TX, Kind.CAST)]
    row = stage.row(peer)
    assert (row.rx_messages, row.tx_messages) == (len(heard), len(sent)) == (3, 4)
    assert row.rx_bytes == sum(len(record.data) for record in heard)
    assert row.tx_bytes == sum(len(record.data) for record in sent)
    assert row.heard == heard[-1].time
    assert row.opened <= heard[0].time <= heard[-1].time <= stage.view().now


async def test_the_answer_is_asked_once_for_each_read(serve: Serve) -> None:
    """An answer function sees every read once and in order, small or large."""
    seen: list[bytes] = []

    def answer(data: bytes) -> bytes:
        seen.append(data)
        return b"."

    stage = await serve(answer=answer)
    peer = await stage.peer()
    for said in (b"one", b"two" * 1000, b"three"):
        await peer.say(said)
        assert await peer.hear(1) == b"."
    assert seen == [record.data for record in stage.records(peer) if record.kind is Kind.RX]


@pytest.mark.parametrize("size", [5, 5_000, 4 * MB])
async def test_a_reply_of_any_size_arrives_whole(serve: Serve, size: int) -> None:
    """What the kernel does not take of a reply at once follows when there is room."""
    reply = Random(size).randbytes(size)
    stage = await serve(answer=lambda data: reply)
    peer = await stage.peer(4096)
    for _ in range(2):
        await peer.say(b"?")
        assert digest(await peer.hear(size)) == digest(reply)
    await stage.until(lambda: stage.row(peer).tx_bytes == 2 * size)
    await stage.until(lambda: stage.row(peer).unsent == 0)


async def test_an_answer_queues_behind_what_was_sent_before(serve: Serve) -> None:
    """While a client reads late, what is sent and what is answered keeps its order."""
    stage = await serve(answer=bytes.upper)
    peer = await stage.peer(4096)
    first = bytes(4 * MB)
    await stage.send(first, peer)
    await peer.say(b"answer me")
    await stage.until(lambda: stage.kinds(peer).count(Kind.TX) == 2)
    await stage.send(b", bye", peer)
    assert await peer.hear(len(first) + 14) == first + b"ANSWER ME, bye"


@pytest.mark.parametrize("said", [b"bad", b"bad" * 1000], ids=["small", "large"])
@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("what is this"),
        FileNotFoundError(errno.ENOENT, "no such page"),
        ConnectionResetError(errno.ECONNRESET, "somebody else's"),
        BlockingIOError(errno.EAGAIN, "not now"),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_an_answer_that_fails_ends_only_its_connection(
    serve: Serve, error: Exception, said: bytes
) -> None:
    """Whatever an answer raises, its connection ends as failed, a WARN tells where, and
    the engine goes on."""

    def answer(data: bytes) -> bytes:
        if data.startswith(b"bad"):
            raise error
        return data

    stage = await serve(answer=answer)
    bad, good = await stage.peer(), await stage.peer()
    await bad.say(said)
    # A caller is served behind what came before it: by then the answer has been asked.
    await stage.peer()
    await good.say(b"fine")
    assert await good.hear(4) == b"fine"
    warnings = [record.data for record in stage.records(bad) if record.kind is Kind.WARN]
    assert stage.kinds(bad) == [Kind.OPEN, Kind.RX, Kind.WARN, Kind.CLOSE]
    assert type(error).__name__.encode() in warnings[0]
    assert stage.heard_from(bad) == said
    assert stage.end(bad).reason is Reason.FAILED
    assert stage.row(bad).end.startswith("ended by an error: ")
    late = await stage.peer()
    await late.say(b"hello")
    assert await late.hear(5) == b"hello"


class Probe:
    """A target that is never plain: told of its event, it takes others off the list."""

    odd = True

    def __init__(self, targets: dict[int, Target], removes: int) -> None:
        self.told: list[int] = []
        self._targets = targets
        self._removes = removes

    def on_ready(self, ready: int) -> None:
        self.told.append(ready)
        self._targets.pop(self._removes, None)


def test_an_event_of_one_who_has_just_gone_is_dropped() -> None:
    """Of two events in one turn, the first may end the connection of the second."""
    targets: dict[int, Target] = {}
    first, second = Probe(targets, removes=2), Probe(targets, removes=0)
    targets.update({1: cast("Target", first), 2: cast("Target", second)})
    DataPath(Store(MB), Sums(), None).serve([(1, READ), (2, READ)], targets)
    assert (first.told, second.told) == ([READ], [])


async def test_a_read_without_cause_is_harmless(serve: Serve, poller: MakePoller) -> None:
    """An event may be about a descriptor's former owner: who is told for nothing finds
    nothing to read, and goes on."""
    stage = await serve()
    peer = await stage.peer()
    connection = stage.engine._roster.open[peer.id]
    number = connection._fd
    path = DataPath(stage.engine.store, Sums(), None)
    path.serve([(number, READ)] * 3, {number: connection})
    assert stage.kinds(peer) == [Kind.OPEN]
    await peer.say(b"still here")
    await stage.received(peer, 10)


@pytest.mark.parametrize("answer", ["text", 5, None, ["x"]])
async def test_an_answer_that_is_no_bytes_ends_its_connection(serve: Serve, answer: object) -> None:
    """What is no bytes is never kept nor sent; whose fault it is is told."""
    stage = await serve(answer=lambda data: answer)  # type: ignore[arg-type, return-value]
    peer = await stage.peer()
    await peer.say(b"hello")
    await stage.gone(peer)
    assert stage.kinds(peer) == [Kind.OPEN, Kind.RX, Kind.WARN, Kind.CLOSE]
    assert stage.row(peer).end == "ended by an error: the answer failed, see the log"


async def test_an_answer_may_be_any_bytes(serve: Serve) -> None:
    """A bytearray or a memoryview is sent, and kept as the bytes that it was."""
    kept = bytearray(b"one")
    stage = await serve(answer=lambda data: kept if data == b"1" else memoryview(b"two"))  # type: ignore[arg-type, return-value]
    peer = await stage.peer()
    await peer.say(b"1")
    assert await peer.hear(3) == b"one"
    kept[:] = b"xxx"
    await peer.say(b"2")
    assert await peer.hear(3) == b"two"
    sent = [record.data for record in stage.records(peer) if record.kind is Kind.TX]
    assert sent == [b"one", b"two"]


async def test_an_answer_that_fails_in_odd_words_is_told(serve: Serve) -> None:
    """The text of an exception need not be text that can be written."""

    def answer(data: bytes) -> bytes:
        raise ValueError(data.decode("utf-8", "surrogateescape"))

    stage = await serve(answer=answer)
    peer = await stage.peer()
    await peer.say(b"\xff")
    await stage.gone(peer)
    (warning,) = [record.data for record in stage.records(peer) if record.kind is Kind.WARN]
    assert b"ValueError: \\udcff" in warning


async def test_all_who_do_not_read_answers_are_bounded_together(serve: Serve) -> None:
    """A client is not read while it owes reading and too much waits for all of them."""
    limits = Limits(total=2 << 20, stuck=1 << 20, flush_seconds=0.1, stop_seconds=0.1)
    stage = await serve(answer=lambda data: data * 16, limits=limits)
    peers = [await stage.peer(4096) for _ in range(20)]
    said = [asyncio.ensure_future(peer.say(bytes(4 << 20))) for peer in peers]
    await stage.until(lambda: stage.engine.totals().unsent >= limits.total)
    for _ in range(50):
        await asyncio.sleep(0.005)
    assert stage.engine.totals().unsent < limits.total + len(peers) * 16 * READ_LARGE
    assert all(client.unsent < 3 * limits.stuck + 16 * READ_LARGE for client in stage.view().rows)
    for task in said:
        task.cancel()


async def test_what_a_peer_says_after_our_fin_is_read_with_an_answer_too(serve: Serve) -> None:
    """A connection that we close is read to its end, though nothing is answered any more."""
    stage = await serve(answer=lambda data: data, limits=Limits(flush_seconds=60.0))
    peer = await stage.peer()
    await stage.disconnect(peer)
    late = bytes(1 << 20)
    await peer.say(late)
    await stage.received(peer, len(late))
    assert stage.row(peer).tx_bytes == 0
    peer.close()
    await stage.gone(peer)
    assert stage.end(peer).reason is Reason.CLOSED
