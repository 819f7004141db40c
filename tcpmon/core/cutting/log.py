"""The log of a node: its messages through any lens, cut, filtered and searched."""

from collections import OrderedDict
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from tcpmon.core.cutting.framings import Framings
from tcpmon.core.cutting.window import Window
from tcpmon.core.errors import BadFilter
from tcpmon.core.model import Client, Lens, Message, Place, Record, Sifted
from tcpmon.core.store import Raw, Store

if TYPE_CHECKING:
    from tcpmon.core.cutting.sieve import Sieve

SIEVES = 4
"""So many filters are remembered with what they have found."""
AGAIN_SECONDS = 1.0
"""A filter about what changes of clients is tried again on all messages after so long, or when
ten times as long has passed as that takes."""


def _never() -> bool:
    return False


class _Sifting:
    """What a filter has found, and the next try if what it asks for changes."""

    def __init__(self, sieve: "Sieve", made: tuple[int, bool], now: float) -> None:
        self.sieve = sieve
        self.made = made  # how streams were cut then, and whether any was
        self.begun = now
        self.took = 0.0
        self.done = False
        self.next: Sieve | None = None


class Log:
    """Looks at a store, from any thread. ended, record_of, lock: see Window; client_of: what is
    known of a client now; clock: seconds, now: ns since 1970."""

    def __init__(
        self,
        store: Store,
        framings: Framings,
        ended: Callable[[int, int], bool],
        record_of: Callable[[Raw], Record],
        client_of: Callable[[int], Client | None],
        clock: Callable[[], float],
        now: Callable[[], int],
        lock: AbstractContextManager[object],
    ) -> None:
        self._framings = framings
        self._changes = 0
        self.window = Window(store, framings.of, ended, record_of, lock)
        self._client_of = client_of
        self._clock = clock
        self._now = now
        self._siftings: OrderedDict[tuple[int | None, str], _Sifting] = OrderedDict()

    def messages(self, start: Place, count: int, lens: Lens) -> list[Message]:
        """Return up to count messages at or after a place, or -count before it."""
        with self.window.lock:
            sifting = self._sifting(lens)
            if sifting is None:
                deadline = self._clock() + lens.patience
                is_over = (lambda: self._clock() >= deadline) if lens.patience else _never
                return self.window.messages(start, count, lens, is_over)
            return sifting.sieve.messages(start, count, lens.most)

    def sift(self, lens: Lens, seconds: float) -> Sifted:
        """Go on looking for what matches; a filter that cannot be read is none."""
        with self.window.lock:
            sifting = self._sifting(lens)
            if sifting is None:
                return Sifted(0, 0, done=True)
            clock, begun = self._clock, self._clock()
            sifted = sifting.sieve.step(seconds, clock, self._now())
            if not sifting.done:
                sifting.took += clock() - begun
                sifting.done = sifted.done
            elif sifting.sieve.changing:
                self._try_again(lens, sifting, seconds)
            return sifted

    def _try_again(self, lens: Lens, sifting: _Sifting, seconds: float) -> None:
        """What has changed of clients shows on messages that were looked at before."""
        now = self._clock()
        if sifting.next is None:
            if now - sifting.begun < max(AGAIN_SECONDS, 10 * sifting.took):
                return
            sifting.next = self._sieve(lens)
            sifting.begun, sifting.took = now, 0.0
        done = sifting.next.step(seconds, self._clock, self._now()).done
        sifting.took += self._clock() - now
        if done:
            sifting.sieve, sifting.next = sifting.next, None

    def _sieve(self, lens: Lens) -> "Sieve":
        from tcpmon.core.cutting.sieve import Sieve
        from tcpmon.core.query import parse

        whole = self._framings.whole
        return Sieve(self.window, lens.client, parse(lens.filter), whole, self._client_of)

    def _sifting(self, lens: Lens) -> _Sifting | None:
        """Return what is known of a lens; None if it shows everything."""
        if self._changes != self._framings.changes:
            self._changes = self._framings.changes
            self.window.recut()
        if not lens.filter:
            return None
        key = lens.client, lens.filter
        made = self._framings.changes, self._framings.whole
        sifting = self._siftings.get(key)
        if sifting is None or sifting.made != made:
            try:
                sifting = _Sifting(self._sieve(lens), made, self._clock())
            except BadFilter:
                return None
            self._siftings[key] = sifting
        self._siftings.move_to_end(key)
        while len(self._siftings) > SIEVES:
            self._siftings.popitem(last=False)
        return sifting
