"""What the screen of plots shows, as one picture, and what its faces draw alike.

RX stands above the time axis and TX below it, each with its own scale and its name in words, so
that neither needs its colour.
"""

from collections.abc import Iterable, Iterator
from enum import StrEnum

from msgspec import Struct

from tcpmon.core.numbers import Number
from tcpmon.core.series import Bucket, Flow, Gaps
from tcpmon.ui.charts import time_axis
from tcpmon.ui.render import Line
from tcpmon.ui.stretch import Window

GUTTER = 10  # cells for the labels of a scale


class Face(StrEnum):
    """What is looked at."""

    MESSAGES = "Messages/s"
    BYTES = "Bytes/s"
    GAPS = "Gaps"
    NUMBER = "Number"


class Picture(Struct, frozen=True):
    """What is shown.

    buckets: for each column, or of a number for each half of a column. stretch: the time that the
    gaps are of, its end None for now. now: behind it there is nothing yet; first: before it there
    is nothing any more. cursor: the column, or the bin of the gaps, that is pointed at. progress:
    how much of it has been read, 0 to 1, None for all.
    """

    face: Face
    window: Window
    buckets: list[Bucket | None]
    gaps: Gaps
    stretch: tuple[int, int | None]
    now: int
    first: int
    number: Number | None = None
    cursor: int | None = None
    progress: float | None = None

    def column(self, place: int) -> Bucket | None:
        """Return all that is in a column."""
        halves = len(self.buckets) // self.window.count
        joined: Bucket | None = None
        for bucket in self.buckets[place * halves : (place + 1) * halves]:
            if bucket is not None:
                if joined is None:
                    joined = Bucket.at(bucket.place)
                joined.join(bucket)
        return joined

    def columns(self) -> Iterator[tuple[int, Bucket | None]]:
        """Return when each column begins and what is in it, without those of another time than
        there is anything of."""
        window = self.window
        for place in range(window.count):
            time = window.start + place * window.width
            if self.first - window.width < time <= self.now:
                yield time, self.column(place)


def flows(buckets: Iterable[Bucket | None], received: bool) -> Iterator[Flow | None]:
    """Return what went one way."""
    return ((bucket.rx if received else bucket.tx) if bucket else None for bucket in buckets)


def legend(received: bool, name: str, text: str) -> Line:
    """Return what a chart is of, and what it amounts to."""
    direction, style = ("RX ↓", "rx") if received else ("TX ↑", "tx")
    return [(f"{direction} {name}".rstrip(), style), (f"  {text}", "")]


def scaled(
    rows: list[str], scale: dict[int, str], received: bool, cursor: int | None, cells: int = 1
) -> list[Line]:
    """Return rows of a chart with their scale, and the column that is pointed at. cells: that it
    is wide."""
    style = "rx" if received else "tx"
    lines: list[Line] = []
    for place, row in enumerate(rows):
        label = scale.get(place, "")
        line: Line = [(f"{label:>{GUTTER}} ", "dim"), ("┤" if label else "│", "frame")]
        if cursor is None:
            line.append((row, style))
        else:
            start, end = cursor * cells, (cursor + 1) * cells
            marked = row[start:end].replace(" ", "┊")
            line += [(row[:start], style), (marked, "key"), (row[end:], style)]
        lines.append(line)
    return lines


def axis(picture: Picture) -> list[Line]:
    """Return the time axis."""
    window = picture.window
    ticks, labels = time_axis(window.start, window.width, window.count, picture.cursor)
    blank = " " * (GUTTER + 2)
    return [[(" " * (GUTTER + 1) + "└" + ticks, "frame")], [(blank + labels, "dim")]]
