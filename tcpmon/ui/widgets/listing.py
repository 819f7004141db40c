"""A pane of a few rows, one of which is selected."""

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from typing import Generic, TypeVar

from tcpmon.ui.render import Line
from tcpmon.ui.widgets.pane import Pane

T = TypeVar("T")


class Listing(Pane, Generic[T]):
    """Shows all rows of a list, as many as fit, and keeps the cursor in view."""

    def __init__(self, id: str) -> None:
        super().__init__(id)
        self.items: Sequence[T] = ()
        self._cursor = 0
        self._top = 0

    @abstractmethod
    def heading(self) -> list[Line]:
        """Return what stands above the rows, or instead of them when there are none."""

    @abstractmethod
    def row(self, item: T) -> Line:
        """Return a row."""

    def show(self, items: Sequence[T]) -> None:
        """Show a list; the cursor stays where it is, as far as there are rows."""
        self.items = items
        self.scroll_rows(0)

    @property
    def selected(self) -> T | None:
        """What is under the cursor."""
        return self.items[self._cursor] if self.items else None

    @property
    def _visible(self) -> int:
        return max(1, self.body_height - len(self.heading()))

    def rows(self) -> Iterable[tuple[Line, str]]:
        """Return the heading and the rows that fit."""
        yield from ((line, "") for line in self.heading())
        shown = self.items[self._top : self._top + self._visible]
        for place, item in enumerate(shown, self._top):
            here = place == self._cursor
            yield [("▶ " if here else "  ", "key"), *self.row(item)], "row-cursor" if here else ""

    def position(self) -> tuple[float, float]:
        """Return which part of the list is shown."""
        count = max(1, len(self.items))
        return self._top / count, (self._top + self._visible) / count

    def scroll_rows(self, rows: int) -> None:
        """Move the cursor."""
        self._cursor = max(0, min(len(self.items) - 1, self._cursor + rows))
        top = min(max(self._top, self._cursor - self._visible + 1), self._cursor)
        self._top = max(0, min(top, len(self.items) - self._visible))
        self.repaint()

    def jump(self, fraction: float) -> None:
        """Go to a place."""
        self.scroll_rows(round(fraction * len(self.items)) - self._cursor)

    def click_row(self, row: int, column: int, double: bool) -> None:
        """Select a row."""
        row -= len(self.heading())
        if 0 <= row < min(self._visible, len(self.items) - self._top):
            self.scroll_rows(self._top + row - self._cursor)
