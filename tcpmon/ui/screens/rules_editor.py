"""Rules as text: written, and at once what is wrong with them or what they would do."""

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widgets import TextArea

from tcpmon.core.errors import BadRules
from tcpmon.core.escape import escape_text
from tcpmon.core.model import Client, Message
from tcpmon.core.rules import parse
from tcpmon.ui.actions import Place
from tcpmon.ui.bindings import bindings
from tcpmon.ui.screens.choice import Choice
from tcpmon.ui.widgets.footer import KeyFooter
from tcpmon.ui.widgets.trial import Trial

if TYPE_CHECKING:
    from textual.timer import Timer

CALM_SECONDS = 0.2  # without a key, before the text is read
EXAMPLE = """\
# What clients are answered. F1 shows all that can stand here.

[[rule]]
name = "ping"
text = "PING"
do = ['send PONG\\r\\n']
"""


class RulesEditor(Screen[str | None]):
    """A text to write in. The answer is rules that can be followed, None for leaving it."""

    CSS_PATH = "rules.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings(Place.EDITOR)

    def __init__(
        self, text: str, source: str, rule: int, message: Message | None, client: Client | None
    ) -> None:
        """source: the file that it belongs to, "" for none. rule: where to begin, counted from 0.
        message: what is tried on them."""
        super().__init__()
        self._before = text
        self._rule = rule
        self._area = TextArea(text or EXAMPLE, show_line_numbers=True, soft_wrap=False, id="text")
        where = f"in {escape_text(source)}" if source else "in no file yet"
        self._area.border_title = Content(f"Rules {where}")
        self._told = Trial(message, client)
        self._calm: Timer | None = None

    def compose(self) -> ComposeResult:
        """The text, what is said of it, the keys."""
        yield self._area
        yield self._told
        yield KeyFooter("footer", Place.EDITOR)

    def on_mount(self) -> None:
        """Begin at the rule that was looked at."""
        self._area.focus()
        starts = [
            row for row, line in enumerate(self._area.text.splitlines()) if "[[rule]]" in line
        ]
        if self._rule < len(starts):
            self._area.move_cursor((starts[self._rule], 0))
        self._tell()

    @on(TextArea.Changed)
    def _changed(self) -> None:
        """Read the text once the person pauses."""
        if self._calm is not None:
            self._calm.stop()
        self._calm = self.set_timer(CALM_SECONDS, self._tell)

    def _tell(self) -> None:
        self._told.read(self._area.text)

    def action_apply(self) -> None:
        """Follow these rules from now on."""
        try:
            parse(self._area.text)
        except BadRules as error:
            self._tell()
            if error.line:
                self._area.move_cursor((error.line - 1, 0))
            self.app.bell()
        else:
            self.dismiss(self._area.text)

    def action_language(self) -> None:
        """All that can stand in rules."""
        from tcpmon.ui.screens.reference import of_rules

        self.app.push_screen(of_rules())

    @property
    def _is_changed(self) -> bool:
        return self._area.text != (self._before or EXAMPLE)

    def action_leave(self) -> None:
        """Go back; what was written is lost, but not without a question."""
        if not self._is_changed:
            self.dismiss(None)
            return

        def answered(key: str | None) -> None:
            if key:
                self.dismiss(None)

        question = Choice("Leave without using what was written?", [], {"y": "Leave"}, "Go on")
        self.app.push_screen(question, answered)
