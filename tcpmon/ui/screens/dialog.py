"""A line to write, and at once what it means or what is wrong with it."""

from collections.abc import Callable
from typing import ClassVar, Generic, TypeVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tcpmon.core.errors import InputError
from tcpmon.core.escape import escape_text
from tcpmon.ui.widgets.line_input import LineInput

T = TypeVar("T")


class Dialog(ModalScreen[T | None], Generic[T]):
    """Asks for one line. The answer is what it means, None for nothing.

    verb: what enter does. read: the meaning of a line, or an InputError. say: the
    meaning in words.
    """

    CSS_PATH = "dialog.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [("escape", "dismiss(None)", "Cancel")]

    def __init__(
        self,
        question: str,
        verb: str,
        examples: str,
        read: Callable[[str], T],
        say: Callable[[T], str],
    ) -> None:
        super().__init__()
        self._question = question
        self._verb = verb
        self._examples = examples
        self._read = read
        self._say = say

    def compose(self) -> ComposeResult:
        """One line to write in, one to be told."""
        with Vertical(id="dialog") as box:
            box.border_title = Content(self._question)
            box.border_subtitle = f"enter {self._verb}   esc cancel"
            yield LineInput(placeholder=self._examples, compact=True)
            yield Static("", markup=False, id="told")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say what it means."""
        self.query_one("#told", Static).update(self.told(event.value))

    def told(self, text: str) -> str:
        """Return what a line means, or why it means nothing."""
        try:
            return escape_text(self._say(self._read(text))) if text else ""
        except InputError as error:
            return str(error)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go on with a line that means something."""
        try:
            self.dismiss(self._read(event.value))
        except InputError:
            self.app.bell()
