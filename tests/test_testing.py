"""A server for a test suite."""

import asyncio
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tcpmon.core.errors import BadRules
from tcpmon.core.peer import Peer
from tcpmon.testing import Server

WAIT = 5.0


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


def call(server: Server) -> socket.socket:
    return socket.create_connection((server.host, server.port), WAIT)


def test_hooks(server: Server) -> None:
    """A greeting, an answer, a state of the client's own, and a farewell: five lines each."""
    gone: list[int] = []

    @server.on_connect
    def greet(client: Peer) -> None:
        client.state.count = 0
        client.send("hello\n")

    @server.on_message
    def count(client: Peer, message: bytes) -> None:
        client.state.count += 1
        client.send(f"{client.state.count}: ".encode() + message)

    @server.on_close
    def leave(client: Peer) -> None:
        gone.append(client.id)

    with call(server) as one, call(server) as other, one.makefile("rb") as lines:
        assert lines.readline() == b"hello\n"
        for number in (1, 2):
            one.sendall(b"x\n")
            assert lines.readline() == b"%d: x\n" % number
        other.sendall(b"end\n")
        assert server.wait_for(b"end") == 2
        assert server.clients == (1, 2)
    assert server.address == f"127.0.0.1:{server.port}"
    assert server.messages == [(1, b"x\n"), (1, b"x\n"), (2, b"end\n")]
    assert server.received == {1: b"x\nx\n", 2: b"end\n"}
    server.close()
    assert sorted(gone) == [1, 2]
    assert list(server.clients) == []


def test_send(server: Server) -> None:
    """A test can speak by itself, to one or to all, and a client's answer can be waited for."""
    with call(server) as client:
        client.sendall(b"hello")
        assert server.send(b"all", server.wait_for(b"hello")).accepted == 1
        assert server.send(b"too").accepted == 1
        with client.makefile("rb") as heard:
            assert heard.read(6) == b"alltoo"


def test_closing(server: Server) -> None:
    """What a function asks for is done in order: all is sent before the end."""

    @server.on_message
    def end(client: Peer, message: bytes) -> None:
        client.send(b"bye")
        client.close()

    with call(server) as client, client.makefile("rb") as heard:
        client.sendall(b"x")
        assert heard.read() == b"bye"


def test_framing() -> None:
    """Messages are cut as is said."""
    with Server("line") as server, call(server) as client:
        client.sendall(b"a\nb")
        server.wait_for(b"a\n")
        client.sendall(b"c\n")
        server.wait_for(b"bc\n")
        assert server.messages == [(1, b"a\n"), (1, b"bc\n")]


def test_rules(server: Server) -> None:
    """Rules answer, too; those that are none are refused."""
    server.rules('[[rule]]\nwhen = "message"\ndo = ["send OK"]\n')
    with call(server) as client:
        client.sendall(b"x")
        assert client.recv(2) == b"OK"
    with pytest.raises(BadRules):
        server.rules("[[rule]]\nwhen = 5\n")


def test_a_function_that_fails() -> None:
    """What a function raises is raised at the end, and whoever waits does not wait for long."""
    server = Server()

    @server.on_message
    def fail(client: Peer, message: bytes) -> None:
        server.send(b"x")

    with call(server) as client:
        client.sendall(b"x")
        with pytest.raises(AssertionError, match="was to do failed"):
            server.wait_for(b"never")
    with pytest.raises(ExceptionGroup) as raised:
        server.close()
    (error,) = raised.value.exceptions
    assert str(error) == "a function of the server must not wait for it; use its client"


def test_a_function_that_ends_it() -> None:
    """A function cannot wait for the end of the thread that it runs on: it is told, and all
    goes on."""
    server = Server()

    @server.on_message
    def end(client: Peer, message: bytes) -> None:
        server.close()

    with call(server) as client:
        client.sendall(b"x")
        with pytest.raises(AssertionError, match="was to do failed"):
            server.wait_for(b"never")
    with pytest.raises(ExceptionGroup) as raised:
        server.close()
    assert len(raised.value.exceptions) == 1


def test_bad_order() -> None:
    """What cannot be done is a failure as well, but for a client that has gone."""
    server = Server()

    @server.on_close
    def fail(client: Peer) -> None:
        client.send(b"too late")
        client.rename("x" * 10_000)

    with call(server) as client:
        client.sendall(b"x")
        server.wait_for(b"x")
    server.close()


def test_waiting_in_vain(server: Server) -> None:
    """Whoever waits in vain is told what was said instead."""
    with pytest.raises(AssertionError, match=r"nobody said 'x' in 0 s: no client came"):
        server.wait_for(b"x", 0)
    with call(server) as client:
        client.sendall(b"\x1bhm")
        server.wait_for(b"hm")
        with pytest.raises(AssertionError) as raised:
            server.wait_for(b"x", 0.01)
    assert r"client 1 said '\x1bhm'" in str(raised.value)


