"""The stage on which the engine's tests are played: an engine that listens, and its peers.

A peer is a raw socket, so that FIN, RST and not reading are ours to choose. Nothing
here sleeps: a test waits for what it has caused, `WAIT` seconds at most. When a test is
over, its records must obey the laws that hold for every dialogue (`check_laws`).
"""

import asyncio
import os
import socket
import struct
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from fcntl import ioctl
from hashlib import sha256
from pathlib import Path
from random import Random
from termios import FIONREAD
from typing import Any, Protocol

import pytest

from tcpmon.core.commands import Delivery, Disconnect, How, Send
from tcpmon.core.endpoint import Endpoint, TcpEndpoint, UnixEndpoint
from tcpmon.core.limits import Limits
from tcpmon.core.model import Ask, Client, End, Kind, Listener, Record, View
from tcpmon.engine.engine import Engine, MakePoller
from tcpmon.engine.poller import make_poller

WAIT = 5.0  # long enough for a machine that is busy with something else
ALL = 1 << 30


class Peer:
    """One client of the engine: a socket and the id that the engine gave it (0 = not yet)."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.id = 0
        sock.setblocking(False)

    async def say(self, data: bytes) -> None:
        """Send all of data, waiting while the kernel is full."""
        async with asyncio.timeout(WAIT):
            await asyncio.get_running_loop().sock_sendall(self.sock, data)

    async def hear(self, count: int) -> bytes:
        """Read exactly so many bytes."""
        heard = bytearray()
        async with asyncio.timeout(WAIT):
            while len(heard) < count:
                data = await asyncio.get_running_loop().sock_recv(self.sock, count - len(heard))
                assert data, f"the stream ended after {len(heard)} of {count} bytes"
                heard += data
        return bytes(heard)

    async def hear_out(self) -> bytes:
        """Read up to the FIN. Raises ConnectionResetError if there is a reset instead."""
        heard, reset = await self.hear_all()
        if reset:
            raise ConnectionResetError(f"reset after {len(heard)} bytes")
        return heard

    async def hear_all(self) -> tuple[bytes, bool]:
        """Read up to the end; say whether that was a reset."""
        heard = bytearray()
        async with asyncio.timeout(WAIT):
            while True:
                try:
                    data = await asyncio.get_running_loop().sock_recv(self.sock, 1 << 20)
                except ConnectionResetError:
                    return bytes(heard), True
                if not data:
                    return bytes(heard), False
                heard += data

    def fin(self) -> None:
        """Say that no more will be sent."""
        self.sock.shutdown(socket.SHUT_WR)

    def reset(self) -> None:
        """Leave with a RST. A Unix socket knows none: see `Kindred.resets`."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()

    def close(self) -> None:
        self.sock.close()


class Place(Protocol):
    """Where an engine of a test listens, and how a peer gets there."""

    name: str

    def endpoint(self, folder: Path) -> Endpoint: ...

    def connect(self, listener: Listener, receive_buffer: int | None = None) -> socket.socket: ...


class TcpPlace:
    """A free port of a loopback address."""

    def __init__(self, name: str, family: int, host: str) -> None:
        self.name = name
        self._family = family
        self._host = host

    def endpoint(self, folder: Path) -> Endpoint:
        return TcpEndpoint(self._host, 0)

    def connect(self, listener: Listener, receive_buffer: int | None = None) -> socket.socket:
        sock = socket.socket(self._family, socket.SOCK_STREAM)
        if receive_buffer is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        sock.settimeout(WAIT)
        sock.connect((self._host, port(listener)))
        return sock


class UnixPlace:
    """A socket file in a folder of the test's own."""

    name = "unix"

    def endpoint(self, folder: Path) -> Endpoint:
        return UnixEndpoint(str(folder / "engine.sock"))

    def connect(self, listener: Listener, receive_buffer: int | None = None) -> socket.socket:
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        sock.settimeout(WAIT)
        sock.connect(listener.endpoint.removeprefix("unix:"))
        return sock


IPV4 = TcpPlace("ipv4", socket.AF_INET, "127.0.0.1")
IPV6 = TcpPlace("ipv6", socket.AF_INET6, "::1")
UNIX = UnixPlace()
TCP_PLACES: list[Place] = [IPV4, IPV6]
PLACES: list[Place] = [IPV4, IPV6, UNIX]


