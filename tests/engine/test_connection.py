"""One connection's life, told alike over every kind of listener and both pollers."""

import asyncio
import errno
import os
import re
import socket
from random import Random

import pytest

from tcpmon.core.commands import Examine, How
from tcpmon.core.errors import NoSuchTarget
from tcpmon.core.limits import Limits, Unread
from tcpmon.core.model import Backlog, Kind, Reason, State, Trouble, opened
from tcpmon.core.openings import KEPT
from tcpmon.engine import sockets
from tcpmon.engine.connection import READ_LARGE
from tcpmon.engine.engine import MakePoller
from tcpmon.engine.poller import EpollPoller, LoopPoller
from tests.core.test_openings import CONNECT, CURL
from tests.engine.conftest import (
    PLACES,
    TCP_PLACES,
    UNIX,
    Peer,
    Place,
    Serve,
    Stage,
    digest,
    kernel,
    pieces,
    place_name,
    unread,
)

MB = 1_000_000
TOO_MUCH = bytes(4 * MB)  # more than a kernel holds for a peer that does not read
SMALL = 4096  # a receive buffer that is soon full
QUICK = Limits(flush_seconds=0.1)


@pytest.fixture(params=PLACES, ids=place_name)
def place(request: pytest.FixtureRequest) -> Place:
    found: Place = request.param
    return found


@pytest.fixture(params=[EpollPoller, LoopPoller])
def poller(request: pytest.FixtureRequest) -> MakePoller:
    found: MakePoller = request.param
    return found


over_tcp = pytest.mark.parametrize("place", TCP_PLACES, ids=place_name, indirect=True)
over_unix = pytest.mark.parametrize("place", [UNIX], ids=place_name, indirect=True)


def echo(data: bytes) -> bytes:
    return data


# -- what a peer says is kept ------------------------------------------------------


async def test_a_connection_is_told_from_open_to_close(serve: Serve) -> None:
    """OPEN names both ends, then come the bytes, then CLOSE with the sums."""
    stage = await serve()
    peer = await stage.peer()
    name = stage.row(peer).peer
    await peer.say(b"hello\n")
    peer.fin()
    assert await peer.hear_out() == b""
    await stage.gone(peer)
    assert stage.kinds(peer) == [Kind.OPEN, Kind.RX, Kind.CLOSE]
    opening, heard, _ = stage.records(peer)
    assert opened(opening.data) == (name, stage.listener.addresses[0])
    assert heard.data == b"hello\n"
    assert {record.client for record in stage.records(peer)} == {peer.id}
    end = stage.end(peer)
    assert (end.reason, end.rx_bytes, end.tx_bytes, end.unsent) == (Reason.PEER_CLOSED, 6, 0, 0)
    assert stage.row(peer).end == end.why == "closed by peer"


@over_tcp
async def test_a_tcp_peer_goes_by_its_address(serve: Serve) -> None:
    """A row names the address and port that the peer has itself."""
    stage = await serve()
    peer = await stage.peer()
    host, port = peer.sock.getsockname()[:2]
    assert stage.row(peer).peer == (f"[{host}]:{port}" if ":" in host else f"{host}:{port}")


@over_unix
async def test_a_unix_peer_goes_by_its_process(serve: Serve) -> None:
    """A row of a Unix listener names the process at the other end."""
    stage = await serve()
    peer = await stage.peer()
    assert stage.row(peer).peer.startswith(f"unix pid {os.getpid()} ")


async def test_five_megabytes_in_odd_pieces_are_conserved(serve: Serve) -> None:
    """What is kept of a client has the length and the checksum of what it sent."""
    stage = await serve()
    peer = await stage.peer()
    said = Random(1).randbytes(5 * MB)
    for piece in pieces(said, seed=2, largest=100_000):
        await peer.say(piece)
    peer.fin()
    assert await peer.hear_out() == b""
    await stage.gone(peer)
    assert digest(stage.heard_from(peer)) == digest(said)
    assert stage.row(peer).rx_bytes == 5 * MB


async def test_bytes_that_come_one_at_a_time_are_conserved(serve: Serve) -> None:
    """A peer that sends single bytes has a record for each read, in order."""
    stage = await serve()
    peer = await stage.peer()
    said = bytes(range(256))
    for count, byte in enumerate(said, start=1):
        await peer.say(bytes((byte,)))
        await stage.received(peer, count)
    assert stage.heard_from(peer) == said
    assert stage.kinds(peer).count(Kind.RX) == stage.row(peer).rx_messages == 256


async def test_many_clients_at_once_are_not_mixed(serve: Serve) -> None:
    """Each of twenty that talk at the same time has its own bytes under its own id."""
    stage = await serve()
    peers = [await stage.peer() for _ in range(20)]
    said = {peer.id: Random(peer.id).randbytes(100_000) for peer in peers}

    async def talk(peer: Peer) -> None:
        for piece in pieces(said[peer.id], seed=peer.id, largest=5_000):
            await peer.say(piece)
            await asyncio.sleep(0)
        peer.fin()
        assert await peer.hear_out() == b""

    await asyncio.gather(*map(talk, peers))
    await stage.gone(*peers)
    for peer in peers:
        assert digest(stage.heard_from(peer)) == digest(said[peer.id])
        assert stage.end(peer).reason is Reason.PEER_CLOSED
    assert stage.view().totals.rx_bytes == 20 * 100_000


async def test_a_flood_leaves_others_their_share(serve: Serve) -> None:
    """While one client sends at line speed without end, another has its answers (R11)."""
    stage = await serve(answer=lambda data: b"." if len(data) == 1 else b"")
    fast, slow = await stage.peer(), await stage.peer()

    async def flood() -> None:
        while True:
            await fast.say(bytes(100_000))

    flooding = asyncio.ensure_future(flood())
    await stage.until(lambda: stage.row(fast).rx_bytes > 0)
    for _ in range(20):
        await slow.say(b"?")
        assert await slow.hear(1) == b"."
    flooding.cancel()
    assert stage.row(fast).rx_bytes > 100_000


# -- answers ---------------------------------------------------------------------------


async def test_an_echo_gives_every_client_its_own_bytes(serve: Serve) -> None:
    """Each client reads back what it said, and both directions are kept under its id."""
    stage = await serve(answer=echo)
    peers = [await stage.peer() for _ in range(5)]
    said = {peer.id: Random(peer.id).randbytes(50_000) for peer in peers}

    async def talk(peer: Peer) -> None:
        for piece in pieces(said[peer.id], seed=peer.id, largest=3_000):
            await peer.say(piece)
            assert await peer.hear(len(piece)) == piece

    await asyncio.gather(*map(talk, peers))
    for peer in peers:
        sent = b"".join(record.data for record in stage.records(peer) if record.kind is Kind.TX)
        assert digest(stage.heard_from(peer)) == digest(sent) == digest(said[peer.id])
        row = stage.row(peer)
        assert (row.rx_bytes, row.tx_bytes) == (50_000, 50_000)
    await stage.until(lambda: not any(stage.row(peer).unsent for peer in peers))


