"""What clients said in one read, when that is more than can be acted upon in one go.

The rest waits for a later turn, and nothing more is read from such a client until then: who sends
nothing but line ends, a quarter of a million in a read, must not let all others wait.
"""

from asyncio import AbstractEventLoop, Handle
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from time import perf_counter

from tcpmon.engine.connection import Connection
from tcpmon.engine.runs import Part

TOGETHER = 16
"""Messages that are acted upon without a look at the clock: making a payload may take long."""
TURN_SECONDS = 0.003

Said = Sequence[tuple[bytes, bytes]]
Rest = Iterator[tuple[bytes, bytes]]


class Remainders:
    """Acts on messages for a while, and goes on later.

    act: acts on a few messages of a client, and returns what is to be sent at once, None if nobody
    cared. hold: has a client read from, or not, according to whether a rest of it waits. settle:
    called when something was done outside the poller's turns.
    """

    def __init__(
        self,
        act: Callable[[Part, Said], bytes | None],
        hold: Callable[[Connection], None],
        settle: Callable[[], None],
    ) -> None:
        self._act = act
        self._hold = hold
        self._settle = settle
        self._waiting: deque[Part] = deque()
        self._next: Handle | None = None

    def add(self, part: Part, said: Rest, loop: AbstractEventLoop) -> bytes | None:
        """Act on what a client has said, as far as there is time; return as act."""
        if part.rest is not None:  # it has closed meanwhile: that is behind the rest
            part.rest = chain(part.rest, said)
            return b""
        part.rest = said
        out = self._go_on(part, perf_counter() + TURN_SECONDS)
        if part.rest is not None:
            self._waiting.append(part)
            self._hold(part.connection)
            self._later(loop)
        return out

    def _go_on(self, part: Part, until: float) -> bytes | None:
        """Act on the rest of what a client has said, until then; on some in any case."""
        cared = None
        while few := tuple(islice(part.rest or (), TOGETHER)):
            if cared:
                part.connection.send(cared)
            out = self._act(part, few)
            cared = out if cared is None else out or b""
            if part.connection.end is not None:
                break
            if perf_counter() > until:
                return cared
        part.rest = None
        return cared

    def _later(self, loop: AbstractEventLoop) -> None:
        if self._next is None:
            self._next = loop.call_soon(self._turn, loop)

    def _turn(self, loop: AbstractEventLoop) -> None:
        """Go on with those who have waited longest."""
        self._next = None
        until = perf_counter() + TURN_SECONDS
        for _ in range(len(self._waiting)):
            part = self._waiting.popleft()
            connection = part.connection
            try:
                if out := self._go_on(part, until):
                    connection.send(out)
            except Exception:  # noqa: BLE001 - the fence of a connection
                part.rest = None
                connection.bug()
            if part.rest is None:
                self._hold(connection)
            else:
                self._waiting.append(part)
            if perf_counter() > until:
                break
        if self._waiting:
            self._later(loop)
        self._settle()
