"""What a person is told of a bug in tcpmon, and the choice to go on.

It is as plain as can be: if this fails as well, the program ends.
"""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

SHOWN = 4  # bugs that are named; of more only the newest
GOES_ON = (
    "All clients stay connected and are served. The whole report is in the log as a "
    "warning, and is printed when tcpmon ends."
)


class Report(ModalScreen[None]):
    """Tells of bugs, as many as come while it is there."""

    CSS_PATH = "report.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter", "dismiss", show=False),
        Binding("ctrl+q", "app.quit", show=False),
    ]

    def __init__(self, line: str) -> None:
        """line: what went wrong and where, safe to show."""
        super().__init__()
        self._lines = [line]
        self._text = Static(self._told(), id="told")

    def compose(self) -> ComposeResult:
        """The bugs, and where to read more."""
        with Vertical(id="report") as box:
            box.border_title = "A bug in tcpmon"
            box.border_subtitle = "esc go on   ^q quit"
            yield self._text

    def add(self, line: str) -> None:
        """Tell of one more."""
        self._lines.append(line)
        self._text.update(self._told())

    def _told(self) -> Content:
        more = len(self._lines) - SHOWN
        before = [f"{more} before, and"] if more > 0 else []
        return Content("\n".join([*before, *self._lines[-SHOWN:], "", GOES_ON]))
