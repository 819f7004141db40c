"""A program in a pseudo-terminal of 160x45: what it has painted, and when.

Reads rows and nothing more: to emulate a terminal, as tests.program does, takes
longer than what is measured here.
"""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Self

from tests.benchmarks.processes import SECONDS, SERVER, Server, free_port, with_port
from tests.benchmarks.table import Unmeasured
from tests.benchmarks.tools import Command

COLUMNS, ROWS = 160, 45
TABLE = range(4, 16)
"""Rows of the terminal in which tcpmon shows clients."""

_PLACE = re.compile(rb"\x1b\[(\d+);(\d+)H")
_STYLE = re.compile(rb"\x1b\[[0-9;]*m")
_CLIENT = re.compile("(▶|) +● +(\\d+) ".encode())


class Terminal:
    """A program and the terminal it writes to. Use as a context: it is ended at the end."""

    def __init__(self, *command: str, cores: set[int] | None = None) -> None:
        self.started = time.perf_counter()
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            try:
                fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
                os.environ["TERM"] = "xterm-256color"
                os.execv(command[0], command)
            finally:
                os._exit(127)
        if cores:
            os.sched_setaffinity(self.pid, cores)
        self._rows: dict[int, bytes] = {}
        self._frame: dict[int, bytes] = {}
        self._rest = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.kill(self.pid, signal.SIGTERM)
        deadline = time.monotonic() + SECONDS / 2
        while not os.waitpid(self.pid, os.WNOHANG)[0]:
            if time.monotonic() > deadline:
                os.kill(self.pid, signal.SIGKILL)
            self.read(0.01)
        os.close(self._fd)

    def read(self, seconds: float) -> None:
        """Take what the program writes next, if it does within so many seconds."""
        if not select.select([self._fd], [], [], seconds)[0]:
            return
        try:
            self._rest += os.read(self._fd, 1 << 16)
        except OSError:  # it has closed its side
            time.sleep(seconds)
        # A frame is painted row by row, each with its place first, and ends with a step up.
        places = list(_PLACE.finditer(self._rest))
        for here, there in pairwise(places):
            if here[2] == b"1":
                self._frame[int(here[1])] = self._rest[here.end() : there.start()]
            if int(there[1]) < int(here[1]):
                self._rows.update(self._frame)
                self._frame.clear()
        if places:
            self._rest = self._rest[places[-1].start() :]

    def read_for(self, seconds: float) -> None:
        """Take what the program writes in so many seconds."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self.read(left)

    def wait(self, condition: Callable[[], bool], what: str) -> float:
        """Read until a condition holds; return the time of time.perf_counter."""
        deadline = time.monotonic() + SECONDS
        while not condition():
            if time.monotonic() > deadline:
                raise Unmeasured(f"the screen never showed {what}")
            self.read(0.005)
        return time.perf_counter()

    def shows(self, text: str) -> float:
        """Read until a text is on the screen."""
        wanted = text.encode()
        return self.wait(lambda: any(wanted in row for row in self._rows.values()), text)

    def clients(self) -> list[tuple[bytes, ...]]:
        """Return what the table shows: a mark where the cursor is, and the client's number."""
        rows = (_STYLE.sub(b"", self._rows.get(row, b"")) for row in TABLE)
        return [match.groups() for row in rows if (match := _CLIENT.search(row))]

    def send(self, keys: bytes) -> None:
        """Type."""
        os.write(self._fd, keys)

    def press(self, key: bytes) -> float:
        """Press a key that changes which clients are shown, or the one under the cursor.

        Returns the seconds until that has been painted.
        """
        before = self.clients()
        start = time.perf_counter()
        self.send(key)
        return self.wait(lambda: self.clients() != before, f"what {key!r} does") - start


@contextmanager
def watched(command: Command) -> Iterator[Server]:
    """Run tcpmon with its screen in a terminal, as `processes.serving` runs a server without."""
    port = free_port()
    with Terminal(*with_port(command, port), cores=SERVER) as terminal:
        terminal.shows("Nobody is connected yet")
        over = threading.Event()

        def look() -> None:
            while not over.is_set():
                terminal.read(0.05)

        eyes = threading.Thread(target=look)
        eyes.start()
        try:
            yield Server(terminal.pid, port)
        finally:
            over.set()
            eyes.join()
