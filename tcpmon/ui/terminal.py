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
import tempfile
import termios
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO, TextIO

from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Paste
from textual.message import Message

from tcpmon.core.units import number
from tcpmon.ui.fence import allow_listed
from tcpmon.ui.keys import PASTE, PASTED_ESCAPE, KeyFence

if TYPE_CHECKING:
    from textual.app import App

INPUT_SECONDS = 0.1
LEAVE = (
    b"\x1b[?2004l\x1b[?7h\x1b[?2048l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1015l"
    b"\x1b[?1016l\x1b[?1004l\x1b[?2026l\x1b[<u\x1b[0m\x1b[?1049l\x1b[?25h"
)
"""Everything that a driver may have switched on, switched off."""
ATTEMPTS = 20  # to make room in a terminal that is full
STREAMS = (1, 2)
ASIDE_BYTES = 64 * 1024


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


class Aside:
    """Keeps off the screen what anybody writes to stdout or stderr, Python or not."""

    def __init__(self) -> None:
        self._kept: BinaryIO | None = None
        self._own: list[int] = []
        self._terminal: TextIO | None = None

    def begin(self) -> TextIO:
        """Let them be a file. Return what is the terminal meanwhile."""
        if self._terminal is None:
            assert sys.__stderr__
            encoding, errors = sys.__stderr__.encoding, sys.__stderr__.errors
            self._terminal = os.fdopen(
                os.dup(sys.__stderr__.fileno()), "w", encoding=encoding, errors=errors
            )
            try:
                self._kept = tempfile.TemporaryFile()  # noqa: SIM115 - closed at the end
            except OSError:  # a machine with no room for it
                self._kept = open(os.devnull, "w+b")  # noqa: SIM115
            self._own = [os.dup(fd) for fd in STREAMS]
            for fd in STREAMS:
                os.dup2(self._kept.fileno(), fd)
        return self._terminal

    def end(self) -> str:
        """Let them be what they were. Return what was kept off, or its beginning."""
        if self._terminal is None or self._kept is None:
            return ""
        with suppress(OSError):  # the terminal is gone, and its last words with it
            self._terminal.close()
        for fd, own in zip(STREAMS, self._own, strict=True):
            os.dup2(own, fd)
            os.close(own)
        with self._kept:
            length = self._kept.tell()
            self._kept.seek(0)
            text = self._kept.read(ASIDE_BYTES).decode("utf-8", "backslashreplace")
        self._terminal = None
        more = length - ASIDE_BYTES
        return f"{text}\n… and {number(more)} B more" if more > 0 else text


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
        self._aside = Aside()

    def start_application_mode(self) -> None:
        """Enter the full screen."""
        self._file = _Stream(self._aside.begin(), self._hang_up)  # type: ignore[assignment]
        super().start_application_mode()  # type: ignore[no-untyped-call]

    def close(self) -> None:
        """Write all that is waiting, and leave the terminal to others."""
        super().close()
        if text := self._aside.end():
            self._app._print(text, stderr=True)

    def _sigtstp_application(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._halt)

    def _sigcont_application(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._go_on)

    def _halt(self) -> None:
        """Give the terminal back as it was, and stop as a SIGTSTP does."""
        self.suspend_application_mode()
        os.kill(os.getpid(), signal.SIGSTOP)

    def _go_on(self) -> None:
        """Take the terminal again, in whatever state others left it."""
        if not self._app.is_running:
            return
        if self._writing:  # stopped by a SIGSTOP, of which nobody is told
            self.suspend_application_mode()
        self.resume_application_mode()
        self._app.refresh(layout=True)

    @property
    def _writing(self) -> bool:
        return self._writer_thread is not None and self._writer_thread.is_alive()

    def _get_terminal_size(self) -> tuple[int, int]:
        """Ask the terminal itself: COLUMNS and LINES, where exported, are of another day."""
        try:
            columns, lines = os.get_terminal_size(self.fileno)
        except OSError:
            return super()._get_terminal_size()
        return columns or 80, lines or 24

    def write(self, data: str) -> None:
        """Write what this program may write, and nothing else."""
        if self._writing:
            super().write(allow_listed(data))

    def write_clipboard(self, text: str) -> None:
        """Set the terminal's clipboard: the one way to it, past the fence."""
        payload = base64.b64encode(text.encode()).decode("ascii")
        super().write(f"\x1b]52;c;{payload}\x07")

    def _hang_up(self) -> None:
        """There is nobody to show anything to any more."""
        with suppress(RuntimeError):  # the loop is closed: the app has left before
            self._loop.call_soon_threadsafe(self._app.exit)

    def run_input_thread(self) -> None:
        """Read keys until the program ends, whatever else comes."""
        fence = KeyFence(self._paste_is_cut)
        parser = XTermParser(self._debug)
        while not self.exit_event.is_set():
            try:
                ready, _, _ = select.select([self.fileno], [], [], INPUT_SECONDS)
                data = os.read(self.fileno, 4096) if ready else None
            except OSError:
                data = b""
            if data == b"":
                self._hang_up()
                return
            # One by one: what is behind a character that it cannot bear is for the next parser.
            for character in (*(fence.feed(data) if data else ""), None):
                try:
                    for event in parser.tick() if character is None else parser.feed(character):
                        self.process_message(_restored(event))
                except Exception:  # noqa: BLE001 - the fence of the keyboard
                    parser = XTermParser(self._debug)

    def _paste_is_cut(self) -> None:
        text = f"a paste ends after {number(PASTE)} characters; the rest is left out"
        with suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(lambda: self._app.notify(text, severity="warning"))


