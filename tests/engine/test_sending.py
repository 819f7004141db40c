"""Payloads that are the same for all, and those that are each client's own."""

import asyncio

import pytest

from tcpmon.core.commands import Send
from tcpmon.core.errors import BadFilter, BadPayload
from tcpmon.core.limits import Limits
from tcpmon.core.model import Kind
from tcpmon.core.payload import Facts, Payload
from tcpmon.engine.sending import Awaited, slices
from tests.engine.conftest import Serve

MB = 1_000_000
SMALL = 4096


class Personal(Payload, frozen=True):
    """Tells each client what is known of it, but one, of whom too little is."""

    fixed: bytes | None = None
    personal: bool = True

    def fill(self, facts: Facts) -> bytes:
        if facts.client == 2:
            raise BadPayload("what was captured is no number", 0)
        facts.counters["sent"] = count = facts.counters.get("sent", 0) + 1
        assert facts.now
        assert len(facts.random(3)) == 3
        who = f"{facts.client} {facts.name} {facts.address} {facts.port} {facts.listener} {count}"
        return who.encode()


class Counting(Personal, frozen=True):
    """The same for all."""

    personal: bool = False


async def test_a_text_is_sent_as_its_bytes(serve: Serve) -> None:
    r"""What a person writes is sent as the bytes it stands for, to all as one record."""
    stage = await serve()
    peers = [await stage.peer() for _ in range(3)]
    assert (await stage.engine.do(Send(text=r"a\x00\n"))).accepted == 3
    for peer in peers:
        assert await peer.hear(3) == b"a\0\n"
    assert stage.kinds(peers[0]) == [Kind.OPEN, Kind.CAST]
    with pytest.raises(BadPayload):
        await stage.engine.do(Send(text="\\q"))


async def test_a_filter_says_who_gets_it(serve: Serve) -> None:
    """For whom may be a filter, which is asked when it is sent."""
    stage = await serve()
    quiet, loud = await stage.peer(), await stage.peer()
    await loud.say(b"hello")
    await stage.received(loud, 5)
    assert (await stage.engine.do(Send(text="hi", clients="rx>=5"))).accepted == 1
    assert await loud.hear(2) == b"hi"
    assert stage.kinds(quiet) == [Kind.OPEN]
    with pytest.raises(BadFilter):
        await stage.engine.do(Send(text="hi", clients="rx>"))


async def test_a_personal_payload_is_each_ones_own_record(serve: Serve) -> None:
    """What differs from one to the next is filled in with the facts of each, kept for each, and
    who it cannot be made for is told with the reason."""
    stage = await serve()
    peers = [await stage.peer() for _ in range(3)]
    given = await stage.engine._sender.send_payload(Personal("${client}", None), None)
    assert (given.delivery.accepted, given.delivery.queued) == (2, 0)
    assert given.delivery.skipped == {2: "what was captured is no number"}
    for count, peer in ((1, peers[0]), (2, peers[2])):
        row = stage.row(peer)
        host, port = row.peer.rsplit(":", 1)
        wanted = f"{peer.id}  {host} {port} {row.listener} {count}".encode()
        assert await peer.hear(len(wanted)) == wanted
        assert stage.kinds(peer) == [Kind.OPEN, Kind.TX]
    assert stage.kinds(peers[1]) == [Kind.OPEN]
    assert stage.engine.counters == {"sent": 2}


async def test_others_have_a_turn_while_payloads_are_made(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What takes long to make for each is not made for a hundred in one go."""
    monkeypatch.setattr("tcpmon.engine.sending.SLICE_SECONDS", 0.0)
    stage = await serve()
    for _ in range(3):
        await stage.peer()
    turns: list[int] = []
    others = 0

    class Slow(Personal, frozen=True):
        def fill(self, facts: Facts) -> bytes:
            turns.append(others)
            return b"x"

    sending = asyncio.ensure_future(stage.engine._sender.send_payload(Slow("x", None), None))
    while not sending.done():
        others += 1
        await asyncio.sleep(0)
    assert len(set(turns)) == 3


async def test_the_fields_of_a_text_are_each_ones_own(serve: Serve) -> None:
    """What is written with fields goes out filled in: what is of a client for each, what is of
    the time or the count for all at once, and counts go on from one order to the next."""
    stage = await serve()
    peers = [await stage.peer() for _ in range(2)]
    for _ in range(2):
        assert (await stage.engine.do(Send(text="${client.id} ${counter own};"))).accepted == 2
        assert (await stage.engine.do(Send(text="${counter all};"))).accepted == 2
    said = [b"".join(r.data for r in stage.records(peer)[1:]).split(b";") for peer in peers]
    assert await peers[0].hear(sum(map(len, said[0])) + 4) == b";".join(said[0])
    own = [[int(text.split()[1]) for text in texts[:4:2]] for texts in said]
    assert [texts[0].split()[0] for texts in said] == [b"1", b"2"]
    assert own == [[own[0][0], own[0][0] + 2], [own[0][0] + 1, own[0][0] + 3]]
    assert said[0][1:4:2] == said[1][1:4:2]
    assert int(said[0][3]) == int(said[0][1]) + 1
    kinds = [Kind.OPEN, Kind.TX, Kind.CAST, Kind.TX, Kind.CAST]
    assert stage.kinds(peers[0]) == stage.kinds(peers[1]) == kinds


async def test_what_only_counts_is_filled_in_once(serve: Serve) -> None:
    """What varies with time but not from one client to the next is one payload for all."""
    stage = await serve()
    first, second = await stage.peer(), await stage.peer()
    given = await stage.engine._sender.send_payload(Counting("${n}", None), None)
    assert given.delivery.accepted == 2
    data = stage.records(first)[-1].data
    assert await first.hear(len(data)) == await second.hear(len(data)) == data
    assert stage.engine.counters == {"sent": 1}
    assert stage.records(first)[-1].kind is Kind.CAST


async def test_who_has_gone_or_does_not_read_is_told(serve: Serve) -> None:
    """A personal payload leaves out whom a common one would, with the same words."""
    stage = await serve(limits=Limits(stuck=MB))
    stuck = await stage.peer(SMALL)
    while not (await stage.send(bytes(MB), stuck)).skipped:
        pass
    given = await stage.engine._sender.send_payload(Personal("x", None), (stuck.id, 99))
    assert given.delivery.accepted == 0
    assert given.delivery.skipped[99] == "gone"
    assert given.delivery.skipped[stuck.id].startswith("does not read")


async def test_what_waits_is_known_until_it_is_taken(serve: Serve) -> None:
    """Who still waits for what was sent is known, for one record of all and for one's own."""
    stage = await serve()
    slow, other = await stage.peer(SMALL), await stage.peer()
    sender = stage.engine._sender
    for clients in ((slow.id, other.id), (slow.id,)):
        awaited = Awaited(sender.roster)
        awaited.add(await sender.send(bytes(4 * MB), clients))
        if len(clients) > 1:
            await other.hear(4 * MB)
            await stage.until(lambda a=awaited: a.clients() == {slow.id})  # type: ignore[misc]
        assert awaited.clients() == {slow.id}
        await slow.hear(4 * MB)
        await stage.until(lambda a=awaited: not a.clients())  # type: ignore[misc]


def test_slices_leave_nobody_out() -> None:
    """All are served in turn, none twice."""
    ids = list(range(250))
    parts = [list(part) for part in slices(ids)]
    assert [id for part in parts for id in part] == ids
    assert max(map(len, parts)) == 100
