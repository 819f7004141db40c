"""Both pollers tell the same; an epoll's turn is bounded so that others have theirs."""

import asyncio
import socket
import sys
from collections.abc import Callable, Iterator

import pytest

from tcpmon.engine import poller as module
from tcpmon.engine.engine import MakePoller
from tcpmon.engine.poller import (
    BROKEN,
    READ,
    WRITE,
    EpollPoller,
    Events,
    LoopPoller,
    Poller,
    Target,
    make_poller,
)
from tests.engine.conftest import WAIT


class Quiet:
    """A target; these tests look at what is served, not at who is told."""

    odd = True

    def on_ready(self, ready: int) -> None:
        raise AssertionError(f"serving is this test's own business: {ready}")


class Desk:
    """A poller that is asked for, and all that it has served so far.

    drain: read what is ready, as a healthy connection does.
    """

    def __init__(self, make: MakePoller, drain: bool = True) -> None:
        self.turns: list[list[tuple[int, int]]] = []
        self._turn: list[tuple[int, int]] = []
        self._drain = drain
        self._changed = asyncio.Event()
        self.batches: list[int] = []
        self.enough = False  # what is said after each few events
        self.poller: Poller = make(asyncio.get_running_loop(), self._serve, self._after_turn)

    def _serve(self, events: Events, targets: dict[int, Target]) -> bool:
        self.batches.append(len(events))
        for fd, ready in events:
            assert fd in targets
            self._turn.append((fd, ready))
            if self._drain and ready & READ:
                with socket.socket(fileno=socket.dup(fd)) as copy:
                    copy.recv(100)
        return self.enough

    def _after_turn(self) -> None:
        self.turns.append(self._turn)
        self._turn = []
        self._changed.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(WAIT):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    def seen(self, sock: socket.socket) -> list[int]:
        return [ready for turn in self.turns for fd, ready in turn if fd == sock.fileno()]


Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def pairs() -> Iterator[Callable[[], Pair]]:
    """Make connected sockets: the one that is watched, and the one that is played."""
    made: list[socket.socket] = []

    def make() -> Pair:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        made.extend((ours, theirs))
        return ours, theirs

    yield make
    for sock in made:
        sock.close()


@pytest.fixture(params=[EpollPoller, LoopPoller])
def poller(request: pytest.FixtureRequest) -> MakePoller:
    found: MakePoller = request.param
    return found


async def test_who_is_watched_is_told_as_wished(
    poller: MakePoller, pairs: Callable[[], Pair]
) -> None:
    """READ, WRITE, both or nothing is told as it was asked for last."""
    desk = Desk(poller, drain=False)
    (ours, theirs), (marker, mark) = pairs(), pairs()
    desk.poller.watch(ours.fileno(), Quiet(), READ)
    desk.poller.watch(marker.fileno(), Quiet(), READ)
    theirs.send(b"x")
    await desk.until(lambda: desk.seen(ours) != [])
    assert set(desk.seen(ours)) == {READ}

    desk.poller.change(ours.fileno(), 0)
    desk.turns.clear()
    mark.send(b"x")
    await desk.until(lambda: len(desk.seen(marker)) > 3)
    assert desk.seen(ours) == []

    desk.poller.change(ours.fileno(), WRITE)
    await desk.until(lambda: desk.seen(ours) != [])
    assert set(desk.seen(ours)) == {WRITE}

    desk.turns.clear()
    desk.poller.change(ours.fileno(), READ | WRITE)
    await desk.until(lambda: len(desk.seen(ours)) > 3)
    assert {ready & way for ready in desk.seen(ours) for way in (READ, WRITE)} >= {READ, WRITE}

    desk.poller.forget(ours.fileno())
    desk.turns.clear()
    await desk.until(lambda: len(desk.seen(marker)) > 3)
    assert desk.seen(ours) == []
    desk.poller.close()


async def test_a_number_may_be_used_again(poller: MakePoller, pairs: Callable[[], Pair]) -> None:
    """A descriptor that was forgotten and closed can be watched again under its number."""
    desk = Desk(poller)
    for _ in range(3):
        ours, theirs = pairs()
        desk.poller.watch(ours.fileno(), Quiet(), READ)
        theirs.send(b"x")
        await desk.until(lambda ours=ours: desk.seen(ours) == [READ])  # type: ignore[misc]
        desk.poller.forget(ours.fileno())
        ours.close()
        theirs.close()
        desk.turns.clear()
    desk.poller.close()