async def test_a_reply_is_sent_for_each_read(serve: Serve) -> None:
    """A fixed answer goes back once for every read, after the record of the read."""
    stage = await serve(answer=lambda data: b"+PONG\r\n")
    peer = await stage.peer()
    for _ in range(3):
        await peer.say(b"PING\r\n")
        assert await peer.hear(7) == b"+PONG\r\n"
    assert stage.kinds(peer) == [Kind.OPEN, *[Kind.RX, Kind.TX] * 3]
    assert stage.row(peer).last == b"+PONG\r\n"


async def test_no_answer_is_no_record(serve: Serve) -> None:
    """An answer of no bytes sends nothing and keeps nothing."""
    stage = await serve(answer=lambda data: b"")
    peer = await stage.peer()
    await peer.say(b"quiet")
    await stage.received(peer, 5)
    assert stage.kinds(peer) == [Kind.OPEN, Kind.RX]
    assert stage.row(peer).tx_messages == 0


async def test_after_a_fin_the_whole_answer_arrives_and_then_we_close(serve: Serve) -> None:
    """As with `printf ... | nc -N`: 5 MB and a FIN are answered with 5 MB and a FIN."""
    stage = await serve(answer=echo)
    peer = await stage.peer()
    said = Random(3).randbytes(5 * MB)
    await peer.say(said)
    peer.fin()
    assert digest(await peer.hear_out()) == digest(said)
    await stage.gone(peer)
    end = stage.end(peer)
    assert (end.reason, end.rx_bytes, end.tx_bytes, end.unsent) == (
        Reason.PEER_CLOSED, 5 * MB, 5 * MB, 0,
    )  # fmt: skip


async def test_a_fin_waits_for_what_is_queued(serve: Serve) -> None:
    """While the peer that said FIN still reads, EOF is told; CLOSE comes when it has all."""
    stage = await serve()
    peer = await stage.peer(SMALL)
    await stage.send(TOO_MUCH, peer)
    peer.fin()
    await stage.until(lambda: Kind.EOF in stage.kinds(peer))
    assert stage.row(peer).state is State.CLOSING
    assert (await stage.send(b"more", peer)).skipped == {peer.id: "is being closed"}
    assert await peer.hear_out() == TOO_MUCH
    await stage.gone(peer)
    assert stage.kinds(peer) == [Kind.OPEN, Kind.TX, Kind.EOF, Kind.CLOSE]
    end = stage.end(peer)
    assert (end.reason, end.tx_bytes, end.unsent) == (Reason.PEER_CLOSED, len(TOO_MUCH), 0)


# -- how a connection ends -------------------------------------------------------------


async def test_a_client_that_says_nothing_is_told(serve: Serve) -> None:
    """`nc -z` leaves a row: closed by peer, 0 bytes."""
    stage = await serve()
    peer = await stage.peer()
    peer.close()
    await stage.gone(peer)
    assert stage.kinds(peer) == [Kind.OPEN, Kind.CLOSE]
    assert stage.row(peer).end == "closed by peer"
    assert (stage.row(peer).rx_bytes, stage.row(peer).tx_bytes) == (0, 0)
    assert stage.row(peer).heard == 0


@over_tcp
async def test_all_that_came_before_a_reset_is_kept(serve: Serve) -> None:
    """A RST ends the row as "reset by peer"; the bytes before it are there."""
    stage = await serve()
    peer = await stage.peer()
    said = Random(4).randbytes(20_000)  # what a kernel hands over in one go
    await peer.say(said)
    peer.reset()
    await stage.gone(peer)
    assert stage.end(peer).reason is Reason.PEER_RESET
    assert stage.story(peer) == [Kind.OPEN, Kind.RX, Kind.CLOSE]
    assert digest(stage.heard_from(peer)) == digest(said)


@over_unix
async def test_a_unix_peer_that_leaves_bytes_unread_counts_as_reset(serve: Serve) -> None:
    """A Unix peer that closes with our bytes unread has reset; what it said is kept."""
    stage = await serve()
    peer = await stage.peer()
    await stage.send(b"unread", peer)
    await peer.say(b"bye")
    peer.close()
    await stage.gone(peer)
    assert stage.end(peer).reason is Reason.PEER_RESET
    assert stage.heard_from(peer) == b"bye"


@over_tcp
async def test_a_reset_before_we_looked_still_has_its_address(serve: Serve) -> None:
    """A peer that connected, spoke and reset in one go has its row, address and bytes."""
    stage = await serve()
    peer = stage.call()
    port = peer.sock.getsockname()[1]
    peer.sock.send(b"bye")
    peer.reset()
    peer.id = 1
    await stage.until(lambda: stage.view().totals.closed == 1)
    assert stage.row(peer).peer.endswith(f":{port}")
    assert stage.heard_from(peer) == b"bye"
    assert stage.end(peer).reason is Reason.PEER_RESET


@over_tcp
async def test_an_echo_to_one_who_has_reset_is_told_as_a_reset(serve: Serve) -> None:
    """A peer that says "bye" and resets is "reset by peer", although an answer was
    owed: there was no FIN, so no EOF is told."""
    stage = await serve(answer=echo)
    peer = await stage.peer()
    peer.sock.send(b"bye")
    peer.reset()
    await stage.gone(peer)
    assert stage.heard_from(peer) == b"bye"
    assert stage.end(peer).reason is Reason.PEER_RESET
    assert Kind.EOF not in stage.kinds(peer)


@over_tcp
async def test_sending_to_one_who_has_reset_is_told_as_a_reset(serve: Serve) -> None:
    """What we send after a RST that we have not seen yet does not hide it."""
    stage = await serve()
    peer = await stage.peer()
    peer.reset()
    await stage.send(b"are you there?", peer)
    await stage.gone(peer)
    end = stage.end(peer)
    assert (end.reason, end.tx_bytes, end.unsent) == (Reason.PEER_RESET, 0, 14)
    assert stage.kinds(peer) == [Kind.OPEN, Kind.TX, Kind.CLOSE]


@over_tcp
async def test_a_reset_after_a_fin_is_told_as_a_reset(serve: Serve) -> None:
    """A peer that said FIN, did not take what was queued for it and left is no
    orderly end."""
    stage = await serve()
    peer = await stage.peer(SMALL)
    await stage.send(TOO_MUCH, peer)
    peer.fin()
    await stage.until(lambda: Kind.EOF in stage.kinds(peer))
    peer.reset()
    await stage.gone(peer)
    end = stage.end(peer)
    assert end.reason is Reason.PEER_RESET
    assert end.unsent > 0


