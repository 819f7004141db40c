"""The table of connections: every order, any part of it, and those who have left."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from tcpmon.core.commands import ForgetClosed, Name
from tcpmon.core.limits import Limits
from tcpmon.core.model import SORTS, Client, Kind, State
from tests.engine.conftest import Peer, Serve, Stage

TOO_MUCH = bytes(4_000_000)
STATES = list(State)


def address(row: Client) -> tuple[str, int]:
    """Return a TCP peer's address in the order that people expect of ports."""
    host, _, port = row.peer.rpartition(":")
    return host, int(port)


# What a person sees rise in each order: numbers, but a young client before an old one
# and one just heard before one long silent, since that is how their columns read.
KEYS: dict[str, Callable[[Client], Any]] = {
    "id": lambda row: row.id,
    "name": lambda row: (not row.name, row.name.casefold()),
    "state": lambda row: STATES.index(row.state),
    "peer": address,
    "listener": lambda row: row.listener,
    "age": lambda row: -row.opened,
    "heard": lambda row: -row.heard,
    "rx": lambda row: row.rx_bytes,
    "tx": lambda row: row.tx_bytes,
    "rx_rate": lambda row: row.rx_rate,
    "tx_rate": lambda row: row.tx_rate,
    "messages": lambda row: row.rx_messages + row.tx_messages,
    "unsent": lambda row: row.unsent,
    "rtt": lambda row: row.rtt,
    "retransmits": lambda row: row.retransmits,
    "last": lambda row: row.last,
}


async def company(serve: Serve) -> Stage:
    """Return an engine with clients in every state, which differ in every column."""
    stage = await serve(half_open=True)
    peers = [await stage.peer(4096) for _ in range(8)]
    for count, peer in zip((3, 0, 9, 1, 0, 5, 3, 2), peers, strict=True):
        for _ in range(count):
            await peer.say(bytes((64 + count,)) * 100 * count)
        await stage.received(peer, 100 * count * count)
    await stage.send(b"short", peers[1])
    await stage.send(TOO_MUCH, peers[2])
    await stage.send(TOO_MUCH * 2, peers[3])
    peers[4].fin()
    await stage.disconnect(peers[3])
    await stage.disconnect(peers[5])
    await stage.disconnect(peers[6])
    peers[5].close()
    peers[6].close()
    await stage.gone(peers[5], peers[6])
    await stage.until(lambda: stage.row(peers[4]).state is State.HALF)
    await stage.until(lambda: len(stage.view().rates) > 1)
    for peer, name in zip(peers, ("b", "", "C", "a", "", "", "a"), strict=False):
        await stage.engine.do(Name(peer.id, name))
    assert {row.state for row in stage.view().rows} == set(State)
    return stage


def test_every_order_is_tried() -> None:
    """This file knows what each column's order means."""
    assert set(KEYS) == set(SORTS)


async def test_every_column_sorts_both_ways(serve: Serve) -> None:
    """Each order rises by its column, or falls; equals stand by their ids; nobody is
    missing or twice."""
    stage = await company(serve)
    for sort in SORTS:
        key = KEYS[sort]
        for reverse in (False, True):
            rows = list(stage.view(sort, reverse).rows)
            assert sorted(row.id for row in rows) == list(range(1, 9))
            by_id = sorted(rows, key=lambda row: row.id)
            assert rows == sorted(by_id, key=key, reverse=reverse), (sort, reverse)


async def test_a_window_is_a_part_of_the_whole(serve: Serve) -> None:
    """Any window holds exactly those rows of the whole order, and counts all of them."""
    stage = await company(serve)
    for sort in ("id", "rx"):
        whole = [row.id for row in stage.view(sort).rows]
        for first, count in itertools.product((0, 1, 5, 7, 8, 100), (0, 1, 3, 100)):
            view = stage.view(sort, first=first, count=count)
            assert [row.id for row in view.rows] == whole[first : first + count]
            assert (view.first, view.count) == (first, 8)


