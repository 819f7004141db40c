"""The one timer: asks the node, hands a frozen picture on. Paused = it does not ask.

Where nothing happens it asks once a second. It slows down by itself when drawing
takes more of the processor than it should, so that a small machine or a slow
terminal costs pictures and not keys, and while another screen covers what it feeds.
"""

import time
from collections.abc import Callable, Iterable

from msgspec.structs import replace
from textual.screen import Screen

from tcpmon.core.model import Ask, View
from tcpmon.core.node import Node
from tcpmon.ui.faults import fenced

FASTEST, SLOWEST = 0.1, 0.5  # seconds between two pictures
QUIET = 0.9  # seconds between them while nothing happens: no second of the clock is missed
BUSY_SHARE = 0.25  # of a core, above which the time between pictures grows


class Feed:
    """Pictures of a node for one screen.

    wanted: says which part of the table is shown now. shows: each takes each
    picture, whatever the others do with it. wait: called instead, as often,
    while it is paused.
    """

    def __init__(
        self,
        node: Node,
        screen: Screen[None],
        wanted: Callable[[], Ask],
        shows: Iterable[Callable[[View], None]],
        wait: Callable[[], None],
    ) -> None:
        self._node = node
        self._screen = screen
        self._wanted = wanted
        self._shows = tuple(shows)
        self._wait = wait
        self._period = FASTEST
        self._shown_end, self._shown_at = 0, 0.0  # of the records, and when
        self._cpu = time.thread_time()
        self._at = time.monotonic()
        self.paused = False
        self.view = node.view(Ask())
        """The newest picture."""

    def start(self) -> None:
        """Begin to ask; it ends with the screen."""
        self._screen.set_timer(self._period, self._tick)
        self.ask()

    def ask(self) -> None:
        """Take a picture now and show it. While paused only the rows are new, so that one
        can still move about."""
        self._shown_end, self._shown_at = self._node.span().end, time.monotonic()
        ask = Ask()
        with fenced(self._screen):
            ask = self._wanted()
        view = self._node.view(ask)
        if self.paused:
            view = replace(
                self.view, rows=view.rows, first=view.first, cursor=view.cursor, count=view.count,
                hidden=view.hidden, trouble=view.trouble,
            )  # fmt: skip
        self.view = view
        for show in self._shows:
            with fenced(self._screen):
                show(view)

    @property
    def _is_old(self) -> bool:
        """Say whether something has happened since the newest picture, or if not, so much
        time has passed that ages and rates have become others."""
        age = time.monotonic() - self._shown_at
        return self._node.span().end != self._shown_end or age >= QUIET

    def _tick(self) -> None:
        with fenced(self._screen):
            if self.paused:
                self._wait()
            elif self._is_old:
                self.ask()
        self._adapt()
        self._screen.set_timer(self._period, self._tick)

    def _adapt(self) -> None:
        cpu, now = time.thread_time(), time.monotonic()
        busy = (cpu - self._cpu) / max(now - self._at, 1e-6) > BUSY_SHARE
        self._cpu, self._at = cpu, now
        if self._screen.is_active:
            self._period = min(SLOWEST, max(FASTEST, self._period * (1.25 if busy else 0.9)))
        else:
            self._period = SLOWEST