async def test_our_close_is_told_as_ours(serve: Serve) -> None:
    """A disconnected peer reads the end of the stream; the row says "closed by us"."""
    stage = await serve()
    peer = await stage.peer()
    await stage.send(b"goodbye", peer)
    assert await stage.disconnect(peer) == 1
    assert await peer.hear_out() == b"goodbye"
    assert stage.row(peer).state is State.CLOSING
    peer.close()
    await stage.gone(peer)
    assert stage.end(peer).reason is Reason.CLOSED
    assert stage.end(peer).unsent == 0
    assert await stage.disconnect(peer) == 0


async def test_what_a_peer_says_after_our_close_is_kept(serve: Serve) -> None:
    """After our FIN the peer may finish its sentence; it is kept, and not answered."""
    stage = await serve(answer=echo)
    peer = await stage.peer()
    await stage.disconnect(peer)
    assert await peer.hear_out() == b""
    await peer.say(b"one more thing")
    peer.fin()
    await stage.gone(peer)
    assert stage.heard_from(peer) == b"one more thing"
    assert Kind.TX not in stage.kinds(peer)
    assert stage.end(peer).reason is Reason.CLOSED


async def test_a_close_with_bytes_still_arriving_is_no_reset(serve: Serve) -> None:
    """A peer that talks while it is disconnected reads EOF, and all it said is kept."""
    stage = await serve()
    peer = await stage.peer()
    said = Random(5).randbytes(2 * MB)
    talking = asyncio.ensure_future(peer.say(said))
    await stage.until(lambda: stage.row(peer).rx_bytes > 0)
    await stage.disconnect(peer)
    await talking
    peer.fin()
    assert await peer.hear_out() == b""
    await stage.gone(peer)
    assert digest(stage.heard_from(peer)) == digest(said)
    assert stage.end(peer).reason is Reason.CLOSED


async def test_a_peer_that_stays_silent_after_our_fin_is_let_go(serve: Serve) -> None:
    """Who neither reads nor closes ends as "closed by us" with nothing unsent, once its
    system has all of it; what it reads later is there."""
    stage = await serve(limits=Limits(flush_seconds=0.3))  # an acknowledgement may take 0.2 s
    peer = await stage.peer()
    await stage.send(b"goodbye", peer)
    await stage.disconnect(peer)
    await stage.gone(peer)
    end = stage.end(peer)
    assert (end.reason, end.unsent) == (Reason.CLOSED, 0)
    assert await peer.hear_out() == b"goodbye"


async def test_a_peer_that_never_stops_talking_does_not_get_to_stay(serve: Serve) -> None:
    """A flood after our close ends with the time limit, and what was read is kept."""
    stage = await serve(limits=QUICK)
    peer = await stage.peer()

    async def flood() -> None:
        while True:
            await peer.say(bytes(10_000))

    flooding = asyncio.ensure_future(flood())
    await stage.until(lambda: stage.row(peer).rx_bytes > 0)
    await stage.disconnect(peer)
    await stage.gone(peer)
    with pytest.raises(OSError, match=r"reset|Broken pipe"):
        await flooding
    assert stage.end(peer).reason is Reason.CLOSED


async def test_our_reset_is_told_as_ours(serve: Serve) -> None:
    """A reset reaches the peer at once; the row says "reset by us"."""
    stage = await serve()
    peer = await stage.peer()
    assert await stage.disconnect(peer, how=How.RESET) == 1
    assert stage.row(peer).state is State.CLOSED
    assert stage.end(peer).reason is Reason.RESET
    heard, reset = await peer.hear_all()
    assert heard == b""
    assert reset or stage.place is UNIX, "only a Unix socket has no RST"


async def test_the_end_of_the_engine_is_told_as_such(serve: Serve) -> None:
    """When the engine stops, each peer reads what was sent and EOF; the reason says why."""
    stage = await serve()
    peers = [await stage.peer() for _ in range(3)]
    await stage.send(b"so long")
    stopping = asyncio.ensure_future(stage.engine.stop())
    for peer in peers:
        assert await peer.hear_out() == b"so long"
        peer.close()
    await stopping
    for peer in peers:
        assert stage.end(peer).reason is Reason.STOPPED
        assert stage.end(peer).unsent == 0


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (errno.ETIMEDOUT, Reason.NO_ANSWER),
        (errno.EHOSTUNREACH, Reason.UNREACHABLE),
        (errno.ENETUNREACH, Reason.UNREACHABLE),
        (errno.ECONNRESET, Reason.PEER_RESET),
        (errno.ENOBUFS, Reason.FAILED),
    ],
)
async def test_what_a_read_raises_is_told_in_words(
    serve: Serve, number: int, reason: Reason
) -> None:
    """A keep-alive that found nobody, an unreachable host: each read error has its reason,
    and what none is known for is told in the system's words."""
    stage = await serve()
    peer, other = await stage.peer(), await stage.peer()

    def recv(_size: int, _flags: int = 0) -> bytes:
        raise OSError(number, os.strerror(number))

    connection = stage.engine._roster.open[peer.id]
    connection.recv = recv
    await peer.say(b"?")
    await stage.gone(peer)
    end = stage.end(peer)
    assert end.reason is reason
    assert end.detail == (os.strerror(number) if reason is Reason.FAILED else "")
    assert stage.row(other).state is State.OPEN
    assert stage.warnings() == []


async def test_memory_that_ends_costs_history_and_a_client(serve: Serve) -> None:
    """When there is no memory for a read, that client is let go with the reason and no
    traceback, half of what is kept makes room, and others go on (R102)."""
    stage = await serve()
    peer, other = await stage.peer(), await stage.peer()
    for _ in range(16):
        await other.say(bytes(MB))
    await stage.received(other, 16 * MB)
    kept = stage.engine.totals().kept_bytes

    def recv(_size: int, _flags: int = 0) -> bytes:
        raise MemoryError

    stage.engine._roster.open[peer.id].recv = recv
    await peer.say(b"?")
    await stage.gone(peer)
    end = stage.end(peer)
    assert (end.reason, end.detail) == (Reason.FAILED, "out of memory, see the log")
    (told,) = stage.warnings()
    assert re.fullmatch(r"out of memory: from now on .* MB of what happened are kept", told)
    assert kept / 4 < stage.engine.totals().kept_bytes <= kept / 2
    await other.say(b"still here")
    await stage.received(other, 16 * MB + 10)
    assert stage.records(other)[-1].data == b"still here"