async def test_the_cursor_is_told_where_its_client_stands(serve: Serve) -> None:
    """The row number of the asked client is right in every order, even outside of the
    window; of one who is not there it is None."""
    stage = await company(serve)
    for sort in SORTS:
        for reverse in (False, True):
            order = [row.id for row in stage.view(sort, reverse).rows]
            for place, id in enumerate(order):
                assert stage.view(sort, reverse, count=0, cursor=id).cursor == place
            assert stage.view(sort, reverse, cursor=99).cursor is None
            assert stage.view(sort, reverse).cursor is None


@pytest.mark.parametrize("sort", ["id", "rx", "last"])
async def test_a_newcomer_is_in_the_next_picture(serve: Serve, sort: str) -> None:
    """Whatever the order, who has come or left is shown at the next look."""
    stage = await serve(limits=Limits(closed_rows=0))
    assert stage.view(sort).count == 0
    peer = await stage.peer()
    assert [row.id for row in stage.view(sort).rows] == [peer.id]
    peer.close()
    await stage.until(lambda: stage.view(sort).count == 0)


async def test_an_order_follows_its_column(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who sends most comes to the top of that order without anybody coming or going."""
    monkeypatch.setattr("tcpmon.engine.roster.ORDER_SECONDS", 0.05)
    stage = await serve()
    first, second = await stage.peer(), await stage.peer()

    def top() -> int:
        return stage.view("rx", reverse=True, count=1).rows[0].id

    assert top() == first.id
    await second.say(b"now me")
    await stage.until(lambda: top() == second.id)
    await first.say(b"no, still me")
    await stage.until(lambda: top() == first.id)


async def leave(stage: Stage, count: int) -> list[Peer]:
    """Let so many clients come and go, one after the other."""
    peers = [await stage.peer() for _ in range(count)]
    for peer in peers:
        peer.close()
        await stage.until(
            lambda id=peer.id: all(row.closed for row in stage.view().rows if row.id == id)  # type: ignore[misc]
        )
    return peers


async def test_the_newest_closed_clients_stay(serve: Serve) -> None:
    """Closed clients stay in the table up to the limit, the oldest leave first; the sums
    and the records go on."""
    stage = await serve(limits=Limits(closed_rows=3))
    here = await stage.peer()
    await leave(stage, 5)
    view = stage.view()
    assert [row.id for row in view.rows] == [here.id, 4, 5, 6]
    assert [row.state for row in view.rows] == [State.OPEN, *[State.CLOSED] * 3]
    assert (view.totals.open, view.totals.closed, view.totals.accepted) == (1, 3, 6)
    assert sum(record.kind is Kind.CLOSE for record in stage.records()) == 5


async def test_closed_clients_can_be_forgotten(serve: Serve) -> None:
    """ForgetClosed takes closed clients off the table and says how many; open ones, sums
    and records stay."""
    stage = await serve()
    here = await stage.peer()
    await here.say(b"here")
    left = await leave(stage, 3)
    assert stage.view().count == 4
    before = stage.records()
    assert await stage.engine.do(ForgetClosed()) == 3
    assert await stage.engine.do(ForgetClosed()) == 0
    view = stage.view(cursor=left[0].id)
    assert [row.id for row in view.rows] == [here.id]
    assert view.cursor is None
    assert (view.totals.closed, view.totals.accepted, view.totals.rx_bytes) == (0, 4, 4)
    assert stage.records() == before


@pytest.mark.parametrize("closed_rows", [0, 1000])
async def test_what_was_unsent_stays_known_when_a_client_is_forgotten(
    serve: Serve, closed_rows: int
) -> None:
    """A record goes on saying that it was unsent when its client is off the table,
    because it was pushed out or forgotten."""
    stage = await serve(limits=Limits(closed_rows=closed_rows, flush_seconds=0.1))
    peer = await stage.peer(4096)
    await stage.send(b"early", peer)
    await stage.send(TOO_MUCH, peer)
    await stage.send(b"later", peer)
    await stage.disconnect(peer)
    await stage.until(lambda: stage.view().totals.open == 0)
    await stage.engine.do(ForgetClosed())
    assert stage.view().count == 0
    sent = [record for record in stage.records(peer) if record.kind is Kind.TX]
    assert [(record.queued, record.unsent) for record in sent] == [(0, 0), (0, 1), (0, 1)]


async def test_a_filter_hides_rows(serve: Serve) -> None:
    """Only who matches has a row, in every order; how many are hidden is told, and a cursor
    on one of them has no place."""
    stage = await company(serve)
    for sort in KEYS:
        for reverse in (False, True):
            whole = [row for row in stage.view(sort, reverse).rows if row.rx_bytes >= 500]
            view = stage.view(sort, reverse, filter="rx>=500", cursor=2)
            assert list(view.rows) == whole
            assert (view.count, view.hidden, view.cursor) == (len(whole), 8 - len(whole), None)
            part = stage.view(sort, reverse, 1, 1, whole[1].id, "rx>=500")
            assert (list(part.rows), part.count, part.cursor) == (whole[1:2], len(whole), 1)
    assert (stage.view().count, stage.view().hidden) == (8, 0)


@pytest.mark.parametrize("filter", ["", "  ", "stat:", "((", "a" * 2000])
async def test_what_is_no_filter_hides_nobody(serve: Serve, filter: str) -> None:
    """A filter that says nothing, or cannot be read, lets everybody through."""
    stage = await serve()
    await stage.peer()
    view = stage.view(filter=filter)
    assert (view.count, view.hidden, view.trouble) == (1, 0, "")


async def test_a_filter_follows_its_clients(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who comes to match is shown a moment later, and who does no more is not."""
    monkeypatch.setattr("tcpmon.engine.roster.ORDER_SECONDS", 0.05)
    stage = await serve()
    silent = "msgs=0 state:open"
    assert stage.view(filter=silent).count == 0
    first = await stage.peer()
    await stage.until(lambda: stage.view(filter=silent).count == 1)
    await first.say(b"hello")
    await stage.until(lambda: stage.view(filter=silent).count == 0)
    assert stage.view(filter="hell").count == 1
    first.close()
    await stage.until(lambda: stage.view(filter="state:closed").count == 1)


async def test_filtering_is_seldom(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """However often one looks, and whoever comes meanwhile, the table is filtered no more
    often than orders change; a look at all of it in between costs nothing more."""
    monkeypatch.setattr("tcpmon.engine.roster.ORDER_SECONDS", 1000.0)
    stage = await serve()
    first = await stage.peer()
    assert stage.view(filter="127.").count == 1
    second = await stage.peer()
    assert stage.view().count == 2
    assert stage.view(filter="127.").count == 1
    assert stage.view(filter="127.0").count == 2  # another filter is tried at once
    second.close()
    await stage.gone(second)
    assert stage.view(filter="127.0").count == 2
    await stage.engine.do(ForgetClosed())
    assert [row.id for row in stage.view(filter="127.0").rows] == [first.id]


async def test_a_filter_that_takes_too_long_says_so(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A filter for which the table is too large hides nobody, and a pattern that does not
    end finds nobody; the picture says which."""
    monkeypatch.setattr("tcpmon.engine.roster.ORDER_SECONDS", 0.0)
    stage = await serve()
    peer = await stage.peer()
    await peer.say(b"a" * 200 + b"b")
    await stage.received(peer, 201)
    for _ in range(4):
        view = stage.view(filter="text:/(a|a)*$/")
    assert view.count == 0
    assert view.trouble.startswith("the pattern /(a|a)*$/ takes too long")
    monkeypatch.setattr("tcpmon.engine.roster.FILTER_SECONDS", -1.0)
    view = stage.view(filter="nobody")
    assert (view.count, view.hidden) == (1, 0)
    assert view.trouble == "the filter takes too long: it hides nobody"
    assert stage.view().trouble == ""
