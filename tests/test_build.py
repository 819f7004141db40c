"""A config becomes a node that does what it says."""

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tcpmon.build import listens, make_engine, start_thread
from tcpmon.config import Config, Own
from tcpmon.core.commands import Listen
from tcpmon.core.endpoint import Endpoint, TcpEndpoint, UnixEndpoint
from tcpmon.core.errors import CannotListen
from tcpmon.core.limits import Limits
from tcpmon.core.model import Ask, Framed, Listener
from tcpmon.engine.thread import EngineThread

WAIT = 10.0
HERE = TcpEndpoint("127.0.0.1", 0)


@contextmanager
def running(config: Config) -> Iterator[EngineThread]:
    """Run a node, and end it."""
    node = start_thread(config)
    try:
        yield node
    finally:
        node.stop()
        node.ended.result(WAIT)


def listeners(node: EngineThread) -> tuple[Listener, ...]:
    return node.view(Ask()).listeners


def said_back(node: EngineThread, data: bytes) -> bytes:
    """Return all that a client hears that says data and no more."""
    host, _, port = listeners(node)[0].addresses[0].rpartition(":")
    with socket.create_connection((host, int(port)), WAIT) as client:
        client.sendall(data)
        client.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: client.recv(1000), b""))


@pytest.mark.parametrize(
    ("config", "answer"),
    [
        (Config((HERE,)), b""),
        (Config((HERE,), echo=True), b"hello\0"),
        (Config((HERE,), reply=b"OK\r\n"), b"OK\r\n"),
        (Config((HERE,), reply=b""), b""),
    ],
    ids=["nothing", "echo", "reply", "empty reply"],
)
def test_answer(config: Config, answer: bytes) -> None:
    """A node answers each read with what came, with what was set, or not at all."""
    with running(config) as node:
        assert said_back(node, b"hello\0") == answer


def test_limits() -> None:
    """The limits of a config are those of its engine."""
    limits = Limits(clients=7, keep=1 << 21)
    engine = make_engine(Config((HERE,), limits=limits))
    assert engine.limits is limits
    assert engine.store.limit_bytes == 1 << 21


def test_names_and_silence() -> None:
    """What is called how, and whose silence matters, is what the config says; each endpoint has
    its own way if the config says so."""
    other = TcpEndpoint("127.0.0.2", 0)
    config = Config(
        (HERE, other), names={"127.0.0.1": "here"}, silence=5.0, silences={"a": 1.0},
        own={other: Own("line", 3.0, "id=(.)")}, framing="u16be",
    )  # fmt: skip
    assert listens(config) == [Listen(HERE), Listen(other, "line", "id=(.)", 3.0)]
    with running(config) as node:
        host, _, port = listeners(node)[0].addresses[0].rpartition(":")
        assert node.view(Ask()).framed == Framed("u16be", {2: "line"}, {})
        with socket.create_connection((host, int(port)), WAIT):
            node.submit(node.engine.until(lambda: node.view(Ask()).count == 1)).result(WAIT)
            assert node.view(Ask(count=1)).rows[0].name == "here"


def test_half_open() -> None:
    """A node that keeps half-open clients does not answer a FIN with its own."""
    with running(Config((HERE,), half_open=True, reply=b"OK")) as node:
        host, _, port = listeners(node)[0].addresses[0].rpartition(":")
        with socket.create_connection((host, int(port)), WAIT) as client:
            client.shutdown(socket.SHUT_WR)
            node.submit(node.engine.until(lambda: len(node.records(0, 9, 1)) == 2)).result(WAIT)
            assert [record.kind.name for record in node.records(0, 9, 1)] == ["OPEN", "EOF"]
            assert node.view(Ask(count=1)).rows[0].state == "half-closed"


def test_all_endpoints(tmp_path: Path) -> None:
    """A node listens on everything it was told to, in that order, when it is returned."""
    path = tmp_path / "a.sock"
    endpoints: tuple[Endpoint, ...] = (TcpEndpoint("localhost", 0), UnixEndpoint(str(path)), HERE)
    with running(Config(endpoints)) as node:
        found = listeners(node)
        assert [len(listener.addresses) for listener in found] == [2, 1, 1]
        assert found[1].addresses == (f"unix:{path}",)
    assert not path.exists()


def test_nothing_is_left_of_a_failed_start(tmp_path: Path) -> None:
    """If one endpoint cannot be had, nothing is left of the others: no file, no descriptor,
    no thread."""
    path = tmp_path / "a.sock"
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        before = len(os.listdir("/dev/fd"))
        config = Config((UnixEndpoint(str(path)), TcpEndpoint("127.0.0.1", taken.getsockname()[1])))
        with pytest.raises(CannotListen):
            start_thread(config)
        assert not path.exists()
        assert len(os.listdir("/dev/fd")) == before
    for thread in threading.enumerate():
        if thread.name == "tcpmon-engine":
            thread.join(WAIT)
            assert not thread.is_alive()


RULE = "[[rule]]\ntext = 'PING'\ndo = ['send {}']\n"


def test_rules_are_read_again_when_their_file_changes(tmp_path: Path) -> None:
    """The newest text that can be followed is in force; a mistake is told, and costs nothing."""
    path = tmp_path / "device.toml"
    path.write_text(RULE.format("one"))
    with running(Config((HERE,), rules=(str(path), path.read_text()))) as node:

        def until(condition: Callable[[], bool]) -> None:
            node.submit(node.engine.until(condition, WAIT)).result()

        assert said_back(node, b"PING") == b"one"
        path.write_text(RULE.format("two"))
        until(lambda: node.playbook().text == RULE.format("two"))
        assert said_back(node, b"PING") == b"two"
        path.write_text("[[rule]\n")
        until(lambda: f"{path}: line 1, " in node.playbook().trouble)
        assert node.playbook().trouble.count("line 1") == 1
        assert node.view(Ask()).acting_trouble == node.playbook().trouble
        assert said_back(node, b"PING") == b"two"
        path.write_text(RULE.format("three"))
        until(lambda: not node.playbook().trouble)
        assert said_back(node, b"PING") == b"three"