def place_name(place: Place) -> str:
    """Return how a place is called in the name of a test."""
    return place.name


def port(listener: Listener) -> int:
    """Return the real port of a TCP listener."""
    return int(listener.addresses[0].rpartition(":")[2])


class Stage:
    """An engine that listens at a place, and the peers that came."""

    def __init__(self, engine: Engine, place: Place, listener: Listener) -> None:
        self.engine = engine
        self.place = place
        self.listener = listener
        self.peers: list[Peer] = []

    # -- who is there -----------------------------------------------------------

    def call(self, receive_buffer: int | None = None) -> Peer:
        """Connect a peer without giving the engine a turn: its id is still 0."""
        peer = Peer(self.place.connect(self.listener, receive_buffer))
        self.peers.append(peer)
        return peer

    async def peer(self, receive_buffer: int | None = None) -> Peer:
        """Connect a peer and wait until the engine has it."""
        before = self.engine.totals().accepted
        peer = self.call(receive_buffer)
        await self.until(lambda: self.engine.totals().accepted > before)
        peer.id = before + 1
        return peer

    async def until(self, condition: Callable[[], bool]) -> None:
        await self.engine.until(condition, WAIT)

    async def received(self, peer: Peer, count: int) -> None:
        """Wait until so many bytes have been read from a peer."""
        await self.until(lambda: self.row(peer).rx_bytes == count)

    async def gone(self, *peers: Peer) -> None:
        """Wait until the connections of peers have ended."""
        await self.until(lambda: all(self.row(peer).closed for peer in peers))

    # -- what is asked for --------------------------------------------------------

    async def send(self, data: bytes, *peers: Peer) -> Delivery:
        """Send to some peers, to all if none is named."""
        to = tuple(peer.id for peer in peers) if peers else None
        return await self.engine.do(Send(data, to))

    async def disconnect(self, *peers: Peer, how: How = How.CLOSE) -> int:
        """Disconnect some peers, all if none is named."""
        to = tuple(peer.id for peer in peers) if peers else None
        return await self.engine.do(Disconnect(to, how))

    # -- what is seen -------------------------------------------------------------

    def view(self, sort: str = "id", reverse: bool = False, first: int = 0, count: int = ALL,
             cursor: int | None = None, filter: str = "") -> View:  # fmt: skip
        return self.engine.view(Ask(sort, reverse, first, count, cursor, filter))

    def row(self, peer: Peer) -> Client:
        """Return a peer's row of the table."""
        view = self.view(count=1, cursor=peer.id)
        assert view.cursor is not None, f"{peer.id} is not in the table"
        return self.view(first=view.cursor, count=1).rows[0]

    def records(self, peer: Peer | None = None) -> list[Record]:
        """Return all kept records, or those that concern a peer."""
        return self.engine.records(0, ALL, peer.id if peer else None)

    def kinds(self, peer: Peer) -> list[Kind]:
        return [record.kind for record in self.records(peer)]

    def story(self, peer: Peer) -> list[Kind]:
        """Return a peer's kinds of records, those of the same kind in a row as one."""
        kinds = self.kinds(peer)
        return [kind for at, kind in enumerate(kinds) if at == 0 or kind is not kinds[at - 1]]

    def heard_from(self, peer: Peer) -> bytes:
        """Return all that was kept of what a peer said."""
        return b"".join(record.data for record in self.records(peer) if record.kind is Kind.RX)

    def end(self, peer: Peer) -> End:
        """Return what a peer's CLOSE record says."""
        (closing,) = (record for record in self.records(peer) if record.kind is Kind.CLOSE)
        return End.unpack(closing.data)

    @staticmethod
    def listeners(engine: Engine) -> tuple[Listener, ...]:
        """Return the listeners that an engine has now."""
        return engine.view(Ask()).listeners

    def warnings(self) -> list[str]:
        """Return the text of every WARN record."""
        return [record.data.decode() for record in self.records() if record.kind is Kind.WARN]


class Serve(Protocol):
    """Starts an engine that listens where the test wants it."""

    async def __call__(
        self,
        *,
        answer: Callable[[bytes], bytes] | None = None,
        half_open: bool = False,
        limits: Limits | None = None,
        **more: Any,
    ) -> Stage: ...


