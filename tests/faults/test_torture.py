"""Torture: the n-th system call fails, for n = 1, 2, 3, … until a dialogue passes without.

After each failure the dialogue must come to an end, nobody may have been left without a
reason, nothing may be called a bug, and those whom the failure did not concern must have
all their bytes. Here with an engine in this process, whose calls can be made to fail.
"""

import asyncio
import errno
import itertools
import os
import select
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from tcpmon.core.commands import Disconnect, Send
from tcpmon.core.errors import CannotListen
from tcpmon.core.limits import Limits
from tcpmon.core.model import Ask, End, Kind, Reason
from tcpmon.engine import poller
from tcpmon.engine.engine import Engine
from tests.engine.conftest import ALL, PLACES, WAIT, Peer, Place, check_laws

CALLS = {
    "accept": [errno.ENOMEM, errno.ENOBUFS, errno.EMFILE, errno.EINTR, errno.ECONNABORTED],
    "recv": [errno.ENOMEM, errno.ENOBUFS, errno.EINTR, errno.EIO],
    "recv_into": [errno.ENOMEM, errno.ENOBUFS, errno.EIO],
    "send": [errno.ENOMEM, errno.ENOBUFS, errno.EINTR, errno.EPIPE, errno.EIO],
    "sendmsg": [errno.ENOMEM, errno.ENOBUFS, errno.EPIPE],
    "shutdown": [errno.ENOBUFS, errno.ENOTCONN],
    "setsockopt": [errno.ENOMEM, errno.ENOBUFS],
    "register": [errno.ENOMEM, errno.ENOSPC],
    "open": [errno.EMFILE, errno.ENFILE, errno.ENOMEM],
}
"""What can fail, and how it does. Python repeats a call that a signal has interrupted, so
EINTR should never be seen; here it is."""

SMALL = 4096  # a receive buffer that is soon full
NEVER_CALLED = {("setsockopt", "unix")}
"""A socket file has no options, and who is there is not reset in this dialogue."""

MESSAGE = b"hello " * 20_000  # more than one read takes
TOO_MUCH = bytes(700_000)  # more than a kernel holds for who does not read


class Rack:
    """Lets the n-th call of a name fail, once. used: whether it did."""

    def __init__(self, name: str, number: int, nth: int) -> None:
        self._name = name
        self._number = number
        self._left = nth
        self.used = False
        self.why = os.strerror(number).lower()

    def turn(self, name: str) -> None:
        if name == self._name and not self.used:
            self._left -= 1
            if not self._left:
                self.used = True
                raise OSError(self._number, os.strerror(self._number))


def racked(rack: Rack) -> type[socket.socket]:
    """Return the kind of socket that an engine gets: its calls go over the rack."""

    class Racked(socket.socket):
        def accept(self) -> tuple[socket.socket, object]:
            rack.turn("accept")
            connected, address = super().accept()
            family, type_, proto = connected.family, connected.type, connected.proto
            return Racked(family, type_, proto, connected.detach()), address

        def recv(self, *arguments: int) -> bytes:
            rack.turn("recv")
            return super().recv(*arguments)

        def recv_into(self, *arguments: object) -> int:
            rack.turn("recv_into")
            return super().recv_into(*arguments)  # type: ignore[arg-type]

        def send(self, *arguments: object) -> int:
            rack.turn("send")
            return super().send(*arguments)  # type: ignore[arg-type]

        def sendmsg(self, *arguments: object) -> int:
            rack.turn("sendmsg")
            return super().sendmsg(*arguments)  # type: ignore[arg-type]

        def shutdown(self, how: int) -> None:
            rack.turn("shutdown")
            super().shutdown(how)

        def setsockopt(self, *arguments: object) -> None:
            rack.turn("setsockopt")
            super().setsockopt(*arguments)  # type: ignore[call-overload]

    return Racked


class RackedEpoll:
    """An epoll that cannot always take another descriptor."""

    def __init__(self, rack: Rack) -> None:
        self._rack = rack
        self._epoll = select.epoll()
        self.fileno, self.close = self._epoll.fileno, self._epoll.close
        self.modify, self.unregister = self._epoll.modify, self._epoll.unregister
        self.poll = self._epoll.poll

    def register(self, fd: int, events: int) -> None:
        self._rack.turn("register")
        self._epoll.register(fd, events)


