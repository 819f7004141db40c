"""`tcpmon serve` seen from outside: what it tells, what it costs, and who calls it.

Nothing of tcpmon is asked here but what a user has: its lines, its exit code and its
sockets. Every program that a test starts is held to the laws of `Told`: each client is
opened once and closed once, with its bytes in between and their sums in the end.
"""

import os
import resource
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Literal, Self

import msgspec

from tcpmon.headless import jsonl

WAIT = 20.0
"""Seconds after which something will not come any more, on any machine."""

FACTOR = float(os.environ.get("TCPMON_FACTOR", "20"))
"""How much slower than a free machine this one may be before a limit in seconds fails."""

PULSE_SECONDS = 0.02
PULSE_LIMIT = 0.05

hits: list[str] = []
"""Limits in seconds that were exceeded, but not by FACTOR; they are printed at the end."""


def within(what: str, seconds: float, limit: float) -> None:
    """Hold a time to its limit, FACTOR times of it on a loaded machine."""
    told = f"{what}: {seconds * 1000:.0f} ms, the limit is {limit * 1000:.0f} ms"
    assert seconds <= limit * FACTOR, told
    if seconds > limit:
        hits.append(told)


# -- where it listens ------------------------------------------------------------------


class Place:
    """A kind of listener, and how to get there. host: "" for a Unix socket."""

    def __init__(self, name: str, family: int, host: str) -> None:
        self.name = name
        self.family = family
        self.host = host

    def address(self, told: Sequence[str]) -> tuple[str, int] | str:
        """Return where to connect to. told: the addresses that a program has printed."""
        for text in told:
            if self.family == socket.AF_UNIX and text.startswith("unix:"):
                return text.removeprefix("unix:")
            host, _, port = text.rpartition(":")
            if self.host and host.strip("[]") == self.host:
                return self.host, int(port)
        raise LookupError(f"no {self.name} in {told}")


IPV4 = Place("ipv4", socket.AF_INET, "127.0.0.1")
IPV6 = Place("ipv6", socket.AF_INET6, "::1")
UNIX = Place("unix", socket.AF_UNIX, "")
TCP = [IPV4, IPV6]
PLACES = [IPV4, IPV6, UNIX]


# -- what is told ------------------------------------------------------------------------


class Stream:
    """Bytes in order: how many, their SHA-256, and themselves if they are few."""

    def __init__(self) -> None:
        self.size = 0
        self.pieces: list[bytes] = []
        self._sum = sha256()

    def add(self, data: bytes) -> None:
        self.size += len(data)
        self._sum.update(data)
        if self.size < 1 << 20:
            self.pieces.append(data)

    @property
    def digest(self) -> tuple[int, str]:
        return self.size, self._sum.hexdigest()


class Client:
    """One client as the lines tell it."""

    def __init__(self, opening: jsonl.Open) -> None:
        self.id = opening.client
        self.peer = opening.peer
        self.listener = opening.listener
        self.rx, self.tx = Stream(), Stream()
        self.texts: list[str] = []
        self.reads = 0
        self.eof = False
        self.close: jsonl.Close | None = None


class Told:
    """The JSON lines of a program, put together and held to the laws of every dialogue."""

    def __init__(self, quiet: bool) -> None:
        """quiet: payloads are left out."""
        self._quiet = quiet
        self.clients: dict[int, Client] = {}
        self.opened = self.closed = self.events = 0
        self.wrong: list[str] = []

    def take(self, line: bytes) -> None:
        event = msgspec.json.decode(line, type=jsonl.Event)
        self.events += 1
        if isinstance(event, jsonl.Open):
            self._hold(event.client == self.opened + 1, event)
            self.opened += 1
            self.clients[event.client] = Client(event)
        elif isinstance(event, jsonl.Listening | jsonl.Broadcast):
            self._hold(False, event)
        else:
            client = self.clients.get(event.client)
            self._hold(client is not None and client.close is None, event)
            if client is not None:
                self._concerns(client, event)

    def _concerns(self, client: Client, event: jsonl.Rx | jsonl.Eof | jsonl.Close) -> None:
        if isinstance(event, jsonl.Eof):
            self._hold(not client.eof, event)
            client.eof = True
        elif isinstance(event, jsonl.Close):
            client.close = event
            self.closed += 1
            if not self._quiet:
                self._hold(event.rx == client.rx.size, event)
                self._hold(0 <= client.tx.size - event.tx <= event.unsent, event)
        elif isinstance(event, jsonl.Tx):
            client.tx.add(event.base64)
        else:
            self._hold(event.size == len(event.base64) > 0, event)
            self._hold(not client.eof, event)
            client.rx.add(event.base64)
            client.reads += 1
            if len(client.texts) < 1000 and event.size < 1000:
                client.texts.append(event.text)

    def _hold(self, law: bool, event: jsonl.Event) -> None:
        if not law and len(self.wrong) < 10:
            self.wrong.append(repr(event)[:500])


