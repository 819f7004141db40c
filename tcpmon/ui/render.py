"""What is shown, as styled text: bytes, amounts and addresses in cells.

Pure: a line is a list of spans, a span is text and the name of a style (see
widgets.lines for the names). Whatever a peer had a hand in comes through
`core.escape`. Widths are in cells.
"""

from collections import deque
from collections.abc import Iterable, Sequence

from rich.cells import cell_len, set_cell_size, split_text

from tcpmon.core.escape import ESCAPE, escape

Span = tuple[str, str]
"""(text, name of a style; "" = as the row is)"""
Line = list[Span]

CLIENT_COLOURS = 6  # styles id-0 to id-5, so that neighbours in the log can be told apart

_HEX = [f"{byte:02x}" for byte in range(256)]
_DOTS = bytes(byte if 0x20 <= byte < 0x7F else 0x2E for byte in range(256))


def colour(client: int) -> str:
    """Return the style of a client's number."""
    return f"id-{client % CLIENT_COLOURS}"


def fit(text: str, width: int, right: bool = False) -> str:
    """Return text in exactly width cells; what does not fit ends in an ellipsis."""
    text = text.replace("\u200d", "")  # a joiner at the end would take the next cell with it
    missing = width - cell_len(text)
    if missing < 0:
        return set_cell_size(split_text(text, width - 1)[0], width - 1) + "…" if width > 0 else ""
    return " " * missing + text if right else text + " " * missing


def fit_address(text: str, width: int) -> str:
    """As fit, but an address keeps its end, because that is where the port is."""
    cells = cell_len(text)
    if cells <= width or not width:
        return fit(text, width)
    return "…" + split_text(text, cells - width + 1)[1]


def cells_of(line: Iterable[Span]) -> int:
    """Return how wide a line is."""
    return sum(cell_len(text) for text, _ in line)


def crop(line: Line, width: int) -> Line:
    """Return as much of a line as fits."""
    if cells_of(line) <= width:
        return line
    kept: Line = []
    for text, style in line:
        if cell_len(text) > width:
            return [*kept, (fit(text, width), style)]
        kept.append((text, style))
        width -= cell_len(text)
    return kept


Marks = Sequence[tuple[int, int]]
"""Places in bytes, (start, end) each, rising."""


def payload(data: bytes, width: int, style: str = "", marks: Marks = ()) -> Line:
    """Return bytes as one line of at most width cells, escapes set off by style and never cut,
    and marked places too."""
    if width <= 0:
        return []
    seen = 4 * width  # a cell shows four bytes of UTF-8 at most
    spans = (
        _marked(data[:seen], style, marks) if marks else _split_escapes(escape(data, seen), style)
    )
    if cells_of(spans) <= width and len(data) <= seen:
        return spans
    line: Line = []
    room = width - 1
    for text, look in spans:
        cells = cell_len(text)
        if cells > room:
            if not ESCAPE.fullmatch(text) and (head := _head(text, room)):
                line.append((head, look))
            break
        line.append((text, look))
        room -= cells
    return [*line, ("…", "dim")]


def _marked(data: bytes, style: str, marks: Marks) -> Line:
    spans: Line = []
    place = 0
    for start, end in marks:
        spans += _split_escapes(escape(data[place:start]), style)
        spans += [(text, "match") for text, _ in _split_escapes(escape(data[start:end]), "")]
        place = end
    return spans + _split_escapes(escape(data[place:]), style)


def _head(text: str, room: int) -> str:
    """Return the longest beginning of a text that fits into so many cells."""
    if text.isascii():
        return text[: max(0, room)]
    for place, character in enumerate(text):
        room -= cell_len(character)
        if room < 0:
            return text[:place]
    return text


def _split_escapes(text: str, style: str) -> Line:
    if "\\" not in text:
        return [(text, style)] if text else []
    line: Line = []
    place = 0
    for match in ESCAPE.finditer(text):
        if match.start() > place:
            line.append((text[place : match.start()], style))
        line.append((match.group(), "escape"))
        place = match.end()
    if place < len(text):
        line.append((text[place:], style))
    return line


def wrap(text: str, width: int) -> list[Line]:
    """Return text in lines of at most width cells; a character that is wider has one of its own."""
    lines: list[Line] = []
    while text:
        piece = _head(text, width) or text[0]
        lines.append([(piece, "")])
        text = text[len(piece) :]
    return lines or [[]]


def hex_lines(size: int) -> int:
    """Return how many lines the dump of so many bytes takes."""
    return (size + 15) // 16


def hex_line(data: bytes, row: int, style: str = "") -> Line:
    """Return one line of a dump: offset, 16 bytes in two groups, and their text in a style."""
    part = data[row * 16 : row * 16 + 16]
    digits = [_HEX[byte] for byte in part]
    left, right = " ".join(digits[:8]), " ".join(digits[8:])
    return [
        (f"{row * 16:05x} ", "dim"),
        (f"{left:<23}  {right:<23} ", ""),
        ("|", "dim"),
        (part.translate(_DOTS).decode("ascii"), style),
        ("|", "dim"),
    ]


BARS = "▁▂▃▄▅▆▇█"


def sparkline(values: Iterable[float], width: int) -> str:
    """Return the last width values as bars, the highest one full; flat where there is nothing."""
    shown = deque(values, width)
    top = max(shown, default=0.0)
    bars = [BARS[min(7, int(value / top * 7.999))] if top else BARS[0] for value in shown]
    return BARS[0] * (width - len(bars)) + "".join(bars)
