"""A client that should speak and does not is told of, and so is that it speaks again."""

import re

import pytest

from tcpmon.core.commands import Listen, Name, Silence
from tcpmon.core.endpoint import TcpEndpoint
from tcpmon.core.model import Kind, Record
from tcpmon.engine import connection as connections
from tcpmon.engine.silence import Silence as Rules
from tests.engine.conftest import Peer, Serve, Stage

SHORT, LONG = 0.001, 600.0
SECOND = 10**9


def talk(stage: Stage, peer: Peer) -> list[Record]:
    return [record for record in stage.records(peer) if record.kind in (Kind.INFO, Kind.WARN)]


async def silent(stage: Stage, *peers: Peer) -> None:
    """Wait until clients are found to be silent."""
    await stage.until(lambda: all(stage.row(peer).silent for peer in peers))


async def check(stage: Stage) -> None:
    """Wait until everybody has been looked at once more."""
    seen = len(stage.view().rates)
    await stage.until(lambda: len(stage.view().rates) > seen + 1)


async def test_a_silent_client_is_told_of_once(serve: Serve) -> None:
    """A client that says nothing for too long is told of once, and once when it speaks again."""
    stage = await serve(silence=SHORT)
    peer = await stage.peer()
    await silent(stage, peer)
    await check(stage)
    (warning,) = talk(stage, peer)
    who = re.escape(stage.row(peer).peer)
    assert warning.kind is Kind.WARN
    assert re.fullmatch(rf"{who} has been silent for [\d.]+ m?s", warning.data.decode())
    await stage.engine.do(Name(peer.id, "press"))
    await peer.say(b"hello")
    await stage.received(peer, 5)
    kinds = [Kind.OPEN, Kind.WARN, Kind.INFO, Kind.RX, Kind.INFO]
    assert stage.kinds(peer)[:5] == kinds
    assert re.fullmatch(
        r"press speaks again after [\d.]+ m?s", stage.records(peer)[4].data.decode()
    )


async def test_it_is_told_again(serve: Serve) -> None:
    """Who spoke again and falls silent again is told of again."""
    stage = await serve(silence=SHORT)
    peer = await stage.peer()
    await silent(stage, peer)
    await peer.say(b"hello")
    wanted = [Kind.WARN, Kind.INFO, Kind.WARN]
    await stage.until(lambda: [r.kind for r in talk(stage, peer)] == wanted)
    assert stage.row(peer).silent


async def test_whose_silence_matters(serve: Serve) -> None:
    """A client's own time comes before that of its name, that before its listener's, and that
    before the time for all."""
    stage = await serve(silence=LONG, silences={"gps-*": SHORT, "quiet": 0.0})
    own = await stage.engine.do(Listen(TcpEndpoint("127.0.0.1", 0), silence=SHORT))
    all_, gps, quiet, told = [await stage.peer() for _ in range(4)]
    stage.listener = own
    by_listener, hushed = await stage.peer(), await stage.peer()
    await stage.engine.do(Name(gps.id, "gps-7"))
    await stage.engine.do(Name(quiet.id, "quiet"))
    await stage.engine.do(Silence(SHORT, client=told.id))
    await stage.engine.do(Silence(0.0, client=hushed.id))
    await silent(stage, gps, told, by_listener)
    await check(stage)
    assert not any(stage.row(peer).silent for peer in (all_, quiet, hushed))


async def test_it_can_be_turned_on_and_off(serve: Serve) -> None:
    """An alarm that is turned on finds who is silent already; turned off it forgets them."""
    stage = await serve()
    peer = await stage.peer()
    await check(stage)
    assert talk(stage, peer) == []
    await stage.engine.do(Silence(SHORT))
    await peer.say(b"hello")
    await silent(stage, peer)
    await stage.engine.do(Silence(LONG))
    await stage.until(lambda: not stage.row(peer).silent)
    await stage.engine.do(Silence(SHORT))
    await silent(stage, peer)
    await stage.engine.do(Silence(0.0))
    assert not stage.row(peer).silent
    await peer.say(b"hello")
    await stage.received(peer, 10)
    assert [record.kind for record in talk(stage, peer)][-1:] == [Kind.WARN]
    await stage.engine.do(Silence(SHORT, listener=stage.listener.id))
    await silent(stage, peer)


async def test_who_cannot_be_heard_is_not_silent(serve: Serve) -> None:
    """No silence is told of while reading pauses, after the peer's end, or of a closed client."""
    stage = await serve(half_open=True)
    half, closed, paused = [await stage.peer() for _ in range(3)]
    half.fin()
    closed.reset()
    await stage.gone(closed)
    await stage.until(lambda: Kind.EOF in stage.kinds(half))
    stage.engine.pause_reading(True)
    await stage.engine.do(Silence(SHORT))
    await check(stage)
    assert not any(stage.row(peer).silent for peer in (half, closed, paused))
    stage.engine.pause_reading(False)
    await silent(stage, paused)


async def test_a_flood_breaks_the_silence_too(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client that is read in bulk is heard when it speaks again."""
    monkeypatch.setattr(connections, "BULK", 100)
    stage = await serve()
    peer = await stage.peer()
    await peer.say(bytes(1000))
    await stage.received(peer, 1000)
    await stage.engine.do(Silence(SHORT))
    await silent(stage, peer)
    await peer.say(bytes(500))
    await stage.received(peer, 1500)
    assert [record.kind for record in talk(stage, peer)][:2] == [Kind.WARN, Kind.INFO]


def test_nobody_is_asked_in_vain() -> None:
    """As long as nobody's silence matters, nobody's is looked for."""
    rules = Rules(0.0, {"a": 0.0}, lambda kind, text, client: None)
    assert not rules.is_wanted
    rules.set(0.0, 1, None)
    assert not rules.is_wanted
    rules.set(1.0, 1, None)
    assert rules.is_wanted
