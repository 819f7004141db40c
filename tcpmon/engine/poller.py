"""Which sockets are ready: one epoll inside the asyncio loop, a budget for every turn.

It maps descriptors to targets and knows nothing of what is done with them. A
turn ends when nothing is ready any more, after 512 events, or after 5 ms, so that
timers and commands are never kept waiting.

Where there is no epoll the same targets hang on the loop's own selector. That
is kqueue on macOS too; a kqueue of our own was left out until somebody can
measure that it gains anything.
"""

import select
import sys
import time
from asyncio import AbstractEventLoop
from collections.abc import Callable
from typing import Protocol

READ, WRITE, BROKEN = 1, 4, 8 | 16
"""What a handler is told, as epoll numbers it: EPOLLIN, EPOLLOUT, EPOLLERR | EPOLLHUP."""

Events = list[tuple[int, int]]
"""(descriptor, what is ready), as an epoll returns them."""


class Target(Protocol):
    """Who is told that a descriptor is ready.

    odd: no plain reading will do, `on_ready` must be asked. See `datapath`.

    It may be told for nothing: in one turn a descriptor can be closed and its
    number given to another socket. So what is reported is a hint, and the
    system call that follows has the last word.
    """

    odd: bool

    def on_ready(self, ready: int) -> None: ...


Serve = Callable[[Events, dict[int, Target]], bool]
"""Handles events of targets by their descriptors; says whether the turn should end now."""

TURN_EVENTS = 512
TURN_SECONDS = 0.005
_BETWEEN_CLOCKS = 32  # events handled before the clock is read again


class Poller(Protocol):
    """Serves ready descriptors, level-triggered."""

    def watch(self, fd: int, target: Target, events: int) -> None:
        """Begin to serve a descriptor."""

    def change(self, fd: int, events: int) -> None:
        """Watch for other events: READ, WRITE, both or 0. An epoll reports BROKEN in any case."""

    def forget(self, fd: int) -> None:
        """Stop watching; call before the descriptor is closed."""

    def close(self) -> None:
        """Stop altogether."""


class EpollPoller:
    """One epoll whose descriptor the loop watches.

    serve: called with a few events and the targets by descriptor; after_turn:
    called once when a turn is over.
    """

    def __init__(
        self, loop: AbstractEventLoop, serve: Serve, after_turn: Callable[[], None]
    ) -> None:
        self._loop = loop
        self._serve = serve
        self._after_turn = after_turn
        self._epoll = select.epoll()
        self._targets: dict[int, Target] = {}
        self._left: Events = []
        loop.add_reader(self._epoll.fileno(), self._turn)

    def watch(self, fd: int, target: Target, events: int) -> None:
        self._epoll.register(fd, events)
        self._targets[fd] = target

    def change(self, fd: int, events: int) -> None:
        self._epoll.modify(fd, events)

    def forget(self, fd: int) -> None:
        del self._targets[fd]
        self._epoll.unregister(fd)

    def _turn(self) -> None:
        deadline = time.monotonic() + TURN_SECONDS
        events = self._left or self._epoll.poll(0, TURN_EVENTS)
        room = TURN_EVENTS
        while events:
            enough = self._serve(events[:_BETWEEN_CLOCKS], self._targets)
            room -= _BETWEEN_CLOCKS
            events = events[_BETWEEN_CLOCKS:]
            if enough or time.monotonic() > deadline:
                break
            if not events and room > 0:
                # What has come meanwhile is taken here: the way round the loop costs 20 us.
                events = self._epoll.poll(0, room)
        self._left = events
        self._after_turn()

    def close(self) -> None:
        self._loop.remove_reader(self._epoll.fileno())
        self._epoll.close()


class LoopPoller:
    """The loop's own selector, for systems without epoll. Takes what EpollPoller takes."""

    def __init__(
        self, loop: AbstractEventLoop, serve: Serve, after_turn: Callable[[], None]
    ) -> None:
        self._loop = loop
        self._serve = serve
        self._after_turn = after_turn
        self._targets: dict[int, Target] = {}

    def watch(self, fd: int, target: Target, events: int) -> None:
        self._targets[fd] = target
        self.change(fd, events)

    def change(self, fd: int, events: int) -> None:
        if events & READ:
            self._loop.add_reader(fd, self._ready, fd, READ)
        else:
            self._loop.remove_reader(fd)
        if events & WRITE:
            self._loop.add_writer(fd, self._ready, fd, WRITE)
        else:
            self._loop.remove_writer(fd)

    def _ready(self, fd: int, ready: int) -> None:
        self._serve([(fd, ready)], self._targets)
        self._after_turn()

    def forget(self, fd: int) -> None:
        del self._targets[fd]
        self.change(fd, 0)

    def close(self) -> None:
        for fd in list(self._targets):
            self.forget(fd)


def make_poller(loop: AbstractEventLoop, serve: Serve, after_turn: Callable[[], None]) -> Poller:
    """Return the best poller of this system."""
    if sys.platform == "linux":
        return EpollPoller(loop, serve, after_turn)
    return LoopPoller(loop, serve, after_turn)