@pytest.fixture
def place() -> Place:
    """Where the engine listens; a test file that is about all places overrides it."""
    return IPV4


@pytest.fixture
def poller() -> MakePoller:
    """What the engine waits with; a test file that is about all pollers overrides it."""
    return make_poller


@pytest.fixture
def descriptors() -> Iterator[None]:
    """Hold a test to giving every descriptor back."""
    before = len(os.listdir("/dev/fd"))
    yield
    assert len(os.listdir("/dev/fd")) <= before, "descriptors were left open"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let an engine's clocks tick often, so that no test waits a second for one."""
    monkeypatch.setattr("tcpmon.engine.listener.BACK_OFF_SECONDS", 0.02)
    monkeypatch.setattr("tcpmon.engine.engine.SAMPLE_SECONDS", 0.05)
    monkeypatch.setattr("tcpmon.engine.engine.LOOK_SECONDS", 0.05)


@pytest.fixture
async def engine(poller: MakePoller, clock: None, descriptors: None) -> AsyncIterator[Engine]:
    """Give a test an engine that listens nowhere yet, and hold it to the laws."""
    async with Engine(make_poller=poller) as engine:
        yield engine
    check_laws(engine)


@pytest.fixture
async def serve(
    place: Place, poller: MakePoller, tmp_path: Path, clock: None, descriptors: None
) -> AsyncIterator[Serve]:
    """Start engines for a test, end them with it, and hold them to the laws."""
    stages: list[Stage] = []

    async def start(
        *,
        answer: Callable[[bytes], bytes] | None = None,
        half_open: bool = False,
        limits: Limits | None = None,
        **more: Any,
    ) -> Stage:
        engine = Engine(
            answer=answer, half_open=half_open, limits=limits, make_poller=poller, **more
        )
        engine.start()
        stage = Stage(engine, place, await engine.listen(place.endpoint(tmp_path)))
        stages.append(stage)
        return stage

    yield start
    for stage in stages:
        for peer in stage.peers:
            peer.close()
        await stage.engine.stop()
        check_laws(stage.engine)


def check_laws(engine: Engine) -> None:
    """Hold a stopped engine to what is true of every dialogue, whatever happened in it.

    Records are numbered without a gap; each client has one OPEN, one CLOSE, nothing
    before the one, only notes after the other; what its End counts is what was kept.
    """
    span = engine.span()
    records = engine.records(0, ALL)
    assert [record.seq for record in records] == list(range(span.first, span.end))
    if span.first:
        return  # the beginnings are gone
    clients = {record.client for record in records} - {0}
    for client in clients:
        its = [
            record
            for record in engine.records(0, ALL, client)
            if record.cast is None or client not in record.cast.skipped
        ]
        while its[-1].kind in (Kind.INFO, Kind.WARN):
            its.pop()
        assert its[0].kind is Kind.OPEN
        assert its[-1].kind is Kind.CLOSE
        count = Counter(record.kind for record in its)
        assert count[Kind.OPEN] == count[Kind.CLOSE] == 1
        assert count[Kind.EOF] <= 1
        end = End.unpack(its[-1].data)
        assert end.rx_bytes == sum(len(record.data) for record in its if record.kind is Kind.RX)
        given = sum(len(record.data) for record in its if record.kind in (Kind.TX, Kind.CAST))
        assert 0 <= given - end.tx_bytes <= end.unsent
        assert all(record.queued == 0 for record in its if record.kind is Kind.TX)


async def kernel(condition: Callable[[], bool]) -> None:
    """Wait for what only the kernel knows, and tells nobody: an acknowledgement."""
    async with asyncio.timeout(WAIT):
        while not condition():
            await asyncio.sleep(0)


def unread(peer: Peer) -> int:
    """Return how many bytes have reached a peer's system that it has not read yet."""
    return int.from_bytes(ioctl(peer.sock.fileno(), FIONREAD, bytes(4)), sys.byteorder)


def digest(data: bytes) -> tuple[int, str]:
    """Return length and SHA-256: two streams with the same are the same."""
    return len(data), sha256(data).hexdigest()


def pieces(data: bytes, seed: int, largest: int) -> Iterator[bytes]:
    """Cut data into pieces of odd sizes, always the same for a seed."""
    random = Random(seed)
    place = 0
    while place < len(data):
        size = random.randint(1, largest)
        yield data[place : place + size]
        place += size