@pytest.mark.parametrize("paused", [False, True], ids=["reading", "paused"])
async def test_what_a_write_raises_is_told_in_words(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, paused: bool
) -> None:
    """A peer that vanishes with bytes unsent is gone for that reason, with all it had said
    and the unsent bytes told, even if it spoke in a pause of reading."""
    stage = await serve()
    peer = await stage.peer(SMALL)
    await stage.send(TOO_MUCH, peer)

    def sendmsg(_sock: socket.socket, _buffers: object) -> int:
        raise OSError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT))

    monkeypatch.setattr(socket.socket, "sendmsg", sendmsg)
    stage.engine.pause_reading(paused)
    peer.sock.send(b"last words")
    heard, _ = await peer.hear_all()  # what makes room for more
    await stage.gone(peer)
    end = stage.end(peer)
    assert end.reason is Reason.NO_ANSWER
    assert stage.heard_from(peer) == b"last words"
    assert 0 < end.unsent == len(TOO_MUCH) - len(heard)


async def test_fins_that_cross_end_a_connection_once(serve: Serve) -> None:
    """Both sides may close at the same time; there is one CLOSE (R26)."""
    stage = await serve()
    peer = await stage.peer()
    await peer.say(b"hello")
    peer.fin()
    await stage.disconnect(peer)
    assert await peer.hear_out() == b""
    await stage.gone(peer)
    assert stage.heard_from(peer) == b"hello"
    assert stage.end(peer).reason in (Reason.CLOSED, Reason.PEER_CLOSED)


# -- peers that do not read ------------------------------------------------------------


async def test_what_waits_is_marked_queued_until_the_peer_reads(serve: Serve) -> None:
    """Of what a peer does not read, the records say that they are queued; when it has
    read they do not, and no byte is missing."""
    stage = await serve()
    peer = await stage.peer(SMALL)
    first = await stage.send(b"early", peer)
    assert (first.accepted, first.queued, first.skipped) == (1, 0, {})
    late = await stage.send(TOO_MUCH, peer)
    later = await stage.send(b"later", peer)
    assert (late.queued, later.queued) == (1, 1)
    sent = [record for record in stage.records(peer) if record.kind is Kind.TX]
    assert [(record.queued, record.unsent) for record in sent] == [(0, 0), (1, 0), (1, 0)]
    row = stage.row(peer)
    assert row.tx_messages == 3
    assert row.tx_bytes + row.unsent >= len(TOO_MUCH) + 10
    total = len(TOO_MUCH) + 10
    assert await peer.hear(total) == b"early" + TOO_MUCH + b"later"
    await stage.until(lambda: stage.row(peer).tx_bytes == total)
    sent = [record for record in stage.records(peer) if record.kind is Kind.TX]
    assert [(record.queued, record.unsent) for record in sent] == [(0, 0)] * 3
    assert stage.engine.totals().unsent == 0


async def test_a_close_that_cannot_reach_its_peer_becomes_a_reset(serve: Serve) -> None:
    """A peer that never reads is gone soon after its disconnect; its End says how much
    was unsent and its records which."""
    stage = await serve(limits=QUICK)
    peer = await stage.peer(SMALL)
    await stage.send(b"early", peer)
    await stage.send(TOO_MUCH, peer)
    await stage.send(b"later", peer)
    await stage.disconnect(peer)
    assert stage.row(peer).state is State.CLOSING
    await stage.gone(peer)
    end = stage.end(peer)
    assert end.reason is Reason.RESET
    assert end.tx_bytes + end.unsent >= len(TOO_MUCH) + 10
    sent = [record for record in stage.records(peer) if record.kind is Kind.TX]
    assert [(record.queued, record.unsent) for record in sent] == [(0, 0), (0, 1), (0, 1)]
    assert re.fullmatch(r"reset by us, \S+ MB unsent", stage.row(peer).end)
    assert stage.engine.totals().unsent == 0


ENDINGS = pytest.mark.parametrize(
    "how", [(How.CLOSE,), (How.RESET,), (How.CLOSE, How.RESET)],
    ids=["close", "reset", "close-reset"],
)  # fmt: skip
AMOUNTS = pytest.mark.parametrize("amount", [100_000, 4 * MB], ids=["kernel", "queue"])


@over_tcp
async def test_the_kernel_hides_little_of_who_does_not_read(serve: Serve) -> None:
    """Of what a peer does not read most is in our queue, where it is counted and can be
    dropped: the kernel takes 256 KiB beyond what the peer's system holds."""
    stage = await serve()
    peer = await stage.peer(SMALL)
    await stage.send(TOO_MUCH, peer)
    row = stage.row(peer)
    assert row.tx_bytes <= sockets.NOT_SENT_LOWAT + 64 * 1024
    assert row.tx_bytes + row.unsent == len(TOO_MUCH)


@over_tcp
@AMOUNTS
@ENDINGS
async def test_what_a_peer_got_and_what_was_unsent_add_up(
    serve: Serve, amount: int, how: tuple[How, ...]
) -> None:
    """However a peer that does not read is ended, it can read exactly what is not unsent."""
    stage = await serve(limits=QUICK)
    peer = await stage.peer(SMALL)
    await stage.send(bytes(amount), peer)
    connection = stage.engine._roster.open[peer.id]

    def acknowledged() -> bool:
        connection.look()
        return connection.unsent + unread(peer) == amount

    await kernel(acknowledged)
    for way in how:
        await stage.disconnect(peer, how=way)
    await stage.gone(peer)
    heard, _ = await peer.hear_all()
    assert len(heard) + stage.end(peer).unsent == amount


@over_unix
@AMOUNTS
@ENDINGS
async def test_what_a_unix_peer_got_and_what_was_unsent_add_up(
    serve: Serve, amount: int, how: tuple[How, ...]
) -> None:
    """What a Unix peer's kernel has it can read after any end: only the rest is unsent."""
    stage = await serve(limits=QUICK)
    peer = await stage.peer()
    await stage.send(bytes(amount), peer)
    for way in how:
        await stage.disconnect(peer, how=way)
    await stage.gone(peer)
    heard, _ = await peer.hear_all()
    assert len(heard) + stage.end(peer).unsent == amount


async def test_slow_and_stuck_are_marked_by_what_is_unsent(serve: Serve) -> None:
    """A row says SLOW and then STUCK as its unsent bytes pass the limits, and neither
    once the peer has read."""
    stage = await serve(limits=Limits(slow=2 * MB, stuck=6 * MB))
    peer = await stage.peer(SMALL)
    marks = [stage.row(peer).backlog]
    for _ in range(2):
        await stage.send(TOO_MUCH, peer)
        marks.append(stage.row(peer).backlog)
    assert marks == [Backlog.NONE, Backlog.SLOW, Backlog.STUCK]
    await peer.hear(2 * len(TOO_MUCH))
    await stage.until(lambda: stage.row(peer).backlog is Backlog.NONE)


async def test_a_peer_without_progress_is_slow(serve: Serve) -> None:
    """A peer that takes nothing for stall_seconds is SLOW, however little waits."""
    stage = await serve(limits=Limits(slow=1 << 40, stuck=1 << 40, stall_seconds=0.05))
    peer = await stage.peer(SMALL)
    await stage.send(TOO_MUCH, peer)
    assert stage.row(peer).backlog is Backlog.NONE
    await stage.until(lambda: stage.row(peer).backlog is Backlog.SLOW)
    await peer.hear(len(TOO_MUCH))
    await stage.until(lambda: stage.row(peer).backlog is Backlog.NONE)


