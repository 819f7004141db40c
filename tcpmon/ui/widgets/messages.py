"""The message log: a window on the store, a million records or none.

It knows the record at its top and works its way from there, so that what is
below or above costs nothing, new records do not move the text under the
reader's eyes, and dropping old ones does not either. A record takes one line as
text and as many as it needs as hex.
"""

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum

from textual.message import Message

from tcpmon.core.model import Kind, Record, Span
from tcpmon.core.node import Node
from tcpmon.core.units import number
from tcpmon.ui.render import TIMES, Line, hex_line, hex_lines, record_line, record_time, style_of
from tcpmon.ui.widgets.pane import Pane

WIDE = 100  # cells from which both time of day and delta are shown without being asked for


class Form(StrEnum):
    """How a payload is shown."""

    TEXT = "text"
    HEX = "hex"
    BOTH = "both"


class MessagesPane(Pane):
    """Records of a node, of all clients or of one."""

    class Opened(Message):
        """A record was chosen to be looked at."""

        def __init__(self, record: Record) -> None:
            self.record = record
            super().__init__()

    def __init__(self, id: str, node: Node, scope_name: Callable[[int], str]) -> None:
        """scope_name: how the title calls a client."""
        super().__init__(id)
        self._node = node
        self._scope_name = scope_name
        self._span = Span(0, 0)
        self._top = (0, 0)  # record and line of it that are first on the screen
        self._shown: list[tuple[Record, int]] = []  # (record, line of it), as painted
        self._left_at = 0  # the end when following ended
        self._start = 0  # time of the first record there was
        self.follow = True
        self.scope: int | None = None
        """The one client whose records are shown; None = all."""
        self.floor = 0
        """Records before this one were cleared from view."""
        self.form = Form.TEXT
        self.times = ""
        """One of render.TIMES; "" = what fits."""
        self.cursor: int | None = None
        """The selected record; None = the newest one, wherever that is."""

    # -- the window --------------------------------------------------------------------

    def sync(self) -> None:
        """Look at what is there now, and paint."""
        self._span = self._node.span()
        if not self._start and (first := self._node.records(self._span.first, 1)):
            self._start = first[0].time
        self.repaint()

    def _lines_of(self, record: Record) -> int:
        if self.form is Form.TEXT or record.kind > Kind.CAST:
            return 1
        return 1 + hex_lines(record.data)

    def _before(self, seq: int, count: int) -> list[Record]:
        records = self._node.records(seq, -count, self.scope)
        return [record for record in records if record.seq >= self.floor]

    def _from(self, seq: int, count: int) -> list[Record]:
        return self._node.records(max(seq, self.floor), count, self.scope)

    def _bottom(self) -> tuple[int, int]:
        """Return the top that shows the newest record in the last line."""
        return self._up_from((self._span.end, 0), self.body_height)

    def _up_from(self, place: tuple[int, int], lines: int) -> tuple[int, int]:
        seq, line = place
        if line >= lines:
            return seq, line - lines
        lines -= line
        records = self._before(seq, lines)
        for record in reversed(records):
            height = self._lines_of(record)
            if height >= lines:
                return record.seq, height - lines
            lines -= height
        return (records[0].seq, 0) if records else (seq, 0)

    def _down_from(self, place: tuple[int, int], lines: int) -> tuple[int, int]:
        seq, line = place
        for record in self._from(seq, lines + 1):
            height = self._lines_of(record) - (line if record.seq == seq else 0)
            if lines < height:
                return record.seq, lines + (line if record.seq == seq else 0)
            lines -= height
        return self._bottom()

    def _window(self) -> Iterator[tuple[Record, int]]:
        bottom = self._bottom()
        if self.follow or self._top >= bottom:
            self._top = bottom
        first, skip = self._top
        if first < self._span.first:
            skip = 0  # dropped meanwhile
        room = self.body_height
        for record in self._from(first, room):
            for line in range(skip, min(self._lines_of(record), skip + room)):
                yield record, line
                room -= 1
            skip = 0
            if not room:
                return

    # -- painting ----------------------------------------------------------------------

    def title(self) -> tuple[Line, Line]:
        """Say whose records these are and how, and whether the newest are followed."""
        left: Line = [("2 Messages", "title")]
        if self.scope is None:
            left.append(("  all clients", ""))
        else:
            left += [("  only ", "dim"), (self._scope_name(self.scope), "note")]
        if self.floor > self._span.first:
            left.append(("  cleared", "warn"))
        note: Line = [("" if self.form is Form.TEXT else f"{self.form}  ", "note")]
        if self.follow:
            note.append(("follow", "good"))
        else:
            fresh = self._span.end - self._left_at
            note.append((f"+{number(fresh)} new" if fresh else "held", "warn"))
        return left, note

    def rows(self) -> Iterable[tuple[Line, str]]:
        """Return the lines that are in the window."""
        self._shown = list(self._window())
        width = self.body_width - 2
        form = self.times or ("both" if self.body_width >= WIDE else "clock")
        id_width = max([4, *(len(str(record.client)) + 1 for record, _ in self._shown)])
        before = self._time_before()
        cursor = self.selected
        for record, line in self._shown:
            selected = cursor is not None and record.seq == cursor.seq
            marker = ("▶ " if selected and not line else "  ", "key")
            style = ("row-cursor" if self.has_focus else "row-idle-cursor") if selected else ""
            if line:
                dump = hex_line(record.data, line - 1, style_of(record.kind))
                yield [marker, *dump], style
                continue
            when = record_time(form, record.time, before, self._start)
            before = record.time
            body = self.form is not Form.HEX or record.kind > Kind.CAST
            yield [marker, *record_line(record, when, width, id_width, body)], style

    def _time_before(self) -> int | None:
        if not self._shown or self._shown[0][1]:
            return self._shown[0][0].time if self._shown else None
        records = self._before(self._shown[0][0].seq, 1)
        return records[-1].time if records else None

    def _cursor_record(self) -> int | None:
        if self.cursor is not None:
            return self.cursor
        return self._shown[-1][0].seq if self._shown and self.follow else None

    def position(self) -> tuple[float, float]:
        """Return which part of all records is shown, by their numbers."""
        first = max(self._span.first, self.floor)
        count = self._span.end - first
        if not self._shown or count <= 0:
            return 0.0, 1.0
        top, bottom = self._shown[0], self._shown[-1]
        whole = not top[1] and len(self._shown) < self.body_height
        if whole:
            return 0.0, 1.0
        return (top[0].seq - first) / count, min(1.0, (bottom[0].seq + 1 - first) / count)

    # -- moving --------------------------------------------------------------------------

    @property
    def selected(self) -> Record | None:
        """The record under the cursor; when it was dropped, the first one that is kept."""
        seq = self._cursor_record()
        records = self._before(self._span.end, 1) if seq is None else self._from(seq, 1)
        return records[0] if records else None

    def move(self, rows: int) -> None:
        """Select the next record, or the one before; past the newest, follow it."""
        current = self.selected
        if current is None:
            return
        if rows < 0:
            records = self._before(current.seq, -rows)
            if records:
                self._select(records[0])
        else:
            records = self._from(current.seq + 1, rows)
            if records and not (self.follow and self.cursor is None):
                self._select(records[-1])
            if not self._from((records[-1] if records else current).seq + 1, 1):
                self.set_follow(True)
                return
        self.sync()

    def _select(self, record: Record) -> None:
        self._hold()
        self.cursor = record.seq
        seq, line = self._top
        if record.seq < seq or (record.seq == seq and line):
            self._top = (record.seq, 0)
        last = self._up_from((record.seq, self._lines_of(record)), self.body_height)
        if last > self._top:
            # As much of it as fits: its first line when it is larger than the window.
            self._top = min(last, (record.seq, 0))

    def _hold(self) -> None:
        if self.follow:
            self.follow = False
            self._left_at = self._span.end

    def page(self, pages: int) -> None:
        """Go on by screenfuls; the cursor goes along."""
        self.scroll_rows(pages * max(1, self.body_height - 1))
        if not self.follow and self._shown:
            self.cursor = self._shown[0 if pages < 0 else -1][0].seq
            self.sync()

    def edge(self, last: bool) -> None:
        """Go to the oldest record, or follow the newest."""
        if last:
            self.set_follow(True)
            return
        records = self._from(self._span.first, 1)
        if records:
            self._select(records[0])
            self.sync()

    def scroll_rows(self, rows: int) -> None:
        """Scroll by lines; at the end, follow."""
        if rows < 0:
            self._hold()
            self._top = self._up_from(self._top, -rows)
        elif not self.follow:
            self._top = self._down_from(self._top, rows)
            if self._top >= self._bottom():
                self.set_follow(True)
                return
        self.sync()

    def jump(self, fraction: float) -> None:
        """Scroll to a place among all records."""
        first = max(self._span.first, self.floor)
        if fraction >= 1:
            self.set_follow(True)
            return
        self._hold()
        records = self._from(first + int(fraction * (self._span.end - first)), 1)
        self._top = (records[0].seq, 0) if records else self._bottom()
        self.sync()

    def set_follow(self, follow: bool) -> None:
        """Follow the newest record, or hold still."""
        if follow:
            self.follow = True
            self.cursor = None
        else:
            self._hold()
            self.cursor = self._shown[-1][0].seq if self._shown else None
        self.sync()

    def click_row(self, row: int, column: int, double: bool) -> None:
        """Select a record; open it at a double click."""
        if row < len(self._shown):
            record, _ = self._shown[row]
            self._hold()
            self.cursor = record.seq
            self.sync()
            if double:
                self.open_selected()

    def open_selected(self) -> None:
        """Tell that the selected record is to be looked at."""
        record = self.selected
        if record is not None:
            self.post_message(self.Opened(record))

    # -- what is shown ---------------------------------------------------------------------

    def set_scope(self, client: int | None) -> None:
        """Show the records of one client, or of all."""
        self.scope = client
        self.set_follow(True)

    def clear(self) -> None:
        """Begin with an empty view; nothing is thrown away."""
        self.floor = self._span.end
        self.set_follow(True)

    def unclear(self) -> None:
        """Show again what was cleared."""
        self.floor = 0
        self.sync()

    def next_form(self) -> None:
        """Text, hex, both."""
        forms = list(Form)
        self.form = forms[(forms.index(self.form) + 1) % len(forms)]
        self._top = (self._top[0], 0)
        self.sync()

    def next_times(self) -> str:
        """Go on to the next form of times and return its name."""
        self.times = TIMES[(TIMES.index(self.times) + 1) % len(TIMES)] if self.times else TIMES[0]
        self.sync()
        return self.times
