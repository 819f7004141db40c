"""A pane of lines that are given to it, and can be scrolled."""

from collections.abc import Iterable

from tcpmon.ui.render import Line
from tcpmon.ui.widgets.pane import Pane


class Sheet(Pane):
    """Shows lines from the top down, without a cursor."""

    def __init__(self, id: str) -> None:
        super().__init__(id)
        self._title: tuple[Line, Line] = [], []
        self._lines: list[Line] = []
        self._top = 0

    def show(self, title: Line, note: Line, lines: list[Line]) -> None:
        """Show lines; it stays where it was scrolled to."""
        self._title, self._lines = (title, note), lines
        self.scroll_rows(0)

    def title(self) -> tuple[Line, Line]:
        """Return what was given."""
        return self._title

    def rows(self) -> Iterable[tuple[Line, str]]:
        """Return the lines that fit."""
        return ((line, "") for line in self._lines[self._top : self._top + self.body_height])

    def position(self) -> tuple[float, float]:
        """Return which part of the lines is shown."""
        count = max(1, len(self._lines))
        return self._top / count, (self._top + self.body_height) / count

    def scroll_rows(self, rows: int) -> None:
        """Scroll by lines."""
        self._top = max(0, min(self._top + rows, len(self._lines) - self.body_height))
        self.repaint()

    def jump(self, fraction: float) -> None:
        """Scroll to a place."""
        self._top = 0
        self.scroll_rows(round(fraction * len(self._lines)))

    def click_row(self, row: int, column: int, double: bool) -> None:
        """Nothing to select."""
