"""The real program in a pseudo-terminal: what it writes, as bytes and as a screen."""

import fcntl
import os
import pty
import re
import select
import signal
import socket
import struct
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

import pyte

DEADLINE = 10.0
"""Seconds after which something that should have happened counts as not happened."""

SEQUENCE = re.compile(
    rb"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI
    rb"|\x1b[\]PX^_](?s:.*?)(?:\x07|\x1b\\)"  # OSC, DCS, SOS, PM, APC
    rb"|\x1b[ -/]*[0-~]"  # other escapes
    rb"|[\x00-\x1f\x7f]"
)
_NOT_PYTE = re.compile(  # what pyte would print, or take for a title
    r"\x1b\[[<>=][0-9;]*[a-z]|\x1b\[\?[0-9;]*\$p|\x1b\]22;[a-z-]*(?:\x07|\x1b\\)"
)


def kinds(output: bytes) -> set[bytes]:
    """Return the kinds of control sequences in what was written: numbers only where they
    name a mode."""
    found = set()
    for match in SEQUENCE.finditer(output):
        sequence = match.group()
        if sequence.startswith(b"\x1b]"):
            found.add(sequence.partition(b";")[0])
        elif sequence.startswith(b"\x1b[?"):
            found.add(sequence)
        else:
            found.add(re.sub(rb"[0-9;:]+", b"", sequence))
    return found


COMMAND = (sys.executable, "-m", "tcpmon")


