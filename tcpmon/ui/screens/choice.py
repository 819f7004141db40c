"""A question with a safe answer: what, whom it concerns, and the ways to go on."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from tcpmon.core.escape import escape_hidden


class Choice(ModalScreen[str]):
    """Asks. The answer is the key of an option, "" for none.

    options: key to what it does. The safe button, which does nothing, has the focus; safe: what
    it is called.
    """

    CSS_PATH = "choice.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,n,q", "keep", show=False),
        Binding("left,up", "app.focus_previous", show=False),
        Binding("right,down", "app.focus_next", show=False),
    ]
    AUTO_FOCUS = "#keep"

    def __init__(
        self, question: str, lines: list[str], options: dict[str, str], safe: str = "Keep"
    ) -> None:
        super().__init__()
        self._safe = safe
        self._question = question
        self._lines = lines
        self._options = options
        for key in options:  # as a binding it works for a key that was typed ahead, too
            self._bindings.bind(key, f"answer({key!r})", show=False)

    def compose(self) -> ComposeResult:
        """The question, the lines, the buttons."""
        with Vertical(id="choice") as box:
            box.border_title = Content(self._question)
            yield Static("\n".join(map(escape_hidden, self._lines)), markup=False, id="lines")
            with Vertical(id="buttons"):
                yield Button(f"{self._safe}  esc", id="keep", compact=True)
                for key, label in self._options.items():
                    name = Content(f"{label}  {key}")  # a client's, maybe: it is no markup
                    yield Button(name, id=f"do-{key}", compact=True, variant="warning")

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Answer."""
        self.dismiss((event.button.id or "").removeprefix("keep").removeprefix("do-"))

    def action_answer(self, key: str) -> None:
        """Answer by key."""
        self.dismiss(key)

    def action_keep(self) -> None:
        """Do nothing."""
        self.dismiss("")
