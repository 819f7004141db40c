"""Clients have names: by address, by what they say first, or as a person wants it."""

import asyncio
from itertools import pairwise
from types import SimpleNamespace
from typing import cast

import pytest
from hypothesis import given, strategies as st

from tcpmon.core.commands import Listen, Name
from tcpmon.core.endpoint import TcpEndpoint
from tcpmon.core.errors import BadName, BadNetwork, BadPattern, NoSuchTarget
from tcpmon.core.model import Kind, opened_as, renamed
from tcpmon.engine.connection import Connection
from tcpmon.engine.engine import Engine
from tcpmon.engine.naming import FIRST_BYTES, LOOKS_MOST, TIMEOUTS_MOST, Naming
from tests.engine.conftest import WAIT, Peer, Serve, Stage

IMEI = r"imei=(\d+)"
SLOW = "(a|aa)+$"


async def named(stage: Stage, peer: Peer, name: str) -> None:
    """Wait until a client is called so."""
    await stage.until(lambda: stage.row(peer).name == name)


def names_told(stage: Stage, peer: Peer) -> list[str | None]:
    """Return the names that a client's records tell, in order; None for other talk."""
    its = stage.records(peer)
    return [renamed(record.data) for record in its if record.kind is Kind.INFO]


def is_heeded(stage: Stage, peer: Peer) -> bool:
    """Say whether reading a client costs more than it must."""
    connection = stage.engine._roster[peer.id]
    assert connection is not None
    return connection.odd


# -- by address ---------------------------------------------------------------------


async def test_an_address_has_a_name(serve: Serve) -> None:
    """Who comes from an address that has a name is called so from the first record on."""
    stage = await serve(names={"127.0.0.0/8": "here-{host}-{number}"})
    one, other = await stage.peer(), await stage.peer()
    assert [stage.row(peer).name for peer in (one, other)] == ["here-1-1", "here-1-2"]
    assert [opened_as(stage.records(peer)[0].data) for peer in (one, other)] == [
        "here-1-1", "here-1-2",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("names", "name_from", "error"),
    [({"10.0.0.300": "a"}, "", BadNetwork), ({"a": "{b}"}, "", BadName), ({}, "(", BadPattern)],
)
def test_wrong_names(names: dict[str, str], name_from: str, error: type[Exception]) -> None:
    """What cannot be used is told when the engine is made."""
    with pytest.raises(error):
        Engine(names=names, name_from=name_from)


# -- by what it says first ------------------------------------------------------------


async def test_the_first_message_names(serve: Serve) -> None:
    """What a client says first names it, behind the record of what it said; then it costs
    nothing any more."""
    stage = await serve(name_from=IMEI, answer=lambda data: data)
    peer = await stage.peer()
    assert is_heeded(stage, peer)
    await peer.say(b"imei=358412;")
    await named(stage, peer, "358412")
    assert stage.kinds(peer) == [Kind.OPEN, Kind.RX, Kind.INFO, Kind.TX]
    assert names_told(stage, peer) == ["358412"]
    assert not is_heeded(stage, peer)
    await peer.say(b"imei=1;")
    await stage.received(peer, 19)
    assert stage.row(peer).name == "358412"


async def test_a_name_in_pieces(serve: Serve) -> None:
    """A name that comes in pieces is not taken before it is whole."""
    stage = await serve(name_from=IMEI)
    peer = await stage.peer()
    for piece in (b"hello ime", b"i=3584", b"12;"):
        assert not stage.row(peer).name
        before = stage.row(peer).rx_bytes
        await peer.say(piece)
        await stage.received(peer, before + len(piece))
    assert stage.row(peer).name == "358412"
    assert names_told(stage, peer) == ["358412"]


WORDS = b"\0 hello imei=358412; and imei=7;"


@given(st.sets(st.integers(1, len(WORDS) - 1)))
def test_a_name_in_any_pieces(cuts: set[int]) -> None:
    """However the network cuts what a client says first, its name is the same."""
    client = SimpleNamespace(
        id=1, host="", name="", listener=SimpleNamespace(id=1), heed=lambda wanted: None
    )
    connection = cast("Connection", client)
    naming = Naming({}, IMEI, lambda connection: None, lambda text: None)
    naming.greet(connection)
    edges = [0, *sorted(cuts), len(WORDS)]
    for start, end in pairwise(edges):
        naming.heard(connection, WORDS[start:end])
    assert client.name == "358412"


async def test_a_name_that_nothing_follows(serve: Serve) -> None:
    """A name at the very end of what came is taken when nothing more comes for a moment,
    and before the end of the connection."""
    stage = await serve(name_from=IMEI)
    waiting, leaving = await stage.peer(), await stage.peer()
    await waiting.say(b"imei=358412")
    await leaving.say(b"imei=7")
    leaving.fin()
    await stage.gone(leaving)
    assert stage.row(leaving).name == "7"
    assert stage.kinds(leaving) == [Kind.OPEN, Kind.RX, Kind.INFO, Kind.CLOSE]
    await named(stage, waiting, "358412")


async def test_no_name_comes(serve: Serve) -> None:
    """Who has not said a name within the first 4 KiB is not listened to any more."""
    stage = await serve(name_from=IMEI)
    peer = await stage.peer()
    await peer.say(b"x" * FIRST_BYTES)
    await stage.received(peer, FIRST_BYTES)
    await peer.say(b"y imei=1;")
    await stage.received(peer, FIRST_BYTES + 9)
    assert (stage.row(peer).name, is_heeded(stage, peer)) == ("", False)


