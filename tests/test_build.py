"""A config becomes a node that does what it says."""

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tcpmon.build import listens, make_engine, start_thread
from tcpmon.config import Config, Own
from tcpmon.core.commands import Listen
from tcpmon.core.endpoint import Endpoint, TcpEndpoint, UnixEndpoint
from tcpmon.core.errors import CannotListen
from tcpmon.core.limits import Limits
from tcpmon.core.model import Ask, Framed, Kind, Listener, Record
from tcpmon.core.payload import parse
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
        (Config((HERE,), reply=parse("${counter}${length u8: ${now %%}}")), b"1\1%"),
    ],
    ids=["nothing", "echo", "reply", "empty reply", "made reply"],
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


SCRIPT = """\
def on_message(client, message):
    if message == b'bad':
        raise ValueError('no')
    client.send(b'script ' + message)
def on_close(client):
    print('left')
"""


@contextmanager
def scripted(path: Path, source: str, **more: Any) -> Iterator[EngineThread]:
    """Run a node whose script runs, and end it; no process is left."""
    path.write_text(source)
    with running(Config((HERE,), script=str(path), **more)) as node:
        told(node, "runs: on_")
        yield node
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def told(node: EngineThread, part: str) -> Record:
    """Wait for a line that holds a text."""

    def found() -> list[Record]:
        kept = node.records(0, 1 << 20)
        return [each for each in kept if part.encode() in each.data and each.kind >= Kind.INFO]

    node.submit(node.engine.until(lambda: bool(found()), WAIT)).result()
    return found()[0]


def call(node: EngineThread) -> socket.socket:
    host, _, port = listeners(node)[0].addresses[0].rpartition(":")
    return socket.create_connection((host, int(port)), WAIT)


def hears(client: socket.socket, data: bytes) -> bool:
    """Say whether this is what comes next."""
    with client.makefile("rb", buffering=0) as stream:
        return b"".join(stream.read(1) or b"" for _ in data) == data


def test_a_script_answers(tmp_path: Path) -> None:
    """A script of a config sends, and its errors are in the log against that client, while
    others are answered; what it prints at the very end is there, too."""
    with scripted(tmp_path / "my.py", SCRIPT) as node, call(node) as one, call(node) as other:
        one.sendall(b"bad")
        record = told(node, "on_message failed: ValueError: no; line 3 in on_message: raise")
        assert (record.kind, record.client) == (Kind.WARN, 1)
        view = node.view(Ask())
        assert (view.acting_trouble, view.script_trouble[:17]) == ("", "on_message failed")
        assert node.playbook().script == str(tmp_path / "my.py")
        other.sendall(b"hello")
        assert hears(other, b"script hello")
        one.sendall(b"again")
        assert hears(one, b"script again")
    assert {each.client for each in node.records(0, 99) if each.data == b"left"} == {1, 2}


def test_a_script_that_hangs(tmp_path: Path) -> None:
    """While a script loops the node takes and shows all else, and says where it is."""
    source = SCRIPT.replace("raise ValueError('no')", "while True: pass")
    with scripted(tmp_path / "my.py", source) as node, call(node) as one, call(node) as other:
        one.sendall(b"bad")
        record = told(node, "has been in on_message for client 1 for 1 s, line 3")
        assert (record.kind, record.client) == (Kind.WARN, 1)
        assert node.view(Ask()).script_trouble.startswith("has been in on_message")
        other.sendall(b"hello")
        node.submit(node.engine.until(lambda: node.engine.totals().rx_bytes == 8, WAIT)).result()


@pytest.mark.parametrize(
    ("more", "heard"),
    [
        ({"rules": ("", "[[rule]]\ntext = 'PING'\ndo = ['send rule ']\n")}, b"rule script PING"),
        ({"rules": ("", "[[rule]]\ntext = 'PONG'\ndo = ['send rule ']\n")}, b"script PING"),
        ({"reply": b"reply "}, b"reply script PING"),
    ],
)
def test_rules_answer_before_a_script(tmp_path: Path, more: dict[str, Any], heard: bytes) -> None:
    """A rule or a reply answers first; the script is told of every message, and comes behind."""
    with scripted(tmp_path / "my.py", SCRIPT, **more) as node, call(node) as client:
        client.sendall(b"PING")
        assert hears(client, heard)
