"""A pane for a chart: lines that are drawn for its size, columns that can be clicked."""

from collections.abc import Iterable

from textual.message import Message

from tcpmon.ui.render import Line
from tcpmon.ui.widgets.pane import Pane


class ChartPane(Pane):
    """Shows lines as they are given. They are as good as the size they were drawn for."""

    class Resized(Message):
        """It has another size, and wants other lines."""

    class Pointed(Message):
        """A cell was clicked; column counts from the left of what is inside the frame."""

        def __init__(self, column: int, double: bool) -> None:
            self.column = column
            self.double = double
            super().__init__()

    class Wheeled(Message):
        """The wheel was turned, up if steps is negative."""

        def __init__(self, steps: int) -> None:
            self.steps = steps
            super().__init__()

    def __init__(self, id: str) -> None:
        super().__init__(id)
        self._title: tuple[Line, Line] = [], []
        self._lines: list[Line] = []

    def show(self, title: Line, note: Line, lines: list[Line]) -> None:
        """Show a chart, and above it what it is of."""
        self._title, self._lines = (title, note), lines
        self.repaint()

    def title(self) -> tuple[Line, Line]:
        """Return what was given."""
        return self._title

    def rows(self) -> Iterable[tuple[Line, str]]:
        """Return what was given."""
        return ((line, "") for line in self._lines)

    def position(self) -> tuple[float, float]:
        """All of it is there: nothing to scroll."""
        return 0.0, 1.0

    def scroll_rows(self, rows: int) -> None:
        """Tell that the wheel was turned."""
        self.post_message(self.Wheeled(1 if rows > 0 else -1))

    def jump(self, fraction: float) -> None:
        """Nothing to scroll."""

    def click_row(self, row: int, column: int, double: bool) -> None:
        """Tell which column was meant."""
        self.post_message(self.Pointed(column, double))

    def on_resize(self) -> None:
        super().on_resize()
        self.post_message(self.Resized())
