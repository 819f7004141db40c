"""A search in the log that goes on while the keys do: a slice of work, then others have a turn."""

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec.structs import replace
from textual.widget import Widget

from tcpmon.core.model import Lens, Sifted
from tcpmon.core.node import Node

if TYPE_CHECKING:
    from textual.worker import Worker

SLICE_SECONDS, PAUSE_SECONDS = 0.008, 0.002
SHOW_SECONDS = 0.1  # how often it is told how far the search is
NOTHING = Sifted(0, 0, done=True)


class Search:
    """Looks for what some lenses show. changed: called when more was found."""

    def __init__(self, owner: Widget, node: Node, changed: Callable[[], None]) -> None:
        self._owner = owner
        self._node = node
        self._changed = changed
        self._worker: Worker[None] | None = None
        self._lenses: tuple[Lens, ...] = ()
        self.sifted = NOTHING
        """What the last lens has found by now; done when all are."""
        self.stopped = False
        """Whether somebody has had enough of it before it was done."""

    def __bool__(self) -> bool:
        """Whether anything is looked for."""
        return bool(self._lenses)

    def start(self, *lenses: Lens) -> None:
        """Look for what these lenses show from now on."""
        self.stop()
        self.stopped = False
        self._lenses = lenses
        self.sifted = NOTHING
        self.go_on()

    def stop(self) -> bool:
        """Look no further; return whether it was not done."""
        running = self._worker is not None and not self.sifted.done
        if self._worker is not None:
            self._worker.cancel()
            self._worker = None
        self.stopped = self.stopped or running
        return running

    def go_on(self) -> None:
        """Look at what has come since, unless it was stopped."""
        if self.stopped or self._worker is not None:
            return
        self._sift()
        if not self.sifted.done:
            self._worker = self._owner.run_worker(self._run)

    def _sift(self) -> None:
        sifted = [self._node.sift(lens, SLICE_SECONDS) for lens in self._lenses]
        if sifted:
            done = all(each.done for each in sifted)
            trouble = next((each.trouble for each in sifted if each.trouble), "")
            self.sifted = replace(sifted[-1], done=done, trouble=trouble)

    async def _run(self) -> None:
        shown_at = time.monotonic()
        while not self.sifted.done:
            await asyncio.sleep(PAUSE_SECONDS)
            self._sift()
            if time.monotonic() - shown_at >= SHOW_SECONDS:
                shown_at = time.monotonic()
                self._changed()
        self._worker = None
        self._changed()
