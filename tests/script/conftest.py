"""The stage for scripts: a host without an engine, what it wants done and what it notes.

A test waits for what it has caused, `WAIT` seconds at most, and leaves no process behind.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from tcpmon.core.commands import Command, Send
from tcpmon.script.host import Bounds, Host

WAIT = 10.0
QUICK = Bounds(memory=512 << 20, slow=0.3, stuck=0.6, restarts=1, look=0.02, poll=0.02)

ECHO = "def on_message(client, message): client.send(message)\n"


class Stage:
    """A host, and all that it has done. Clients are numbers."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.orders: list[tuple[int, Command[Any]]] = []
        self.notes: list[tuple[int, str, bool]] = []
        self.pauses: list[bool] = []
        self.at_once = True
        """Whether what is ordered is carried out at once, or waits in undone."""
        self.undone: list[Callable[[], None]] = []
        self._happened = asyncio.Event()
        self.host = Host(str(path), self._order, self._note, self._pause, QUICK)

    def _order(self, client: int, command: Command[Any], done: Callable[[], None]) -> None:
        self.orders.append((client, command))
        if self.at_once:
            done()
        else:
            self.undone.append(done)
        self._happened.set()

    def _note(self, client: int, text: str, warn: bool) -> None:
        self.notes.append((client, text, warn))
        self._happened.set()

    def _pause(self, paused: bool) -> None:
        self.pauses.append(paused)
        self._happened.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until a condition about what was done holds."""
        try:
            async with asyncio.timeout(WAIT):
                while not condition():
                    self._happened.clear()
                    await self._happened.wait()
        except TimeoutError:
            raise AssertionError(f"notes: {self.notes}, orders: {self.orders}") from None

    async def noted(self, part: str) -> tuple[int, str, bool]:
        """Wait for a line that holds a text, and return it; the lines up to it are forgotten."""
        await self.until(lambda: any(part in text for _, text, _ in self.notes))
        place = next(at for at, note in enumerate(self.notes) if part in note[1])
        found = self.notes[place]
        del self.notes[: place + 1]
        return found

    async def runs(self, source: str) -> None:
        """Write the script, and wait until it runs."""
        self.write(source)
        await self.noted("runs: ")

    def write(self, source: str) -> None:
        """Write the script as an editor does: at once. A half of a surrogate pair is a byte."""
        draft = self.path.with_suffix(".draft")
        draft.write_bytes(source.encode("utf-8", "surrogateescape"))
        os.replace(draft, self.path)

    def come(self, client: int) -> None:
        """Have a client come."""
        self.host.opened(client, "", "10.0.0.9", 5000 + client, "127.0.0.1:8000")

    def sent(self, client: int) -> bytes:
        """Return what a client was sent so far."""
        return b"".join(
            order.data for whom, order in self.orders if whom == client and isinstance(order, Send)
        )

    async def hears(self, client: int, data: bytes) -> None:
        """Wait until exactly that was sent to a client, and forget it."""
        await self.until(lambda: len(self.sent(client)) >= len(data))
        assert self.sent(client) == data
        self.orders.clear()


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """A host whose script echoes at first, and client 1."""
    stage = Stage(tmp_path / "my.py")
    stage.write(ECHO)
    stage.host.start()
    stage.come(1)
    await stage.noted("runs: on_message")
    yield stage
    await stage.host.stop()
    with pytest.raises(ChildProcessError):  # none is left, not even a dead one
        os.waitpid(-1, os.WNOHANG)