async def test_nothing_is_served_after_the_close(
    poller: MakePoller, pairs: Callable[[], Pair]
) -> None:
    """A closed poller leaves nothing behind in the loop."""
    desk = Desk(poller)
    ours, theirs = pairs()
    desk.poller.watch(ours.fileno(), Quiet(), READ)
    theirs.send(b"x")
    desk.poller.close()
    for _ in range(5):
        await asyncio.sleep(0)
    assert desk.turns == []


async def test_everyone_is_served_and_each_turn_ends(
    poller: MakePoller, pairs: Callable[[], Pair]
) -> None:
    """Each of a hundred that are ready is served once, and each turn is closed."""
    desk = Desk(poller)
    watched = [pairs() for _ in range(100)]
    for ours, theirs in watched:
        desk.poller.watch(ours.fileno(), Quiet(), READ)
        theirs.send(b"x")
    await desk.until(lambda: sum(map(len, desk.turns)) >= 100)
    assert all(desk.seen(ours) == [READ] for ours, _ in watched)
    desk.poller.close()


async def test_a_flood_leaves_others_their_turn(
    poller: MakePoller, pairs: Callable[[], Pair]
) -> None:
    """While descriptors are ready without end, commands and timers go on."""
    desk = Desk(poller, drain=False)
    for _ in range(50):
        ours, theirs = pairs()
        desk.poller.watch(ours.fileno(), Quiet(), READ)
        theirs.send(b"x")
    done = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_later(0.01, done.set_result, "the timer")
    async with asyncio.timeout(WAIT):
        assert await done == "the timer"
    assert desk.turns
    desk.poller.close()


async def test_a_turn_ends_after_its_time(
    pairs: Callable[[], Pair], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once its time is up an epoll's turn ends after a few events; what is left has its
    turn next, nobody is served twice or forgotten."""
    monkeypatch.setattr(module, "TURN_SECONDS", -1.0)
    desk = Desk(EpollPoller)
    watched = [pairs() for _ in range(100)]
    for ours, theirs in watched:
        desk.poller.watch(ours.fileno(), Quiet(), READ)
        theirs.send(b"x")
    await desk.until(lambda: sum(map(len, desk.turns)) >= 100)
    assert max(map(len, desk.turns)) <= 32
    assert all(desk.seen(ours) == [READ] for ours, _ in watched)
    desk.poller.close()


async def test_a_turn_ends_after_its_events(
    pairs: Callable[[], Pair], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An epoll's turn takes so many events and no more; the rest have theirs next."""
    monkeypatch.setattr(module, "TURN_EVENTS", 10)
    desk = Desk(EpollPoller)
    watched = [pairs() for _ in range(45)]
    for ours, theirs in watched:
        desk.poller.watch(ours.fileno(), Quiet(), READ)
        theirs.send(b"x")
    await desk.until(lambda: sum(map(len, desk.turns)) >= 45)
    assert [len(turn) for turn in desk.turns] == [10, 10, 10, 10, 5]
    desk.poller.close()


async def test_an_epoll_tells_of_a_broken_connection_unasked(pairs: Callable[[], Pair]) -> None:
    """Even where nothing is wished for, a peer that has gone altogether is told."""
    desk = Desk(EpollPoller)
    ours, theirs = pairs()
    desk.poller.watch(ours.fileno(), Quiet(), 0)
    theirs.close()
    await desk.until(lambda: desk.seen(ours) != [])
    assert desk.seen(ours)[0] & BROKEN
    desk.poller.forget(ours.fileno())
    desk.poller.close()


async def test_a_turn_ends_when_enough_has_come(pairs: Callable[[], Pair]) -> None:
    """Who serves may end the turn; the others of the turn have the next one, in their order."""
    desk = Desk(EpollPoller)
    desk.enough = True
    for _ in range(100):
        ours, theirs = pairs()
        desk.poller.watch(ours.fileno(), Quiet(), READ)
        theirs.send(b"x")
    await desk.until(lambda: sum(map(len, desk.turns)) >= 100)
    assert [len(turn) for turn in desk.turns[:3]] == [32, 32, 32]
    assert len({fd for turn in desk.turns[:4] for fd, _ in turn}) == 100
    desk.poller.close()


async def test_each_system_gets_its_poller(monkeypatch: pytest.MonkeyPatch) -> None:
    """Linux has an epoll, others the loop's own selector."""
    loop = asyncio.get_running_loop()
    for system, kind in (("linux", EpollPoller), ("darwin", LoopPoller), ("win32", LoopPoller)):
        monkeypatch.setattr(sys, "platform", system)
        made = make_poller(loop, lambda events, targets: False, lambda: None)
        assert type(made) is kind
        made.close()
