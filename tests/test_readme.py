"""README.md says what is so."""

import asyncio
import re
import socket
import threading
from pathlib import Path
from typing import Any

import pytest

from tcpmon.build import begin, make_engine
from tcpmon.config import Config
from tcpmon.core.endpoint import TcpEndpoint
from tcpmon.core.model import Ask
from tcpmon.core.peer import Peer
from tcpmon.core.rules import parse
from tcpmon.core.rules.model import When
from tcpmon.testing import Server
from tests.readme import README, renewed, set_up

TEXT = README.read_text()
NAMES = {"ada", "bob"}


def test_the_made_parts_are_current() -> None:
    """Keys, options and events are those of the program; `python -m tests.readme` makes them."""
    assert renewed(TEXT) == TEXT


@pytest.mark.parametrize("target", re.findall(r"\]\((?!https?:|#)([^)]+)\)|src=\"([^\"]+)\"", TEXT))
def test_what_it_points_at_is_there(target: tuple[str, str]) -> None:
    """Every picture and file that it shows or names exists."""
    assert (README.parent / "".join(target)).exists()


EXAMPLES = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
SCRIPT, LIBRARY, SUITE = EXAMPLES


async def test_the_library_example_runs() -> None:
    """What it shows of the library can be pasted and run; it asserts what it says."""
    assert "assert " in LIBRARY
    await asyncio.to_thread(exec, compile(LIBRARY, "README.md", "exec"), {})


def test_the_suite_example_passes() -> None:
    """What it shows of a test is one that passes with a client that comes back."""

    class MyClient:
        """Logs in, and comes back when it is reset."""

        def login(self, host: str, port: int) -> None:
            first = socket.create_connection((host, port))
            first.sendall(b"LOGIN\n")
            assert first.recv(9) == b"OK\n"
            self.again = threading.Thread(target=self._come_back, args=(first, host, port))
            self.again.start()

        def _come_back(self, first: socket.socket, host: str, port: int) -> None:
            with first, pytest.raises(ConnectionResetError):
                first.recv(1)
            with socket.create_connection((host, port)) as second:
                second.recv(1)

        def must_come_back(self, peer: Peer) -> None:
            assert peer.id == 2
            peer.close()
            self.again.join()

    names: dict[str, Any] = {"my_client": MyClient()}
    exec(compile(SUITE, "README.md", "exec"), names)
    with Server() as server:
        names["test_login"](server)


async def test_the_script_example_runs(tmp_path: Path) -> None:
    """What it shows of a script is one: two who have said their names hear one another."""
    path = tmp_path / "chat.py"
    path.write_text(SCRIPT)
    config = Config((TcpEndpoint("127.0.0.1", 0),), framing="line", script=str(path))
    async with make_engine(config) as engine:
        (listener,) = await begin(engine, config)
        host, port = listener.addresses[0].rsplit(":", 1)
        (ada, say), (bob, answer) = [await asyncio.open_connection(host, int(port)) for _ in "ab"]
        for reader, writer, name in ((ada, say, b"ada\n"), (bob, answer, b"bob\n")):
            assert await reader.readline() == b"your name?\n"
            writer.write(name)
        await engine.until(lambda: {row.name for row in engine.view(Ask(count=9)).rows} == NAMES)
        say.write(b"hello\n")
        assert await bob.readline() == b"ada: hello\n"
        for writer in (say, answer):
            writer.close()


def test_the_rules_example_is_one() -> None:
    """What it shows of a rules file can be read, and does what is said of it."""
    (text,) = [
        each for each in re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL) if "[[rule" in each
    ]
    login, alive = parse(text).rules
    assert login.test is not None
    assert login.test.match(b"LOGIN ada\n", b"LOGIN ada") is not None
    assert (alive.when, alive.seconds) == (When.SILENCE, 30)


def test_the_commands_need_nothing_but_python() -> None:
    """Each set-up command is one line that makes its own environment: the system's pip refuses."""
    for name in ("run", "test"):
        assert re.fullmatch(r"python3 -m venv \.venv && \.venv/bin/pip install .+", set_up(name))
