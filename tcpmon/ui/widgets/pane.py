"""A framed list of rows with a title, whose right border is its scroll bar."""

from abc import abstractmethod
from collections.abc import Iterable

from textual import events

from tcpmon.ui.render import Line, cells_of, crop, fit
from tcpmon.ui.widgets.lines import Lines

WHEEL_ROWS = 3


class Pane(Lines, can_focus=True):
    """A frame around rows.

    A subclass gives the rows, the title, and where it stands in what it shows.
    """

    def __init__(self, id: str) -> None:
        super().__init__(id)
        self._dragging = False

    # -- what a subclass says ---------------------------------------------------------

    @abstractmethod
    def title(self) -> tuple[Line, Line]:
        """Return what stands left and right in the upper border."""

    @abstractmethod
    def rows(self) -> Iterable[tuple[Line, str]]:
        """Return the rows inside the frame, at most body_height, and each row's style."""

    @abstractmethod
    def position(self) -> tuple[float, float]:
        """Return where the rows begin and end in all there is, 0 to 1."""

    @abstractmethod
    def scroll_rows(self, rows: int) -> None:
        """Move what is shown, down if rows is positive; the cursor stays."""

    @abstractmethod
    def jump(self, fraction: float) -> None:
        """Move what is shown to a place, 0 = the beginning, 1 = the end."""

    @abstractmethod
    def click_row(self, row: int, column: int, double: bool) -> None:
        """A row inside the frame was clicked. row and column count from 0."""

    # -- the frame --------------------------------------------------------------------

    @property
    def body_width(self) -> int:
        """Cells inside the frame, without a blank one on either side."""
        return max(0, self.size.width - 4)

    @property
    def body_height(self) -> int:
        """Rows inside the frame."""
        return max(0, self.size.height - 2)

    def compose_lines(self) -> Iterable[tuple[Line, str]]:
        frame = "frame-focus" if self.has_focus else "frame"
        width, height = self.body_width, self.body_height
        yield border("╭", "╮", *self.title(), frame, self.size.width), ""
        thumb = self._thumb(height)
        rows = list(self.rows())[:height]
        rows += [([], "")] * (height - len(rows))
        for y, (content, style) in enumerate(rows):
            line = crop(content, width)
            blank = " " * (width - cells_of(line) + 1)
            side = "┃" if y in thumb else "│"
            yield [("│", frame), (" ", ""), *line, (blank, ""), (side, frame)], style
        yield [("╰" + "─" * (self.size.width - 2) + "╯", frame)], ""

    def _thumb(self, height: int) -> range:
        begin, end = self.position()
        if end - begin >= 1 or not height:
            return range(0)
        length = max(1, round((end - begin) * height))
        first = min(height - length, round(begin * height))
        return range(first, first + length)

    # -- focus and mouse ----------------------------------------------------------------

    def on_focus(self) -> None:
        self.repaint()

    def on_blur(self) -> None:
        self.repaint()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.scroll_rows(WHEEL_ROWS)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.scroll_rows(-WHEEL_ROWS)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        if event.x == self.size.width - 1 and 0 < event.y <= self.body_height:
            event.stop()
            self._dragging = True
            self.capture_mouse()
            self._drag_to(event.y)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self._dragging:
            self._drag_to(event.y)

    def on_mouse_up(self) -> None:
        if self._dragging:
            self._dragging = False
            self.release_mouse()

    def _drag_to(self, y: int) -> None:
        room = max(1, self.body_height - 1)
        self.jump(min(1.0, max(0.0, (y - 1) / room)))

    def on_click(self, event: events.Click) -> None:
        row, column = event.y - 1, event.x - 2
        if 0 <= row < self.body_height and 0 <= column < self.body_width:
            event.stop()
            self.click_row(row, column, event.chain == 2)


def border(left: str, right: str, title: Line, note: Line, frame: str, width: int) -> Line:
    """Return an upper border with a title and what is told beside it, as far as there is room.

    The last of what is told goes first. A warning goes after the end of the title, as that rows
    are hidden matters more than whose they are; anything else before it.
    """
    room = width - 2
    note = _told(title, note, room - 8)
    if note and note[0][1] == "warn":
        title = crop(title, room - cells_of(note) - 8)
    line: Line = [(f"{left}─ ", frame), *title, (" ", frame)]
    if note:
        fill = room - cells_of(title) - cells_of(note) - 6
        return [*line, ("─" * fill + " ", frame), *note, (f" ─{right}", frame)]
    fill = room - cells_of(title) - 3
    if fill < 0:
        return [(fit("".join(text for text, _ in line), room + 1), frame), (right, frame)]
    return [*line, ("─" * fill + right, frame)]


def _told(title: Line, note: Line, room: int) -> Line:
    """Return as much of a note as there is room for."""
    note = [span for span in note if span[0]]
    while note and cells_of(title) + cells_of(note) > room:
        if len(note) == 1 and note[0][1] == "warn":
            return [span for span in crop(note, max(0, room - cells_of(title[:1]))) if span[0]]
        note = note[:-1]
        note[-1:] = [(text.rstrip(), style) for text, style in note[-1:]]
    return note