async def test_an_echo_to_one_who_does_not_read_is_bounded(serve: Serve) -> None:
    """A peer that sends and does not read is not read either beyond its limit, so the
    queue is bounded; when it reads it gets everything."""
    limits = Limits(stuck=1 * MB)
    stage = await serve(answer=echo, limits=limits)
    peer = await stage.peer(SMALL)
    said = Random(6).randbytes(5 * MB)
    talking = asyncio.ensure_future(peer.say(said))
    await stage.until(lambda: stage.row(peer).backlog is Backlog.STUCK)
    queued: list[int] = []
    stage.engine.taps.append(lambda: queued.append(stage.engine.totals().unsent))
    assert digest(await peer.hear(len(said))) == digest(said)
    await talking
    assert 0 < max(queued) <= limits.stuck + READ_LARGE, "longer than its limit and one read"
    assert digest(stage.heard_from(peer)) == digest(said)


async def test_a_table_shows_256_bytes_of_the_newest_payload(serve: Serve) -> None:
    """The last payload of a row is cut at 256 bytes, in both directions and any size."""
    stage = await serve(answer=lambda data: data if len(data) > 300 else b"")
    peer = await stage.peer()
    shown, total = [], 0
    for said in (b"short", b"a" * 300, b"b" * 440, b"B" * 5000):
        await peer.say(said)
        await stage.received(peer, total := total + len(said))
        shown.append(stage.row(peer).last)
    await stage.send(b"c" * 10_000, peer)
    shown.append(stage.row(peer).last)
    assert [(last[:1], len(last)) for last in shown] == [
        (b"s", 5), (b"a", 256), (b"b", 256), (b"B", 256), (b"c", 256),
    ]  # fmt: skip


# -- half-open -------------------------------------------------------------------------


async def test_a_half_open_connection_waits_for_a_typed_answer(serve: Serve) -> None:
    """With half_open a FIN leaves the row "half-closed"; a typed answer arrives, then the
    close."""
    stage = await serve(half_open=True)
    peer = await stage.peer()
    await peer.say(b"question")
    peer.fin()
    await stage.until(lambda: stage.row(peer).state is State.HALF)
    assert (await stage.send(b"answer", peer)).accepted == 1
    assert await peer.hear(6) == b"answer"
    assert stage.row(peer).state is State.HALF
    await stage.disconnect(peer)
    assert await peer.hear_out() == b""
    await stage.gone(peer)
    assert stage.kinds(peer) == [Kind.OPEN, Kind.RX, Kind.EOF, Kind.TX, Kind.CLOSE]
    assert stage.end(peer).reason is Reason.CLOSED


async def test_a_half_open_connection_gets_all_that_was_queued(serve: Serve) -> None:
    """A disconnect while half-open still sends what waits."""
    stage = await serve(half_open=True)
    peer = await stage.peer(SMALL)
    peer.fin()
    await stage.until(lambda: stage.row(peer).state is State.HALF)
    await stage.send(TOO_MUCH, peer)
    await stage.disconnect(peer)
    assert await peer.hear_out() == TOO_MUCH
    await stage.gone(peer)
    assert (stage.end(peer).reason, stage.end(peer).unsent) == (Reason.CLOSED, 0)


@over_tcp
async def test_a_reset_ends_a_half_open_connection(serve: Serve) -> None:
    """A peer that said FIN and later resets leaves no row behind."""
    stage = await serve(half_open=True)
    peer = await stage.peer()
    peer.fin()
    await stage.until(lambda: stage.row(peer).state is State.HALF)
    peer.reset()
    await stage.gone(peer)
    assert stage.end(peer).reason is Reason.PEER_RESET


@over_tcp
async def test_an_answer_to_a_half_open_peer_that_has_reset_is_told(serve: Serve) -> None:
    """An answer typed after a RST that we have not seen yet does not hide it."""
    stage = await serve(half_open=True)
    peer = await stage.peer()
    peer.fin()
    await stage.until(lambda: stage.row(peer).state is State.HALF)
    peer.reset()
    await stage.send(b"answer", peer)
    await stage.gone(peer)
    end = stage.end(peer)
    assert (end.reason, end.unsent) == (Reason.PEER_RESET, 6)


@over_unix
async def test_a_unix_peer_that_goes_ends_a_half_open_connection(serve: Serve) -> None:
    """A Unix peer that said FIN and then closes altogether leaves no row behind."""
    stage = await serve(half_open=True)
    peer = await stage.peer()
    peer.fin()
    await stage.until(lambda: stage.row(peer).state is State.HALF)
    peer.close()
    await stage.gone(peer)
    assert stage.end(peer).reason in (Reason.PEER_CLOSED, Reason.PEER_RESET)


# -- reading pauses ---------------------------------------------------------------------


async def test_nothing_is_read_while_reading_pauses_and_nothing_is_lost(serve: Serve) -> None:
    """While paused no byte is read, old client or new; sending goes on; afterwards all
    of it is there."""
    stage = await serve()
    old = await stage.peer()
    await old.say(b"before,")
    await stage.received(old, 7)
    stage.engine.pause_reading(True)
    new = await stage.peer()
    for peer in (old, new):
        await peer.say(b"meanwhile,")
        await stage.send(b"we go on", peer)
        assert await peer.hear(8) == b"we go on"
    # A peer that comes later is served later, so that the others have had their turn.
    await stage.peer()
    assert stage.heard_from(old) == b"before,"
    assert stage.heard_from(new) == b""
    stage.engine.pause_reading(False)
    await old.say(b"after")
    await stage.until(lambda: stage.heard_from(old) == b"before,meanwhile,after")
    await stage.until(lambda: stage.heard_from(new) == b"meanwhile,")


async def test_a_pause_holds_a_flood_back(serve: Serve) -> None:
    """Five megabytes that start in a pause wait in the peer, and arrive whole after it."""
    stage = await serve()
    peer = await stage.peer()
    said = Random(7).randbytes(5 * MB)
    for _ in range(3):
        stage.engine.pause_reading(True)
        stage.engine.pause_reading(False)
    stage.engine.pause_reading(True)
    talking = asyncio.ensure_future(peer.say(said))
    await stage.peer()
    assert not talking.done()
    assert stage.row(peer).rx_bytes == 0
    stage.engine.pause_reading(False)
    await talking
    peer.fin()
    await stage.gone(peer)
    assert digest(stage.heard_from(peer)) == digest(said)


