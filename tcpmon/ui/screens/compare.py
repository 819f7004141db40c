"""Two messages side by side, with the differences marked."""

import asyncio
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType

from tcpmon.core.compare import compare
from tcpmon.core.model import Message
from tcpmon.ui.actions import Place
from tcpmon.ui.bindings import bindings
from tcpmon.ui.clipboard import Clipboard
from tcpmon.ui.screens.side_by_side import SideBySide
from tcpmon.ui.widgets.comparison import ComparisonPane
from tcpmon.ui.widgets.footer import KeyFooter


class CompareScreen(SideBySide):
    """Shows two messages, which are given whole. titles: what their clients are called."""

    CSS_PATH = "compare.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings(Place.COMPARE)

    _pane: ComparisonPane

    def __init__(
        self, left: Message, right: Message, titles: tuple[str, str], clipboard: Clipboard
    ) -> None:
        super().__init__()
        self._clipboard = clipboard
        self._pane = ComparisonPane("comparison", left, right, titles)

    def compose(self) -> ComposeResult:
        """Both messages and the keys."""
        yield self._pane
        yield KeyFooter("footer", Place.COMPARE)

    def on_mount(self) -> None:
        """Begin to compare."""
        self._compare()

    @work
    async def _compare(self) -> None:
        left, right = self._pane.sides
        self._pane.show(await asyncio.to_thread(compare, left.data, right.data))

    def action_form(self) -> None:
        """Text or hex."""
        self._pane.turn()

    def action_copy(self) -> None:
        """The differences as text."""
        self._clipboard.copy_for(self.app, self._pane.report())
