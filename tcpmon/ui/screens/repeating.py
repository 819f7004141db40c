"""What to send again and again, how often, and how many times."""

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tcpmon.core.commands import Repeat, Whom
from tcpmon.core.errors import BadTime, InputError
from tcpmon.core.escape import escape_hidden
from tcpmon.core.payload import sendable
from tcpmon.core.units import counted, lasted, number, parse_time
from tcpmon.ui.widgets.line_input import LineInput

LEAST_SECONDS = 0.001
MOST_TIMES = 1_000_000_000


def read(text: str, every: str, times: str, whom: Whom) -> Repeat:
    """Return what was written. Raises InputError."""
    sendable(text)
    seconds = parse_time(every)
    if seconds < LEAST_SECONDS:
        raise BadTime("that is too often", "1ms is the least")
    return Repeat(text, whom, seconds, _times(times.strip()))


def _times(text: str) -> int:
    if not text:
        return 0
    if not (text.isascii() and text.isdigit()) or not 0 < len(text) <= 10:
        raise InputError("how many times is a number", "leave it empty to go on until stopped")
    times = int(text)
    if not 1 <= times <= MOST_TIMES:
        raise InputError(f"from 1 to {number(MOST_TIMES)} times", "or leave it empty")
    return times


def told(repeat: Repeat) -> str:
    """Say what it means."""
    every = f"every {lasted(repeat.every)}"
    if not repeat.times:
        return f"at once and then {every}, until it is stopped: J"
    if repeat.times == 1:
        return "once, at once"
    over = lasted(repeat.every * (repeat.times - 1))
    return f"{counted(repeat.times, 'time')}, {every}: at once, and the last after {over}"


class PayloadInput(LineInput):
    """A line in which what cannot be seen is turned into an escape as it comes in."""

    def insert_text_at_cursor(self, text: str) -> None:
        super().insert_text_at_cursor(escape_hidden(text, self.value[: self.cursor_position]))

    def on_paste(self, event: events.Paste) -> None:
        """Insert all lines of a pasted text, not only the first."""
        event.stop()
        event.prevent_default()
        self.insert_text_at_cursor("\n".join(event.text.splitlines()))


class RepeatScreen(ModalScreen[Repeat | None]):
    """Asks. words: who it is for; text: what is there to begin with."""

    CSS_PATH = "repeating.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", show=False),
        Binding("up", "app.focus_previous", show=False),
        Binding("down", "app.focus_next", show=False),
    ]

    def __init__(self, words: str, text: str, whom: Whom, writing: bool) -> None:
        """writing: whether what to send is still to be written."""
        super().__init__()
        self._words = words
        self._whom = whom
        self._writing = writing
        self._text = PayloadInput(text, select_on_focus=False, compact=True, id="text")
        self._every = LineInput("1s", compact=True, id="every")
        self._times = LineInput(placeholder="until stopped", compact=True, id="times")
        self._told = Static("", markup=False, id="told")

    def compose(self) -> ComposeResult:
        """Three questions, and a line to be told."""
        with Vertical(id="repeat") as box:
            box.border_title = Content(f"Repeat to {self._words}")
            box.border_subtitle = "enter start   tab next   esc cancel"
            yield Static("Send, as it is: \\n and all", markup=False, classes="label")
            yield self._text
            yield Static("Every", classes="label")
            yield self._every
            yield Static("Times", classes="label")
            yield self._times
            yield self._told

    def on_mount(self) -> None:
        """Begin where something is missing."""
        self._text.cursor_position = 0
        (self._text if self._writing else self._every).focus()

    def _read(self) -> Repeat:
        return read(self._text.value, self._every.value, self._times.value, self._whom)

    def on_input_changed(self) -> None:
        """Say what it means."""
        try:
            self._told.update(told(self._read()))
        except InputError as error:
            self._told.update(str(error))

    def on_input_submitted(self) -> None:
        """Start, if it means something."""
        try:
            self.dismiss(self._read())
        except InputError:
            self.app.bell()
