"""What a decoder made of the bytes: fields that can be folded, with their values and places."""

from typing import ClassVar

from tcpmon.core.decoding import Decoded, Field
from tcpmon.core.decoding.outline import Path, Row, names, outline, path_at
from tcpmon.ui.bytecursor import ByteCursor
from tcpmon.ui.render import Line, cells_of, crop, fit
from tcpmon.ui.render_bytes import Marks
from tcpmon.ui.views.view import View

NAME_CELLS = 28


class Tree(View):
    """Fields. The cursor goes by fields, and each marks its bytes."""

    name: ClassVar[str] = "Decoded"

    def __init__(self, cursor: ByteCursor) -> None:
        super().__init__(cursor)
        self._decoded: Decoded | None = None
        self._says: list[Line] = []
        self._decoder = ""
        self._folded: set[Path] = set()
        self._rows: list[Row] = []
        self._selected = 0
        self._known: tuple[int, Path] | None = None  # a byte, and the innermost field it is in

    def show(self, decoder: str, decoded: Decoded | None, says: list[Line]) -> None:
        """Show fields, or none. says: lines to stand above them."""
        self._decoder, self._decoded, self._says = decoder, decoded, says
        self._folded.clear()
        self._known = None
        self.renew()
        self._lay_out()
        self.follow()

    def _lay_out(self) -> None:
        self._rows = outline(self._decoded.fields, self._folded) if self._decoded else []
        self._selected = max(0, min(self._selected, len(self._rows) - 1))

    def follow(self) -> None:
        """Select the field that the cursor is in, unless its bytes are what is marked."""
        if not self._rows:
            return
        field = self._rows[self._selected].field
        if self.cursor.selected and (field.start, field.end) == self.cursor.selection:
            return
        path = self.path()
        shown = [
            number for number, row in enumerate(self._rows) if row.path == path[: len(row.path)]
        ]
        self._selected = shown[-1] if path and shown else 0
        self.reveal()

    def path(self) -> Path:
        """Return the innermost field that the cursor is in."""
        if self._known is None or self._known[0] != self.cursor.at:
            fields = self._decoded.fields if self._decoded else ()
            self._known = self.cursor.at, path_at(fields, self.cursor.at)
        return self._known[1]

    def field_names(self) -> list[str]:
        """Return what the decoder, and the fields the cursor is in, are called."""
        path = self.path()
        return [self._decoder, *names(self._decoded.fields, path)] if self._decoded and path else []

    def field_bytes(self) -> tuple[int, int]:
        """Return which bytes the field has that the cursor is in; (0, 0) for none."""
        fields, bytes_ = self._decoded.fields if self._decoded else (), (0, 0)
        for number in self.path():
            bytes_ = fields[number].start, fields[number].end
            fields = fields[number].parts
        return bytes_

    def note(self) -> str:
        return self._decoder

    def heading(self) -> list[Line]:
        return [crop(line, self.width) for line in self._says]

    def count(self) -> int:
        return len(self._rows)

    def line_at_cursor(self) -> int:
        return self._selected

    def line(self, number: int, marks: Marks) -> Line:
        row, here = self._rows[number], number == self._selected
        glyph = ("▸ " if row.folded else "▾ ") if row.field.parts else "  "
        indent = "  " * min(row.depth, self.width // 8)
        name = fit(indent + glyph + row.field.name, min(NAME_CELLS, self.width // 3))
        place = _place(row.field)
        line: Line = [("▶ " if here else "  ", "key"), (name, "note"), ("  ", "")]
        room = self.width - cells_of(line) - len(place)
        line += [(fit(row.field.value, max(0, room)), ""), (place, "dim")]
        return [(text, "row-cursor" if here and style != "key" else style) for text, style in line]

    def _select(self, number: int, select: bool = False) -> None:
        if self._rows:
            self._selected = max(0, min(number, len(self._rows) - 1))
            field = self._rows[self._selected].field
            if field.start >= 0:
                self.cursor.mark(field.start, field.end)

    def climb(self, lines: int, select: bool) -> None:
        self._select(self._selected + lines)

    def step(self, count: int, select: bool) -> None:
        """Unfold it and go to its parts; fold it, or go to what it is a part of."""
        if not self._rows:
            return
        row = self._rows[self._selected]
        if count > 0 and row.field.parts and not row.folded:
            self._select(self._selected + 1)
        elif row.field.parts and row.folded == (count > 0):
            self.turn_fold()
        elif count < 0 and row.depth:
            above = [other.path for other in self._rows].index(row.path[:-1])
            self._select(above)

    def turn_fold(self) -> None:
        """Leave out the parts of the selected field, or show them."""
        if self._rows and (row := self._rows[self._selected]).field.parts:
            self._folded ^= {row.path}
            self._lay_out()

    def row_edge(self, last: bool, select: bool) -> None:
        self.edge(last, select)

    def edge(self, last: bool, select: bool) -> None:
        self._select(len(self._rows) - 1 if last else 0)

    def click(self, number: int, column: int) -> None:
        again = number == self._selected
        self._select(number)
        if again:
            self.turn_fold()


def _place(field: Field) -> str:
    """Return where a field is, in the digits of the dump beside it."""
    if not 0 <= field.start < field.end:
        return ""
    last = f"-{field.end - 1:04x}" if field.end - field.start > 1 else ""
    return f"  {field.start:04x}{last}"
