"""A list of things to take one of."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option


class Pick(ModalScreen[str | None]):
    """Asks which. The answer is the key of an option, None for none.

    options: key to what is said of it, safe to print. current: the key that holds now.
    """

    CSS_PATH = "pick.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss(None)", show=False),
        Binding("j", "move('down')", show=False),
        Binding("k", "move('up')", show=False),
    ]

    def __init__(self, question: str, options: dict[str, str], current: str) -> None:
        super().__init__()
        self._question = question
        self._keys = list(options)
        self._list = OptionList(*(Option(Content(label)) for label in options.values()))
        self._current = current

    def compose(self) -> ComposeResult:
        """The list."""
        with Vertical(id="pick") as box:
            box.border_title = Content(self._question)
            box.border_subtitle = "enter take   esc cancel"
            yield self._list

    def on_mount(self) -> None:
        """Begin at what holds now."""
        if self._current in self._keys:
            self._list.highlighted = self._keys.index(self._current)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Answer."""
        self.dismiss(self._keys[event.option_index])

    def action_move(self, way: str) -> None:
        """By the keys of vi."""
        if way == "up":
            self._list.action_cursor_up()
        else:
            self._list.action_cursor_down()
