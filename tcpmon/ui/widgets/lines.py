"""A widget that is a list of lines: the base of everything here that is repainted often.

A subclass says what its lines are; this paints the ones that have changed and
only those. It keeps the strips itself and leaves out the box model and the
layout, which is three quarters of what a repaint costs otherwise.
"""

from collections.abc import Iterable

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from tcpmon.ui.faults import failed_lines, fenced
from tcpmon.ui.render import Line, cells_of

STYLES: dict[str, tuple[str, str, str]] = {
    "dim": ("quiet", "", ""),
    "rx": ("rx", "", ""),
    "tx": ("tx", "", ""),
    "event": ("quiet", "", "italic"),
    "good": ("success", "", ""),
    "warn": ("warning", "", ""),
    "error": ("error", "", "bold"),
    "escape": ("quiet", "", "italic"),
    "title": ("", "", "bold"),
    "note": ("accent", "", ""),
    "heading": ("quiet", "", ""),
    "key": ("accent", "", "bold"),
    "alert": ("background", "warning", "bold"),
    "differs": ("warning", "", "bold underline"),
    "match": ("background", "accent", ""),
    "gap": ("accent", "", "bold"),
    "frame": ("border-blurred", "", ""),
    "frame-focus": ("border", "", ""),
    **{f"id-{number}": (f"id-{number}", "", "") for number in range(6)},
    "row-cursor": ("", "row", "bold"),
    "row-idle-cursor": ("", "row-idle", ""),
    "row-closed": ("quiet", "", ""),
    "row-heading": ("quiet", "", ""),
}
"""What a span or a row can look like: colour, background (variables of the theme), weight.

Those that begin with "row-" are for whole rows. Not component classes of a
style sheet: those cost each widget a node for each name, a fifth of the start.
"""

_FRAME = {"frame", "frame-focus"}  # these look the same beside every row


class Lines(Widget):
    """Paints `compose_lines`. Call `repaint` when they may have changed."""

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
        if not self.size:
            return
        with fenced(self):
            self._paint(*self.size)
            return
        self._made, self._strips = [], failed_lines(self, self.size.region)
        self.refresh()

    def _paint(self, width: int, height: int) -> None:
        made = list(self.compose_lines())[:height]
        made += [([], "")] * (height - len(made))
        changed = [y for y in range(height) if y >= len(self._made) or made[y] != self._made[y]]
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
            for part in (row, name):
                if part:
                    style += self._look(part)
            self._styles[key] = style
        return style

    def _look(self, name: str) -> Style:
        color, background, weight = STYLES[name]
        variables = self.app.theme_variables
        return Style(
            color=Color.parse(variables[color]).rich_color if color else None,
            bgcolor=Color.parse(variables[background]).rich_color if background else None,
            bold="bold" in weight or None,
            italic="italic" in weight or None,
            underline="underline" in weight or None,
        )

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
