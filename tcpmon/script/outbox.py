"""What the child says: commands together, words at once."""

import asyncio
import io
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

from tcpmon.script.flood import LONGEST, Flood
from tcpmon.script.wire import frame, utf8

TOGETHER = 64 << 10
ITEM = 64  # bytes that something said takes beside its data
SECONDS = 0.02
"""How long commands wait for others while a hook goes on."""


class Outbox:
    """Gathers what is for the host. From any thread; a host that is behind is waited for."""

    def __init__(self, sock: socket.socket, loop: asyncio.AbstractEventLoop) -> None:
        self._sock = sock
        self._loop = loop
        self._thread = threading.get_ident()
        self._lock = threading.RLock()
        self._items: list[list[Any]] = []
        self._size = 0
        self._flushed = 0.0
        self._open = True

    def add(self, item: list[Any], size: int) -> None:
        """Say something, with what follows soon. size: bytes of data in it."""
        with self._lock:
            if not self._items:
                own = threading.get_ident() == self._thread  # it need not be woken
                (self._loop.call_soon if own else self._loop.call_soon_threadsafe)(self.flush)
            self._items.append(item)
            self._size += ITEM + size
            if self._size >= TOGETHER or time.monotonic() - self._flushed >= SECONDS:
                self.flush()

    def tell(self, item: list[Any]) -> None:
        """Say something now."""
        with self._lock:
            self._items.append(item)
            self.flush()

    def flush(self) -> None:
        """Send what has been gathered."""
        with self._lock:
            items, self._items, self._size = self._items, [], 0
            self._flushed = time.monotonic()
            if items and self._open:
                try:
                    self._sock.sendall(frame(items))
                except OSError:  # the host has gone; the reader sees it, too
                    self._open = False

    def close(self) -> None:
        """Say nothing more, not even what waits."""
        self._open = False
        self._lock = threading.RLock()  # in a copy of a process nobody may be left to release it
        self._items = []


class Teller(io.TextIOBase):
    """stdout or stderr of the script: its lines are for the log."""

    encoding = "utf-8"

    def __init__(self, outbox: Outbox, client: Callable[[], int], warn: bool) -> None:
        self._outbox = outbox
        self._client = client
        self._warn = warn
        self._line = ""
        self._of = 0
        self._flood = Flood()

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if self._line and self._of != self._client():
            self.flush()
        self._of = self._client()
        *lines, rest = text.split("\n")
        for line in lines:
            self._tell(self._line + line)
            self._line = ""
        self._line = (self._line + rest)[: LONGEST + 1]
        return len(text)

    def flush(self) -> None:
        if self._line:
            self._tell(self._line)
            self._line = ""

    def _tell(self, line: str) -> None:
        if self._flood.lets(time.monotonic()):
            cut = f"{line[:LONGEST]}…" if len(line) > LONGEST else line
            self._outbox.tell(["print", self._of, utf8(cut), self._warn])

    def tell_left_out(self) -> None:
        """Say how many lines were too many."""
        self.flush()
        if count := self._flood.left_out():
            self._outbox.tell(["left out", count])
