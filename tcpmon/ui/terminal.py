"""The real terminal: the last fence on the way out, manners on the way in, and a way home.

Extends Textual's driver where the driver would end the program, or not end it:
bytes that are no UTF-8, a terminal that is gone, one that stands still when a
signal asks us to leave.
"""

import base64
import os
import select
import signal
import sys
import termios
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, TextIO

from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver

from tcpmon.ui.fence import allow_listed
from tcpmon.ui.keys import KeyFence

if TYPE_CHECKING:
    from textual.app import App

INPUT_SECONDS = 0.1
LEAVE = (
    "\x1b[?2004l\x1b[?7h\x1b[?2048l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1015l"
    "\x1b[?1016l\x1b[?1004l\x1b[?2026l\x1b[<u\x1b[0m\x1b[?1049l\x1b[?25h"
)
"""Everything that a driver may have switched on, switched off."""


class _Stream:
    """A terminal's output that outlives the terminal: what cannot be written is dropped."""

    def __init__(self, file: TextIO, gone: Callable[[], None]) -> None:
        self._file = file
        self._gone = gone
        self._lost = False

    def write(self, text: str) -> None:
        self._try(lambda: self._file.write(text))

    def flush(self) -> None:
        self._try(self._file.flush)

    def fileno(self) -> int:
        return self._file.fileno()

    def _try(self, act: Callable[[], object]) -> None:
        if self._lost:
            return
        try:
            act()
        except OSError:
            self._lost = True
            self._gone()


class Terminal(LinuxDriver):
    """Textual's driver with fences on both sides."""

    def __init__(
        self,
        app: "App[None]",
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._file = _Stream(self._file, self._hang_up)  # type: ignore[assignment, arg-type]

    def write(self, data: str) -> None:
        """Write what this program may write, and nothing else."""
        super().write(allow_listed(data))

    def write_clipboard(self, text: str) -> None:
        """Set the terminal's clipboard: the one way to it, past the fence."""
        payload = base64.b64encode(text.encode()).decode("ascii")
        super().write(f"\x1b]52;c;{payload}\x07")

    def _hang_up(self) -> None:
        """There is nobody to show anything to any more."""
        self._loop.call_soon_threadsafe(self._app.exit)

    def run_input_thread(self) -> None:
        """Read keys until the program ends, whatever else comes."""
        fence = KeyFence()
        parser = XTermParser(self._debug)
        while not self.exit_event.is_set():
            try:
                ready, _, _ = select.select([self.fileno], [], [], INPUT_SECONDS)
                if ready:
                    data = os.read(self.fileno, 4096)
                    if not data:
                        self._hang_up()
                        return
                    for event in parser.feed(text) if (text := fence.feed(data)) else ():
                        self.process_message(event)
                for event in parser.tick():
                    self.process_message(event)
            except OSError:
                self._hang_up()
                return
            except Exception:  # noqa: BLE001 - the fence of the keyboard: a sequence it cannot bear
                parser = XTermParser(self._debug)


class WayHome:
    """Brings the terminal back to what it was, even when nothing else works any more."""

    def __init__(self) -> None:
        self._fd = sys.__stdin__.fileno() if sys.__stdin__ else 0
        self._before = termios.tcgetattr(self._fd) if os.isatty(self._fd) else None

    def restore(self) -> None:
        """Leave the full screen and the raw mode, without ever waiting for the terminal."""
        try:
            termios.tcflush(self._fd, termios.TCOFLUSH)  # a full buffer would take nothing more
            blocking = os.get_blocking(self._fd)
            os.set_blocking(self._fd, False)
            try:
                os.write(self._fd, LEAVE.encode())
            finally:
                os.set_blocking(self._fd, blocking)
            if self._before is not None:
                termios.tcsetattr(self._fd, termios.TCSANOW, self._before)
        except (OSError, termios.error):
            pass  # it is gone, and with it all there was to restore


def on_end_signals(leave: Callable[[], None], way_home: WayHome, seconds: float) -> None:
    """Call leave on SIGTERM and SIGHUP, and be gone after so many seconds in any case.

    leave must not wait: the main thread may be stuck in a terminal that stands still.
    """

    def on_signal(number: int, frame: object) -> None:
        timer = threading.Timer(seconds, _be_gone, (number, way_home))
        timer.daemon = True
        timer.start()
        leave()

    for name in ("SIGTERM", "SIGHUP"):
        signal.signal(getattr(signal, name), on_signal)


def _be_gone(number: int, way_home: WayHome) -> None:
    way_home.restore()
    os._exit(128 + number)
