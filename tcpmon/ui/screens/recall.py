"""What was saved or sent before, to be written again."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from msgspec import Struct
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tcpmon.core.escape import escape_hidden
from tcpmon.core.history import Written
from tcpmon.core.payload import Form
from tcpmon.ui.saved import key_of, saved
from tcpmon.ui.widgets.line_input import LineInput

SHOWN = 200  # characters of a payload in a row
SEARCHED = 4096  # characters of it in which words are looked for


class Item(Struct, frozen=True):
    """A row: what is told before the payload, and the payload."""

    label: str
    written: Written

    def matches(self, words: Sequence[str]) -> bool:
        """Say whether all words are in it, in any case of letters."""
        text = f"{self.label} {self.written.text[:SEARCHED]}".lower()
        return all(word in text for word in words)


def items(messages: Mapping[str, str], history: Sequence[Written]) -> list[Item]:
    """Return the saved messages, and then what was sent, the newest first and each but once."""
    named = [
        Item(f"{key_of(place):<3} {escape_hidden(name)}", saved(name, messages))
        for place, name in enumerate(messages)
    ]
    return [*named, *(Item("", written) for written in dict.fromkeys(reversed(history)))]


class Recall(ModalScreen[Written | None]):
    """Asks which, filtered by what is typed; None for none."""

    CSS_PATH = "recall.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", show=False)]

    def __init__(self, messages: Mapping[str, str], history: Sequence[Written]) -> None:
        super().__init__()
        self._items = items(messages, history)
        self._fitting = self._items
        self._line = RecallInput(placeholder="words to look for", compact=True)
        self._list = OptionList()
        self._list.can_focus = False
        self._nothing = Static("", markup=False, id="nothing")

    def compose(self) -> ComposeResult:
        """The line, and what it leaves."""
        with Vertical(id="recall") as box:
            box.border_title = "Saved messages, and what was sent before"
            box.border_subtitle = "enter write it   ↑↓ choose   esc cancel"
            yield self._line
            yield self._nothing
            yield self._list

    def on_input_changed(self) -> None:
        """Leave what fits."""
        words = self._line.value.lower().split()
        self._fitting = [item for item in self._items if item.matches(words)]
        self._show()

    def on_mount(self) -> None:
        """Show all."""
        self._show()

    def _show(self) -> None:
        self._list.clear_options()
        self._list.add_options(Option(_row(item)) for item in self._fitting)
        self._list.highlighted = 0 if self._fitting else None
        told = "nothing matches" if self._items else "nothing was sent yet"
        hint = "" if self._items else "; [messages] in the config file saves some"
        self._nothing.update("" if self._fitting else told + hint)
        self._nothing.display = not self._fitting

    def move(self, step: int) -> None:
        """Choose another row."""
        if self._fitting:
            place = (self._list.highlighted or 0) + step
            self._list.highlighted = max(0, min(len(self._fitting) - 1, place))

    def on_input_submitted(self) -> None:
        """Take the row."""
        if self._list.highlighted is not None and self._fitting:
            self.dismiss(self._fitting[self._list.highlighted].written)
        else:
            self.app.bell()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take the one that was clicked."""
        self.dismiss(self._fitting[event.option_index].written)


def _row(item: Item) -> Content:
    form = "hex  " if item.written.form is Form.HEX else ""
    return Content(f"{item.label:<12}  {form}{item.written.text[:SHOWN]}".strip())


class RecallInput(LineInput):
    """The line, whose arrows are for the list below."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "step(-1)", show=False),
        Binding("down", "step(1)", show=False),
        Binding("pageup", "step(-10)", show=False),
        Binding("pagedown", "step(10)", show=False),
    ]

    def action_step(self, step: int) -> None:
        """Choose another row."""
        screen = self.screen
        assert isinstance(screen, Recall)
        screen.move(step)
