"""A search in the log that goes on while the keys do: a slice of work, then others have a turn."""

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.widget import Widget

from tcpmon.core.model import Lens, Sifted
from tcpmon.core.node import Node

if TYPE_CHECKING:
    from textual.worker import Worker

SLICE_SECONDS, PAUSE_SECONDS = 0.008, 0.002
SHOW_SECONDS = 0.1  # how often it is told how far the search is
NOTHING = Sifted(0, 0, done=True)


class Search:
    """Looks for the messages of one lens at a time. changed: called when more were found."""

    def __init__(self, owner: Widget, node: Node, changed: Callable[[], None]) -> None:
        self._owner = owner
        self._node = node
        self._changed = changed
        self._worker: Worker[None] | None = None
        self.lens: Lens | None = None
        self.sifted = NOTHING
        self.stopped = False
        """Whether somebody has had enough of it before it was done."""

    def start(self, lens: Lens | None) -> None:
        """Look for what a lens shows from now on; None for nothing."""
        self.stop()
        self.stopped = False
        self.lens = lens
        self.sifted = NOTHING
        if lens is not None:
            self.sifted = self._node.sift(lens, SLICE_SECONDS)
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
        if self.lens is None or self.stopped or self._worker is not None:
            return
        self.sifted = self._node.sift(self.lens, SLICE_SECONDS)
        if not self.sifted.done:
            self._worker = self._owner.run_worker(self._run(self.lens))

    async def _run(self, lens: Lens) -> None:
        shown_at = time.monotonic()
        while not self.sifted.done:
            await asyncio.sleep(PAUSE_SECONDS)
            self.sifted = self._node.sift(lens, SLICE_SECONDS)
            if time.monotonic() - shown_at >= SHOW_SECONDS or self.sifted.done:
                shown_at = time.monotonic()
                self._changed()
        self._worker = None
