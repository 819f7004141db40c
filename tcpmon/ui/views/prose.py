"""Bytes as text in lines that fit, in an encoding that can be changed.

No more than WINDOW bytes are laid out at once: those around the cursor, which takes the
window along when it leaves it.
"""

from bisect import bisect_right
from itertools import accumulate
from typing import ClassVar

from msgspec import Struct
from rich.cells import cell_len

from tcpmon.core.charsets import LINE_ENDS, Encoding, characters, start_near
from tcpmon.core.units import binary_size
from tcpmon.ui.bytecursor import ByteCursor
from tcpmon.ui.render import Line
from tcpmon.ui.render_bytes import Marks, joined
from tcpmon.ui.views.view import View

WINDOW = 64 * 1024


class Layout(Struct, frozen=True):
    """A window of text in lines.

    first, end: its bytes. texts: the characters as shown; starts: their places, and the end.
    breaks: the first character of each line, and the number of all.
    """

    first: int
    end: int
    texts: list[str]
    starts: list[int]
    breaks: list[int]

    def line_of(self, at: int) -> int:
        """Return the line that a byte stands in."""
        character = bisect_right(self.starts, at) - 1
        line = bisect_right(self.breaks, character) - 1
        return min(line, len(self.breaks) - 2)


def breaks_of(texts: list[str], width: int) -> list[int]:
    """Return the number of the first character of each line of at most width cells, and the
    number of all characters. One that is wider than that has a line of its own."""
    cells = {text: cell_len(text) for text in set(texts)}
    breaks = [0]
    room = width
    ended = False
    for number, text in enumerate(texts):
        size = cells[text]
        if ended or (size > room and number > breaks[-1]):
            breaks.append(number)
            room = width
        room -= size
        ended = text in LINE_ENDS
    return [*breaks, len(texts)]


class Prose(View):
    """Text. The cursor goes by characters and lines."""

    name: ClassVar[str] = "Text"

    def __init__(self, cursor: ByteCursor) -> None:
        super().__init__(cursor)
        self.encoding = Encoding.UTF8
        self._made: tuple[tuple[object, ...], Layout] | None = None

    def note(self) -> str:
        return self.encoding

    def renew(self) -> None:
        super().renew()
        self._made = None

    def turn_encoding(self) -> None:
        """Read it in the next encoding."""
        self.encoding = self.encoding.following
        self.reveal()

    def _layout(self) -> Layout:
        data = self.cursor.data
        start = self.cursor.at // WINDOW * WINDOW
        key = start, self.width, self.encoding
        if self._made is None or self._made[0] != key:
            first = start_near(data, start, self.encoding)
            end = min(len(data), start + WINDOW)
            if end < len(data):
                end = start_near(data, end, self.encoding)
            texts, sizes = characters(data[first:end], self.encoding)
            starts = list(accumulate(sizes, initial=first))
            layout = Layout(first, end, texts, starts, breaks_of(texts, self.width))
            self._made = key, layout
        return self._made[1]

    def count(self) -> int:
        return len(self._layout().breaks) - 1  # one, if there is nothing to be read

    def heading(self) -> list[Line]:
        layout, size = self._layout(), len(self.cursor.data)
        if layout.end - layout.first >= size:
            return []
        before, behind = layout.first, size - layout.end
        parts = [f"{binary_size(before)} before this"] if before else []
        parts += [f"{binary_size(behind)} behind it"] if behind else []
        return [[(f"{', '.join(parts)}: the cursor goes on there", "warn")]]

    def line_at_cursor(self) -> int:
        return self._layout().line_of(self.cursor.at)

    def line(self, number: int, marks: Marks) -> Line:
        layout = self._layout()
        line: Line = []
        for character in range(*layout.breaks[number : number + 2]):
            first, end = layout.starts[character], layout.starts[character + 1]
            text = layout.texts[character]
            plain = "escape" if len(text) > 1 and text[0] == "\\" else ""
            place = marks.at if first <= marks.at < end else first
            line.append((text, marks.look(place, plain)))
        return joined(line)

    def _character(self, layout: Layout) -> int:
        return max(0, bisect_right(layout.starts, self.cursor.at) - 1)

    def step(self, count: int, select: bool) -> None:
        layout = self._layout()
        character = self._character(layout) + count
        if character >= len(layout.texts):
            self.cursor.go(self._behind(), select)
        else:
            at = layout.starts[character] if character >= 0 else layout.first - 1
            self.cursor.go(at, select)

    def _behind(self) -> int:
        """Return the first byte of the next window."""
        return (self.cursor.at // WINDOW + 1) * WINDOW

    def climb(self, lines: int, select: bool) -> None:
        """Beyond the window it goes on at the next byte, or the last one before."""
        layout = self._layout()
        line = layout.line_of(self.cursor.at)
        column = self._character(layout) - layout.breaks[line]
        target = line + lines
        if target < 0 < layout.first:
            self.cursor.go(layout.first - 1, select)
        elif target >= self.count() and layout.end < len(self.cursor.data):
            self.cursor.go(self._behind(), select)
        elif (target := max(0, min(target, self.count() - 1))) != line:
            self._go_to(target, column, select)

    def row_edge(self, last: bool, select: bool) -> None:
        line = self._layout().line_of(self.cursor.at)
        self._go_to(line, self.width * 4 if last else 0, select)

    def _go_to(self, line: int, column: int, select: bool) -> None:
        layout = self._layout()
        first, behind = layout.breaks[line], layout.breaks[line + 1]
        self.cursor.go(layout.starts[min(first + column, behind - 1)], select)

    def click(self, number: int, column: int) -> None:
        layout = self._layout()
        for character in range(*layout.breaks[number : number + 2]):
            column -= cell_len(layout.texts[character])
            if column < 0:
                self.cursor.go(layout.starts[character])
                return
