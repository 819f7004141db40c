"""A program that uses the engine as a library acts on what clients do with functions."""

import asyncio

import pytest

from tcpmon.core.commands import Note
from tcpmon.core.model import Kind
from tcpmon.core.peer import Peer
from tests.engine.conftest import Serve


async def test_functions_are_called(serve: Serve) -> None:
    """Plain and async ones, for all that a client does, with a state of its own; what they order
    is done in order."""
    stage = await serve(framing="line")
    engine, left, ticks = stage.engine, list[int](), list[int]()

    @engine.on_connect
    def greet(peer: Peer) -> None:
        peer.send("hello\n")
        peer.state.count = 0

    @engine.on_message
    async def count(peer: Peer, message: bytes) -> None:
        peer.state.count += 1
        peer.send(f"{peer.state.count} ")
        peer.send(message.upper())
        if message == b"bye\n":
            peer.close()

    @engine.on_close
    def note(peer: Peer) -> None:
        left.append(peer.id)

    @engine.on_tick
    def tick() -> None:
        ticks.append(1)

    peer = await stage.peer()
    await peer.say(b"a\nb\nbye\n")
    assert await peer.hear_out() == b"hello\n1 A\n2 B\n3 BYE\n"
    peer.close()
    await stage.gone(peer)
    assert left == [peer.id]
    await stage.until(lambda: bool(ticks))


async def test_what_goes_wrong_is_told(serve: Serve) -> None:
    """A function that fails costs nobody the connection: the log has the traceback, and what an
    order came to."""
    stage = await serve()
    engine = stage.engine
    fails = [ZeroDivisionError("plain"), ZeroDivisionError("async")]

    @engine.on_message
    def plain(peer: Peer, message: bytes) -> None:
        peer.rename("{no}")  # may be what the peer has said
        raise fails[0]

    @engine.on_message
    async def later(peer: Peer, message: bytes) -> None:
        raise fails[1]

    peer = await stage.peer()
    await peer.say(b"x")
    await stage.until(lambda: len(stage.warnings()) == 2)
    own = [record.data for record in stage.records(peer) if record.kind is Kind.WARN]
    assert all(b"ZeroDivisionError" in data for data in own)
    assert len(own) == 2
    assert not stage.row(peer).closed
    assert stage.row(peer).name == "{no}"


async def test_one_behind_the_other(serve: Serve) -> None:
    """An async function is called for a client's messages one behind the other, and for its end
    behind those; another client does not wait for that."""
    stage = await serve(framing="line")
    engine, gate, done = stage.engine, asyncio.Event(), list[str]()

    @engine.on_message
    async def later(peer: Peer, message: bytes) -> None:
        if message == b"a\n":
            await gate.wait()
        done.append(f"{peer.id} {message.decode().strip()}")

    @engine.on_close
    def note(peer: Peer) -> None:
        done.append(f"{peer.id} gone")

    one, other = await stage.peer(), await stage.peer()
    await one.say(b"a\nb\n")
    await stage.received(one, 4)
    one.close()
    await stage.gone(one)
    await other.say(b"c\n")
    await stage.until(lambda: done == ["2 c"])
    gate.set()
    await stage.until(lambda: len(done) == 4)
    assert done[1:] == ["1 a", "1 b", "1 gone"]


async def test_a_client_that_says_too_much(serve: Serve) -> None:
    """Who says more than an async function can deal with is not read for a while; nothing is
    lost, and it is told once."""
    stage = await serve(framing="fixed:1000")
    engine, gate, count = stage.engine, asyncio.Event(), 0

    @engine.on_message
    async def later(peer: Peer, message: bytes) -> None:
        nonlocal count
        await gate.wait()
        count += 1

    peer = await stage.peer()
    saying = asyncio.create_task(peer.say(bytes(12_000_000)))
    await stage.until(lambda: len(stage.warnings()) == 1)
    assert "more than 256 messages" in stage.warnings()[0]
    assert engine.totals().rx_bytes < 12_000_000
    gate.set()
    await saying
    await stage.until(lambda: count == 12_000)
    assert len(stage.warnings()) == 1


async def test_one_that_does_not_end(serve: Serve) -> None:
    """It is told that a client's messages wait for a function that does not end."""
    stage = await serve(framing="line")

    @stage.engine.on_message
    async def forever(peer: Peer, message: bytes) -> None:
        await asyncio.Event().wait()

    peer = await stage.peer()
    await peer.say(b"a\nb\n")
    await stage.until(lambda: len(stage.warnings()) == 1)
    assert stage.warnings()[0].startswith("what it says waits")


async def test_what_on_connect_does_for_ever(serve: Serve) -> None:
    """It does not keep messages back, and ends with its client."""
    stage = await serve()
    engine, over = stage.engine, list[int]()

    @engine.on_connect
    async def forever(peer: Peer) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            over.append(peer.id)

    @engine.on_message
    async def echo(peer: Peer, message: bytes) -> None:
        peer.send(message)

    peer = await stage.peer()
    await peer.say(b"x")
    assert await peer.hear(1) == b"x"
    peer.close()
    await stage.until(lambda: over == [1])


async def test_a_tick_that_takes_long(serve: Serve) -> None:
    """An async function is not called for the next second while it is at work."""
    stage = await serve()
    gate, ticks, seconds = asyncio.Event(), list[int](), list[int]()

    @stage.engine.on_tick
    async def slow() -> None:
        ticks.append(1)
        await gate.wait()

    @stage.engine.on_tick
    def quick() -> None:
        seconds.append(1)

    await stage.until(lambda: len(seconds) == 3)
    assert len(ticks) == 1
    gate.set()
    await stage.until(lambda: len(ticks) == 2)


async def test_the_end(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the end async functions have a moment for what they do; then they are ended."""
    monkeypatch.setattr("tcpmon.engine.callbacks.GRACE_SECONDS", 0.05)
    stage = await serve()
    said = list[str]()

    @stage.engine.on_close
    async def save(peer: Peer) -> None:
        await asyncio.sleep(0)
        said.append("saved")

    @stage.engine.on_message
    async def forever(peer: Peer, message: bytes) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            said.append("ended")

    (await stage.peer()).close()
    other = await stage.peer()
    await other.say(b"x")
    await stage.received(other, 1)
    other.close()
    await stage.engine.stop()
    assert said == ["saved", "ended"]


async def test_what_is_cancelled_costs_nothing_else(serve: Serve) -> None:
    """A function that takes the result of something cancelled has failed, and all else goes on:
    the other functions, the order of a client's messages, the other clients."""
    stage = await serve(framing="line")
    log = list[tuple[str, bytes]]()
    may_end = asyncio.Event()

    @stage.engine.on_message
    def cancelled(peer: Peer, message: bytes) -> None:
        if message == b"0\n":
            raise asyncio.CancelledError

    @stage.engine.on_message
    async def cancelled_later(peer: Peer, message: bytes) -> None:
        raise asyncio.CancelledError

    @stage.engine.on_message
    async def slow(peer: Peer, message: bytes) -> None:
        log.append(("begun", message))
        peer.send(message)
        await may_end.wait()
        log.append(("ended", message))

    peer = await stage.peer()
    await peer.say(b"0\n1\n")
    assert await peer.hear(2) == b"0\n"
    await stage.engine.do(Note(0, "one turn later"))
    may_end.set()
    assert await peer.hear(2) == b"1\n"
    assert log[:3] == [("begun", b"0\n"), ("ended", b"0\n"), ("begun", b"1\n")]
    assert "CancelledError" in stage.warnings()[0]