# -- the program --------------------------------------------------------------------------


MOST_HINTS = 4
"""Lines about what was noticed in clients that a test may bring about: one a kind and burst."""


class Program:
    """A running `tcpmon serve`, by default on all kinds of listeners; ended with the block.

    through: a program and its arguments that starts it. addresses: where it listens
    instead. first: how many lines of addresses its stdout gives, if not one for each. With
    the form "text" its lines are kept as they are.
    """

    def __init__(
        self,
        folder: Path,
        *arguments: str,
        form: Literal["jsonl", "text"] = "jsonl",
        through: Sequence[str] = (),
        addresses: Sequence[str] | None = None,
        environment: dict[str, str] | None = None,
        first: int | None = None,
        pass_fds: Sequence[int] = (),
    ) -> None:
        where = addresses or ("localhost:0", f"unix:{folder}/tcpmon.sock")
        self._command = [
            *through, sys.executable, "-m", "tcpmon", "serve", "--format", form, *arguments, *where,
        ]  # fmt: skip
        self._environment = dict(os.environ) | (environment or {})
        self._environment.pop("PYTHONUNBUFFERED", None)
        lines = sum(2 if "localhost" in address else 1 for address in where)
        self._first = lines if first is None else first
        self._form = form
        self._pass_fds = pass_fds
        self.told = Told("-q" in arguments)
        self.lines: list[str] = []
        """Those of the form "text", after the addresses."""
        self.complaints: list[tuple[float, str]] = []
        """(monotonic time, line) of stderr."""
        self.addresses: list[str] = []
        self._news = threading.Condition()
        self._reads = threading.Event()
        self._reads.set()
        self._callers: list[Caller] = []

    def __enter__(self) -> Self:
        self.process = subprocess.Popen(
            self._command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, bufsize=0, env=self._environment, pass_fds=self._pass_fds,
        )  # fmt: skip
        self._threads = [
            threading.Thread(target=self._read_stdout, daemon=True),
            threading.Thread(target=self._read_stderr, daemon=True),
        ]
        for thread in self._threads:
            thread.start()
        try:
            self.wait(lambda: len(self.addresses) == self._first or not self._threads[0].is_alive())
            assert len(self.addresses) == self._first, self.stderr
        except BaseException:
            self._clear_away()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._clear_away()
        if kind is None:
            assert "Traceback" not in self.stderr, self.stderr
            assert self.told.wrong == []

    def _clear_away(self) -> None:
        for caller in self._callers:
            caller.sock.close()
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(WAIT)
        self._reads.set()
        for thread in self._threads:
            thread.join(WAIT)

    # -- what it prints ---------------------------------------------------------------

    def _read_stdout(self) -> None:
        assert self.process.stdout
        with self.process.stdout as stdout:
            rest = b""
            while data := os.read(stdout.fileno(), 1 << 20):
                *lines, rest = (rest + data).split(b"\n") if b"\n" in data else (rest + data,)
                with self._news:
                    for line in lines:
                        self._take(line)
                    self._news.notify_all()
                self._reads.wait()
        with self._news:
            if rest and self.told.wrong == []:
                self.told.wrong.append(f"half a line: {rest[:200]!r}")
            self._news.notify_all()

    def _take(self, line: bytes) -> None:
        if len(self.addresses) < self._first:
            text = line.decode()
            if self._form == "jsonl":
                text = msgspec.json.decode(line, type=jsonl.Listening).address
            self.addresses.append(text.removeprefix("listening on "))
        elif self._form == "jsonl":
            self.told.take(line)
        else:
            self.lines.append(line.decode())

    def _read_stderr(self) -> None:
        assert self.process.stderr
        with self.process.stderr as stderr:
            for line in stderr:
                with self._news:
                    self.complaints.append((time.monotonic(), line.decode(errors="replace")))
                    self._news.notify_all()

    @property
    def objections(self) -> str:
        """What it said on stderr beside what it noticed in clients, of which there is little."""
        lines = self.stderr.splitlines()
        hints = [line for line in lines if line.endswith(("scan or a health check", "is plain"))]
        assert len(hints) <= MOST_HINTS, hints
        return "\n".join(line for line in lines if line not in hints)

    @property
    def stderr(self) -> str:
        return "".join(line for _, line in self.complaints)

    def wait(self, condition: Callable[[], object], seconds: float = WAIT) -> None:
        """Wait until what has been told fulfils a condition."""
        with self._news:
            if not self._news.wait_for(condition, seconds):
                told = self.told
                raise TimeoutError(
                    f"told {told.opened} opened, {told.closed} closed, {told.events} lines,"
                    f" {self.lines[-3:]}; stderr: {self.stderr[-1000:]}"
                )

    def stop_reading(self) -> None:
        """Leave its stdout unread, but for what is under way."""
        self._reads.clear()

    def read_on(self) -> None:
        self._reads.set()

    # -- who calls it -----------------------------------------------------------------

    def call(self, place: Place, **how: int | str | bool) -> "Caller":
        """Connect a client; it need not have been told yet."""
        address = place.address(self.addresses)
        return self.keep(Caller(place, address, **how))  # type: ignore[arg-type]

    def client(self, place: Place, **how: int | str | bool) -> "Caller":
        """Connect a client and wait until it is told, so that its number is known."""
        before = self.told.opened
        caller = self.call(place, **how)
        self.wait(lambda: self.told.opened > before)
        caller.id = before + 1
        return caller

    def keep(self, caller: "Caller") -> "Caller":
        """Close a caller with the program."""
        self._callers.append(caller)
        return caller

    def closing(self, caller: "Caller") -> jsonl.Close:
        """Wait until the end of a client is told, and return what is told of it."""
        self.wait(lambda: self.told.clients[caller.id].close)
        closing = self.told.clients[caller.id].close
        assert closing
        return closing

    def conserves(self, callers: Iterable["Caller"], echo: bool = False) -> None:
        """Hold it to having told, of clients that have all left, exactly what each has said
        and, if it is an echo, given back. What each says must be its own."""
        callers = list(callers)
        self.wait(lambda: self.told.closed == self.told.opened >= len(callers))
        said = sorted(caller.said.digest for caller in callers)
        clients = self.told.clients.values()
        assert sorted(client.rx.digest for client in clients) == said
        if echo:
            assert sorted(client.tx.digest for client in clients) == said
            assert [caller.heard.digest for caller in callers] == [
                caller.said.digest for caller in callers
            ]

    # -- what it costs -------------------------------------------------------------------

    def descriptors(self) -> int:
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def rss(self) -> int:
        """Return the bytes of memory it holds now."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * resource.getpagesize()

    def cpu(self) -> float:
        """Return the seconds of processor time it has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something comes true that nobody tells: it is looked at again and again."""
        deadline = time.monotonic() + WAIT
        while not condition():
            assert time.monotonic() < deadline, "it has never come true"
            time.sleep(0.01)

    # -- its end ---------------------------------------------------------------------------

    def ended(self) -> int:
        """Wait until it has ended and all it told is read; return its exit code."""
        code = self.process.wait(WAIT)
        for thread in self._threads:
            thread.join(WAIT)
        return code

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """End it with a signal; return its exit code."""
        self.process.send_signal(number)
        return self.ended()


# -- clients ------------------------------------------------------------------------------


class Caller:
    """A client, and what it has said and heard.

    buffer: its receive buffer, if that and the other are to be small. source: the address
    it calls from. wait: whether to wait until the connection is made.
    """

    def __init__(
        self,
        place: Place,
        address: tuple[str, int] | str,
        buffer: int = 0,
        source: str = "",
        wait: bool = True,
    ) -> None:
        self.id = 0
        self.said, self.heard = Stream(), Stream()
        self.sock = socket.socket(place.family, socket.SOCK_STREAM)
        if buffer:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 16 * buffer)
        if source:
            self.sock.bind((source, 0))
        # A Unix socket whose queue is full lets only those wait who are ready to do so for ever.
        self.sock.settimeout(None if wait and place.family == socket.AF_UNIX else WAIT * wait)
        try:
            self.sock.connect(address)
        except BlockingIOError:
            assert not wait
        except BaseException:
            self.sock.close()
            raise
        self.sock.settimeout(WAIT * wait)

    @property
    def name(self) -> str:
        """How a TCP client is told."""
        host, port = self.sock.getsockname()[:2]
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    def say(self, data: bytes) -> None:
        """Send all of data, waiting while the kernel is full."""
        self.sock.sendall(data)
        self.said.add(data)

    def say_some(self, data: bytes) -> int:
        """Send what the kernel takes now; return how much that was."""
        self.sock.setblocking(False)
        sent = 0
        try:
            while sent < len(data):
                sent += self.sock.send(memoryview(data)[sent : sent + (1 << 16)])
        except BlockingIOError:
            pass
        finally:
            self.sock.settimeout(WAIT)
        self.said.add(data[:sent])
        return sent

    def say_until_held_back(self, data: bytes, quiet: float = 0.5) -> int:
        """Send until nothing has been taken for a while; return how much was."""
        sent = self.say_some(data)
        while sent < len(data) and select.select([], [self.sock], [], quiet)[1]:
            sent += self.say_some(data[sent:])
        return sent

    def hear(self, count: int) -> bytes:
        """Read exactly so many bytes."""
        heard = bytearray()
        while len(heard) < count:
            data = self.sock.recv(count - len(heard))
            assert data, f"the stream ended after {len(heard)} of {count} bytes"
            heard += data
        self.heard.add(bytes(heard))
        return bytes(heard)

    def hear_out(self) -> bool:
        """Read up to the end; say whether that was a reset."""
        try:
            while data := self.sock.recv(1 << 20):
                self.heard.add(data)
        except (ConnectionResetError, BrokenPipeError):
            return True
        return False

    def trip(self, data: bytes) -> bytes:
        """Send data and return as much of the answer."""
        self.say(data)
        return self.hear(len(data))

    def arrived(self) -> None:
        """Wait until all that was said is with the other end's system. TCP only."""
        import fcntl
        import termios

        deadline = time.monotonic() + WAIT
        while any(fcntl.ioctl(self.sock.fileno(), termios.TIOCOUTQ, bytes(4))):
            assert time.monotonic() < deadline
            time.sleep(0.001)

    def fin(self) -> None:
        """Say that no more will be said."""
        self.sock.shutdown(socket.SHUT_WR)

    def reset(self) -> None:
        """Leave with a reset. TCP only."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()

    def close(self) -> None:
        self.sock.close()


class Pulse:
    """A healthy client of an echo: a round trip every 20 ms, and what the worst one took.

    Whatever a test does to others, `steady` says that this one has not suffered.
    """

    def __init__(self, program: Program, place: Place) -> None:
        self.caller = program.client(place)
        self.trips = 0
        self.worst = 0.0
        self._began = 0.0
        self._failure: BaseException | None = None
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def _beat(self) -> None:
        try:
            while not self.trips or not self._over.wait(PULSE_SECONDS):
                data = b"pulse %09d\n" % self.trips
                self._began = time.monotonic()
                assert self.caller.trip(data) == data
                self.worst = max(self.worst, time.monotonic() - self._began)
                self._began = 0.0
                self.trips += 1
        except BaseException as error:  # noqa: BLE001 - told by `steady`
            self._failure = error

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(WAIT)
        self.caller.close()

    def steady(self, limit: float = PULSE_LIMIT) -> None:
        """Hold it to having been served all the time; call after the block."""
        assert not self._thread.is_alive()
        assert self._failure is None, self._failure
        assert self.trips > 0
        within("pulse", self.worst, limit)


def everywhere(count: int) -> list[Place]:
    """Return so many places, all kinds in turn, for a crowd of a program."""
    return [PLACES[number % len(PLACES)] for number in range(count)]


def shell(command: str) -> tuple[str, ...]:
    """Return what starts a program through a shell; `exec "$@"` is the program."""
    return ("sh", "-c", command, "sh")
