"""Numbers to the characters of a chart: bars, dotted lines, their scales and labels.

Bars are eighth blocks: fonts and terminals have had them for as long as the sparkline of the first
line, and a bar is read against its axis. A line through values that may be negative has no axis
to stand on, and is made of Braille dots, four in the height of a cell.
"""

import time
from collections.abc import Sequence
from itertools import pairwise
from math import floor, log10

from tcpmon.core.timestamps import SECOND, Stamper
from tcpmon.ui.render import BARS

_STEPS = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
_stamp = Stamper(time.localtime)
DAY = 86_400 * SECOND

# Which bit of a Braille character is which dot: rows from the top, left and right.
# Source: the Unicode Standard, Braille Patterns.
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))


def round_up(value: float) -> float:
    """Return a value that is no less, and good to read at the end of a scale."""
    if value <= 0:
        return 1.0
    scale = 10.0 ** floor(log10(value))
    return next((step * scale for step in _STEPS if step * scale >= value * 0.999_999), value)


def amount(value: float) -> str:
    """Return a count or rate in at most six characters: "0.25", "12.4", "999", "1.2k", "34M"."""
    if value < 99.95:
        return f"{value:.3g}"
    if value < 999.5:
        return f"{value:.0f}"
    for unit in "kMGT":
        value /= 1000
        if value < 99.95:
            return f"{value:.1f}{unit}"
        if value < 999.5:
            return f"{value:.0f}{unit}"
    return f"{value:.1e}"


def bars(values: Sequence[float], top: float, rows: int) -> list[str]:
    """Return bars in so many rows, the upper one first. What is not nothing can be seen."""
    levels = [max(1, min(rows * 8, round(v / top * rows * 8))) if v > 0 else 0 for v in values]
    glyphs = " " + BARS
    return [
        "".join(glyphs[max(0, min(8, level - 8 * row))] for level in levels)
        for row in reversed(range(rows))
    ]


def bounds(low: float, high: float) -> tuple[float, float]:
    """Return the ends of a scale that holds both, and something between them."""
    if low == high:
        margin = abs(low) / 10 or 1.0
        low, high = low - margin, high + margin
    step = round_up((high - low) / 4)
    return floor(low / step) * step, -floor(-high / step) * step


Stroke = tuple[float, float]
"""The lowest and the highest of the values that are in one column of dots."""


def dots(strokes: Sequence[Stroke | None], low: float, high: float, rows: int) -> list[str]:
    """Return a line through strokes, two a cell, in so many rows. One with nothing is crossed."""
    levels = [_levels(stroke, low, high, rows * 4) if stroke else None for stroke in strokes]
    cells = [[0] * ((len(strokes) + 1) // 2) for _ in range(rows)]
    for column, (bottom, top) in _joined(levels):
        for level in range(bottom, top + 1):
            row, dot = divmod(rows * 4 - 1 - level, 4)
            cells[row][column // 2] |= _DOTS[dot][column % 2]
    return ["".join(chr(0x2800 | cell) if cell else " " for cell in row) for row in cells]


def _levels(stroke: Stroke, low: float, high: float, levels: int) -> tuple[int, int]:
    ends = ((value - low) / (high - low) * (levels - 1) for value in stroke)
    bottom, top = (max(0, min(levels - 1, round(end))) for end in ends)
    return bottom, top


def _joined(levels: Sequence[tuple[int, int] | None]) -> list[tuple[int, tuple[int, int]]]:
    """Return the columns and in each from where to where there are dots."""
    known = [(column, ends) for column, ends in enumerate(levels) if ends is not None]
    joined = list(known)
    for (left, one), (right, other) in pairwise(known):
        start, end = _between(one, other)
        slope = (end - start) / (right - left)
        for column in range(left, right):
            here, there = (round(start + slope * (x - left)) for x in (column, column + 1))
            joined.append((column, (min(here, there), max(here, there))))
    return joined


def _between(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    """Return where the shortest line between two strokes begins and ends."""
    if other[0] > one[1]:
        return one[1], other[0]
    if other[1] < one[0]:
        return one[0], other[1]
    shared = max(one[0], other[0])
    return shared, shared


def moment(time: int, width: int) -> str:
    """Return a time in at most twelve characters, as exact as columns of a width are."""
    if width >= DAY:
        return _stamp.date(time)[:10]
    if width >= 600 * SECOND:
        return _stamp.date(time)[5:16]
    return _stamp.clock(time)[: 8 if width >= SECOND else 12]


def span_of(width: int) -> str:
    """Return how long a column is, which is never rounded to something else: "125 ms", "64 s"."""
    seconds = width / SECOND
    for unit, scale, end in (("ms", 0.001, 1), ("s", 1, 600), ("min", 60, 7200), ("h", 3600, 1e6)):
        if seconds < end:
            return f"{seconds / scale:.3g} {unit}"
    return f"{seconds / 86_400:.3g} days"


LABEL = 16  # columns from one label of the time axis to the next


def time_axis(start: int, width: int, count: int, cursor: int | None) -> tuple[str, str]:
    """Return the axis with its ticks, and the labels below them. Labels stand at round times, so
    that they go along with what they are for. cursor: the column that is pointed at."""
    first = start // width
    axis = ["┬" if (first + column) % LABEL == 0 else "─" for column in range(count)]
    labels = ""
    for column in range(-first % LABEL, count, LABEL):
        text = moment((first + column) * width, width)
        if len(labels) <= column and column + len(text) <= count:
            labels = labels.ljust(column) + text
    if cursor is not None and 0 <= cursor < count:
        axis[cursor] = "▲"
    return "".join(axis), labels.ljust(count)
