"""Which file to send."""

import asyncio
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tcpmon.core.errors import CannotRead
from tcpmon.core.units import number, size
from tcpmon.ui import paths
from tcpmon.ui.widgets.line_input import LineInput


class SendFileScreen(ModalScreen[str | None]):
    """Asks for a path, and says how much is there. The answer is the whole path, None for none.

    words: who it is for.
    """

    CSS_PATH = "sending.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", show=False)]

    def __init__(self, words: str) -> None:
        super().__init__()
        self._words = words
        self._line = PathInput(placeholder="~/firmware.bin", compact=True)
        self._told = Static("", markup=False, id="told")

    def compose(self) -> ComposeResult:
        """One line to write in, one to be told."""
        with Vertical(id="send-file") as box:
            box.border_title = Content(f"Send a file to {self._words}")
            box.border_subtitle = "enter send   tab complete   esc cancel"
            yield self._line
            yield self._told

    def on_input_changed(self) -> None:
        """Say what is there."""
        self._look()

    def on_input_submitted(self) -> None:
        """Take it, if it can be sent."""
        self._look(take=True)

    @work(exclusive=True, group="look")
    async def _look(self, take: bool = False) -> None:
        text = self._line.value
        if not text:
            self._told.update("")
            return
        try:
            path = paths.expanded(text)
            count = await asyncio.to_thread(paths.length, path)
        except CannotRead as error:
            self._told.update(str(error))
            if take:
                self.app.bell()
            return
        exactly = f", {number(count)} B" if count >= 1000 else ""
        self._told.update(f"{size(count)}{exactly}")
        if take:
            self.dismiss(path)

    @work(exclusive=True, group="complete")
    async def complete(self) -> None:
        """Go on with the path as far as there is but one way."""
        text = self._line.value
        longer = await asyncio.to_thread(paths.complete, text)
        if longer != text and self._line.value == text:
            self._line.value = longer
            self._line.cursor_position = len(longer)


class PathInput(LineInput):
    """The line, in which tab completes."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("tab", "complete", show=False)]

    def action_complete(self) -> None:
        """Tab."""
        screen = self.screen
        assert isinstance(screen, SendFileScreen)
        screen.complete()