async def test_a_queue_is_sent_while_reading_pauses(serve: Serve) -> None:
    """A pause of reading does not hold back what waits for a peer."""
    stage = await serve()
    peer = await stage.peer(SMALL)
    stage.engine.pause_reading(True)
    await peer.say(b"held back")
    await stage.send(TOO_MUCH, peer)
    assert await peer.hear(len(TOO_MUCH)) == TOO_MUCH
    await stage.until(lambda: stage.row(peer).unsent == 0)
    assert stage.row(peer).rx_bytes == 0
    stage.engine.pause_reading(False)
    await stage.until(lambda: stage.heard_from(peer) == b"held back")


@over_tcp
async def test_a_reset_while_reading_pauses_ends_the_row(serve: Serve) -> None:
    """A client that resets in a pause ends in the pause, with all it had said."""
    stage = await serve()
    peer = await stage.peer()
    stage.engine.pause_reading(True)
    await peer.say(b"last words")
    await stage.peer()
    peer.reset()
    await stage.gone(peer)
    assert stage.heard_from(peer) == b"last words"
    assert stage.end(peer).reason is Reason.PEER_RESET


async def test_a_fin_while_reading_pauses_is_seen_after_it(serve: Serve) -> None:
    """A client that speaks and leaves in a pause is told in full after the pause."""
    stage = await serve()
    peer = await stage.peer()
    stage.engine.pause_reading(True)
    await peer.say(b"last words")
    peer.fin()
    await stage.peer()
    assert stage.row(peer).state is State.OPEN
    assert stage.heard_from(peer) == b""
    stage.engine.pause_reading(False)
    await stage.gone(peer)
    assert stage.heard_from(peer) == b"last words"
    assert stage.end(peer).reason is Reason.PEER_CLOSED


async def test_a_disconnect_while_reading_pauses_keeps_what_had_come(serve: Serve) -> None:
    """Who is disconnected in a pause ends in order, with all it had said."""
    stage = await serve(limits=QUICK)
    peer = await stage.peer()
    stage.engine.pause_reading(True)
    await peer.say(b"last words")
    await stage.disconnect(peer)
    assert await peer.hear_out() == b""
    peer.close()
    await stage.gone(peer)
    assert stage.heard_from(peer) == b"last words"
    assert stage.end(peer).reason is Reason.CLOSED


# -- urgent data ------------------------------------------------------------------------


@over_tcp
async def test_urgent_data_stays_in_the_stream(serve: Serve) -> None:
    """A byte sent out of band is kept where it was in the stream."""
    stage = await serve()
    peer = await stage.peer()
    for round_ in range(3):
        peer.sock.send(b"ab")
        peer.sock.send(b"!", socket.MSG_OOB)
        peer.sock.send(b"cd")
        await stage.received(peer, 5 * (round_ + 1))
    peer.fin()
    await stage.gone(peer)
    assert stage.heard_from(peer) == b"ab!cd" * 3


# -- who does not read, by policy --------------------------------------------------------


async def a_stuck_peer(serve: Serve, unread: Unread, **limits: int) -> tuple[Stage, Peer]:
    """Return a stage and a peer that does not read, with payloads of 400 kB waiting: the
    first is partly sent, the limit of 1 MB is reached."""
    stage = await serve(limits=Limits(stuck=MB, unread=unread, **limits))
    peer = await stage.peer(SMALL)
    for number in range(10):
        await stage.send(bytes([number]) * 400_000, peer)
        if stage.engine._roster.open[peer.id].queued >= MB:
            break
    return stage, peer


def fate(stage: Stage, peer: Peer) -> list[str]:
    """Return what became of each payload for a peer: sent, waiting or lost."""
    return [
        "lost" if record.unsent else "waiting" if record.queued else "sent"
        for record in stage.records(peer)
        if record.kind in (Kind.TX, Kind.CAST)
    ]


async def test_dropping_loses_the_oldest_whole_payloads_and_never_the_begun_one(
    serve: Serve,
) -> None:
    """With the policy "drop" a new payload is always taken; of what waits the oldest go, but
    not the one of which a part is out: what arrives are whole payloads, and exactly those
    that are not told as lost."""
    stage, peer = await a_stuck_peer(serve, Unread.DROP)
    for number in range(100, 110):
        delivery = await stage.send(bytes([number]) * 400_000, peer)
        assert (delivery.accepted, delivery.queued, delivery.skipped) == (1, 1, {})
    connection = stage.engine._roster.open[peer.id]
    assert connection.queued < MB + 400_000
    fates = fate(stage, peer)
    begun = len(fates) - fates[::-1].index("lost") - 1  # the last lost one
    assert set(fates[: fates.index("lost") - 1]) <= {"sent"}
    assert fates[fates.index("lost") - 1] == "waiting", "the one that was begun"
    assert set(fates[fates.index("lost") : begun + 1]) == {"lost"}
    assert set(fates[begun + 1 :]) == {"waiting"}
    lost = fates.count("lost")
    assert stage.row(peer).dropped == lost > 5
    numbers = [r.data[0] for r in stage.records(peer) if r.kind is Kind.TX]
    kept = [number for number, what in zip(numbers, fates, strict=True) if what != "lost"]
    heard = await peer.hear(len(kept) * 400_000)
    assert heard == b"".join(bytes([number]) * 400_000 for number in kept)
    await stage.until(lambda: stage.engine.totals().unsent == 0)
    assert set(fate(stage, peer)) == {"sent", "lost"}
    await stage.disconnect(peer)
    await stage.gone(peer)
    assert stage.end(peer).unsent == lost * 400_000
    assert fate(stage, peer).count("lost") == lost
    assert sum(record.dropped for record in stage.records(peer)) == lost


async def test_dropping_a_broadcast_is_told_for_each_receiver(serve: Serve) -> None:
    """Of a broadcast that made room for newer ones it is known for whom; who reads has it."""
    stage, peer = await a_stuck_peer(serve, Unread.DROP)
    reader = await stage.peer()
    for number in range(5):
        delivery = await stage.send(bytes([number]) * 600_000)
        assert (delivery.accepted, delivery.skipped) == (2, {})
        await reader.hear(600_000)
    records = [record for record in stage.records() if record.kind is Kind.CAST]
    lost = [bool(r.cast and r.cast.lost == {peer.id}) for r in records]
    waiting = [bool(r.cast and r.cast.waiting == {peer.id}) for r in records]
    assert lost[0]
    assert waiting[-1]
    assert [a != b for a, b in zip(lost, waiting, strict=True)] == [True] * 5
    assert lost == sorted(lost, reverse=True)
    assert [record.unsent for record in records] == [int(each) for each in lost]
    assert stage.row(reader).dropped == 0


