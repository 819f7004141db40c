"""A server for a test suite."""

import socket
from collections.abc import Iterator

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
    assert r"client 1 said '\\x1bhm'" in str(raised.value)


def test_async_functions(server: Server) -> None:
    """An async function is refused where it is given."""
    with pytest.raises(TypeError, match="not an async one"):

        @server.on_message
        async def answer(client: Peer, message: bytes) -> None:
            client.send(message)
