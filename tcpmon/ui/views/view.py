"""What every view of a message can do: be scrolled, and keep the cursor in sight.

A view makes only the lines that are seen. It knows no widget: how large it is, it is told.
"""

from abc import ABC, abstractmethod
from typing import ClassVar

from tcpmon.ui.bytecursor import ByteCursor
from tcpmon.ui.render import Line
from tcpmon.ui.render_bytes import Marks


class View(ABC):
    """Lines about bytes."""

    name: ClassVar[str]

    def __init__(self, cursor: ByteCursor) -> None:
        self.cursor = cursor
        self.width = self.height = 0
        self._top = 0

    # -- what a view says ------------------------------------------------------------------

    @abstractmethod
    def count(self) -> int:
        """Return how many lines there are."""

    @abstractmethod
    def line(self, number: int, marks: Marks) -> Line:
        """Return a line of them."""

    @abstractmethod
    def line_at_cursor(self) -> int:
        """Return the line that the cursor is in."""

    @abstractmethod
    def step(self, count: int, select: bool) -> None:
        """Move the cursor to the right, or to the left."""

    @abstractmethod
    def climb(self, lines: int, select: bool) -> None:
        """Move the cursor down, or up."""

    @abstractmethod
    def row_edge(self, last: bool, select: bool) -> None:
        """Move the cursor to the beginning or the end of its line."""

    @abstractmethod
    def click(self, number: int, column: int) -> None:
        """Go to what stands there. number: of the line."""

    def heading(self) -> list[Line]:
        """Return what stands over the lines and does not scroll."""
        return []

    def note(self) -> str:
        """Return what the frame says of it."""
        return ""

    def renew(self) -> None:
        """Show other bytes, or something else about them."""
        self._top = 0

    def edge(self, last: bool, select: bool) -> None:
        """Go to the first byte or the last."""
        self.cursor.go(len(self.cursor.data) if last else 0, select)

    # -- the window ------------------------------------------------------------------------

    def fit(self, width: int, height: int) -> None:
        """Take so much room from now on."""
        if (width, height) != (self.width, self.height):
            self.width, self.height = width, height
            self.reveal()

    @property
    def visible(self) -> int:
        """How many lines can be seen at once."""
        return max(1, self.height - len(self.heading()))

    def lines(self, marks: Marks) -> list[Line]:
        """Return the heading and the lines in the window."""
        self._top = max(0, min(self._top, self.count() - self.visible))
        seen = range(self._top, min(self.count(), self._top + self.visible))
        return [*self.heading(), *(self.line(number, marks) for number in seen)]

    def reveal(self) -> None:
        """Scroll as little as it takes to see the cursor."""
        line = self.line_at_cursor()
        self._top = max(0, min(max(self._top, line - self.visible + 1), line))

    def position(self) -> tuple[float, float]:
        """Return which part of the lines is shown."""
        count = max(1, self.count())
        return self._top / count, (self._top + self.visible) / count

    def scroll(self, lines: int) -> None:
        """Scroll; the cursor stays."""
        self._top = max(0, min(self._top + lines, self.count() - self.visible))

    def jump(self, fraction: float) -> None:
        """Scroll to a place."""
        self._top = 0
        self.scroll(round(fraction * self.count()))

    def press(self, row: int, column: int) -> None:
        """A row of what `lines` returned was clicked."""
        row -= len(self.heading())
        if 0 <= row < min(self.visible, self.count() - self._top):
            self.click(self._top + row, column)
