"""The node: what is sent to whom, what is refused, what is kept and what is seen."""

import asyncio
import re
import time
from random import Random

import pytest

from tcpmon.core.commands import Command, Cut, Disconnect, ForgetClosed, How, Send
from tcpmon.core.errors import BadFraming, NoSuchTarget, Stopped, TcpmonError
from tcpmon.core.limits import Limits
from tcpmon.core.model import Ask, Framed, Kind, Lens, Reason, Record, State, View
from tcpmon.core.store import CHUNK_BYTES
from tcpmon.engine.connection import READ_LARGE, Connection
from tcpmon.engine.engine import Engine
from tests.engine.conftest import ALL, WAIT, Peer, Serve, Stage, digest, pieces

MB = 1_000_000
SMALL = 4096  # a receive buffer that is soon full
TOO_MUCH = bytes(4 * MB)  # more than a kernel holds for a peer that does not read


def casts(stage: Stage) -> list[Record]:
    return [record for record in stage.records() if record.kind is Kind.CAST]


# -- sending --------------------------------------------------------------------------


async def test_sending_to_one_reaches_only_that_one(serve: Serve) -> None:
    """A payload for one client is its TX record, and nobody else's."""
    stage = await serve()
    one, other = await stage.peer(), await stage.peer()
    delivery = await stage.send(b"for you", one)
    assert (delivery.accepted, delivery.queued, delivery.skipped) == (1, 0, {})
    await stage.send(b"and for you", other)
    assert await one.hear(7) == b"for you"
    assert await other.hear(11) == b"and for you"
    assert stage.kinds(one) == stage.kinds(other) == [Kind.OPEN, Kind.TX]
    assert casts(stage) == []


async def test_sending_to_several_reaches_just_those(serve: Serve) -> None:
    """A payload for several is one record that names its receivers, however they were
    listed."""
    stage = await serve()
    first, second, third = [await stage.peer() for _ in range(3)]
    delivery = await stage.engine.do(Send(b"for two", (third.id, first.id, third.id)))
    assert (delivery.accepted, delivery.queued, delivery.skipped) == (2, 0, {})
    await stage.send(b"alone", second)
    assert await first.hear(7) == await third.hear(7) == b"for two"
    assert await second.hear(5) == b"alone"
    (record,) = casts(stage)
    assert record.cast is not None
    assert list(record.cast.receivers) == [first.id, third.id]
    assert (record.data, record.client, record.queued, record.unsent) == (b"for two", 0, 0, 0)
    assert stage.records(first)[1:] == stage.records(third)[1:] == [record]
    assert stage.kinds(second) == [Kind.OPEN, Kind.TX]
    rows = stage.view().rows
    assert [(row.tx_messages, row.tx_bytes, row.last) for row in rows] == [
        (1, 7, b"for two"), (1, 5, b"alone"), (1, 7, b"for two"),
    ]  # fmt: skip


@pytest.mark.parametrize("slice_", [500, 2])
async def test_sending_to_all_reaches_all(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, slice_: int
) -> None:
    """A broadcast is one payload, kept once, for everybody who is there, however many
    are served in one go."""
    monkeypatch.setattr("tcpmon.engine.sending.SLICE", slice_)
    stage = await serve()
    peers = [await stage.peer() for _ in range(7)]
    delivery = await stage.send(b"hi all")
    assert (delivery.accepted, delivery.queued, delivery.skipped) == (7, 0, {})
    late = await stage.peer()
    for peer in peers:
        assert await peer.hear(6) == b"hi all"
    (record,) = casts(stage)
    assert record.cast is not None
    assert list(record.cast.receivers) == [peer.id for peer in peers]
    assert stage.kinds(late) == [Kind.OPEN]


async def test_who_is_skipped_is_told_with_the_reason(serve: Serve) -> None:
    """Of those who do not get a payload, each has its reason: in the answer and, for
    several, in the record."""
    limits = Limits(stuck=1 * MB, flush_seconds=60.0, stop_seconds=0.1)
    stage = await serve(limits=limits)
    here, gone, closing, stuck = [await stage.peer(SMALL) for _ in range(4)]
    gone.close()
    await stage.gone(gone)
    await stage.send(TOO_MUCH, closing)
    await stage.disconnect(closing)
    await stage.send(TOO_MUCH, stuck)
    reasons: dict[int, str] = {}
    for peer in (gone, closing, stuck):
        alone = await stage.send(b"news", peer)
        assert (alone.accepted, alone.queued) == (0, 0)
        reasons |= alone.skipped
    assert (await stage.engine.do(Send(b"news", (99,)))).skipped == {99: "gone"}
    assert (reasons[gone.id], reasons[closing.id]) == ("gone", "is being closed")
    assert re.fullmatch(r"does not read, \S+ MB unsent", reasons[stuck.id])
    delivery = await stage.engine.do(Send(b"news", (1, 2, 3, 4, 99)))
    assert (delivery.accepted, delivery.queued) == (1, 0)
    assert delivery.skipped == {**reasons, 99: "gone"}
    (record,) = casts(stage)
    assert record.cast is not None
    assert record.cast.skipped == reasons  # nobody was ever number 99
    assert await here.hear(4) == b"news"
    assert stage.kinds(stuck) == [Kind.OPEN, Kind.TX, Kind.CAST]