def test_async_functions(server: Server) -> None:
    """An async function answers a client's messages one behind the other; what it raises is raised
    at the end."""
    server.cut("line")

    @server.on_message
    async def answer(client: Peer, message: bytes) -> None:
        await asyncio.sleep(0.02 if message == b"slow\n" else 0)
        client.send(message)
        if message == b"bad\n":
            raise ValueError("not today")

    with call(server) as client, client.makefile("rb") as heard:
        client.sendall(b"slow\nquick\nbad\n")
        assert heard.read(15) == b"slow\nquick\nbad\n"
    with pytest.raises(ExceptionGroup) as raised:
        server.close()
    assert [str(error) for error in raised.value.exceptions] == ["not today"]


def test_another_function(server: Server) -> None:
    """A function takes the place of the one before."""
    with call(server) as client:
        for answer in (b"1", b"2"):
            server.on_message(lambda client, message, answer=answer: client.send(answer))
            client.sendall(b"x")
            assert client.recv(9) == answer


def test_pytest_fail_in_a_function() -> None:
    """What is no Exception fails the test, too, and the server goes on."""
    server = Server()
    server.on_message(lambda client, message: pytest.fail("no"))
    with call(server) as client:
        client.sendall(b"x")
        assert server.wait_for_message() == b"x"
    with pytest.raises(BaseExceptionGroup) as raised:
        server.close()
    assert "no" in str(raised.value.exceptions[0])


def test_clients_one_by_one(server: Server) -> None:
    """Each client is waited for once, can be spoken to, and its end waited for."""
    with call(server) as client:
        peer = server.wait_for_client()
        assert peer.port == client.getsockname()[1]
        peer.send(b"hello")
        assert client.recv(5) == b"hello"
        assert server.send(b"too", peer).accepted == 1
        assert client.recv(5) == b"too"
        with call(server):
            assert server.wait_for_client().id == 2
        assert server.wait_for_close(2) == "closed by peer"
        peer.close()
        assert client.recv(1) == b""
    assert server.wait_for_close(peer) == "closed by us"
    assert server.wait_for_close() in ("closed by us", "closed by peer")


def test_messages_one_by_one(server: Server) -> None:
    """Each message is waited for once, of any client or of one."""
    server.cut("line")
    with call(server) as one, call(server) as other:
        one.sendall(b"a\nb\n")
        assert server.wait_for_message() == b"a\n"
        other.sendall(b"c\n")
        assert server.wait_for_message(2) == b"c\n"
        assert server.wait_for_message(1) == b"b\n"
        assert server.messages == [(1, b"a\n"), (1, b"b\n"), (2, b"c\n")]
        assert server.clients == (1, 2)


@pytest.mark.parametrize(
    ("wait", "told"),
    [
        (lambda it: it.wait_for_client(0), "no client came any more in 0 s: client 1 said nothing"),
        (lambda it: it.wait_for_client(0), ", and has gone: closed by peer; client 2 said 'x'"),
        (lambda it: it.wait_for_message(2, 0), "client 2 said no more in 0 s: client 1 said"),
        (lambda it: it.wait_for_message(None, 0), "nobody said more in 0 s: client 1 said"),
        (lambda it: it.wait_for_close(2, 0), "client 2 has not gone in 0 s: client 1 said"),
        (lambda it: it.wait_for_close(None, 0), "not all have gone in 0 s: client 1 said"),
    ],
)
def test_what_did_not_come(server: Server, wait: Callable[[Server], object], told: str) -> None:
    """Whoever waits in vain is told what there was instead."""
    with call(server):
        server.wait_for_client()
    server.wait_for_close(1)
    with call(server) as client:
        client.sendall(b"x")
        server.wait_for_client()
        assert server.wait_for_message() == b"x"
        with pytest.raises(AssertionError) as raised:
            wait(server)
    assert told in str(raised.value)


def test_a_story_is_short(server: Server) -> None:
    """Of many clients, and of long messages, only a part is told."""
    with ExitStack() as stack:
        clients = [stack.enter_context(call(server)) for _ in range(7)]
        clients[0].sendall(b"x" * 1000)
        server.wait_for(b"x" * 1000)
        for _ in clients:
            server.wait_for_client()
        with pytest.raises(AssertionError) as raised:
            server.wait_for(b"y", 0)
    assert "x' and 700 bytes more; client 2 said nothing; " in str(raised.value)
    assert str(raised.value).endswith("client 5 said nothing; and 2 more")


async def test_waiting_in_an_async_test(server: Server) -> None:
    """Whoever stops his own event loop is told so; a thread can wait."""
    with pytest.raises(AssertionError, match="the event loop of the test stood still"):
        server.wait_for(b"x", 0)
    waiting = asyncio.create_task(asyncio.to_thread(server.wait_for, b"x"))
    _, writer = await asyncio.open_connection(server.host, server.port)
    writer.write(b"x")
    assert await waiting == 1
    writer.close()
    await writer.wait_closed()


def test_a_client_that_does_not_close_costs_little(server: Server) -> None:
    """The end does not wait for long for clients that stay; what they were sent they can read."""
    with call(server) as client:
        server.wait_for_client().send(b"bye")
        start = time.monotonic()
        server.close()
        assert time.monotonic() - start < 0.8
        assert client.recv(3) == b"bye"
