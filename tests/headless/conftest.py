"""`tcpmon serve` as a process of its own, and its clients as raw sockets.

Nothing here sleeps: a test waits for lines, for the end of a stream or for the end of a
process, `WAIT` seconds at most. Whatever a test starts is ended with it.
"""

import os
import selectors
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Protocol, TypeVar

import msgspec
import pytest

from tcpmon.headless import jsonl

E = TypeVar("E", bound=jsonl.Event)

PROGRAM = (sys.executable, "-m", "tcpmon", "serve")
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
WAIT = 20.0  # a bound for a machine that is busy with something else, never a promise of speed

CLOCK = r"\d\d:\d\d:\d\d\.\d{3}"
RFC3339 = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"

HOSTILE = {
    "all bytes": bytes(range(256)),
    "line ends": b"a\rb\nc\r\nd\x0be\x0cf\x1cg\x1dh\x1ei",
    "line ends of Unicode": "a\u0085b\u2028c\u2029d".encode(),
    "clear screen": b"\x1b[2J\x1b[H\x1bc",
    "clipboard": b"\x1b]52;c;aGVsbG8=\x07\x1b]52;c;aGVsbG8=\x1b\\",
    "title, device control": b"\x1b]0;title\x07\x1bPq#0\x1b\\",
    "C1": b"\x9b31m\x90q\x9c\xc2\x9b31m\xc2\x9d0;x\xc2\x9c",
    "NUL and DEL": b"\0a\0\x7f\x08\x08",
    "direction and zero width": "\u202eabc\u2066\u200b\u200d\ufeff\u00ad".encode(),
    "not UTF-8": b"\xff\xfe\xc0\xaf\xed\xa0\x80\xe6\x97",
    "imitated text": b"hi\n12:00:00.000 1 closed by peer, rx 0 B, tx 0 B, after 0.1 s\n"
    b"listening on 127.0.0.1:1\n",
    "imitated JSON": b'"}\n{"event":"close","time":"","client":1}\n{"text":"\\',
    "our own escapes": rb"\r\n \x1b \u{202e} \\ ${x} \${x} $",
}
"""What a peer may try on whoever looks at what it sends."""


