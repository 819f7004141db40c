"""Who got it: what became of something that was sent, for each of those it was for."""

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from tcpmon.core.model import Record
from tcpmon.core.node import Node
from tcpmon.core.receipts import Fate, Receipt, counts, receipts
from tcpmon.core.units import number, size
from tcpmon.ui.actions import Place
from tcpmon.ui.bindings import bindings
from tcpmon.ui.clipboard import Clipboard
from tcpmon.ui.render import Line, fit, payload
from tcpmon.ui.widgets.footer import KeyFooter
from tcpmon.ui.widgets.listing import Listing

LOOK_SECONDS = 0.5
HEAD = 64  # bytes of the payload that the title shows at most

_STYLES = {
    Fate.SKIPPED: "error",
    Fate.DROPPED: "error",
    Fate.LOST: "error",
    Fate.WAITS: "warn",
    Fate.SENT: "good",
}


class ReceiptScreen(Screen[None]):
    """Receivers of a record, those who did not get it first; it goes on looking while any
    waits. Once the record is no longer kept, what was last known stays."""

    CSS_PATH = "receipt.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(Place.RECEIPT),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("home,g", "edge(0)", show=False),
        Binding("end,G", "edge(1)", show=False),
    ]

    def __init__(
        self, node: Node, record: Record, title_of: Callable[[int], str], clipboard: Clipboard
    ) -> None:
        """record: a TX or CAST. title_of: what a client is called."""
        super().__init__()
        self._node = node
        self._seq = record.seq
        self._clipboard = clipboard
        self._pane = ReceiptPane("receipt", record.data, title_of)
        self._known: tuple[int, int, int] | None = None

    def compose(self) -> ComposeResult:
        """The receivers and the keys."""
        yield self._pane
        yield KeyFooter("footer", Place.RECEIPT)

    def on_mount(self) -> None:
        """Begin to look."""
        self._look()
        self.set_interval(LOOK_SECONDS, self._look)

    def _look(self) -> None:
        """Work through the receivers if anything about them has changed."""
        found = self._node.records(self._seq, 1)
        if not found or found[0].seq != self._seq:
            self._pane.mark_forgotten()
            return
        record = found[0]
        skipped = len(record.cast.skipped) if record.cast else 0
        known = record.queued, record.unsent, skipped
        if known != self._known:
            self._known = known
            self._pane.sent = record.data
            self._pane.show(receipts(record))

    def action_up(self) -> None:
        """One row up."""
        self._pane.scroll_rows(-1)

    def action_down(self) -> None:
        """One row down."""
        self._pane.scroll_rows(1)

    def action_page(self, pages: int) -> None:
        """A screenful up or down."""
        self._pane.scroll_rows(pages * self._pane.body_height)

    def action_edge(self, place: int) -> None:
        """Go to the beginning or the end."""
        self._pane.jump(place)

    def action_copy(self) -> None:
        """As text."""
        self._clipboard.copy_for(self.app, self._pane.as_text())

    def action_close(self) -> None:
        """Back to the log."""
        self.dismiss()


class ReceiptPane(Listing[Receipt]):
    """One receiver a row. sent: what was sent, or its beginning until one has looked."""

    def __init__(self, id: str, sent: bytes, title_of: Callable[[int], str]) -> None:
        super().__init__(id)
        self.sent = sent
        self._title_of = title_of
        self._titles: dict[int, str] = {}
        self._forgotten = False
        self._summary: list[tuple[Fate, int]] = []

    def show(self, items: list[Receipt]) -> None:  # type: ignore[override]
        """Show receivers and how many there are of each fate."""
        self._summary = list(counts(items).items())
        super().show(items)

    def mark_forgotten(self) -> None:
        """Say that nothing more will be known."""
        if not self._forgotten:
            self._forgotten = True
            self.repaint()

    def title(self) -> tuple[Line, Line]:
        """Say what was sent."""
        room = max(0, self.body_width - 24)
        note: Line = [("no longer kept", "warn")] if self._forgotten else []
        what = payload(self.sent[:HEAD], min(room, HEAD))
        return [("Who got it ", "title"), *what, (f" {size(len(self.sent))}", "dim")], note

    def heading(self) -> list[Line]:
        """Say how many have it, and how many do not."""
        if not self.items:
            return [[("Nobody: it is no longer kept.", "dim")]]
        words: Line = [(f"{number(len(self.items))} in all", "")]
        for fate, amount in self._summary:
            words += [("  ", ""), (f"{number(amount)} {fate}", _STYLES[fate])]
        return [words, []]

    def row(self, item: Receipt) -> Line:
        """Return who it is, and what became of it."""
        width = min(40, max(12, self.body_width // 3))
        word = [(f"{item.fate:<10}", _STYLES[item.fate])]
        return [*word, (fit(self._title(item.client), width), ""), (f"  {item.why}", "dim")]

    def _title(self, client: int) -> str:
        if client not in self._titles:
            self._titles[client] = self._title_of(client)
        return self._titles[client]

    def as_text(self) -> str:
        """Return all rows, one a line; clients by number."""
        return "".join(f"#{item.client} {item.words}\n" for item in self.items)
