"""One line in which a filter is typed: right or wrong is seen at once, and what it may become.

It knows the language, not what is filtered: whoever has it is told each filter that can be read.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

from rich.highlighter import Highlighter
from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

from tcpmon.core.errors import BadFilter
from tcpmon.core.escape import escape_hidden, escape_text
from tcpmon.ui.actions import Place
from tcpmon.ui.bindings import bindings
from tcpmon.ui.render import Line, cells_of, fit
from tcpmon.ui.widgets.line_input import LineInput
from tcpmon.ui.widgets.lines import Lines

if TYPE_CHECKING:
    from rich.text import Text

HISTORY = 500
WRITING = 20  # cells that the text keeps, whatever is told beside it
_NEWLINES = re.compile(r"[\r\n]+")


class FilterBar(Horizontal):
    """A filter that is being typed. seen: what completion offers, see core.query.completion;
    saved: what names stand for, see core.query.saved.

    It is there while it has the focus, and gives it back to whom it took it from.
    """

    class Left(Message):
        """The person is done; the filter that was told last holds."""

    def __init__(
        self,
        id: str,
        seen: Callable[[str], Iterable[str]],
        saved: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        super().__init__(id=id)
        self._seen = seen
        self._saved = saved
        self._history: list[str] = []
        self._place = 0  # in the history; its length = what is being typed
        self._draft = ""
        self._back: Widget | None = None  # who had the focus
        self._offer: tuple[str, int, list[str]] | None = None  # text before, place, what goes round
        self._valid = ""
        self._hold: Callable[[str], object] = str
        self._note = ("", "")
        self.error: BadFilter | None = None
        """What is wrong with what is typed."""
        self.input = FilterInput(self)
        """The line that is typed in."""
        self.told: Line = []
        """What stands at the right."""
        self._label = _Label(self)
        self._told = _Told(self)
        self.title = "/"

    def compose(self) -> ComposeResult:
        """What it is, what is typed, what is told about it."""
        yield self._label
        yield self.input
        yield self._told

    def open(self, filter: str, hold: Callable[[str], object], title: str = "/") -> None:
        """Show it and go on with a filter. title: what stands before it, "/" or "find".

        hold: told at once of each other filter that can be read.
        """
        self.title = title
        self._hold = hold
        self._valid = filter
        self._place = len(self._history)
        self._offer = None
        self.display = True
        self._put(filter)
        self.typed()
        if self.screen.focused is not self.input:
            self._back = self.screen.focused
            self.screen.set_focus(self.input)  # at once: the next key is for it
        self._label.styles.width = len(title) + 2
        self._label.repaint()

    def tell(self, note: str, style: str = "dim") -> None:
        """Say what the filter does, while there is nothing more urgent: "5 of 14 shown"."""
        if (note, style) != self._note:
            self._note = note, style
            self._retell()

    def _put(self, text: str) -> None:
        self.input.value = text
        self.input.cursor_position = len(text)

    def typed(self) -> None:
        """Read what is there now, and tell it if it is a filter."""
        from tcpmon.core.query.saved import expand

        meant = self._valid
        try:
            meant = expand(self.input.value, self._saved)
            self.error = None
        except BadFilter as error:
            self.error = error
        self._retell()
        if meant != self._valid:
            self._valid = meant
            self._hold(meant)

    def keep(self) -> None:
        """Leave with the filter, if it is one; else show where it is wrong."""
        self.typed()
        text = self.input.value
        if self.error is not None:
            self.input.cursor_position = self.error.place
            self.app.bell()
            return
        if text and self._history[-1:] != [text]:
            self._history = [*self._history[1 - HISTORY :], text]
        self._leave()

    def drop(self) -> None:
        """Leave without a filter."""
        self._put("")
        self.typed()
        self._leave()

    def attend(self, focused: Widget | None) -> None:
        """Be gone when something else on the screen has taken the focus."""
        if focused is not None and focused is not self.input:
            self.display = False

    def _leave(self) -> None:
        self.screen.set_focus(self._back)
        self.display = False
        self.post_message(self.Left())

    def walk(self, step: int) -> None:
        """Go through earlier filters; what is being typed is not lost."""
        if self._place == len(self._history):
            self._draft = self.input.value
        self._place = min(len(self._history), max(0, self._place + step))
        at_draft = self._place == len(self._history)
        self._put(self._draft if at_draft else self._history[self._place])

    # -- completion -------------------------------------------------------------------

    def _choices(self) -> tuple[int, list[str]]:
        from tcpmon.core.query.completion import complete

        return complete(self.input.value[: self.input.cursor_position], self._seen)

    def next_choice(self) -> None:
        """Put in the first that the word may become, then the next."""
        before, begin, choices = self._offer or ("", 0, [])
        if before != self.input.value[: self.input.cursor_position] or len(choices) < 2:
            begin, choices = self._choices()
        if not choices:
            return
        value, cursor = self.input.value, self.input.cursor_position
        before = value[:begin] + choices[0]
        self.input.value = before + value[cursor:]
        self.input.cursor_position = len(before)
        self._offer = before, begin, [*choices[1:], choices[0]]

    # -- what is told -----------------------------------------------------------------

    def _retell(self) -> None:
        if self.display and self.size.width:
            room = self.size.width - len(self.title) - 2
            room = max(room // 3, room - max(WRITING, len(self.input.value) + 2))
            self.told = self._tell(room)
            self._told.styles.width = cells_of(self.told)
            self._told.repaint()

    def on_resize(self) -> None:
        """There is another amount of room."""
        self._retell()

    def _tell(self, room: int) -> Line:
        """Return what stands at the right, in at most so many cells."""
        if self.error is not None:
            return [(f" {_fitting(self.error, room - 2)} ", "error")]
        text = self.input.value[: self.input.cursor_position]
        offered = self._choices()[1] if text and text[-1] not in " )" else []
        if offered and room >= len(offered[0]) + 6:
            words = fit(escape_text(" ".join(offered)), room - 6).rstrip()
            return [(" tab ", "key"), (f"{words} ", "dim")]
        note, style = self._note
        return [(f" {fit(note, max(0, room - 2)).rstrip()} ", style)] if note else []


def _fitting(error: BadFilter, room: int) -> str:
    """Return as much of an error as there is room for; its place is underlined anyway."""
    whole = f"character {error.place + 1}: {error}"
    for text in (whole, str(error), error.message):
        if len(text) <= room:
            return text
    return fit(error.message, max(1, room)).rstrip()


class FilterInput(LineInput):
    """The line itself. What cannot be seen is turned into an escape as it comes in."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(Place.FILTER)

    def __init__(self, bar: FilterBar) -> None:
        super().__init__(
            compact=True, select_on_focus=False, id=f"{bar.id}-input", highlighter=_Underline(bar)
        )
        self._bar = bar

    def insert_text_at_cursor(self, text: str) -> None:
        super().insert_text_at_cursor(escape_hidden(text, self.value[: self.cursor_position]))

    def on_paste(self, event: events.Paste) -> None:
        """Insert pasted text; its line breaks are blanks."""
        event.stop()
        event.prevent_default()
        self.insert_text_at_cursor(_NEWLINES.sub(" ", event.text))

    def on_input_changed(self, event: Input.Changed) -> None:
        """It is another filter, or none."""
        event.stop()
        self._bar.typed()

    def action_accept(self) -> None:
        """Enter."""
        self._bar.keep()

    def action_leave(self) -> None:
        """Escape."""
        self._bar.drop()

    def action_complete(self) -> None:
        """Tab."""
        self._bar.next_choice()

    def action_older(self) -> None:
        """An earlier filter."""
        self._bar.walk(-1)

    def action_newer(self) -> None:
        """A later one."""
        self._bar.walk(1)


class _Underline(Highlighter):
    """Marks the place of a mistake."""

    def __init__(self, bar: FilterBar) -> None:
        self._bar = bar

    def highlight(self, text: "Text") -> None:
        if (error := self._bar.error) is not None:
            text.stylize("bold underline", error.place, max(error.place + 1, len(text)))


class _Label(Lines):
    """What the bar is for."""

    def __init__(self, bar: FilterBar) -> None:
        super().__init__(f"{bar.id}-label")
        self._bar = bar

    def compose_lines(self) -> Iterable[tuple[Line, str]]:
        """Return the one line."""
        yield [(f" {self._bar.title} ", "key")], ""


class _Told(Lines):
    """What is wrong, or what may follow, or what the filter does."""

    def __init__(self, bar: FilterBar) -> None:
        super().__init__(f"{bar.id}-told")
        self._bar = bar

    def compose_lines(self) -> Iterable[tuple[Line, str]]:
        """Return the one line."""
        yield self._bar.told, ""