def _restored(event: Message) -> Message:
    if isinstance(event, Paste) and PASTED_ESCAPE in event.text:
        return Paste(event.text.replace(PASTED_ESCAPE, "\x1b"))
    return event


class WayHome:
    """Brings the terminal back to what it was, even when nothing else works any more."""

    def __init__(self) -> None:
        self._in = sys.__stdin__.fileno() if sys.__stdin__ else 0
        # Where Textual writes; later on that number may be another file's.
        self._out = os.dup(sys.__stderr__.fileno() if sys.__stderr__ else 2)
        self._before = termios.tcgetattr(self._in) if os.isatty(self._in) else None

    def restore(self) -> None:
        """Leave the full screen and the raw mode, without ever waiting for the terminal."""
        with suppress(OSError, termios.error):
            blocking = os.get_blocking(self._out)
            os.set_blocking(self._out, False)
            try:
                self._write_leave()
            finally:
                os.set_blocking(self._out, blocking)
        self._reset_modes()

    def _reset_modes(self) -> None:
        if self._before is not None:
            with suppress(OSError, termios.error):
                termios.tcsetattr(self._in, termios.TCSANOW, self._before)

    def _write_leave(self) -> None:
        """Make room in a buffer that is full, and wait until nobody fills it again.

        Textual's writer may sleep in the kernel with the terminal's write lock held. Setting
        the modes wakes it, emptying the buffer does not; then it finds that it may not wait
        any more, and gives up. Source: n_tty_set_termios and n_tty_write in Linux.
        """
        for attempt in range(ATTEMPTS):
            self._reset_modes()
            termios.tcflush(self._out, termios.TCOFLUSH)
            if attempt >= ATTEMPTS // 2:
                with suppress(BlockingIOError):
                    if os.write(self._out, LEAVE) == len(LEAVE):
                        return
            time.sleep(0.01)


class Ending:
    """The end of the program: in order, and after so many seconds in any case.

    stop: asks the server to end. Neither it nor anything else here waits: the
    main thread may be stuck in a terminal that stands still.
    """

    def __init__(self, stop: Callable[[], None], seconds: float) -> None:
        self._stop = stop
        self._seconds = seconds
        self._way_home = WayHome()
        self._deadline: threading.Timer | None = None

    def on_signals(self, leave: Callable[[], None]) -> None:
        """Let signals begin it. leave: asks the screen to end."""

        def on_signal(number: int, frame: object) -> None:
            self.begin(128 + number)
            leave()

        for name in ("SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT"):
            signal.signal(getattr(signal, name), on_signal)

    def begin(self, status: int = 0) -> None:
        """End the server. status: the program's, if it cannot end in order."""
        if self._deadline is None:
            self._deadline = threading.Timer(self._seconds, self._be_gone, (status,))
            self._deadline.daemon = True
            self._deadline.start()
        self._stop()

    def _be_gone(self, status: int) -> None:
        self._way_home.restore()
        os._exit(status)

    def over(self) -> None:
        """The program has ended in order. If the deadline was faster, it has the last word."""
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline.join()