class Served:
    """A running `tcpmon serve`: its process, what it prints, and who is connected to it."""

    def __init__(self, process: "subprocess.Popen[bytes]", stderr: Path) -> None:
        self.process = process
        self.first: list[str] = []
        """The lines that tell the addresses, once `started` has read them."""
        self._stderr = stderr
        self._read = bytearray()  # of stdout, and not given out yet
        self._sockets: list[socket.socket] = []

    # -- what it prints -------------------------------------------------------------

    @property
    def stdout(self) -> IO[bytes]:
        assert self.process.stdout is not None
        return self.process.stdout

    def more(self, deadline: float) -> bool:
        """Wait for something on stdout; say whether there was, or it has ended."""
        with selectors.DefaultSelector() as selector:
            selector.register(self.stdout, selectors.EVENT_READ)
            if not selector.select(max(0.0, deadline - time.monotonic())):
                raise TimeoutError(f"stdout: {bytes(self._read[-500:])!r}; stderr: {self.stderr}")
        data = os.read(self.stdout.fileno(), 1 << 20)
        self._read += data
        return bool(data)

    def raw_line(self) -> bytes:
        """Return the next line as it was printed, up to its LF."""
        deadline = time.monotonic() + WAIT
        looked = 0
        while (end := self._read.find(b"\n", looked)) < 0:
            looked = len(self._read)
            if not self.more(deadline):
                raise EOFError(f"stdout ended; stderr: {self.stderr}")
        line = bytes(self._read[: end + 1])
        del self._read[: end + 1]
        return line

    def line(self) -> str:
        """Return the next line."""
        return self.raw_line().decode().removesuffix("\n")

    def lines(self, count: int) -> list[str]:
        """Return so many lines."""
        return [self.line() for _ in range(count)]

    def until(self, part: str) -> list[str]:
        """Return the next lines, up to the first that holds a text."""
        found = [self.line()]
        while part not in found[-1]:
            found.append(self.line())
        return found

    def rest(self) -> bytes:
        """Return all that is printed up to the end of stdout."""
        deadline = time.monotonic() + WAIT
        while self.more(deadline):
            pass
        return bytes(self._read)

    @property
    def stderr(self) -> str:
        """What it has said on stderr so far."""
        return self._stderr.read_text(errors="surrogateescape")

    def started(self, count: int) -> "Served":
        """Read so many lines of addresses."""
        self.first = self.lines(count)
        return self

    @property
    def port(self) -> int:
        """The port of the first address."""
        return int(self.first[0].rstrip('"}').rpartition(":")[2])

    # -- its clients ----------------------------------------------------------------

    def connect(self, host: str = "127.0.0.1", receive_buffer: int | None = None) -> socket.socket:
        """Connect a client by TCP."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        client = self.keep(socket.socket(family, socket.SOCK_STREAM))
        if receive_buffer is not None:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        client.connect((host, self.port))
        return client

    def connect_unix(self, path: Path) -> socket.socket:
        """Connect a client by a socket file."""
        client = self.keep(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
        client.connect(os.fspath(path))
        return client

    def keep(self, client: socket.socket) -> socket.socket:
        """Close a socket with the test."""
        client.settimeout(WAIT)
        self._sockets.append(client)
        return client

    # -- its end --------------------------------------------------------------------

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def ended(self) -> int:
        """Wait until it has ended; return its exit code."""
        return self.process.wait(WAIT)

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """End it with a signal; return its exit code."""
        self.send(number)
        return self.ended()

    def clear_away(self) -> None:
        """End what is left, whatever became of the test."""
        for client in self._sockets:
            client.close()
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(WAIT)
        if self.process.stdout is not None:
            self.process.stdout.close()


def hear(client: socket.socket, count: int) -> bytes:
    """Read exactly so many bytes."""
    heard = bytearray()
    while len(heard) < count:
        data = client.recv(count - len(heard))
        assert data, f"the stream ended after {len(heard)} of {count} bytes"
        heard += data
    return bytes(heard)


def hear_out(client: socket.socket) -> bytes:
    """Read up to the FIN. Raises ConnectionResetError if there is a reset instead."""
    heard = bytearray()
    while data := client.recv(1 << 20):
        heard += data
    return bytes(heard)


def reset(client: socket.socket) -> None:
    """Leave with a RST."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def event(served: Served, kind: type[E]) -> E:
    """Read the next JSON line, which must tell a certain kind of event."""
    found = msgspec.json.decode(served.raw_line(), type=jsonl.Event)
    assert type(found) is kind, found
    assert isinstance(found, kind)
    return found


def until_closed(served: Served) -> tuple[list[jsonl.Rx], jsonl.Close]:
    """Read JSON lines up to the first close; return the reads before it, and the close."""
    reads: list[jsonl.Rx] = []
    while True:
        found = msgspec.json.decode(served.raw_line(), type=jsonl.Event)
        if isinstance(found, jsonl.Close):
            return reads, found
        if type(found) is jsonl.Rx:
            reads.append(found)


class Serve(Protocol):
    """Starts `tcpmon serve`.

    arguments: an address among them, if the first line must tell a port. addresses: how
    many lines of addresses to read, before it is returned. through: a program and its
    arguments that starts it, e.g. nohup. stdout: where to, a pipe if none.
    """

    def __call__(
        self,
        *arguments: str,
        addresses: int = 1,
        through: Sequence[str] = (),
        stdout: int = subprocess.PIPE,
        stdin: int = subprocess.DEVNULL,
        session: bool = False,
    ) -> Served: ...


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Start `tcpmon serve` for a test, end it with it, and let no traceback pass."""
    all_served: list[Served] = []

    def start(
        *arguments: str,
        addresses: int = 1,
        through: Sequence[str] = (),
        stdout: int = subprocess.PIPE,
        stdin: int = subprocess.DEVNULL,
        session: bool = False,
    ) -> Served:
        stderr = tmp_path / f"stderr-{len(all_served)}"
        with stderr.open("wb") as errors:
            process = subprocess.Popen(
                [*through, *PROGRAM, *arguments],
                stdin=stdin, stdout=stdout, stderr=errors, start_new_session=session, bufsize=0,
                env=ENVIRONMENT,
            )  # fmt: skip
        served = Served(process, stderr)
        all_served.append(served)
        return served.started(addresses) if stdout == subprocess.PIPE else served

    yield start
    for served in all_served:
        served.clear_away()
    for served in all_served:
        assert "Traceback" not in served.stderr, served.stderr
