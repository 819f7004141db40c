"""The client table: asks for the rows that fit, whoever else is connected.

The cursor belongs to a client, not to a row: it stays with it through sorting,
and through the end of the connection. So do the marks.
"""

import sys
from collections.abc import Callable, Iterable

from msgspec.structs import replace
from rich.cells import cell_len
from textual.message import Message

from tcpmon.core.escape import escape_hidden
from tcpmon.core.hints import of_client
from tcpmon.core.model import Ask, Client, Listener, View
from tcpmon.core.units import counted, number
from tcpmon.ui.render import COLUMNS, Column, Line, client_line, columns_for, fit
from tcpmon.ui.widgets.pane import Pane

COLUMN = {column.sort: column for column in COLUMNS}


class ClientsPane(Pane):
    """Clients of a node. ask: called when a new picture is wanted at once."""

    class Opened(Message):
        """A client was chosen to be looked at."""

        def __init__(self, client: int) -> None:
            self.client = client
            super().__init__()

    class Moved(Message):
        """The cursor is on another client, or marks have changed."""

    def __init__(self, id: str, ask: Callable[[], None]) -> None:
        super().__init__(id)
        self._ask_now = ask
        self._view: View | None = None
        self._first = 0
        self._place = 0  # row number of the cursor, which another client has once this one is gone
        self._chase = True  # the cursor's row stays in view; only scrolling leaves it behind
        self._chasing = False
        self._named = False  # somebody has a name; the column stays when he is out of sight
        self.sort = "id"
        self.reverse = False
        self.cursor: int | None = None
        """The client under the cursor."""
        self._chosen: int | None = None  # the client that a person has put the cursor on
        self.filter = ""
        """Only who matches has a row; see core.query."""
        self.marked: set[int] = set()
        self.hints = True
        """Whether what was noticed in clients is told."""

    def on_resize(self) -> None:
        """Other rows fit now."""
        self._ask_now()

    # -- what is asked and shown ----------------------------------------------------

    @property
    def _visible(self) -> int:
        return max(0, self.body_height - 1)  # the heading takes one

    def ask(self) -> Ask:
        """Return which rows are wanted."""
        return Ask(self.sort, self.reverse, self._first, self._visible, self.cursor, self.filter)

    def everyone(self, filter: str = "") -> Ask:
        """Return the wish to see all rows, or all that match."""
        return replace(self.ask(), first=0, count=sys.maxsize, filter=filter)

    def set_filter(self, filter: str) -> None:
        """Show only clients that match. The cursor goes back to whom it was put on, if that one
        does: while a filter is typed, it may be hidden for a moment."""
        if filter != self.filter:
            self._chosen = self.cursor if self._chosen is None else self._chosen
            self.cursor = self._chosen
            self.filter = filter
            self._chase = True
            self._ask_now()

    def show(self, view: View) -> None:
        """Show a picture; ask for another if it turns out that other rows are wanted."""
        self._view = view
        self._named = any(row.name for row in view.rows) or (self._named and view.count > 0)
        if view.cursor is not None:
            self._place = view.cursor
        elif view.rows:
            # The first one, or it was cleared or pushed out: go on with what took its place.
            row = min(max(0, self._place - view.first), len(view.rows) - 1)
            self.cursor = view.rows[row].id
            self._ask_now()
            return
        else:
            self.cursor = None
        first = self._wanted_first(view)
        if first != view.first and view.count and not self._chasing:
            self._first = first
            self._chasing = True  # once: in a flood of clients the row is elsewhere each time
            self._ask_now()
            self._chasing = False
            return
        self.repaint()

    def _wanted_first(self, view: View) -> int:
        first = min(view.first, max(0, view.count - self._visible))
        if self._chase and view.cursor is not None and self._visible:
            first = min(first, view.cursor)
            first = max(first, view.cursor - self._visible + 1)
        return first

    @property
    def selected(self) -> Client | None:
        """The client under the cursor, if it is in the rows that are shown."""
        rows = self._view.rows if self._view else ()
        return next((row for row in rows if row.id == self.cursor), None)

    def targets(self) -> tuple[int, ...]:
        """Return the marked clients, or else the one under the cursor."""
        if self.marked:
            return tuple(sorted(self.marked))
        return (self.cursor,) if self.cursor is not None else ()

    # -- painting -------------------------------------------------------------------

    def title(self) -> tuple[Line, Line]:
        """Say how many there are, how many are marked, and the order."""
        view = self._view
        left: Line = [("1 Clients", "title")]
        if view and self.filter:
            words, style = shown(view)
            left.append((f"  {words}", style if view.trouble else ""))
        elif view:
            totals = view.totals
            left.append((f"  {number(totals.open)} open", ""))
            if totals.closed:
                ever = totals.accepted - totals.open
                of = f" of {number(ever)}" if ever > totals.closed else ""
                left.append((f", {number(totals.closed)}{of} closed", "dim"))
        arrow = "▼" if self.reverse else "▲"
        label = COLUMN[self.sort].label or "state"
        note: Line = [(f"by {label} {arrow}", "note")]
        if self.filter:
            words = escape_hidden(self.filter)
            words = fit(words, min(cell_len(words), self.body_width // 3))
            note = [("filter ", "dim"), (words, "note"), ("  ", ""), *note]
        if self.marked:
            note = [(f"marked {len(self.marked)}", "warn"), ("  ", ""), *note]
        return left, note

    def rows(self) -> Iterable[tuple[Line, str]]:
        """Return the heading and the clients that fit."""
        view = self._view
        if view is None:
            return
        if not view.count:
            lines = unmatched(view.hidden, self.filter) if view.hidden else empty(view.listeners)
            yield from ((line, "") for line in lines)
            return
        columns = self._columns()
        yield self._heading(), "row-heading"
        for client in view.rows:
            here = client.id == self.cursor
            mark = "✓" if client.id in self.marked else " "
            line: Line = [("▶" if here else " ", "key"), (mark, "warn"), (" ", "")]
            style = "row-closed" if client.closed else ""
            if here:
                style = "row-cursor" if self.has_focus else "row-idle-cursor"
            noticed = of_client(client, view.now) if self.hints else None
            yield [*line, *client_line(client, view.now, columns, noticed)], style

    def _columns(self) -> list[tuple[Column, int]]:
        return columns_for(self.body_width - 3, self._named)  # cursor, mark, a blank

    def _heading(self) -> Line:
        line: Line = [("   ", "")]
        for number_, (column, width) in enumerate(self._columns()):
            label, style = column.label, "heading"
            if column.sort == self.sort:
                label = label[: width - 1] + ("▼" if self.reverse else "▲")
                style = "note"
            line += [(" ", "")] if number_ else []
            line.append((fit(label, width, column.right), style))
        return line

    def position(self) -> tuple[float, float]:
        """Return which part of all clients is shown."""
        if self._view is None or not self._view.count:
            return 0.0, 1.0
        count = self._view.count
        return self._view.first / count, (self._view.first + self._visible) / count

    # -- moving -----------------------------------------------------------------------

    def move(self, rows: int) -> None:
        """Move the cursor by rows."""
        view = self._view
        if view is None or not view.count:
            return
        place = view.cursor if view.cursor is not None else view.first
        self._go_to(min(max(0, place + rows), view.count - 1))

    def page(self, pages: int) -> None:
        """Move the cursor by screenfuls."""
        self.move(pages * max(1, self._visible - 1))

    def edge(self, last: bool) -> None:
        """Move the cursor to the first or last row."""
        if self._view is not None:
            self.move(self._view.count if last else -self._view.count)

    def _go_to(self, row: int) -> None:
        view = self._view
        if view is None:
            return
        if not view.first <= row < view.first + len(view.rows):
            # Fetch the rows around it, then put the cursor on the client that is there.
            self._first = max(
                0, min(row, view.count - 1) - (self._visible - 1 if row > view.first else 0)
            )
            self._chase = False
            self._ask_now()
            self._chase = True
            view = self._view
        if view and view.first <= row < view.first + len(view.rows):
            self.set_cursor(view.rows[row - view.first].id)

    def set_cursor(self, client: int) -> None:
        """Put the cursor on a client and bring it into view."""
        self.cursor = self._chosen = client
        self._chase = True
        self._ask_now()
        self.post_message(self.Moved())

    def scroll_rows(self, rows: int) -> None:
        """Scroll without moving the cursor."""
        if self._view is not None:
            self._show_from(self._view.first + rows)

    def jump(self, fraction: float) -> None:
        """Scroll to a place."""
        view = self._view
        if view is not None:
            self._show_from(round(fraction * max(0, view.count - self._visible)))

    def _show_from(self, first: int) -> None:
        view = self._view
        if view is not None:
            self._first = min(max(0, first), max(0, view.count - self._visible))
            place = -1 if view.cursor is None else view.cursor
            self._chase = self._first <= place < self._first + self._visible
            self._ask_now()

    def reveal(self) -> bool:
        """Scroll back to the cursor; return whether it had been in view."""
        seen = self.selected is not None
        if not seen:
            self._chase = True
            self._ask_now()
        return seen

    def click_row(self, row: int, column: int, double: bool) -> None:
        """Select a client, open it at a double click, or sort by a heading."""
        view = self._view
        if view is None or not view.count:
            return
        if row == 0:
            self._click_heading(column)
        elif row <= len(view.rows):
            self.set_cursor(view.rows[row - 1].id)
            if double:
                self.open_selected()

    def _click_heading(self, column: int) -> None:
        start = 3
        for shown, width in self._columns():
            if start <= column < start + width:
                self.sort_by(shown.sort)
                return
            start += width + 1

    # -- order and marks ----------------------------------------------------------------

    def sort_by(self, sort: str) -> None:
        """Sort by a column; the same one again turns the order round."""
        self.reverse = not self.reverse if sort == self.sort else COLUMN[sort].most_first
        self.sort = sort
        self._chase = True
        self._ask_now()

    def sort_next(self) -> None:
        """Sort by the next column that is shown."""
        shown = [column.sort for column, _ in self._columns()] or list(COLUMN)
        place = shown.index(self.sort) if self.sort in shown else -1
        self.sort_by(shown[(place + 1) % len(shown)])

    def toggle_mark(self) -> None:
        """Mark or unmark the client under the cursor and go on to the next."""
        if self.cursor is not None:
            self.marked ^= {self.cursor}
            self.move(1)
            self.repaint()
            self.post_message(self.Moved())

    def set_marks(self, clients: Iterable[int]) -> None:
        """Mark these clients and no others."""
        self.marked = set(clients)
        self.repaint()
        self.post_message(self.Moved())

    def open_selected(self) -> None:
        """Tell that the client under the cursor is to be looked at."""
        if self.cursor is not None:
            self.post_message(self.Opened(self.cursor))


def shown(view: View) -> tuple[str, str]:
    """Return how many rows match, or what is wrong with the filter, and how that looks."""
    if view.trouble:
        return view.trouble, "warn"
    return f"{number(view.count)} of {number(view.count + view.hidden)} shown", "dim"


def unmatched(hidden: int, filter: str) -> list[Line]:
    """Return what the table says when a filter hides everybody."""
    none = "none matches" if hidden > 1 else "which does not match"
    return [
        [],
        [(f" {counted(hidden, 'client')}, {none} ", "title"), (escape_hidden(filter), "note")],
        [],
        [(" \\", "key"), ("  clear the filter   ", ""), ("/", "key"), ("  change it", "")],
    ]


def empty(listeners: tuple[Listener, ...]) -> list[Line]:
    """Return what the table says when there is nobody: lines to paste elsewhere."""
    if not listeners:
        return [
            [],
            [("Not listening on anything.", "title")],
            [],
            [("l", "key"), ("  add a listener", "")],
        ]
    lines: list[Line] = [[], [("Listening. Nobody is connected yet.", "title")], []]
    for listener in listeners:
        lines += [_paste(label, command) for label, command in _ways_in(listener)]
    lines += [
        [],
        [("l", "key"), (" listeners   ", ""), ("?", "key"), (" all keys   ", ""),
         ("^p", "key"), (" every command", "")],
    ]  # fmt: skip
    return [[(" ", ""), *line] for line in lines]


def _paste(label: str, command: str) -> Line:
    return [(f"{label:<18}", "dim"), (command, "")]


def _ways_in(listener: Listener) -> list[tuple[str, str]]:
    if listener.endpoint.startswith("unix:"):
        path = listener.endpoint[5:]
        return [("from this machine", f"nc -U {path}"), ("or", f"socat - UNIX-CONNECT:{path}")]
    ways = []
    for address in listener.local[:1]:
        ways += [
            ("from this machine", f"nc {_two_words(address)}"),
            ("or", f"telnet {_two_words(address)}"),
            ("or", f"curl http://{address}/"),
        ]
    ways += [("from the network", f"nc {_two_words(address)}") for address in listener.network]
    if not listener.network:
        port = listener.addresses[0].rpartition(":")[2]
        ways.append(("from the network", f"not open; tcpmon :{port} listens on all addresses"))
    return ways


def _two_words(address: str) -> str:
    host, _, port = address.rpartition(":")
    return f"{host.strip('[]')} {port}"
