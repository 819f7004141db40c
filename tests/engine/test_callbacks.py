"""A program that uses the engine as a library acts on what clients do with functions."""

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
        peer.rename("{no}")
        raise fails[0]

    @engine.on_message
    async def later(peer: Peer, message: bytes) -> None:
        raise fails[1]

    peer = await stage.peer()
    await peer.say(b"x")
    await stage.until(lambda: len(stage.warnings()) == 3)
    own = [record.data for record in stage.records(peer) if record.kind is Kind.WARN]
    assert all(b"ZeroDivisionError" in data for data in own)
    assert len(own) == 2
    assert any("{no} in a name is not known" in text for text in stage.warnings())
    assert not stage.row(peer).closed