@contextmanager
def on_the_rack(rack: Rack) -> Iterator[None]:
    """Put the calls of every engine that is started meanwhile on the rack."""
    names = {name: getattr(socket, name) for name in dir(socket) if not name.startswith("__")}
    opens = os.open

    def racked_open(*arguments: object) -> int:
        rack.turn("open")
        return opens(*arguments)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        mine = SimpleNamespace(**names | {"socket": racked(rack)})
        patch.setattr("tcpmon.engine.sockets.socket", mine)
        patch.setattr(poller, "select", SimpleNamespace(epoll=lambda: RackedEpoll(rack)))
        patch.setattr("tcpmon.engine.listener.os.open", racked_open)
        patch.setattr("tcpmon.engine.listener.BACK_OFF_SECONDS", 0.01)
        yield


async def talk(peer: Peer) -> bytes:
    """Say something to an echo, hear as much, say goodbye and hear it out."""
    heard = b""
    try:
        await peer.say(MESSAGE)
        heard += await peer.hear(len(MESSAGE))
        peer.fin()
        heard += await peer.hear_out()
    except (ConnectionError, AssertionError):
        pass
    return heard


async def dialogue(place: Place, folder: Path, rack: Rack) -> None:
    """Four clients of an echo: two talk, two do not read what is sent to them until they
    are told to go."""
    limits = Limits(flush_seconds=0.05, stop_seconds=0.2)
    engine = Engine(answer=lambda data: data, limits=limits)
    peers: list[Peer] = []
    async with asyncio.timeout(2 * WAIT), engine:
        try:
            listener = await engine.listen(place.endpoint(folder))
        except CannotListen as error:
            told = str(error)
            assert rack.why in told
            assert engine.view(Ask()).listeners == ()
            return
        try:
            for count in range(1, 5):
                peers.append(Peer(place.connect(listener, SMALL if count > 2 else None)))
                await engine.until(lambda count=count: arrived(engine) == count, WAIT)  # type: ignore[misc]
            heard = await asyncio.gather(*map(talk, peers[:2]))
            await engine.do(Send(TOO_MUCH))
            await engine.do(Disconnect(tuple(engine._roster.open)))
            await asyncio.gather(*(peer.hear_all() for peer in peers[2:]))
            await engine.until(lambda: not engine.totals().open, WAIT)
        finally:
            for peer in peers:
                peer.close()
    judge(engine, heard, rack)


def arrived(engine: Engine) -> int:
    return engine.totals().accepted + engine.totals().refused


def judge(engine: Engine, heard: list[bytes], rack: Rack) -> None:
    """Hold what was told to the laws, and let one client at most have suffered."""
    check_laws(engine)
    records = engine.records(0, ALL)
    warnings = [record.data.decode() for record in records if record.kind is Kind.WARN]
    assert [text for text in warnings if "Traceback" in text or " bug " in text] == []
    ends = [End.unpack(record.data) for record in records if record.kind is Kind.CLOSE]
    failed = [end for end in ends if end.reason is Reason.FAILED]
    assert all(end.detail.lower() == rack.why for end in failed)
    refused = engine.totals().refused
    assert len(warnings) == refused
    assert all(rack.why in text for text in warnings)
    assert len(failed) + refused <= rack.used
    assert sum(what != MESSAGE for what in heard) <= rack.used
    assert engine.totals().unsent == 0


@pytest.mark.parametrize("call", CALLS)
def test_the_nth_call_fails_and_one_client_at_most_suffers(
    tmp_path: Path, place: Place, call: str
) -> None:
    """Section 6: each call of a dialogue fails, in each of its ways on some listener; it always
    comes to its end, what went wrong is told in the system's words, and others have all
    their bytes."""
    numbers = CALLS[call]
    for number in numbers[PLACES.index(place) :: len(PLACES)] or numbers[:1]:  # shared out
        for nth in itertools.count(1):
            rack = Rack(call, number, nth)
            with on_the_rack(rack):
                asyncio.run(dialogue(place, tmp_path, rack))
            if not rack.used:
                break
        assert nth > 1 or (call, place.name) in NEVER_CALLED, "it was never called"
