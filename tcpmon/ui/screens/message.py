"""One message whole: every byte of it as hex, or as text in lines that fit."""

from collections.abc import Iterable
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from tcpmon.core.model import Kind, Record
from tcpmon.core.node import Node
from tcpmon.core.units import binary_size, number
from tcpmon.ui.actions import Place
from tcpmon.ui.bindings import bindings
from tcpmon.ui.clipboard import Clipboard
from tcpmon.ui.render import (
    Line,
    copied,
    hex_line,
    hex_lines,
    record_line,
    record_time,
    style_of,
    told,
    wrapped,
)
from tcpmon.ui.widgets.footer import KeyFooter
from tcpmon.ui.widgets.pane import Pane

TEXT_BYTES = 64 * 1024
"""As text no more than this is laid out at once; hex costs only the lines that are seen."""
PAGE, PAGES = 256, 80
"""A neighbour is sought in so many records at once, and in no more than so many pages: the screen
stands still meanwhile, and between two messages there may be a million events of other clients."""


class MessageScreen(Screen[None]):
    """Shows a record and steps to its neighbours.

    scope: the client whose records these are, None for the record's own, if it has one.
    """

    CSS_PATH = "message.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(Place.MESSAGE),
        Binding("up,k", "move(-1)", show=False),
        Binding("down,j", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown,space", "page(1)", show=False),
        Binding("home,g", "edge(False)", show=False),
        Binding("end,G", "edge(True)", show=False),
    ]

    def __init__(self, node: Node, record: Record, scope: int | None, clipboard: Clipboard) -> None:
        super().__init__()
        self._node = node
        self._scope = scope or record.client or None
        self._clipboard = clipboard
        self._pane = MessagePane(record)

    def compose(self) -> ComposeResult:
        """The message and the keys."""
        yield self._pane
        yield KeyFooter("footer", Place.MESSAGE)

    def _step(self, start: int, step: int) -> None:
        for _ in range(PAGES):
            records = self._node.records(start, step * PAGE, self._scope)[::step]
            for record in records:
                if record.kind <= Kind.CAST:
                    self._pane.show(record)
                    return
            if not records:
                return
            start = records[-1].seq + (step > 0)
        self.notify(f"no message in {number(PAGES * PAGE)} events")

    def action_previous(self) -> None:
        """The message before."""
        self._step(self._pane.record.seq, -1)

    def action_next(self) -> None:
        """The next message."""
        self._step(self._pane.record.seq + 1, 1)

    def action_form(self) -> None:
        """Text or hex."""
        self._pane.turn()

    def action_copy(self) -> None:
        """As escaped text."""
        self._clipboard.copy_for(self.app, copied(self._pane.record))

    @work
    async def action_copy_as(self) -> None:
        """In a form that is asked for."""
        from tcpmon.ui.screens.carrying import Carrying

        if self._pane.record.kind > Kind.CAST:
            self.notify("an event has no bytes", severity="warning")
            return
        carrying = Carrying(self, self._node, self._clipboard)
        await carrying.copy_bytes(self.selected_bytes())

    def selected_bytes(self) -> bytes:
        """Return what is to be copied: all of it."""
        return self._pane.record.data

    def action_close(self) -> None:
        """Back to the log."""
        self.dismiss()

    def action_move(self, rows: int) -> None:
        """Scroll by lines."""
        self._pane.scroll_rows(rows)

    def action_page(self, pages: int) -> None:
        """Scroll by screenfuls."""
        self._pane.scroll_rows(pages * max(1, self._pane.body_height - 3))

    def action_edge(self, last: bool) -> None:
        """Go to the beginning or the end."""
        self._pane.jump(1.0 if last else 0.0)


class MessagePane(Pane):
    """The bytes of one record."""

    def __init__(self, record: Record) -> None:
        super().__init__("message")
        self.record = record
        self._hex = True
        self._top = 0
        self._text: tuple[int, list[Line]] = (0, [])  # width, lines laid out for it

    def show(self, record: Record) -> None:
        """Show another record."""
        self.record = record
        self._top = 0
        self._text = (0, [])
        self.repaint()

    def turn(self) -> None:
        """Text or hex."""
        self._hex = not self._hex
        self._top = 0
        self.repaint()

    def title(self) -> tuple[Line, Line]:
        """Say which message it is."""
        left: Line = [("Message ", "title"), (f"{number(self.record.seq)}", "note")]
        return left, [("hex" if self._as_hex else "text", "note")]

    def rows(self) -> Iterable[tuple[Line, str]]:
        """Return where it comes from, and its lines that fit."""
        width, height = self.body_width, self._lines_high
        when = record_time("date", self.record.time, None, 0)
        yield record_line(self.record, when, width, 4, body=False), ""
        yield [], ""
        self._top = min(self._top, max(0, self._count() - height))
        for row in range(self._top, min(self._top + height, self._count())):
            yield self._line(row), ""

    def _line(self, row: int) -> Line:
        if self._as_hex:
            return hex_line(self.record.data, row, style_of(self.record.kind))
        return self._wrapped()[row]

    @property
    def _as_hex(self) -> bool:
        return self._hex and self.record.kind <= Kind.CAST

    @property
    def _lines_high(self) -> int:
        return max(0, self.body_height - 2)

    def _count(self) -> int:
        return hex_lines(self.record.data) if self._as_hex else len(self._wrapped())

    def _wrapped(self) -> list[Line]:
        width, lines = self._text
        if width != self.body_width:
            width, data = self.body_width, self.record.data
            if self.record.kind > Kind.CAST:
                lines = told(self.record, width)
            else:
                lines = wrapped(data[:TEXT_BYTES], width)
                if len(data) > TEXT_BYTES:
                    rest = binary_size(len(data) - TEXT_BYTES)
                    lines.append([(f"… and {rest} more: x shows them all as hex", "warn")])
            self._text = (width, lines)
        return lines

    def position(self) -> tuple[float, float]:
        """Return which part of the lines is shown."""
        count = max(1, self._count())
        return self._top / count, (self._top + self._lines_high) / count

    def scroll_rows(self, rows: int) -> None:
        """Scroll by lines."""
        self._top = max(0, self._top + rows)
        self.repaint()

    def jump(self, fraction: float) -> None:
        """Scroll to a place."""
        self._top = round(fraction * max(0, self._count() - self._lines_high))
        self.repaint()

    def click_row(self, row: int, column: int, double: bool) -> None:
        """Nothing to select."""