async def test_who_is_off_the_table_is_skipped_like_any_other(serve: Serve) -> None:
    """A client whose row has been cleared counts among those a payload was for."""
    stage = await serve()
    here, gone = await stage.peer(), await stage.peer()
    gone.close()
    await stage.gone(gone)
    await stage.engine.do(ForgetClosed())
    delivery = await stage.send(b"news", here, gone)
    assert (delivery.accepted, delivery.skipped) == (1, {gone.id: "gone"})
    (record,) = casts(stage)
    assert record.cast is not None
    assert list(record.cast.receivers) == [here.id, gone.id]
    assert record.cast.skipped == {gone.id: "gone"}


async def test_who_leaves_during_a_broadcast_is_skipped(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A broadcast takes its time in slices; who has gone when its turn comes is told."""
    monkeypatch.setattr("tcpmon.engine.sending.SLICE", 1)
    stage = await serve()
    first, second, third = [await stage.peer() for _ in range(3)]
    delivery, _ = await asyncio.gather(
        stage.send(b"hi all"), stage.disconnect(third, how=How.RESET)
    )
    assert (delivery.accepted, delivery.skipped) == (2, {third.id: "gone"})
    assert await first.hear(6) == await second.hear(6) == b"hi all"


async def test_nothing_is_sent_to_nobody(serve: Serve) -> None:
    """A payload of no bytes is given to nobody and leaves no record, for one as for all."""
    stage = await serve()
    peers = [await stage.peer() for _ in range(2)]
    before = stage.records()
    for clients in ((peers[0].id,), (peers[0].id, peers[1].id), None):
        delivery = await stage.engine.do(Send(b"", clients))
        assert (delivery.accepted, delivery.queued, delivery.skipped) == (0, 0, {}), clients
    assert stage.records() == before
    assert [row.tx_messages for row in stage.view().rows] == [0, 0]


async def test_readers_get_all_while_others_do_not_read(serve: Serve) -> None:
    """A reader gets every broadcast; those who do not read are left out once they are over
    their limit, and no queue is longer than that and one message (R13)."""
    limits = Limits(stuck=2 * MB)
    stage = await serve(limits=limits)
    reader, *others = [await stage.peer(SMALL) for _ in range(4)]
    payload = Random(1).randbytes(MB)
    left_out = 0
    for _ in range(12):
        delivery = await stage.send(payload)
        assert digest(await reader.hear(MB)) == digest(payload)
        left_out += len(delivery.skipped)
        assert reader.id not in delivery.skipped
        assert delivery.accepted == 4 - len(delivery.skipped)
        for peer in others:
            connection = stage.engine._roster.open[peer.id]
            assert connection.queued <= limits.stuck + MB
        assert stage.engine.totals().unsent <= 4 * (limits.stuck + MB)
    assert left_out >= 3 * 8
    assert len(casts(stage)) == 12
    assert stage.row(reader).tx_bytes == 12 * MB
    for peer in others:
        accepted = sum(
            len(record.data)
            for record in casts(stage)
            if record.cast is not None and peer.id not in record.cast.skipped
        )
        assert digest(await peer.hear(accepted)) == digest(payload * (accepted // MB))


async def test_a_broadcast_is_queued_for_each_and_lost_for_each(serve: Serve) -> None:
    """A broadcast's record counts for how many it waits, and how many ended before they
    had it."""
    stage = await serve(limits=Limits(flush_seconds=0.1))
    peers = [await stage.peer(SMALL) for _ in range(3)]
    assert (await stage.send(TOO_MUCH)).queued == 3
    (record,) = casts(stage)
    assert (record.queued, record.unsent) == (3, 0)
    await peers[0].hear(len(TOO_MUCH))
    await stage.until(lambda: casts(stage)[0].queued == 2)
    await stage.disconnect(peers[1])
    await stage.gone(peers[1])
    (record,) = casts(stage)
    assert (record.queued, record.unsent) == (1, 1)
    await peers[2].hear(len(TOO_MUCH))
    await stage.until(lambda: casts(stage)[0].queued == 0)
    (record,) = casts(stage)
    assert record.cast is not None
    assert (record.cast.waiting, record.cast.lost) == (set(), {peers[1].id})


async def test_what_waits_in_all_is_bounded(serve: Serve) -> None:
    """Beyond the total, those who have something waiting get no more; readers do."""
    stage = await serve(limits=Limits(total=6 * MB))
    slow, slower, reader = [await stage.peer(SMALL) for _ in range(3)]
    assert (await stage.send(TOO_MUCH, slow)).accepted == 1
    assert (await stage.send(TOO_MUCH, slower)).accepted == 1
    delivery = await stage.send(b"news")
    assert set(delivery.skipped) == {slow.id, slower.id}
    for reason in delivery.skipped.values():
        assert re.fullmatch(r"does not read, and \S+ MB are unsent in all", reason)
    assert await reader.hear(4) == b"news"
    await slow.hear(len(TOO_MUCH))
    await stage.until(lambda: stage.row(slow).unsent == 0)
    assert (await stage.send(b"more", slow, slower)).skipped == {}


async def test_disconnecting_all_counts_who_was_open(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Disconnect of all ends everybody and says how many there were."""
    monkeypatch.setattr("tcpmon.engine.sending.SLICE", 2)
    stage = await serve()
    peers = [await stage.peer() for _ in range(5)]
    peers[0].close()
    await stage.gone(peers[0])
    assert await stage.engine.do(Disconnect(None, How.RESET)) == 4
    assert stage.view().totals.open == 0
    assert await stage.engine.do(Disconnect(None)) == 0
    assert await stage.engine.do(Disconnect((1, 99))) == 0


# -- limits ------------------------------------------------------------------------------


async def test_exactly_as_many_clients_as_allowed(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 500 callers 100 are open and 400 refused, told and counted; the lines about them
    are few and none is missing; a free slot is used at once (R04)."""
    monkeypatch.setattr("tcpmon.engine.engine.SAMPLE_SECONDS", 1.0)
    stage = await serve(limits=Limits(clients=100))
    peers = [stage.call() for _ in range(500)]
    await stage.until(lambda: stage.engine.totals().accepted + stage.engine.totals().refused == 500)
    view = stage.view()
    assert (view.totals.open, view.totals.refused, view.count) == (100, 400, 100)
    assert [(picture.accepted, picture.refused) for picture in view.listeners] == [(100, 400)]
    assert view.totals.trouble == "refusing callers: limit of 100 clients reached"
    open_ports = {int(row.peer.rpartition(":")[2]) for row in view.rows}
    refused = [peer for peer in peers if peer.sock.getsockname()[1] not in open_ports]
    assert len(refused) == 400
    for peer in refused:
        assert await peer.hear_all() == (b"", True)
    await stage.until(lambda: told_refused(stage) == 400)
    assert len(stage.warnings()) <= 10

    leaver = next(peer for peer in peers if peer not in refused)
    leaver.close()
    await stage.until(lambda: stage.engine.totals().open == 99)
    await stage.peer()
    assert stage.engine.totals().open == 100
    assert stage.engine.totals().refused == 400


def told_refused(stage: Stage) -> int:
    """Return how many refused callers the lines for the operator add up to."""
    total = 0
    for line in stage.warnings():
        words = re.fullmatch(
            r"([\d,]+) callers? refused: limit of \d+ clients? reached, "
            r"the last was 127\.0\.0\.1:\d+",
            line,
        )
        assert words, line
        total += int(words[1].replace(",", ""))
    return total


async def test_no_refused_caller_is_untold_at_the_end(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An engine that stops before its next line about refused callers still tells them."""
    monkeypatch.setattr("tcpmon.engine.engine.SAMPLE_SECONDS", 3600.0)
    stage = await serve(limits=Limits(clients=1))
    peer = await stage.peer()
    for _ in range(7):
        stage.call()
    await stage.until(lambda: stage.engine.totals().refused == 7)
    peer.close()
    await stage.engine.stop()
    assert told_refused(stage) == 7


async def test_trouble_passes(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is wrong is said as long as it is."""
    monkeypatch.setattr("tcpmon.engine.door.TOLD_SECONDS", 0.02)
    stage = await serve(limits=Limits(clients=1))
    await stage.peer()
    assert stage.view().totals.trouble == ""
    stage.call()
    await stage.until(lambda: stage.view().totals.refused == 1)
    assert stage.view().totals.trouble != ""
    await stage.until(lambda: stage.view().totals.trouble == "")


async def test_callers_whom_the_system_dropped_are_told(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the kernel counts of a listener's full queue is told once, as it grows (R08)."""
    counts = [0, 2, 2, 2, 3]
    monkeypatch.setattr(
        "tcpmon.engine.sockets.dropped_tries", lambda _: counts.pop(0) if counts[1:] else counts[0]
    )
    stage = await serve()
    await stage.until(lambda: len(stage.warnings()) == 2)
    where = f"tries to connect to {stage.listener.addresses[0]} came to nothing"
    why = "the system's queue of those who wait was full"
    assert stage.warnings() == [f"2 {where}: {why}", f"1 {where}: {why}"]


async def test_so_many_of_one_address_and_its_slot_is_free_at_once(serve: Serve) -> None:
    """Exactly as many clients of an address are in as allowed; the reason is counted; when one
    leaves the next is in, and addresses that have left are forgotten."""
    stage = await serve(limits=Limits(per_address=3), answer=lambda data: data)
    peers = [stage.call() for _ in range(8)]
    await stage.until(lambda: stage.engine.totals().refused == 5)
    view = stage.view()
    assert (view.totals.open, view.totals.accepted, view.listeners[0].refused) == (3, 3, 5)
    assert view.refusals == (("limit of 3 clients from one address reached", 5),)
    assert view.totals.trouble.startswith("refusing callers: limit of 3 clients from one address")
    open_ports = {int(row.peer.rpartition(":")[2]) for row in view.rows}
    inside = [peer for peer in peers if peer.sock.getsockname()[1] in open_ports]
    inside[0].close()
    await stage.until(lambda: stage.engine.totals().open == 2)
    await stage.peer()
    assert stage.engine.totals().open == 3
    assert stage.engine._door._at == {"127.0.0.1": 3}
    await stage.engine.do(Disconnect(None, How.RESET))
    assert stage.engine._door._at == {}


async def test_so_many_new_clients_a_second(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a second exactly so many are taken in; the next second begins anew; callers who are
    refused for something else do not count."""
    now = 1000.0
    monkeypatch.setattr("tcpmon.engine.engine.time.monotonic", lambda: now)
    stage = await serve(limits=Limits(accepts=4, clients=8))
    for second, (open_, refused) in enumerate([(4, 6), (8, 12), (8, 22)]):
        now = 1000.0 + second
        for _ in range(10):
            stage.call()
        await stage.until(lambda total=open_ + refused: arrived(stage) == total)  # type: ignore[misc]
        assert (stage.engine.totals().open, stage.engine.totals().refused) == (open_, refused)
        now += 0.999
    assert dict(stage.view().refusals) == {
        "limit of 4 new clients a second reached": 6,
        "limit of 8 clients reached": 16,
    }


def arrived(stage: Stage) -> int:
    return stage.engine.totals().accepted + stage.engine.totals().refused


# -- what is kept ---------------------------------------------------------------------------


async def test_memory_is_bounded_and_what_is_dropped_is_counted(serve: Serve) -> None:
    """Beyond the limit the oldest records go and are counted; a tap has seen all of them."""
    limits = Limits(keep=2 << 20)
    stage = await serve(limits=limits)
    tapped = bytearray()
    seen = 0
    most = 0

    def tap() -> None:
        nonlocal seen, most
        for seq, _, _, kind, data in stage.engine.store.since(seen):
            assert seq == seen, "a record was dropped before it was shown"
            seen += 1
            if kind == Kind.RX:
                tapped.extend(data)

    stage.engine.taps.append(tap)
    peer = await stage.peer()
    said = Random(2).randbytes(12 * MB)
    for piece in pieces(said, seed=3, largest=300_000):
        await peer.say(piece)
        most = max(most, stage.engine.totals().kept_bytes)
    peer.fin()
    await stage.gone(peer)
    totals = stage.engine.totals()
    span = stage.engine.span()
    assert most <= limits.keep + CHUNK_BYTES + READ_LARGE
    assert 0 < totals.kept_bytes <= limits.keep + CHUNK_BYTES + READ_LARGE
    assert span.first == totals.dropped_records > 0
    assert totals.kept_records == span.end - span.first == len(stage.records())
    assert (seen, digest(bytes(tapped))) == (span.end, digest(said))
    assert totals.rx_bytes == 12 * MB
    assert digest(stage.heard_from(peer)) == digest(said[-len(stage.heard_from(peer)) :])


async def test_records_are_a_window(serve: Serve) -> None:
    """Records are given from a number on, or before one, for all or for one client."""
    stage = await serve()
    peers = [await stage.peer() for _ in range(2)]
    for count in range(5):
        for peer in peers:
            await peer.say(bytes((48 + count,)))
            await stage.received(peer, count + 1)
    await stage.send(b"to both")
    whole = stage.records()
    end = stage.engine.span().end
    assert [record.seq for record in whole] == list(range(end))
    assert stage.engine.records(3, 4) == whole[3:7]
    assert stage.engine.records(7, -4) == whole[3:7]
    assert stage.engine.records(end, -3) == whole[-3:]
    assert stage.engine.records(end, 10) == stage.engine.records(0, -10) == []
    its = stage.records(peers[0])
    assert its == [
        record for record in whole if record.client == peers[0].id or record.kind is Kind.CAST
    ]
    assert stage.engine.records(its[2].seq, 2, peers[0].id) == its[2:4]
    assert stage.engine.records(its[2].seq, -2, peers[0].id) == its[:2]


async def test_taps_are_told_of_every_turn_and_command(serve: Serve) -> None:
    """Whoever takes every record is called after what peers do, after what is commanded
    and at the end."""
    stage = await serve()
    kinds: list[Kind] = []

    def tap() -> None:
        kinds.extend(Kind(raw[3]) for raw in stage.engine.store.since(1 + len(kinds)))

    stage.engine.taps.append(tap)
    peer = await stage.peer()
    await stage.until(lambda: kinds == [Kind.OPEN])
    await stage.send(b"hello", peer)
    assert kinds == [Kind.OPEN, Kind.TX]
    await stage.disconnect(peer, how=How.RESET)
    assert kinds == [Kind.OPEN, Kind.TX, Kind.CLOSE]
    await stage.engine.stop()
    assert kinds == [Kind.OPEN, Kind.TX, Kind.CLOSE, Kind.INFO]


async def test_a_tap_that_fails_is_told_and_memory_stays_bounded(serve: Serve) -> None:
    """Somebody else's bug does not keep the engine from its limit, nor others from looking."""
    stage = await serve(limits=Limits(keep=4 * MB))
    looked: list[int] = []

    def fails() -> None:
        raise ZeroDivisionError

    stage.engine.taps += [fails, lambda: looked.append(stage.engine.store.end)]
    peer = await stage.peer()
    await peer.say(bytes(16 * MB))
    await stage.received(peer, 16 * MB)
    assert stage.engine.store.kept_bytes < 8 * MB
    assert looked
    assert any("ZeroDivisionError" in line for line in stage.warnings())


async def test_a_condition_that_fails_is_told_to_who_waits(serve: Serve) -> None:
    """What a condition raises is raised where it is waited for, and nowhere else."""
    stage = await serve()
    calls = 0

    def fails() -> bool:
        nonlocal calls
        calls += 1
        if calls > 1:
            raise KeyError("mine")
        return False

    waiting = asyncio.ensure_future(stage.until(fails))
    await asyncio.sleep(0)
    other = await stage.peer()
    assert (await stage.send(b"x", other)).accepted == 1
    with pytest.raises(KeyError, match="mine"):
        await waiting


async def test_what_a_timer_ends_is_told_at_once(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A connection that ends because its time is up is told to taps and waiters, without
    anything else having to happen."""
    monkeypatch.setattr("tcpmon.engine.engine.SAMPLE_SECONDS", 3600.0)
    stage = await serve(limits=Limits(flush_seconds=0.05))
    peer = await stage.peer(SMALL)
    await stage.send(TOO_MUCH, peer)
    await stage.disconnect(peer)
    await stage.gone(peer)


# -- what is seen -----------------------------------------------------------------------------


async def test_the_sums_are_those_of_what_was_said(serve: Serve) -> None:
    """Totals, listeners and rows agree with what the peers sent and got, of those who are
    there and those who have left."""
    stage = await serve(answer=bytes.upper)
    peers = [await stage.peer() for _ in range(4)]
    for count, peer in enumerate(peers, start=1):
        for _ in range(count):
            await peer.say(b"x" * count)
            await peer.hear(count)
    peers[3].close()
    await stage.gone(peers[3])
    await stage.send(b"to all")
    view = stage.view()
    said = 1 + 4 + 9 + 16
    assert (view.totals.rx_bytes, view.totals.tx_bytes) == (said, said + 3 * 6)
    assert view.totals.messages == 2 * (1 + 2 + 3 + 4) + 3
    assert (view.totals.open, view.totals.closed, view.totals.accepted) == (3, 1, 4)
    assert sum(row.rx_bytes for row in view.rows) == view.totals.rx_bytes
    assert sum(row.tx_bytes for row in view.rows) == view.totals.tx_bytes
    assert view.totals.unsent == 0
    (picture,) = view.listeners
    assert (picture.id, picture.clients, picture.accepted, picture.refused) == (1, 3, 4, 0)
    assert picture.addresses == stage.listener.addresses
    assert abs(view.now - time.time_ns()) < 60e9


async def test_rates_are_those_of_the_last_while(serve: Serve) -> None:
    """Rows, totals and the sparkline tell how fast it went, and zero once it is quiet."""
    stage = await serve(answer=bytes.upper)
    peer = await stage.peer()

    async def talk() -> None:
        while True:
            await peer.say(bytes(100))
            await peer.hear(100)

    talking = asyncio.ensure_future(talk())

    def busy() -> bool:
        view = stage.view()
        row, totals = view.rows[0], view.totals
        rates = (row.rx_rate, row.tx_rate, totals.rx_rate, totals.tx_rate, totals.message_rate)
        return all(rate > 0 for rate in rates)

    await stage.until(busy)
    assert (stage.view().totals.rx_rate, stage.view().totals.tx_rate) == stage.view().rates[-1]
    talking.cancel()
    await stage.until(lambda: stage.view().totals.rx_rate == stage.view().rows[0].rx_rate == 0)
    peer.close()
    await stage.gone(peer)
    assert stage.row(peer).rx_rate == stage.row(peer).tx_rate == 0


async def test_a_looked_at_row_tells_what_the_kernel_holds(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bytes that the kernel has and the peer's system has not are unsent too."""
    monkeypatch.setattr("tcpmon.engine.engine.LOOK_SECONDS", 0.02)
    stage = await serve()
    peer = await stage.peer(SMALL)
    await stage.send(bytes(100_000), peer)
    assert stage.engine.totals().unsent == 0
    await stage.until(lambda: stage.row(peer).unsent > 50_000)
    assert await peer.hear(100_000)
    await stage.until(lambda: stage.row(peer).unsent == 0)


async def test_a_picture_does_not_change(serve: Serve) -> None:
    """What was returned stays as it was, whatever happens later."""
    stage = await serve()
    peer = await stage.peer()
    before = stage.view()
    rows = [(row.state, row.rx_bytes) for row in before.rows]
    await peer.say(b"hello")
    peer.fin()
    await stage.gone(peer)
    assert [(row.state, row.rx_bytes) for row in before.rows] == rows == [(State.OPEN, 0)]
    assert isinstance(before, View)


# -- life ----------------------------------------------------------------------------------------


async def test_until_gives_up(engine: Engine) -> None:
    """What never comes true is a TimeoutError; what is true already needs no waiting."""
    await engine.until(lambda: True, 0)
    with pytest.raises(TimeoutError):
        await engine.until(lambda: False, 0.01)


async def test_a_stopped_engine_takes_no_commands() -> None:
    """Before its start and after its end an engine is Stopped; a second stop is nothing."""
    engine = Engine()
    with pytest.raises(Stopped):
        await engine.do(Send(b"early"))
    async with engine:
        await engine.listen("127.0.0.1:0")
    with pytest.raises(Stopped):
        await engine.do(ForgetClosed())
    with pytest.raises(Stopped):
        await engine.listen("127.0.0.1:0")
    await engine.stop()


async def test_records_outlive_the_engine(serve: Serve) -> None:
    """After the end everything that was kept can still be read."""
    stage = await serve()
    peer = await stage.peer()
    await peer.say(b"last words")
    await stage.received(peer, 10)
    peer.close()
    await stage.engine.stop()
    assert stage.heard_from(peer) == b"last words"
    assert stage.engine.span().end == len(stage.records())


async def test_what_is_no_command_is_told(engine: Engine) -> None:
    """A command that this engine does not know is an error of the program."""

    class Dance(Command[None], frozen=True):
        """Nothing that a node can do."""

    with pytest.raises(TypeError, match="Dance"):
        await engine.do(Dance())


async def test_an_end_in_order_leaves_nobody_without_its_bytes(serve: Serve) -> None:
    """When the engine stops, who reads gets all that was queued and EOF; who does not
    read is reset, and the stop does not wait for it longer than it must."""
    stage = await serve(limits=Limits(flush_seconds=0.5, stop_seconds=1.0))
    reader, other = await stage.peer(), await stage.peer(SMALL)
    for peer in (reader, other):
        await stage.send(TOO_MUCH, peer)
    stopping = asyncio.ensure_future(stage.engine.stop())

    async def read(peer: Peer) -> None:
        assert await peer.hear_out() == TOO_MUCH
        peer.close()

    await asyncio.gather(stopping, read(reader))
    assert stage.end(reader).unsent == 0
    assert stage.end(other).unsent > 0
    heard, reset = await other.hear_all()
    assert reset
    assert len(heard) < len(TOO_MUCH)


async def test_an_end_that_is_short_of_time_resets(serve: Serve) -> None:
    """Who has not left when the time of the stop is up is ended with a reset."""
    stage = await serve(limits=Limits(flush_seconds=60.0, stop_seconds=0.05))
    peer = await stage.peer(SMALL)
    await stage.send(TOO_MUCH, peer)
    await stage.engine.stop()
    assert (await peer.hear_all())[1]
    assert stage.end(peer).reason is Reason.STOPPED
    assert stage.end(peer).unsent > 0


async def test_a_bug_in_the_clock_is_told_and_the_clock_goes_on(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error of ours in what is done each second is a WARN, and the next second comes."""
    stage = await serve()
    peer = await stage.peer()
    sample, calls = Connection.sample, 0

    def broken_once(connection: Connection, seconds: float) -> None:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise ZeroDivisionError("a bug for this test")
        sample(connection, seconds)

    monkeypatch.setattr(Connection, "sample", broken_once)
    await stage.until(lambda: calls > 2)
    (warning,) = stage.warnings()
    assert warning.startswith("a bug in tcpmon, please report it: Traceback")
    assert "a bug for this test" in warning
    assert stage.row(peer).state is State.OPEN


async def test_what_the_loop_complains_about_is_a_record(engine: Engine) -> None:
    """For a loop without a terminal: its errors are WARN records with their traceback."""
    loop = asyncio.get_running_loop()
    engine.on_loop_error(loop, {"message": "it broke", "exception": ValueError("a bad value")})
    engine.on_loop_error(loop, {"message": "it only complains"})
    first, second = (
        record.data.decode() for record in engine.records(0, ALL) if record.kind is Kind.WARN
    )
    assert "it broke" in first
    assert "ValueError: a bad value" in first
    assert "it only complains" in second


async def test_two_engines_do_not_meddle(serve: Serve) -> None:
    """Engines side by side on one loop have their own clients, records and ends."""
    async with Engine(answer=bytes.upper) as other:
        stage = await serve()
        listener = await other.listen("127.0.0.1:0")
        peer = await stage.peer()
        port = int(listener.addresses[0].rpartition(":")[2])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"hello")
        assert await asyncio.wait_for(reader.readexactly(5), WAIT) == b"HELLO"
        assert other.view(Ask(count=10)).totals.rx_bytes == 5
        assert stage.view().totals.rx_bytes == 0
        writer.close()
        await writer.wait_closed()
    assert stage.row(peer).state is State.OPEN


async def test_one_client_is_told_as_its_row(serve: Serve) -> None:
    """A client's picture is that of its row, also when it has left, and None for nobody."""
    stage = await serve()
    peer = await stage.peer()
    assert stage.engine.client(peer.id) == stage.row(peer)
    assert stage.engine.client(99) is None
    peer.close()
    await stage.gone(peer)
    assert stage.engine.client(peer.id) == stage.row(peer)


# -- scans ------------------------------------------------------------------------------


async def visit(stage: Stage, times: int) -> None:
    """Connect and leave without a word, so often."""
    for _ in range(times):
        peer = await stage.peer()
        peer.close()
        await stage.gone(peer)


@pytest.mark.parametrize("hints", [True, False])
async def test_a_scan_is_told_once(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, hints: bool
) -> None:
    """Who comes again and again and says nothing is told of in one line, if that is wanted."""
    monkeypatch.setattr("tcpmon.core.scans.VISITS", 5)
    monkeypatch.setattr("tcpmon.core.scans.OWN_VISITS", 5)
    stage = await serve(hints=hints)
    await visit(stage, 12)
    told = [re.sub(r"in \d+ s", "in a while", line) for line in stage.warnings()]
    line = "5 connections in a while from 127.0.0.1: all said nothing"
    assert told == ([f"{line}: looks like a scan or a health check"] if hints else [])


async def test_who_is_disconnected_is_no_scan(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Clients that we let go, at a person's wish or at the end, are not held against anybody."""
    monkeypatch.setattr("tcpmon.core.scans.VISITS", 5)
    monkeypatch.setattr("tcpmon.core.scans.OWN_VISITS", 5)
    stage = await serve(hints=True)
    peers = [await stage.peer() for _ in range(12)]
    await stage.disconnect(*peers[:6])
    await stage.gone(*peers[:6])
    await stage.engine.stop()
    assert stage.warnings() == []


# -- messages ---------------------------------------------------------------------------


async def test_what_is_said_is_cut_into_messages(serve: Serve) -> None:
    """Both ways, as everybody's streams are cut, or a listener's, or a client's own; back again
    when that is taken away."""
    stage = await serve(framing="line")
    one, other = await stage.peer(), await stage.peer()
    for peer in (one, other):
        await peer.say(b"a\nb\n\0\2cd")
        await stage.received(peer, 8)
    await stage.send(b"x\ny\n", one)

    def said(peer: Peer) -> list[bytes]:
        found = stage.engine.messages((0, 0), ALL, Lens(peer.id))
        return [message.data for message in found if message.kind in (Kind.RX, Kind.TX)]

    assert said(one) == [b"a\n", b"b\n", b"\0\2cd", b"x\n", b"y\n"]
    await stage.engine.do(Cut("fixed:4", client=one.id))
    assert said(one) == [b"a\nb\n", b"\0\2cd", b"x\ny\n"]
    assert said(other) == [b"a\n", b"b\n", b"\0\2cd"]
    await stage.engine.do(Cut("none", listener=stage.listener.id))
    assert said(other) == [b"a\nb\n\0\2cd"]
    assert stage.view().framed == Framed("line", {1: "none"}, {1: "fixed:4"})
    await stage.engine.do(Cut("", client=one.id))
    assert said(one) == [b"a\nb\n\0\2cd", b"x\ny\n"]
    await stage.engine.do(Cut("", listener=stage.listener.id))
    assert said(one) == [b"a\n", b"b\n", b"\0\2cd", b"x\n", b"y\n"]


async def test_a_listener_is_remembered_for_who_came_by_it(serve: Serve) -> None:
    """Each client's streams are cut as its own listener says, when it has left, too."""
    stage = await serve()
    second = await stage.engine.listen("127.0.0.1:0")
    await stage.engine.do(Cut("line", listener=second.id))
    here = await stage.peer()
    there = Stage(stage.engine, stage.place, second)
    other = await there.peer()
    for peer in (here, other):
        await peer.say(b"a\nb\n")
        await stage.received(peer, 4)
        peer.close()
        await stage.gone(peer)
    counts = [len(stage.engine.messages((0, 0), ALL, Lens(peer.id))) for peer in (here, other)]
    assert counts == [len(["open", "a b", "closed"]), len(["open", "a", "b", "closed"])]


@pytest.mark.parametrize(
    ("order", "error", "told"),
    [
        (Cut("line", client=9), NoSuchTarget, "there is no client 9"),
        (Cut("line", client=0), NoSuchTarget, "there is no client 0"),
        (Cut("line", listener=9), NoSuchTarget, "there is no listener 9"),
        (Cut("u16b"), BadFraming, "no framing is called 'u16b'"),
        (Cut("gap:0", client=1), BadFraming, "a gap is at most 1h and not 0"),
    ],
)
async def test_what_cannot_be_cut(
    serve: Serve, order: Cut, error: type[TcpmonError], told: str
) -> None:
    """Whom there is not, or how it cannot be, is refused, and all is cut as before."""
    stage = await serve(framing="line")
    await stage.peer()
    with pytest.raises(error, match=told):
        await stage.engine.do(order)
    assert stage.view().framed == Framed("line")


async def test_a_message_that_an_end_cuts_off(serve: Serve) -> None:
    """It is incomplete while more may come, and has ended inside when nothing can."""
    stage = await serve(framing="u16be")
    peer = await stage.peer()
    await peer.say(b"\0\5abc")
    await stage.received(peer, 5)

    def odd() -> str:
        return stage.engine.messages((0, 0), ALL, Lens(peer.id))[1].odd

    assert odd() == "incomplete, 2 B missing"
    peer.fin()
    await stage.gone(peer)
    assert odd() == "ended inside a message, 2 B missing"


async def test_messages_are_sifted(serve: Serve) -> None:
    """What a filter finds is known of clients, too, and goes on with what comes."""
    stage = await serve(framing="line")
    peer, other = await stage.peer(), await stage.peer()
    for each in (peer, other):
        await each.say(b"hello\nyou\n")
        await stage.received(each, 10)
    lens = Lens(filter=f"hello client:{peer.id}")
    assert stage.engine.messages((0, 0), ALL, lens) == []
    sifted = stage.engine.sift(lens, 1.0)
    assert (sifted.found, sifted.looked, sifted.done) == (1, 7, True)
    await peer.say(b"hello again\n")
    await stage.received(peer, 22)
    assert stage.engine.sift(lens, 1.0).found == 2
    found = stage.engine.messages((0, 0), ALL, lens)
    assert [message.data for message in found] == [b"hello\n", b"hello again\n"]
