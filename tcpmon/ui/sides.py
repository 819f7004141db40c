"""Two messages beside each other, as lines: a dump or text of each, what differs set off.

Pure, as render is. A byte that differs stands in brackets in a dump, and is underlined in
either; where one side has no byte, `--` keeps its place.
"""

from collections.abc import Iterable, Sequence

from msgspec import Struct
from rich.cells import cell_len

from tcpmon.core.compare import Differences, compare
from tcpmon.core.escape import escape, escape_text
from tcpmon.core.model import Kind, Message
from tcpmon.core.units import counted, number
from tcpmon.ui.log_lines import record_time, style_of
from tcpmon.ui.render import Line, cells_of, crop

GUTTER = 3
"""Cells between the sides, where a row that differs has its mark."""

Pair = tuple[Line, Line]
Byte = tuple[int, bool]
"""(a byte or -1 for none, whether it differs from the other side)"""


class Dump(Struct, frozen=True):
    """How a dump is laid out: bytes in a row, digits of the offset, whether with text."""

    count: int
    digits: int
    text: bool

    @property
    def width(self) -> int:
        """Cells of one side."""
        return self.digits + 3 * self.count + 1 + (self.count if self.text else 0)


def dump_for(width: int, longest: int) -> Dump:
    """Return the fullest dump of which two fit beside each other. longest: bytes of a message."""
    digits = max(3, len(f"{max(0, longest - 1):x}"))
    forms = [Dump(count, digits, text) for count, text in ((16, True), (8, True), (8, False))]
    fitting = (form for form in forms if 2 * form.width + 2 <= width)
    return next(fitting, Dump(4, digits, False))


def dump_row(
    sides: tuple[bytes, bytes], differences: Differences, span: tuple[int, int], dump: Dump
) -> Pair:
    """Return a row of both dumps. span: from and to which place of the alignment it goes."""
    positions = list(differences.positions(*span))
    bytes_ = _looked_up(sides, positions)
    left, right = (
        _dumped(bytes_[side], next((at[side] for at in positions if at[side] >= 0), -1), dump)
        for side in (0, 1)
    )
    return left, right


def _looked_up(
    sides: tuple[bytes, bytes], positions: Iterable[tuple[int, int]]
) -> tuple[list[Byte], list[Byte]]:
    found: tuple[list[Byte], list[Byte]] = [], []
    for x, y in positions:
        here = sides[0][x] if x >= 0 else -1
        there = sides[1][y] if y >= 0 else -1
        found[0].append((here, here != there))
        found[1].append((there, here != there))
    return found


def _dumped(row: list[Byte], offset: int, dump: Dump) -> Line:
    line: Line = [(f"{offset:0{dump.digits}x}" if offset >= 0 else " " * dump.digits, "dim")]
    before = False
    for byte, differs in [*row, (-1, False)]:
        edge = " " if before == differs else "[" if differs else "]"
        line.append((edge, "differs" if before != differs else ""))
        before = differs
        if len(line) <= 2 * len(row):
            missing = byte < 0
            line.append(("--", "dim") if missing else (f"{byte:02x}", "differs" if differs else ""))
    line.append(("   " * (dump.count - len(row)), ""))
    if dump.text:
        line += [(_seen(byte), "differs" if differs and byte >= 0 else "") for byte, differs in row]
        line.append((" " * (dump.count - len(row)), ""))
    return _joined(line)


def _seen(byte: int) -> str:
    return " " if byte < 0 else chr(byte) if 0x20 <= byte < 0x7F else "."


def _joined(line: Line) -> Line:
    """Return a line with neighbours of one style in one span."""
    joined: Line = []
    for text, style in line:
        if joined and joined[-1][1] == style:
            joined[-1] = (joined[-1][0] + text, style)
        elif text:
            joined.append((text, style))
    return joined


# -- as text ------------------------------------------------------------------------------


class Letter(Struct, frozen=True):
    """A character as it is shown, and how many bytes it stands for."""

    text: str
    style: str
    count: int


def letters(data: bytes, differs: Sequence[bool]) -> list[Letter]:
    """Return the characters of a part of a message. differs: for each byte whether it does."""
    found: list[Letter] = []
    at = 0
    decoded = str(data, "utf-8", "surrogateescape")
    for place, character in enumerate(decoded):
        count = len(character.encode("utf-8", "surrogateescape"))
        text = escape_text(character)
        if character == "$" and decoded[place + 1 : place + 2] == "{":
            text = "\\$"
        escaped = len(text) > 1
        style = "differs" if any(differs[at : at + count]) else "escape" if escaped else ""
        found.append(Letter(text, style, count))
        at += count
    return found


def flags(left: bytes, right: bytes) -> tuple[list[bool], list[bool]]:
    """Return for each byte of both whether it differs."""
    found = compare(left, right)
    rows = _looked_up((left, right), found.positions(0, found.end))
    here, there = ([differs for byte, differs in row if byte >= 0] for row in rows)
    return here, there


def marked(data: bytes, differs: Sequence[bool], width: int) -> Line:
    """Return a part of a message as text of at most so many cells."""
    line: Line = []
    room = width - 1
    for letter in letters(data, differs):
        room -= cell_len(letter.text)
        if room < 0:
            return [*_joined(line), ("…", "dim")]
        line.append((letter.text, letter.style))
    return _joined(line)