async def test_a_name_in_crumbs(serve: Serve) -> None:
    """A client that speaks byte by byte is searched so often, and no more."""
    stage = await serve(name_from=IMEI)
    peer = await stage.peer()
    for count in range(1, LOOKS_MOST + 1):
        assert is_heeded(stage, peer)
        await peer.say(b"x")
        await stage.received(peer, count)
    assert not is_heeded(stage, peer)


async def test_a_hostile_name(serve: Serve) -> None:
    """A name that a peer chose does nothing to a terminal."""
    stage = await serve(name_from="(.*)\n")
    peer = await stage.peer()
    await peer.say(b"\x1b]0;owned\x07\xe2\x80\xaea\n")
    await named(stage, peer, r"\x1b]0;owned\x07\u{202e}a")


async def test_an_id_is_given_its_name(serve: Serve) -> None:
    """A client that says an id has the name that is kept for that id."""
    stage = await serve(name_from=IMEI, names={"3584*": "lorry {number}"})
    peer = await stage.peer()
    await peer.say(b"imei=358412;")
    await named(stage, peer, "lorry 1")


async def test_an_address_comes_first(serve: Serve) -> None:
    """Who has a name by address is not listened to for another."""
    stage = await serve(name_from=IMEI, names={"127.0.0.1": "here"})
    peer = await stage.peer()
    assert not is_heeded(stage, peer)
    await peer.say(b"imei=1;")
    await stage.received(peer, 7)
    assert stage.row(peer).name == "here"


async def test_each_listener_finds_names_in_its_own_way(serve: Serve) -> None:
    """A listener's pattern is for those who come in by it, the common one for all others."""
    stage = await serve(name_from="common (.)")
    own = await stage.engine.do(Listen(TcpEndpoint("127.0.0.1", 0), name_from="own (.)"))
    one = await stage.peer()
    stage.listener = own
    other = await stage.peer()
    for peer in (one, other):
        await peer.say(b"common 1, own 2.")
    await named(stage, one, "1")
    await named(stage, other, "2")
    with pytest.raises(BadPattern):
        await stage.engine.do(Listen(TcpEndpoint("127.0.0.1", 0), name_from="("))


async def test_a_slow_pattern_is_given_up(serve: Serve) -> None:
    """A pattern that takes too long three times is not used any more, and it is said."""
    stage = await serve(name_from=SLOW)
    peers = [await stage.peer() for _ in range(TIMEOUTS_MOST + 1)]
    for peer in peers:
        assert stage.warnings() == []
        await peer.say(b"a" * 60 + b"!")
        await stage.received(peer, 61)
        if peer is peers[TIMEOUTS_MOST - 1]:
            break
    assert stage.warnings() == [
        "no names from what clients say any more: the search took too long 3 times"
    ]
    await peers[-1].say(b"aa")
    await stage.received(peers[-1], 2)
    assert not any(is_heeded(stage, peer) for peer in peers)
    assert not is_heeded(stage, await stage.peer())


# -- as a person wants it -------------------------------------------------------------


async def test_a_person_gives_names(serve: Serve) -> None:
    """A name that is given holds, is told, can be another one and can be taken away."""
    stage = await serve(name_from=IMEI)
    peer = await stage.peer()
    for name in (" press  3 ", "press 3", "gps-{host}", ""):
        await stage.engine.do(Name(peer.id, name))
    assert names_told(stage, peer) == ["press 3", "gps-1", ""]
    await stage.engine.do(Name(peer.id, "mine"))
    await peer.say(b"imei=1;")
    await stage.received(peer, 7)
    assert (stage.row(peer).name, is_heeded(stage, peer)) == ("mine", False)
    with pytest.raises(BadName):
        await stage.engine.do(Name(peer.id, "{foo}"))
    with pytest.raises(NoSuchTarget):
        await stage.engine.do(Name(99, "a"))


async def test_names_stay_with_closed_clients(serve: Serve) -> None:
    """A closed client keeps its name and can be given another, of which no record tells."""
    stage = await serve()
    peer = await stage.peer()
    await stage.engine.do(Name(peer.id, "one"))
    peer.close()
    await stage.gone(peer)
    assert stage.row(peer).name == "one"
    await stage.engine.do(Name(peer.id, "two"))
    assert stage.row(peer).name == "two"
    assert names_told(stage, peer) == ["one"]


async def test_a_name_is_remembered(serve: Serve) -> None:
    """A name to be remembered is that of the next one from there, until it is taken away."""
    stage = await serve()
    peer = await stage.peer()
    await stage.engine.do(Name(peer.id, "press {number}", remember=True))
    again = await stage.peer()
    assert [stage.row(each).name for each in (peer, again)] == ["press 1", "press 2"]
    await stage.engine.do(Name(again.id, "", remember=True))
    assert stage.row(await stage.peer()).name == ""


async def test_nobody_is_searched_for_a_name_without_a_pattern(serve: Serve) -> None:
    """Without a pattern reading costs what it always did."""
    stage = await serve()
    peer = await stage.peer()
    assert not is_heeded(stage, peer)


async def test_a_late_name_is_told_to_who_takes_records(serve: Serve) -> None:
    """A name that is settled by the clock is shown to taps at once."""
    stage = await serve(name_from=IMEI)
    told = asyncio.Event()
    peer = await stage.peer()
    stage.engine.taps.append(lambda: told.set() if names_told(stage, peer) == ["9"] else None)
    await peer.say(b"imei=9")
    await asyncio.wait_for(told.wait(), WAIT)
