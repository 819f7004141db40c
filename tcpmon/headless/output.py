"""A descriptor that takes lines in its own time, on a thread, so that the engine never waits."""

import os
import queue
import select
import threading
from collections.abc import Callable

HIGH, LOW = 32 << 20, 16 << 20
"""Bytes waiting from which the writers of the data are asked to pause, and to go on."""


class Output:
    """Writes to a descriptor from a thread of its own; nothing is lost, everything is counted.

    pause: called with True when too much waits and with False when it has gone.
    gone: called once when the descriptor takes no more, with the error. Both
    may come from the thread.
    """

    def __init__(
        self,
        fd: int,
        pause: Callable[[bool], object] = bool,
        gone: Callable[[OSError], object] = bool,
    ) -> None:
        self.error: OSError | None = None
        """Why the descriptor takes no more."""
        self._fd = fd
        self._pause = pause
        self._gone = gone
        self._queue: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._given = self._written = 0  # each has one writer: the caller, the thread
        self._paused = False
        self._thread = threading.Thread(target=self._run, name="tcpmon-output", daemon=True)
        self._thread.start()

    def write(self, data: bytes) -> None:
        """Take lines for writing. Never blocks."""
        self._given += len(data)
        self._queue.put(data)
        if not self._paused and self._given - self._written > HIGH:
            self._pause(True)
            self._paused = True
            self._resume()  # what the thread has written meanwhile, it has not told

    def _run(self) -> None:
        while (data := self._queue.get()) is not None:
            try:
                self._write_all(data)
            except OSError as error:
                self.error = error
                self._gone(error)
                return
            self._written += len(data)
            self._resume()

    def _resume(self) -> None:
        if self._paused and self._given - self._written < LOW:
            self._paused = False
            self._pause(False)

    def _write_all(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            try:
                rest = rest[os.write(self._fd, rest) :]
            except BlockingIOError:  # somebody has set it so
                select.select([], [self._fd], [])

    @property
    def ended(self) -> bool:
        """Whether nothing more will be written, after `close` or an error."""
        return not self._thread.is_alive()

    def close(self, seconds: float) -> int:
        """Write what waits, but for no longer than so many seconds; return how many bytes
        were not written."""
        self._queue.put(None)
        self._thread.join(seconds)
        return self._given - self._written
