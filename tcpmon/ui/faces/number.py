"""A number out of each message against time, as a line from its lowest to its highest values."""

import time
from collections.abc import Iterator

from tcpmon.core.numbers import TIMEOUTS, Number
from tcpmon.core.series import Figures, Flow
from tcpmon.core.timestamps import SECOND, Stamper
from tcpmon.core.units import counted, number
from tcpmon.ui.charts import bounds, dots
from tcpmon.ui.faces.picture import GUTTER, Picture, axis, flows, legend, scaled
from tcpmon.ui.render import Line

_utc = Stamper(time.gmtime)

_ASKING = (
    "Take a number from each message and see it against time: e",
    "",
    "  u16be@4           two bytes behind the first four, the high one first;",
    "                    u8 to u64, i8 to i64, f32, f64; le: the low one first",
    r"  temp=([-\d.]+)    a pattern: its first group, or all that it matches",
)


def draw(picture: Picture, height: int) -> list[Line]:
    """Return a chart for each direction that holds numbers, or how to ask for one."""
    if picture.number is None:
        lines: list[Line] = [[], *([(text, "")] for text in _ASKING)]
        return (lines + [[]] * height)[:height]
    figures = {received: _total(picture, received) for received in (True, False)}
    charted = [received for received, total in figures.items() if total.count] or [True]
    rows = max(len(charted), height - 4)
    lines = []
    for received, total in figures.items():
        lines.append(legend(received, "", _told(total)))
        if received in charted:
            share = rows // len(charted) + (rows % len(charted) if received else 0)
            lines += _chart(picture, received, total, share)
        if received:
            lines += axis(picture)
    return lines


def _total(picture: Picture, received: bool) -> Figures:
    total = Figures()
    for flow in flows(picture.buckets, received):
        if flow:
            total.join(flow.figures)
    return total


def value(value: float) -> str:
    """Return a number that a message held, in at most ten characters."""
    text = f"{value:.6g}"
    return text if len(text) <= GUTTER else f"{value:.3g}"


def _told(figures: Figures) -> str:
    if not figures.count:
        return f"no number in {counted(figures.without, 'message')}"
    low, mean, high, last = map(value, (figures.low, figures.mean, figures.high, figures.last))
    text = f"min {low}  mean {mean}  max {high}  last {last}  in {number(figures.count)}"
    return text + (f", not in {number(figures.without)}" if figures.without else "")


def _chart(picture: Picture, received: bool, total: Figures, rows: int) -> list[Line]:
    low, high = bounds(total.low, total.high) if total.count else (0.0, 1.0)
    strokes = [
        (flow.figures.low, flow.figures.high) if flow and flow.figures.count else None
        for flow in flows(picture.buckets, received)
    ]
    scale = {0: value(high), rows - 1: value(low)} if total.count else {}
    return scaled(dots(strokes, low, high, rows), scale, received, picture.cursor)


def said(flow: Flow) -> str:
    """Return what went one way in a column."""
    figures = flow.figures
    if not figures.count:
        return "none"
    if figures.count == 1:
        return value(figures.last)
    low, mean, high = map(value, (figures.low, figures.mean, figures.high))
    return f"{low} to {high}, mean {mean}"


def given_up(taken: Number) -> Line:
    """Say that a number is sought no more, nothing while it is."""
    if not taken.given_up:
        return []
    late = f"the pattern took too long {TIMEOUTS} times and was given up"
    return [(f"{late}: e writes another one", "warn")]


def csv(picture: Picture) -> Iterator[str]:
    """Return lines of CSV, a line for each column and direction that holds numbers."""
    yield "time,seconds,direction,count,without,min,mean,max,last\n"
    seconds = picture.window.width / SECOND
    for when, bucket in picture.columns():
        for name, flow in (("rx", bucket.rx), ("tx", bucket.tx)) if bucket else ():
            got = flow.figures
            if got.count:
                values = map(repr, (got.low, got.mean, got.high, got.last))
                start = [_utc.rfc3339(when), f"{seconds:g}", name]
                yield ",".join([*start, str(got.count), str(got.without), *values]) + "\n"