async def test_dropping_outlives_the_records_of_what_is_dropped(serve: Serve) -> None:
    """A payload may wait for longer than its record is kept; it can be dropped all the same."""
    stage, peer = await a_stuck_peer(serve, Unread.DROP, keep=MB)
    other = await stage.peer()
    for _ in range(40):
        await other.say(bytes(100_000))
    await stage.until(lambda: stage.engine.totals().rx_bytes == 40 * 100_000)
    assert stage.engine.span().first > 10
    dropped = stage.row(peer).dropped
    for _ in range(5):
        assert (await stage.send(b"news", peer)).accepted == 1
        assert (await stage.send(bytes(MB), peer)).accepted == 1
    assert stage.row(peer).dropped > dropped + 2


async def test_skipping_leaves_what_waits_alone(serve: Serve) -> None:
    """With the policy "skip" who does not read is not given more, whoever sends is told,
    and what waited arrives whole."""
    stage, peer = await a_stuck_peer(serve, Unread.SKIP)
    before = fate(stage, peer)
    delivery = await stage.send(b"news", peer)
    assert (delivery.accepted, delivery.queued) == (0, 0)
    assert re.fullmatch(r"does not read, \S+ MB unsent", delivery.skipped[peer.id])
    assert fate(stage, peer) == before
    assert "lost" not in before
    assert len(await peer.hear(len(before) * 400_000)) == len(before) * 400_000
    assert (await stage.send(b"news", peer)).accepted == 1
    assert stage.row(peer).dropped == 0


async def test_disconnecting_ends_who_does_not_read_with_the_next_payload(serve: Serve) -> None:
    """With the policy "disconnect" the payload that would be too much ends its connection with
    a reset: the sender, the row and the record say why and how much was unsent."""
    stage, peer = await a_stuck_peer(serve, Unread.DISCONNECT)
    reader = await stage.peer()
    waiting = fate(stage, peer).count("waiting")
    delivery = await stage.send(b"news")
    assert delivery.accepted == 1
    assert re.fullmatch(r"does not read, \S+ MB unsent", delivery.skipped[peer.id])
    assert await reader.hear(4) == b"news"
    await stage.gone(peer)
    end = stage.end(peer)
    assert (end.reason, end.unsent >= MB) == (Reason.UNREAD, True)
    assert re.fullmatch(r"reset by us, did not read, \S+ MB unsent", stage.row(peer).end)
    assert fate(stage, peer).count("lost") >= waiting
    assert stage.row(reader).state is State.OPEN


async def test_who_stands_still_at_the_limit_is_disconnected_without_a_payload(
    serve: Serve,
) -> None:
    """With the policy "disconnect" nobody needs to send: after the time without progress the
    clock ends it. Below the limit it stays, however long nothing moves."""
    stage = await serve(
        limits=Limits(stuck=MB, unread=Unread.DISCONNECT, stall_seconds=0.2),
        answer=None,
    )
    stuck, slow = await stage.peer(SMALL), await stage.peer(SMALL)
    await stage.send(bytes(4 * MB), stuck)
    await stage.send(bytes(MB), slow)
    assert 0 < stage.engine._roster.open[slow.id].queued < MB
    await stage.gone(stuck)
    assert stage.end(stuck).reason is Reason.UNREAD
    await stage.until(lambda: stage.row(slow).backlog is Backlog.SLOW)
    assert stage.row(slow).state is State.OPEN


# -- who is idle -------------------------------------------------------------------------


async def test_idle_is_who_has_neither_said_nor_been_told_anything(serve: Serve) -> None:
    """Bytes in one direction are enough to stay, whichever it is; the others get a FIN, and
    their row the reason."""
    stage = await serve(limits=Limits(idle_seconds=0.8, flush_seconds=0.1))
    silent, talking, listening = [await stage.peer() for _ in range(3)]
    began = asyncio.get_running_loop().time()
    while not stage.row(silent).closed or asyncio.get_running_loop().time() < began + 1.2:
        await talking.say(b".")
        await stage.send(b".", listening)
        await asyncio.sleep(0.02)
    assert (stage.end(silent).reason, stage.row(silent).end) == (Reason.IDLE, "closed by us, idle")
    assert stage.end(silent).nanoseconds > 800_000_000
    assert await silent.hear_out() == b""
    assert stage.row(talking).state is stage.row(listening).state is State.OPEN
    await stage.gone(talking, listening)
    assert stage.end(talking).reason is stage.end(listening).reason is Reason.IDLE


async def test_nobody_is_idle_while_reading_pauses_nor_right_after(serve: Serve) -> None:
    """What a client says in a pause is not seen, so the pause does not count: it has all of
    its time from when reading goes on."""
    stage = await serve(limits=Limits(idle_seconds=0.3, flush_seconds=0.1))
    peer, leaver = await stage.peer(), await stage.peer()
    stage.engine.pause_reading(True)
    await asyncio.sleep(0.6)  # nothing to wait for: the state is that nothing happens
    assert stage.row(peer).state is State.OPEN
    stage.engine.pause_reading(False)
    connection = stage.engine._roster.open[peer.id]
    connection.sample(0.6)
    assert connection.state is State.OPEN
    leaver.close()
    await stage.gone(peer)
    assert stage.end(peer).reason is Reason.IDLE


# -- what the kernel knows ------------------------------------------------------------------


@over_tcp
async def test_a_row_tells_the_round_trip_time(serve: Serve) -> None:
    """After traffic a row has the kernel's round-trip time as soon as somebody looks."""
    stage = await serve(answer=echo)
    peer = await stage.peer()
    await peer.say(b"hello")
    await peer.hear(5)
    await stage.until(lambda: stage.row(peer).rtt > 0)
    assert stage.row(peer).retransmits == 0
    info = await stage.engine.do(Examine(peer.id))
    assert info is not None
    assert 0 < info.rtt < 5_000_000
    assert info.send_mss > 500
    peer.close()
    await stage.gone(peer)
    with pytest.raises(NoSuchTarget, match=f"client {peer.id} is gone"):
        await stage.engine.do(Examine(peer.id))


@over_unix
async def test_a_unix_row_has_no_round_trip_time(serve: Serve) -> None:
    """What the system does not tell is nothing, not a guess."""
    stage = await serve(answer=echo)
    peer = await stage.peer()
    await peer.say(b"hello")
    await peer.hear(5)
    assert await stage.engine.do(Examine(peer.id)) is None
    row = stage.row(peer)
    assert (row.rtt, row.retransmits, row.in_flight) == (0, 0, 0)


@over_tcp
async def test_who_does_not_read_is_in_trouble_until_it_reads(serve: Serve) -> None:
    """Whoever looks sees within a second that bytes wait for a closed window, and that they
    do not any more; a healthy client is in no trouble, whatever it is sent."""
    stage = await serve()
    stuck, reader = await stage.peer(SMALL), await stage.peer()
    await stage.send(TOO_MUCH, stuck)
    sent = asyncio.get_running_loop().time()
    assert await reader.hear(0) == b""
    await stage.until(lambda: stage.row(stuck).trouble is Trouble.UNREAD)
    assert asyncio.get_running_loop().time() - sent < 1 * 5  # a busy machine's second
    await stage.send(bytes(MB), reader)
    await reader.hear(MB)
    assert stage.row(reader).trouble is Trouble.NONE
    await stuck.hear(len(TOO_MUCH))
    await stage.until(lambda: stage.row(stuck).trouble is Trouble.NONE)
    await stage.until(lambda: stage.row(stuck).unsent == 0)


