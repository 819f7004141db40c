"""What the screen of plots shows: four ways to look at a series, as lines and as CSV.

Pure: a `Picture` says it all. Each face draws itself in a file of its own.
"""

from tcpmon.core.escape import escape_hidden
from tcpmon.core.model import Place
from tcpmon.core.numbers import Number
from tcpmon.core.timestamps import SECOND
from tcpmon.ui.charts import moment, span_of
from tcpmon.ui.faces import gaps, number, rates
from tcpmon.ui.faces.picture import GUTTER, Face, Picture
from tcpmon.ui.render import Line, cells_of

FACES = tuple(Face)


def columns_in(width: int) -> int:
    """Return how many columns there are in so many cells."""
    return max(1, min(500, width - GUTTER - 2))


def draw(picture: Picture, width: int, height: int) -> list[Line]:
    """Return the lines of a picture for a place of this size; it needs 80 x 24 less a frame."""
    match picture.face:
        case Face.GAPS:
            lines = gaps.draw(picture, height - 2)
        case Face.NUMBER:
            lines = number.draw(picture, height - 2)
        case Face.MESSAGES | Face.BYTES:
            lines = rates.draw(picture, height - 2)
    return [_tabs(picture, width), *lines, _pointed(picture)]


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


def newest(picture: Picture) -> int:
    """Return the newest column with something in it, or of gaps the bin with the most."""
    if picture.face is Face.GAPS:
        return gaps.fullest(picture.gaps)
    last = picture.window.count - 1
    return next((place for place in range(last, -1, -1) if picture.column(place)), last)


def place_of(picture: Picture, column: int) -> Place | None:
    """Return the first message of a column, or the newest with a gap of a bin before it."""
    if picture.face is Face.GAPS:
        return gaps.place_of(picture.gaps, column)
    bucket = picture.column(column)
    return bucket.place if bucket else None


def _pointed(picture: Picture) -> Line:
    """Return what there is at the cursor, or what the keys do where there is none."""
    window, cursor, taken = picture.window, picture.cursor, picture.number
    if picture.face is Face.NUMBER and taken and (late := number.given_up(taken)):
        return late
    if cursor is None:
        return [("⇧← ⇧→ or h l: point at a column   enter: see it in the log", "dim")]
    if picture.face is Face.GAPS:
        return gaps.pointed(picture.gaps, cursor)
    when = moment(window.start + cursor * window.width, window.width)
    line: Line = [(f"{when} + {span_of(window.width)}", "note")]
    bucket = picture.column(cursor)
    if bucket is None:
        return [*line, ("   nothing", "")]
    said = number.said if picture.face is Face.NUMBER else rates.said
    for name, style, flow in (("RX", "rx", bucket.rx), ("TX", "tx", bucket.tx)):
        line += [(f"   {name} ", style), (said(flow), "")]
    return line


def as_csv(picture: Picture) -> str:
    """Return the values that are shown, a column of the chart a line; "" if there are none."""
    match picture.face:
        case Face.GAPS:
            return "".join(gaps.csv(picture.gaps))
        case Face.NUMBER:
            return "".join(number.csv(picture)) if picture.number else ""
        case Face.MESSAGES | Face.BYTES:
            return "".join(rates.csv(picture))


def name_of(number: Number) -> str:
    """Return a number as it was written, safe to print."""
    return escape_hidden(number.text)
