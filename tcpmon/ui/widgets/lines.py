"""A widget that is a list of lines: the base of everything here that is repainted often.

A subclass says what its lines are; this paints the ones that have changed and
only those. It keeps the strips itself and leaves out the box model and the
layout, which is three quarters of what a repaint costs otherwise.
"""

from collections.abc import Iterable
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from tcpmon.ui.render import Line, cells_of

STYLES = (
    "dim", "rx", "tx", "event", "good", "warn", "error", "escape", "title", "note", "heading",
    "frame", "frame-focus", "key", "alert", "id-0", "id-1", "id-2", "id-3", "id-4", "id-5",
    "row-cursor", "row-idle-cursor", "row-closed", "row-heading",
)  # fmt: skip
"""What a span or a row can look like. Those that begin with "row-" are for whole rows."""

_FRAME = {"frame", "frame-focus"}  # these look the same beside every row


class Lines(Widget):
    """Paints `compose_lines`. Call `repaint` when they may have changed."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"lines--{name}" for name in STYLES}
    ALLOW_SELECT = False

    def __init__(self, id: str) -> None:
        super().__init__(id=id)
        self._strips: list[Strip] = []
        self._made: list[tuple[Line, str]] = []
        self._styles: dict[tuple[str, str], Style] = {}

    def compose_lines(self) -> Iterable[tuple[Line, str]]:
        """Return (line, style of the row or "") from the top down, each as wide as the widget
        or narrower."""
        raise NotImplementedError

    def repaint(self) -> None:
        """Compose the lines anew and paint those that differ."""
        width, height = self.size
        if not width or not height:
            return
        made = list(self.compose_lines())[:height]
        made += [([], "")] * (height - len(made))
        changed = [y for y in range(height) if y >= len(self._strips) or made[y] != self._made[y]]
        if not changed:
            return
        strips = self._strips[:height] + [Strip([])] * (height - len(self._strips))
        for y in changed:
            strips[y] = self._strip(*made[y], width)
        self._made, self._strips = made, strips
        self.refresh(*_regions(changed, width))

    def _strip(self, line: Line, row: str, width: int) -> Strip:
        segments = [Segment(text, self._style(style, row)) for text, style in line if text]
        cells = cells_of(line)
        strip = Strip(segments, cells)
        return strip.adjust_cell_length(width, self._style("", row)) if cells != width else strip

    def _style(self, name: str, row: str) -> Style:
        key = name, row
        style = self._styles.get(key)
        if style is None:
            style = self.rich_style
            if name in _FRAME:
                row = ""
            for part in (name, row) if row == "row-closed" else (row, name):
                if part:
                    style += self.get_component_rich_style(f"lines--{part}", partial=True)
            self._styles[key] = style
        return style

    def forget_styles(self) -> None:
        """Look colours up anew, and paint everything."""
        self._styles.clear()
        self._made, self._strips = [], []
        self.repaint()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        if self.is_mounted:
            self.forget_styles()

    def on_mount(self) -> None:
        self.repaint()

    def on_resize(self) -> None:
        self._made, self._strips = [], []
        self.repaint()

    def render_line(self, y: int) -> Strip:
        if y < len(self._strips):
            return self._strips[y]
        return Strip.blank(self.size.width, self.rich_style)

    def render_lines(self, crop: Region) -> list[Strip]:
        strips = [self.render_line(y) for y in crop.line_range]
        background = self.background_colors[1]
        for line_filter in self.get_line_filters():
            strips = [strip.apply_filter(line_filter, background) for strip in strips]
        self._dirty_regions.clear()
        left, right = crop.column_span
        if (left, right) != (0, self.size.width):
            strips = [strip.crop(left, right) for strip in strips]
        return strips


def _regions(rows: list[int], width: int) -> list[Region]:
    """Join neighbouring rows to as few regions as there are gaps."""
    regions = []
    start = previous = rows[0]
    for row in rows[1:]:
        if row != previous + 1:
            regions.append(Region(0, start, width, previous - start + 1))
            start = row
        previous = row
    regions.append(Region(0, start, width, previous - start + 1))
    return regions
