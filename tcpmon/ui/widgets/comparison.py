"""Two messages side by side, byte for byte aligned, as hex or as text.

Only the part of the alignment that is seen is laid out, so that it does not matter how
long the messages are.
"""

from collections.abc import Iterable

from tcpmon.core.compare import Differences
from tcpmon.core.model import Message
from tcpmon.core.units import number
from tcpmon.ui.render import Line
from tcpmon.ui.sides import (
    GUTTER,
    Dump,
    TextRow,
    beside,
    dump_for,
    dump_row,
    heading,
    report,
    text_edge,
    text_rows,
)
from tcpmon.ui.widgets.pane import Pane

BLOCK = 1024
"""Places of the alignment that are laid out together as text."""
HEAD = 4  # rows above: who, when and how much, what differs, a blank


class ComparisonPane(Pane):
    """Shows two messages. Until `show` has said what differs, it waits."""

    def __init__(self, id: str, left: Message, right: Message, titles: tuple[str, str]) -> None:
        super().__init__(id)
        self.sides = left, right
        self.titles = titles
        self._found: Differences | None = None
        self._here = -1  # the number of the place one has gone to
        self._hex = True
        self._top = (0, 0)  # the block that is first on the screen, and the row of it
        self._laid: dict[tuple[int, int], list[TextRow]] = {}  # by width and block

    def show(self, found: Differences) -> None:
        """Show what differs."""
        self._found = found
        self.repaint()

    def turn(self) -> None:
        """Hex or text; the same bytes stay at the top."""
        place = self._begin_of(self._top)
        self._hex = not self._hex
        self._top = self._row_of(place)
        self.repaint()

    def swap(self) -> None:
        """Left becomes right."""
        if self._found:
            self.sides = self.sides[1], self.sides[0]
            self.titles = self.titles[1], self.titles[0]
            self._found = self._found.mirrored()
            self._laid.clear()
            self.repaint()

    def step(self, step: int) -> bool:
        """Go to the next difference or the one before; return whether there was one."""
        places = self._found.places if self._found else ()
        if not 0 <= self._here + step < len(places):
            return False
        self._here += step
        row = self._row_of(places[self._here][0])
        if not self._top <= row < self._walk(self._top, self._high):
            self._top = self._walk(row, -(self._high // 3))
        self.repaint()
        return True

    def report(self) -> str:
        """Return the differences as text."""
        return report(self.sides, self.titles, self._found) if self._found else ""

    # -- rows ---------------------------------------------------------------------------

    @property
    def _dump(self) -> Dump:
        return dump_for(self.body_width, max(len(side.data) for side in self.sides))

    @property
    def _side_width(self) -> int:
        return self._dump.width if self._hex else max(1, (self.body_width - GUTTER) // 2)

    @property
    def _high(self) -> int:
        return max(1, self.body_height - HEAD)

    @property
    def _last(self) -> int:
        return (self._found.end - 1) // BLOCK if self._found and self._found.end else 0

    def _data(self) -> tuple[bytes, bytes]:
        return self.sides[0].data, self.sides[1].data

    def _text(self, block: int) -> list[TextRow]:
        width = self._side_width
        if (width, block) not in self._laid and self._found:
            if len(self._laid) > 16:
                self._laid.clear()
            begin, end = (
                text_edge(self._data(), self._found, at * BLOCK) for at in (block, block + 1)
            )
            self._laid[width, block] = text_rows(self._data(), self._found, (begin, end), width)
        return self._laid.get((width, block), [])

    def _rows_of(self, block: int) -> int:
        if not self._hex:
            return max(1, len(self._text(block)))
        end = min((block + 1) * BLOCK, self._found.end) if self._found else 0
        return max(1, -(-(end - block * BLOCK) // self._dump.count))

    def _begin_of(self, row: tuple[int, int]) -> int:
        block, line = row
        if self._hex:
            return block * BLOCK + line * self._dump.count
        rows = self._text(block)
        return rows[min(line, len(rows) - 1)].begin if rows else 0

    def _row_of(self, place: int) -> tuple[int, int]:
        block = place // BLOCK
        if self._hex:
            return block, place % BLOCK // self._dump.count
        rows = self._text(block)
        if block and rows and place < rows[0].begin:  # the block before goes on to its newline
            block, rows = block - 1, self._text(block - 1)
        return block, max(0, sum(row.begin <= place for row in rows) - 1)

    def _walk(self, row: tuple[int, int], rows: int) -> tuple[int, int]:
        """Return the row so many further down, or up; no further than there are."""
        block, line = row
        line += rows
        while line < 0 and block > 0:
            block -= 1
            line += self._rows_of(block)
        while block < self._last and line >= self._rows_of(block):
            line -= self._rows_of(block)
            block += 1
        return block, max(0, min(line, self._rows_of(block) - 1 + (block == self._last)))

    def _bottom(self) -> tuple[int, int]:
        """Return the top with which the last row is the last on the screen."""
        return self._walk((self._last, self._rows_of(self._last) - 1), 1 - self._high)

    def _visible(self, found: Differences) -> Iterable[TextRow]:
        self._top = min(self._walk(self._top, 0), self._bottom())
        block, line = self._top
        for _ in range(self._high):
            if line >= self._rows_of(block):
                block, line = block + 1, 0
            if block > self._last:
                return
            if self._hex:
                begin = block * BLOCK + line * self._dump.count
                end = min(begin + self._dump.count, (block + 1) * BLOCK, found.end)
                row = dump_row(self._data(), found, (begin, end), self._dump)
                yield TextRow(begin, end, *row)
            else:
                yield from self._text(block)[line : line + 1]
            line += 1

    # -- painting -----------------------------------------------------------------------

    def title(self) -> tuple[Line, Line]:
        """Say what it is, and how it is shown."""
        return [("Compare messages", "title")], [("hex" if self._hex else "text", "note")]

    def rows(self) -> Iterable[tuple[Line, str]]:
        """Return who said both, what differs, and the rows that fit."""
        width, found = self.body_width, self._found
        half = max(0, (width - GUTTER) // 2)
        side = self._side_width
        names: tuple[Line, Line] = [(self.titles[0], "title")], [(self.titles[1], "title")]
        yield beside(*names, half), ""
        yield beside(heading(self.sides[0]), heading(self.sides[1]), half), ""
        if found is None:
            yield [("comparing …", "note")], ""
            return
        yield self._summary(found), ""
        yield [], ""
        here = found.places[self._here] if self._here >= 0 else (0, 0)
        gutter = min(GUTTER, max(0, width - 2 * side))
        for row in self._visible(found):
            mark = "*" if found.differs(row.begin, row.end) else ""
            current = row.begin < here[1] and here[0] < row.end
            yield (
                beside(row.left, row.right, side, mark, gutter),
                "row-cursor" if current else "",
            )

    def _summary(self, found: Differences) -> Line:
        line: Line = [(found.sentence, "note" if found.places else "good")]
        if self._here >= 0:
            line.append(
                (f"   place {number(self._here + 1)} of {number(len(found.places))}", "dim")
            )
        return line

    def position(self) -> tuple[float, float]:
        """Return which part of the alignment is shown."""
        if not self._found or not self._found.end:
            return 0.0, 1.0
        begin, end, count = (
            self._begin_of(self._top),
            self._walk(self._top, self._high),
            self._found.end,
        )
        at_end = end >= (self._last, self._rows_of(self._last))
        return begin / count, 1.0 if at_end else self._begin_of(end) / count

    # -- moving -------------------------------------------------------------------------

    def scroll_rows(self, rows: int) -> None:
        """Scroll by rows."""
        self._top = self._walk(self._top, rows)
        self.repaint()

    def page(self, pages: int) -> None:
        """Scroll by screenfuls."""
        self.scroll_rows(pages * max(1, self._high - 1))

    def jump(self, fraction: float) -> None:
        """Scroll to a place."""
        if self._found:
            place = min(round(fraction * self._found.end), max(0, self._found.end - 1))
            self._top = self._row_of(place)
            self.repaint()

    def click_row(self, row: int, column: int, double: bool) -> None:
        """Nothing to select."""
