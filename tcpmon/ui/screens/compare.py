"""Two messages side by side, with the differences marked."""

import asyncio
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from tcpmon.core.compare import compare
from tcpmon.core.model import Message
from tcpmon.ui.actions import Place
from tcpmon.ui.bindings import bindings
from tcpmon.ui.clipboard import Clipboard
from tcpmon.ui.widgets.comparison import ComparisonPane
from tcpmon.ui.widgets.footer import KeyFooter


class CompareScreen(Screen[None]):
    """Shows two messages, which are given whole. titles: what their clients are called."""

    CSS_PATH = "compare.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(Place.COMPARE),
        Binding("up,k", "move(-1)", show=False),
        Binding("down,j", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown,space", "page(1)", show=False),
        Binding("home,g", "edge(0)", show=False),
        Binding("end,G", "edge(1)", show=False),
    ]

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

    def action_next_difference(self) -> None:
        """Scroll to it and mark it."""
        if not self._pane.step(1):
            self.notify("no difference after this one", timeout=2)

    def action_previous_difference(self) -> None:
        """Scroll to it and mark it."""
        if not self._pane.step(-1):
            self.notify("no difference before this one", timeout=2)

    def action_form(self) -> None:
        """Text or hex."""
        self._pane.turn()

    def action_swap(self) -> None:
        """Left becomes right."""
        self._pane.swap()

    def action_copy(self) -> None:
        """The differences as text."""
        self._clipboard.copy_for(self.app, self._pane.report())

    def action_close(self) -> None:
        """Back to where one came from."""
        self.dismiss()

    def action_move(self, rows: int) -> None:
        """Scroll by rows."""
        self._pane.scroll_rows(rows)

    def action_page(self, pages: int) -> None:
        """Scroll by screenfuls."""
        self._pane.page(pages)

    def action_edge(self, place: int) -> None:
        """Go to the beginning or the end."""
        self._pane.jump(place)
