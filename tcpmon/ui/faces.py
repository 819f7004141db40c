"""What the screen of plots shows: four ways to look at a series, as lines and as CSV.

Pure: a `Picture` says it all. RX stands above the time axis and TX below it, each with its own
scale and its name in words, so that neither needs its colour.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum

from msgspec import Struct

from tcpmon.core.escape import escape_hidden
from tcpmon.core.model import Place
from tcpmon.core.numbers import MATCH_SECONDS, TIMEOUTS, Number
from tcpmon.core.series import (
    BINS,
    BINS_A_DECADE,
    Bucket,
    Figures,
    Flow,
    Gaps,
    Histogram,
    bin_start,
)
from tcpmon.core.timestamps import SECOND, Stamper
from tcpmon.core.units import counted, delay, lasted, number, size, span
from tcpmon.ui.charts import amount, bars, bounds, dots, moment, round_up, span_of, time_axis
from tcpmon.ui.render import Line, cells_of

GUTTER = 10  # cells for the labels of a scale
_utc = Stamper(time.gmtime)


class Face(StrEnum):
    """What is looked at."""

    MESSAGES = "Messages/s"
    BYTES = "Bytes/s"
    GAPS = "Gaps"
    NUMBER = "Number"


FACES = tuple(Face)


class Window(Struct, frozen=True):
    """Columns of time: the first begins at start and each is width nanoseconds long."""

    start: int
    width: int
    count: int

    @property
    def end(self) -> int:
        """Where the last one ends."""
        return self.start + self.count * self.width


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


def columns_in(width: int) -> int:
    """Return how many columns there are in so many cells."""
    return max(1, min(500, width - GUTTER - 2))


def draw(picture: Picture, width: int, height: int) -> list[Line]:
    """Return the lines of a picture for a place of this size; it needs 80 x 24 less a frame."""
    draw_face = {Face.GAPS: _draw_gaps, Face.NUMBER: _draw_number}.get(picture.face, _draw_rates)
    return [_tabs(picture, width), *draw_face(picture, height - 2), pointed(picture)]


def _tabs(picture: Picture, width: int) -> Line:
    line: Line = []
    for place, face in enumerate(FACES, start=1):
        mine = face is picture.face
        label = f"[{place} {face}]" if mine else f" {place} {face} "
        line += [(label, "title" if mine else "dim"), (" ", "")]
    if picture.face is Face.GAPS:
        start, end = picture.stretch
        until = "now" if end is None else moment(end, SECOND)
        note = f"{moment(start, SECOND)} to {until}"
    else:
        note = f"a column is {span_of(picture.window.width)}"
    room = width - cells_of(line) - len(note)
    return [*line, (" " * room, ""), (note, "dim")] if room > 0 else line


# -- rates ----------------------------------------------------------------------------


def _flows(buckets: Iterable[Bucket | None], received: bool) -> Iterator[Flow | None]:
    return ((bucket.rx if received else bucket.tx) if bucket else None for bucket in buckets)


def _draw_rates(picture: Picture, height: int) -> list[Line]:
    rows = max(2, height - 4)
    above = _rate_chart(picture, True, rows - rows // 2)
    return [*above, *_axis(picture), *_rate_chart(picture, False, rows // 2)]


def _rate_chart(picture: Picture, received: bool, rows: int) -> list[Line]:
    window, of_bytes = picture.window, picture.face is Face.BYTES
    told: Callable[[float], str] = size if of_bytes else amount
    flows = list(_flows(picture.buckets, received))
    amounts = [(flow.size if of_bytes else flow.messages) if flow else 0 for flow in flows]
    rates = [count * SECOND / window.width for count in amounts]
    seconds = (min(window.end, picture.now) - max(window.start, picture.first)) / SECOND
    # A stretch that is shorter than a column says nothing of a mean.
    mean = sum(amounts) / max(seconds, window.width / SECOND)
    total = size(sum(amounts)) if of_bytes else counted(sum(amounts), "message")
    legend = f"  peak {told(max(rates))}/s   mean {told(mean)}/s   {total}"
    top = round_up(max(rates))
    scale = {0: f"{told(top)}/s", rows - 1: "0"}
    if rows >= 6 and rows % 2 == 0:
        scale[rows // 2] = f"{told(top / 2)}/s"
    chart = bars(rates, top, rows)
    return [_legend(received, legend), *_scaled(chart, scale, received, picture.cursor)]


def _legend(received: bool, text: str) -> Line:
    name = ("RX ↓ received", "rx") if received else ("TX ↑ sent", "tx")
    return [name, (text, "")]


def _scaled(
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


def _axis(picture: Picture) -> list[Line]:
    window = picture.window
    axis, labels = time_axis(window.start, window.width, window.count, picture.cursor)
    blank = " " * (GUTTER + 2)
    return [[(" " * (GUTTER + 1) + "└" + axis, "frame")], [(blank + labels, "dim")]]


# -- gaps -----------------------------------------------------------------------------

_GAPS = (
    (True, "between", "from one RX to the next"),
    (False, "answer", "our answers: from RX to TX"),
    (True, "reply", "their answers: from TX to RX"),
)


def _histograms(gaps: Gaps) -> list[tuple[bool, str, Histogram]]:
    return [(received, told, getattr(gaps, name)) for received, name, told in _GAPS]


def gap(nanoseconds: int) -> str:
    """Return the length of a gap in at most six characters: "24us", "1.2ms", "17m04"."""
    seconds = nanoseconds / SECOND
    return delay(nanoseconds // 1000) if seconds < 600 else span(seconds)


def _draw_gaps(picture: Picture, height: int) -> list[Line]:
    cells = bin_cells(picture.window)
    rows = max(3, height - 2 - len(_GAPS))
    lines: list[Line] = []
    for place, (received, told, histogram) in enumerate(_histograms(picture.gaps)):
        legend = f"{'RX ↓' if received else 'TX ↑'}  {told}"
        rest = "   none"
        if histogram.count:
            low, median, high = map(gap, (histogram.low, histogram.median, histogram.high))
            rest = f"   {number(histogram.count)}, {low} to {high}, median {median}"
        lines.append([(legend, "rx" if received else "tx"), (rest, "")])
        high_rows = (rows + place) // len(_GAPS)
        top = round_up(max(histogram.counts))
        chart = [_wide(row, cells) for row in bars(histogram.counts, top, high_rows)]
        scale = {0: amount(top), high_rows - 1: "0"}
        lines += _scaled(chart, scale, received, picture.cursor, cells)
    return [*lines, *_gap_axis(cells, picture.cursor)]


def bin_cells(window: Window) -> int:
    """Return how wide a bin is drawn where there is room for so many columns."""
    return max(1, window.count // BINS)


def _wide(row: str, cells: int) -> str:
    return "".join(character * cells for character in row)


def _gap_axis(cells: int, cursor: int | None) -> list[Line]:
    ticks = ["┬" if bin % BINS_A_DECADE == 0 else "─" for bin in range(BINS)]
    axis = "".join(tick + "─" * (cells - 1) for tick in ticks)
    if cursor is not None:
        axis = axis[: cursor * cells] + "▲" * cells + axis[(cursor + 1) * cells :]
    starts = (gap(bin_start(bin)) for bin in range(0, BINS, BINS_A_DECADE))
    labels = "".join(text.ljust(BINS_A_DECADE * cells) for text in starts)
    blank = " " * (GUTTER + 2)
    return [[(" " * (GUTTER + 1) + "└" + axis, "frame")], [(blank + labels, "dim")]]


# -- a number ---------------------------------------------------------------------------

_ASKING = (
    "Take a number from each message and see it against time: e",
    "",
    "  u16be@4           the two bytes behind the first four, high byte first;",
    "                    u8 to u64, i8 to i64, f32, f64, and le for low byte first",
    r"  temp=([-\d.]+)    a pattern: its first group, or all that it matches",
)


def _draw_number(picture: Picture, height: int) -> list[Line]:
    if picture.number is None:
        lines: list[Line] = [[], *([(text, "")] for text in _ASKING)]
        return (lines + [[]] * height)[:height]
    figures = {received: _total(picture, received) for received in (True, False)}
    charted = [received for received, total in figures.items() if total.count] or [True]
    rows = max(len(charted), height - 4)
    lines = []
    for received, total in figures.items():
        lines.append(_legend(received, _told(total)))
        if received in charted:
            share = rows // len(charted) + (rows % len(charted) if received else 0)
            lines += _number_chart(picture, received, total, share)
        if received:
            lines += _axis(picture)
    return lines


def _total(picture: Picture, received: bool) -> Figures:
    total = Figures()
    for flow in _flows(picture.buckets, received):
        if flow:
            total.join(flow.figures)
    return total


def value(value: float) -> str:
    """Return a number that a message held, in at most ten characters."""
    text = f"{value:.6g}"
    return text if len(text) <= GUTTER else f"{value:.3g}"


def _told(figures: Figures) -> str:
    without = f"{number(figures.without)} without"
    if not figures.count:
        return f"   no number in {counted(figures.without, 'message')}"
    low, mean, high, last = map(value, (figures.low, figures.mean, figures.high, figures.last))
    text = f"   min {low}   mean {mean}   max {high}   last {last}   in {number(figures.count)}"
    return text + (f", {without}" if figures.without else "")


def _number_chart(picture: Picture, received: bool, total: Figures, rows: int) -> list[Line]:
    if not total.count:
        low, high = 0.0, 1.0
    else:
        low, high = bounds(total.low, total.high)
    strokes = [
        (flow.figures.low, flow.figures.high) if flow and flow.figures.count else None
        for flow in _flows(picture.buckets, received)
    ]
    scale = {0: value(high), rows - 1: value(low)} if total.count else {}
    return _scaled(dots(strokes, low, high, rows), scale, received, picture.cursor)


# -- the cursor ---------------------------------------------------------------------------


def column(picture: Picture, place: int) -> Bucket | None:
    """Return all that is in a column."""
    halves = len(picture.buckets) // picture.window.count
    joined: Bucket | None = None
    for bucket in picture.buckets[place * halves : (place + 1) * halves]:
        if bucket is not None:
            if joined is None:
                joined = Bucket.at(bucket.place)
            joined.join(bucket)
    return joined


def place_of(picture: Picture, place: int) -> Place | None:
    """Return the first message of a column, or the newest with a gap of a bin before it."""
    if picture.face is Face.GAPS:
        histograms = (histogram for _, _, histogram in _histograms(picture.gaps))
        return max((h.places[place] for h in histograms if h.counts[place]), default=None)
    bucket = column(picture, place)
    return bucket.place if bucket else None


def pointed(picture: Picture) -> Line:
    """Return what there is at the cursor, or what the keys do where there is none."""
    if picture.number is not None and picture.number.given_up and picture.face is Face.NUMBER:
        late = f"took longer than {lasted(MATCH_SECONDS)} {TIMEOUTS} times and was given up"
        return [("the pattern ", "warn"), (late, "warn"), (": e writes another one", "warn")]
    if picture.cursor is None:
        return [("⇧← ⇧→ or h l: point at a column   enter: see it in the log", "dim")]
    if picture.face is Face.GAPS:
        return _pointed_gap(picture, picture.cursor)
    window = picture.window
    when = moment(window.start + picture.cursor * window.width, window.width)
    bucket = column(picture, picture.cursor)
    line: Line = [(f"{when} + {span_of(window.width)}", "note")]
    if bucket is None:
        return [*line, ("   nothing", "")]
    for name, style, flow in (("RX", "rx", bucket.rx), ("TX", "tx", bucket.tx)):
        line += [(f"   {name} ", style), (_said(picture.face, flow), "")]
    return line


def _said(face: Face, flow: Flow) -> str:
    if face is not Face.NUMBER:
        return f"{counted(flow.messages, 'message')}, {size(flow.size)}"
    figures = flow.figures
    if not figures.count:
        return "none"
    if figures.count == 1:
        return value(figures.last)
    low, mean, high = map(value, (figures.low, figures.mean, figures.high))
    return f"{low} to {high}, mean {mean}"


def _pointed_gap(picture: Picture, bin: int) -> Line:
    between, answer, reply = (h.counts[bin] for _, _, h in _histograms(picture.gaps))
    if bin == 0:
        text = f"up to {gap(bin_start(1))}"
    elif bin == BINS - 1:
        text = f"{gap(bin_start(bin))} and longer"
    else:
        text = f"{gap(bin_start(bin))} to {gap(bin_start(bin + 1))}"
    counts = f"   RX to RX {number(between)}   RX to TX {number(answer)}   TX to RX {number(reply)}"
    return [(text, "note"), (counts, "")]


# -- CSV ------------------------------------------------------------------------------------


def as_csv(picture: Picture) -> str:
    """Return the values that are shown, a column of the chart a row. Times are in UTC."""
    if picture.face is Face.GAPS:
        return "".join(_gap_rows(picture.gaps))
    if picture.face is Face.NUMBER:
        return "".join(_number_rows(picture)) if picture.number else ""
    return "".join(_rate_rows(picture))


def _times(picture: Picture) -> Iterator[tuple[str, Bucket | None]]:
    window = picture.window
    for place in range(window.count):
        time = window.start + place * window.width
        if picture.first - window.width < time <= picture.now:
            yield _utc.rfc3339(time), column(picture, place)


def _rate_rows(picture: Picture) -> Iterator[str]:
    yield "time,seconds,rx_messages,rx_bytes,tx_messages,tx_bytes\n"
    seconds = picture.window.width / SECOND
    for when, bucket in _times(picture):
        flows = (bucket.rx, bucket.tx) if bucket else ()
        counts = [str(count) for flow in flows for count in (flow.messages, flow.size)]
        yield ",".join([when, f"{seconds:g}", *(counts or ["0"] * 4)]) + "\n"


def _number_rows(picture: Picture) -> Iterator[str]:
    yield "time,seconds,direction,count,without,min,mean,max,last\n"
    seconds = picture.window.width / SECOND
    for when, bucket in _times(picture):
        for name, flow in (("rx", bucket.rx), ("tx", bucket.tx)) if bucket else ():
            figures = flow.figures
            if figures.count:
                values = (figures.low, figures.mean, figures.high, figures.last)
                counts = [str(figures.count), str(figures.without)]
                yield ",".join([when, f"{seconds:g}", name, *counts, *map(repr, values)]) + "\n"


def _gap_rows(gaps: Gaps) -> Iterator[str]:
    yield "from_seconds,rx_to_rx,rx_to_tx,tx_to_rx\n"
    histograms = [histogram for _, _, histogram in _histograms(gaps)]
    for bin in range(BINS):
        counts = [str(histogram.counts[bin]) for histogram in histograms]
        yield ",".join([f"{bin_start(bin) / SECOND:.6g}" if bin else "0", *counts]) + "\n"


def name_of(number: Number) -> str:
    """Return a number as it was written, safe to print."""
    return escape_hidden(number.text)