class Program:
    """tcpmon in a terminal of its own. Use as a context: it is ended at the end.

    output: all that it wrote.
    """

    def __init__(
        self,
        *arguments: str,
        size: tuple[int, int] = (80, 24),
        environment: dict[str, str] | None = None,
        command: tuple[str, ...] = COMMAND,
    ) -> None:
        words = [*command, *(arguments or ("localhost:0",))]
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
            os.environ.update({"TERM": "xterm-256color", "COLUMNS": "7", **(environment or {})})
            os.execv(words[0], words)
        self.output = b""
        self.status: int | None = None
        self._screen = pyte.Screen(*size)
        self._stream = pyte.Stream(self._screen)
        self._rest = b""
        self.before = termios.tcgetattr(self.fd)
        self._clients: list[socket.socket] = []

    def __enter__(self) -> Self:
        self.wait(lambda: "Clients" in self.text or self.status is not None)
        return self

    def __exit__(self, *_: object) -> None:
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)
            self.status = os.waitpid(self.pid, 0)[1]
        os.close(self.fd)
        for client in self._clients:
            client.close()

    def client(self, host: str = "127.0.0.1") -> socket.socket:
        """Connect a client; it is closed at the end."""
        client = socket.create_connection((host, self.port), DEADLINE)
        return self._kept(client)

    def unix_client(self, path: Path) -> socket.socket:
        """Connect a client to a Unix socket; it is closed at the end."""
        client = socket.socket(socket.AF_UNIX)
        client.connect(str(path))
        return self._kept(client)

    def _kept(self, client: socket.socket) -> socket.socket:
        client.settimeout(DEADLINE)
        self._clients.append(client)
        return client

    def hears(self, client: socket.socket, count: int = 1) -> bytes:
        """Return so many bytes that a client is sent, or fewer if the connection ends. The
        terminal is read meanwhile, as a real one would be."""
        heard = b""

        def all_of_it() -> bool:
            nonlocal heard
            if not select.select([client], [], [], 0)[0]:
                return False
            part = client.recv(count - len(heard))
            heard += part
            return not part or len(heard) == count

        self.wait(all_of_it)
        return heard

    @property
    def text(self) -> str:
        """What is on the screen."""
        rows, columns = range(self._screen.lines), range(self._screen.columns)
        return "\n".join("".join(self._screen.buffer[y][x].data for x in columns) for y in rows)

    @property
    def titles(self) -> tuple[str, str]:
        """The terminal's title and the name of its icon, as far as anybody has set them."""
        return self._screen.title, self._screen.icon_name

    @property
    def modes(self) -> set[int]:
        """The modes that the terminal is in, as pyte counts them."""
        return set(self._screen.mode)

    @property
    def port(self) -> int:
        """Where it listens on 127.0.0.1."""
        found = re.search(r"127\.0\.0\.1:(\d+)", self.text)
        assert found, self.text
        return int(found[1])

    def read(self, seconds: float = 0.05) -> bytes:
        """Take what the program writes, and wait for it so many seconds; return it."""
        data = self._take(seconds)
        self._feed(data)
        pid, status = os.waitpid(self.pid, os.WNOHANG) if self.status is None else (0, 0)
        if pid:
            while self._take(0):  # its last words
                pass
            self.status = status
        return data

    def _take(self, seconds: float) -> bytes:
        if not select.select([self.fd], [], [], seconds)[0]:
            return b""
        try:
            data = os.read(self.fd, 1 << 16)
        except OSError:  # EIO: it has closed its side, and is about to end
            time.sleep(0.01)
            return b""
        self.output += data
        return data

    def _feed(self, data: bytes) -> None:
        data, self._rest = self._rest + data, b""
        escape = data.rfind(b"\x1b", -32)
        if escape >= 0 and not SEQUENCE.match(data, escape):
            data, self._rest = data[:escape], data[escape:]
        while data and data[-1] & 0xC0 in (0x80, 0xC0):  # maybe a character that is cut
            try:
                data.decode()
            except UnicodeDecodeError:
                data, self._rest = data[:-1], data[-1:] + self._rest
            else:
                break
        self._stream.feed(_NOT_PYTE.sub("", data.decode("utf-8", "replace")))

    def wait(self, condition: Callable[[], bool]) -> None:
        """Read on until a condition holds."""
        end = time.monotonic() + DEADLINE
        while not condition():
            assert time.monotonic() < end, f"it never came true; the screen:\n{self.text}"
            self.read()

    def shows(self, *parts: str) -> None:
        """Read on until all parts are on the screen, and it is painted to its end."""
        self.wait(lambda: all(part in self.text for part in parts) and not self.read(0.02))

    def keys(self, keys: str | bytes) -> None:
        """Type."""
        os.write(self.fd, keys.encode() if isinstance(keys, str) else keys)

    def signal(self, number: int) -> None:
        """Send it a signal."""
        os.kill(self.pid, number)

    def ended(self) -> int:
        """Read on until it has ended; return its exit status, negative for a signal."""
        self.wait(lambda: self.status is not None)
        assert self.status is not None
        return os.waitstatus_to_exitcode(self.status)

    def resize(self, columns: int, rows: int) -> None:
        """Give the terminal another size."""
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self._screen.resize(rows, columns)
        self.signal(signal.SIGWINCH)

    def scribble(self, text: str) -> None:
        """Put another program's words on the screen, in place of all that was there."""
        self._screen.reset()
        self._stream.feed(text)

    def hang_up(self) -> None:
        """Take the terminal away."""
        os.close(self.fd)
        self.fd = os.open(os.devnull, os.O_RDONLY)

    def cpu(self) -> float:
        """Return how many seconds of the processor it has used."""
        with open(f"/proc/{self.pid}/stat") as stat:
            words = stat.read().rpartition(")")[2].split()
        return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")

    def left_sane(self) -> list[str]:
        """Return what is wrong with the terminal after the end, [] if it is as it was."""
        wrong = []
        for on, off, what in (
            (b"\x1b[?1049h", b"\x1b[?1049l", "alternate screen"),
            (b"\x1b[?25l", b"\x1b[?25h", "hidden cursor"),
            (b"\x1b[?1000h", b"\x1b[?1000l", "mouse clicks"),
            (b"\x1b[?1003h", b"\x1b[?1003l", "mouse moves"),
            (b"\x1b[?1004h", b"\x1b[?1004l", "focus reports"),
            (b"\x1b[?2004h", b"\x1b[?2004l", "bracketed paste"),
        ):
            if self.output.rfind(on) > self.output.rfind(off):
                wrong.append(what)
        attributes = termios.tcgetattr(self.fd)
        if attributes[:4] != self.before[:4]:
            wrong.append("line discipline")
        return wrong


def receive(client: socket.socket, count: int) -> bytes:
    """Return so many bytes, or fewer if the connection ends, while nobody reads the terminal."""
    data = b""
    while len(data) < count:
        part = client.recv(count - len(data))
        if not part:
            break
        data += part
    return data