class TextRow(Struct, frozen=True):
    """A row of both texts, and from and to which place of the alignment it goes."""

    begin: int
    end: int
    left: Line
    right: Line


def text_rows(
    sides: tuple[bytes, bytes], differences: Differences, span: tuple[int, int], width: int
) -> list[TextRow]:
    """Return the rows of a part of the alignment, each side in so many cells; a newline ends a
    row too. It costs what the part costs."""
    positions = list(differences.positions(*span))
    bytes_ = _looked_up(sides, positions)
    placed = [_placed(bytes_[side]) for side in (0, 1)]
    rows: list[TextRow] = []
    begin, rooms = 0, [width, width]
    lines: Pair = [], []
    for at in range(len(positions)):
        here = [placed[side].get(at) for side in (0, 1)]
        needs = [cell_len(letter.text) if letter else 0 for letter in here]
        if at > begin and any(need > room for need, room in zip(needs, rooms, strict=True)):
            rows.append(TextRow(span[0] + begin, span[0] + at, *map(_joined, lines)))
            begin, lines, rooms = at, ([], []), [width, width]
        for side, letter in enumerate(here):
            rooms[side] -= needs[side]
            if letter:
                lines[side].append((letter.text, letter.style))
        if any(letter and letter.text == "\\n" for letter in here):
            rooms = [-1, -1]
    if len(positions) > begin:
        rows.append(TextRow(span[0] + begin, span[0] + len(positions), *map(_joined, lines)))
    return rows


_LINE = 200  # bytes of a line at whose end a part of a text may go over into the next


def text_edge(sides: tuple[bytes, bytes], differences: Differences, place: int) -> int:
    """Return where from a place on a text may be parted: behind a newline, if one is near, and
    at least not inside a character."""
    if not 0 < place < differences.end:
        return min(place, differences.end)
    near = list(differences.positions(place, min(place + _LINE, differences.end)))
    rows = _looked_up(sides, near)
    for at, both in enumerate(zip(*rows, strict=True)):
        if any(byte == 0x0A for byte, _ in both):
            return place + at + 1
    inside = (any(0x80 <= byte < 0xC0 for byte, _ in both) for both in zip(*rows, strict=True))
    return place + next((at for at, is_inside in enumerate(inside) if not is_inside and at < 4), 0)


def _placed(row: list[Byte]) -> dict[int, Letter]:
    """Return the characters of a side by the place of their first byte."""
    places = [at for at, (byte, _) in enumerate(row) if byte >= 0]
    data = bytes(row[at][0] for at in places)
    found: dict[int, Letter] = {}
    done = 0
    for letter in letters(data, [row[at][1] for at in places]):
        found[places[done]] = letter
        done += letter.count
    return found


# -- around it ----------------------------------------------------------------------------


def beside(left: Line, right: Line, width: int, mark: str = "", gutter: int = GUTTER) -> Line:
    """Return two lines side by side in so many cells each, with a mark in those between them."""
    left, right = crop(left, width), crop(right, width)
    gap = " " * (width - cells_of(left))
    return [*left, (gap, ""), (mark.center(gutter), "key"), *right]


def heading(message: Message) -> Line:
    """Return which way a message went, when, and how much it is."""
    way, when = way_of(message), record_time("clock", message.time, None, 0)
    return [(way, style_of(message.kind)), (f"  {when}  {number(message.size)} B", "dim")]


def way_of(message: Message) -> str:
    """Return the word for the way that a message went."""
    return "RX" if message.kind is Kind.RX else "TX"


PLACES = 500
"""Differences that a report tells; of more there is only the number."""
_TOLD = 32  # bytes of a difference that a report shows


def report(sides: tuple[Message, Message], titles: tuple[str, str], found: Differences) -> str:
    """Return the differences as text."""
    lines = []
    for name, message, title in zip(("left ", "right"), sides, titles, strict=True):
        when = record_time("date", message.time, None, 0)
        lines.append(f"{name}  {title}  {way_of(message)}  {when}  {number(message.size)} B")
    lines.append(found.sentence)
    for place in found.places[:PLACES]:
        lines += _reported(sides, found, place)
    more = len(found.places) - PLACES
    return "\n".join([*lines, *([f"and {counted(more, 'place')} more"] if more > 0 else []), ""])


def _reported(
    sides: tuple[Message, Message], found: Differences, place: tuple[int, int]
) -> list[str]:
    run = found.runs[found.run_at(place[0])]
    lines = [f"at {run.left} (0x{run.left:x}) and {run.right} (0x{run.right:x})"]
    numbers: tuple[list[int], list[int]] = [], []
    seen = (place[0], min(place[1], place[0] + 2 * _TOLD))
    for x, y in found.positions(*seen):
        numbers[0].extend([x] if x >= 0 else [])
        numbers[1].extend([y] if y >= 0 else [])
    for name, message, which in zip(("left ", "right"), sides, numbers, strict=True):
        data = bytes(message.data[at] for at in which[:_TOLD])
        more = " …" if len(which) > _TOLD or seen[1] < place[1] else ""
        told = f'{data.hex(" ")}  "{escape(data)}"{more}' if data else "nothing"
        lines.append(f"  {name}  {told}")
    return lines