# -- any order ---------------------------------------------------------------------------


class Play:
    """Random things that happen to a few clients; the laws are checked when it is over."""

    def __init__(self, stage: Stage, seed: int) -> None:
        self.stage = stage
        self.random = Random(seed)
        self.said: dict[int, bytes] = {}
        self.reset: set[int] = set()
        self.mute: set[int] = set()
        self.here: list[Peer] = []

    async def step(self) -> None:
        deeds = (self.say, self.say, self.say, self.fin, self.leave, self.break_off)
        if len(self.here) < 4:
            peer = await self.stage.peer()
            self.said[peer.id] = b""
            self.here.append(peer)
        peer = self.random.choice(self.here)
        match self.random.randrange(10):
            case 0:
                how = self.random.choice([How.CLOSE, How.CLOSE, How.RESET])
                if how is How.RESET:
                    self.reset.add(peer.id)
                await self.stage.disconnect(peer, how=how)
            case 1:
                await self.stage.send(self.random.randbytes(2000))
            case 2:
                await self.stage.send(b"to you alone", peer)
            case 3:
                self.stage.engine.pause_reading(self.random.random() < 0.5)
            case 4:
                await asyncio.sleep(0)
            case _:
                self.random.choice(deeds)(peer)

    def say(self, peer: Peer) -> None:
        if peer.id in self.mute:
            return
        data = self.random.randbytes(self.random.randint(1, 3000))
        try:
            sent = peer.sock.send(data)
        except OSError:  # we have closed it, or the kernel is full
            return
        self.said[peer.id] += data[:sent]

    def fin(self, peer: Peer) -> None:
        self.mute.add(peer.id)
        try:
            peer.fin()
        except OSError:
            pass

    def leave(self, peer: Peer) -> None:
        self.here.remove(peer)
        peer.close()

    def break_off(self, peer: Peer) -> None:
        self.reset.add(peer.id)
        self.here.remove(peer)
        peer.reset()


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_the_order_every_client_ends_once(serve: Serve, seed: int) -> None:
    """However sends, FINs, resets, disconnects and pauses fall together, each client ends
    once, after its last byte, and what is kept of it is how its stream began (R26)."""
    stage = await serve(answer=echo if seed % 2 else None, half_open=seed > 1, limits=QUICK)
    play = Play(stage, seed)
    for _ in range(150):
        await play.step()
    stage.engine.pause_reading(False)
    for peer in play.here:
        peer.close()
    await stage.disconnect()
    await stage.until(lambda: stage.view().totals.open == 0)
    assert stage.engine.totals().unsent == 0
    for peer in stage.peers:
        heard = stage.heard_from(peer)
        assert play.said[peer.id].startswith(heard)
        if stage.end(peer).reason is Reason.PEER_CLOSED and peer.id not in play.reset:
            assert digest(heard) == digest(play.said[peer.id])


# -- what may be noticed ------------------------------------------------------------------


@pytest.mark.parametrize("begins", [CURL, CURL + bytes(600), CONNECT, b"hello\n", b"GET"])
async def test_how_a_client_begins_is_remembered(serve: Serve, begins: bytes) -> None:
    """What a client of a known protocol says first is kept of it, as far as one small read goes,
    whatever follows; of others nothing is. Nothing else is different for it."""
    stage = await serve()
    peer = await stage.peer()
    await peer.say(begins)
    await stage.received(peer, len(begins))
    await peer.say(b"more")
    await stage.received(peer, len(begins) + 4)
    assert stage.heard_from(peer) == begins + b"more"
    first = begins[:KEPT] if begins.startswith((CURL, CONNECT)) else b""
    assert stage.row(peer).first == first
    assert list(stage.engine.begun) == ([(peer.id, first)] if first else [])


async def test_who_never_spoke_is_let_go_of(serve: Serve) -> None:
    """A connection that ends before its first read refers to itself no more: it is gone without
    the garbage collector's help."""
    stage = await serve()
    peer = await stage.peer()
    connection = stage.engine._roster.open[peer.id]
    peer.close()
    await stage.gone(peer)
    assert getattr(connection.recv, "__self__", None) is not connection


async def test_who_waits_for_an_answer(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that spoke waits until something is sent to it; and again when it speaks next, as
    soon as a sample has seen that."""
    monkeypatch.setattr("tcpmon.engine.engine.SAMPLE_SECONDS", 3600.0)
    stage = await serve()
    peer = await stage.peer()
    connection = stage.engine._roster.open[peer.id]
    assert not stage.row(peer).unanswered
    await peer.say(b"one")
    await stage.received(peer, 3)
    assert stage.row(peer).unanswered
    connection.sample(1.0)
    assert stage.row(peer).unanswered
    await stage.send(b"two", peer)
    assert not stage.row(peer).unanswered
    connection.sample(1.0)
    await peer.say(b"three")
    await stage.received(peer, 8)
    assert not stage.row(peer).unanswered
    connection.sample(1.0)
    assert stage.row(peer).unanswered
    await stage.send(b"four", peer)
    assert not stage.row(peer).unanswered


async def test_repeats_are_counted(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same payload again and again is counted, one a sample; another one, two at once or an
    answer begin anew."""
    monkeypatch.setattr("tcpmon.engine.engine.SAMPLE_SECONDS", 3600.0)
    stage = await serve()
    peer = await stage.peer()
    connection = stage.engine._roster.open[peer.id]
    counted, total = [], 0
    for said in (b"a", b"a", b"a", b"b", b"b", b"twice", b"b", b"b", b"answer", b"b", b"b"):
        for part in (b"b", b"b") if said == b"twice" else (said,):
            total += len(part)
            await peer.say(part)
            await stage.received(peer, total)
        if said == b"answer":
            await stage.send(b"ok", peer)
        connection.sample(1.0)
        counted.append(stage.row(peer).repeats)
    assert counted == [1, 2, 3, 1, 2, 0, 1, 2, 0, 1, 2]


async def test_long_payloads_are_no_repeats(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a long payload only the beginning is known, so nobody says that it is the same."""
    monkeypatch.setattr("tcpmon.engine.engine.SAMPLE_SECONDS", 3600.0)
    stage = await serve()
    peer = await stage.peer()
    for total in (1000, 2000, 3000):
        await peer.say(bytes(1000))
        await stage.received(peer, total)
        stage.engine._roster.open[peer.id].sample(1.0)
        assert stage.row(peer).repeats == 0
