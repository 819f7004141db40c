"""Bytes to styled text: a row of hex or of bits with its cursor, and what stands there.

Pure, as `ui.render`. The cursor and the selection can be seen without colours too: the
byte under the cursor stands in brackets, and bytes that are selected are joined.
"""

from itertools import groupby

from msgspec import Struct

from tcpmon.core.dates import dates
from tcpmon.core.escape import escape, escape_text
from tcpmon.core.readings import bits, character, octet, readings, varint, zigzag
from tcpmon.core.units import counted, number
from tcpmon.ui.render import Line, Span, crop

_DOTS = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in range(256))
_LEAST_DIGITS = 5
BITS_HEADING = "7654 3210"


class Marks(Struct, frozen=True):
    """What is marked in bytes: the cursor, what is selected, and the field the cursor is in, each
    as first <= place < end. style: of the text beside them."""

    at: int
    first: int
    end: int
    field: tuple[int, int] = (0, 0)
    style: str = ""

    def selects(self, place: int) -> bool:
        """Whether a byte is selected."""
        return self.first <= place < self.end

    def look(self, place: int, plain: str = "") -> str:
        """Return the style of a byte."""
        if place == self.at:
            return "cursor"
        if self.selects(place):
            return "row-cursor"
        return "field" if self.field[0] <= place < self.field[1] else plain


def digits_for(count: int) -> int:
    """Return how many hex digits an offset has."""
    return max(_LEAST_DIGITS, len(f"{max(0, count - 1):x}"))


def hex_width(per_row: int, digits: int) -> int:
    """Return how many cells a row of hex takes."""
    return digits + 1 + per_row * 3 + per_row // 16 + 1 + per_row + 2


def bits_width(per_row: int, digits: int) -> int:
    """Return how many cells a row of bits takes."""
    return digits + 1 + per_row * (len(BITS_HEADING) + 2) + 1 + per_row * 4 + 1


def hex_columns(per_row: int, digits: int) -> list[tuple[range, range]]:
    """Return for each byte of a row the cells of its hex and of its ASCII."""
    ascii_from = hex_width(per_row, digits) - per_row - 1
    starts = [digits + 2 + 3 * n + (per_row == 16 and n >= 8) for n in range(per_row)]
    return [
        (range(start, start + 2), range(ascii_from + n, ascii_from + n + 1))
        for n, start in enumerate(starts)
    ]


def bits_columns(per_row: int, digits: int) -> list[tuple[range, range]]:
    """Return for each byte of a row the cells of its bits and of its hex."""
    width = len(BITS_HEADING)
    hex_from = digits + 1 + per_row * (width + 2) + 2
    starts = [digits + 3 + (width + 2) * n for n in range(per_row)]
    return [
        (range(start, start + width), range(hex_from + 3 * n, hex_from + 3 * n + 2))
        for n, start in enumerate(starts)
    ]


def hex_row(data: bytes, row: int, per_row: int, digits: int, marks: Marks) -> Line:
    """Return a row of a dump: offset, bytes, and what they are as ASCII."""
    first = row * per_row
    part = data[first : first + per_row]
    line: list[Span] = [(f"{first:0{digits}x} ", "dim")]
    for place, byte in enumerate(part, first):
        cells = 2 if per_row == 16 and place - first == 8 else 1
        line += [*_gap(place, cells, first, marks), (f"{byte:02x}", marks.look(place))]
    line += _edge(first + len(part), marks)
    _pad(line, hex_width(per_row, digits) - per_row - 2)
    return joined([*line, ("|", "dim"), *_ascii(part, first, marks), ("|", "dim")])


def bits_row(data: bytes, row: int, per_row: int, digits: int, marks: Marks) -> Line:
    """Return a row of bits: the offset of its first byte, bits, hex, and ASCII."""
    first = row * per_row
    part = data[first : first + per_row]
    line: list[Span] = [(f"{first:0{digits}x} ", "dim")]
    for place, byte in enumerate(part, first):
        line += [*_gap(place, 2, first, marks), (bits(byte), marks.look(place))]
    line += _edge(first + len(part), marks)
    _pad(line, digits + 1 + per_row * (len(BITS_HEADING) + 2) + 1)
    for place, byte in enumerate(part, first):
        line += [(" ", ""), (f"{byte:02x}", marks.look(place))]
    line.append((" " * (1 + 3 * (per_row - len(part))), ""))
    return joined([*line, *_ascii(part, first, marks)])


def _gap(place: int, cells: int, first: int, marks: Marks) -> Line:
    """Return what stands between a byte and the one before it. first: of the row."""
    between = place > first
    joined = between and marks.selects(place) and marks.selects(place - 1)
    line: Line = [("-", "row-cursor") if joined else (" ", "")] * cells
    if between and place - 1 == marks.at:
        line[0] = ("]", "key")
    if place == marks.at:
        line[-1] = ("[", "key")
    return line


def _edge(place: int, marks: Marks) -> Line:
    return [("]", "key") if place - 1 == marks.at else (" ", "")]


def _pad(line: Line, width: int) -> None:
    line.append((" " * (width - sum(len(text) for text, _ in line)), ""))


def bits_heading(per_row: int, digits: int) -> Line:
    """Return what stands over the bits: their numbers, 7 the most significant."""
    return [(" " * (digits + 1) + f"  {BITS_HEADING}" * per_row, "heading")]


def _ascii(part: bytes, first: int, marks: Marks) -> Line:
    return [(_DOTS[byte], marks.look(place, marks.style)) for place, byte in enumerate(part, first)]


def joined(line: Line) -> Line:
    """Return a line with as few spans as it has changes of style."""
    groups = groupby(line, key=lambda span: span[1])
    return [("".join(text for text, _ in spans), style) for style, spans in groups]


# -- what stands at the cursor -------------------------------------------------------------


def where(data: bytes, marks: Marks, field: str) -> list[Line]:
    """Return at which byte the cursor is, how much is selected, and the field's name; the last
    two may be empty."""
    here: Line = [("byte ", "dim"), (f"{number(marks.at)}", "note")]
    here.append((f" (0x{marks.at:x}) of {number(len(data))}", "dim"))
    selected: Line = []
    if marks.end > marks.first:
        selected.append((f"{counted(marks.end - marks.first, 'byte')} selected", "note"))
        if marks.end - marks.first > 1:
            selected.append((f" {number(marks.first)} to {number(marks.end - 1)}", "dim"))
    return [here, selected, [(field, "title")] if field else []]


def _octet(data: bytes, at: int) -> Line:
    unsigned, signed = octet(data, at)
    found = character(data, at)
    shown = escape_text(found) if found else escape(data[at : at + 1])
    code = f" U+{ord(found):04X}" if found and ord(found) > 0x7F else ""
    line: Line = [(f"{unsigned:02x}", ""), (f"  {shown}", ""), (code, "dim")]
    line += [("  bits ", "dim"), (bits(unsigned), "")]
    return [*line, ("  u8 ", "dim"), (str(unsigned), ""), ("  i8 ", "dim"), (str(signed), "")]


def _varint(data: bytes, at: int) -> Line:
    found = varint(data, at)
    if found is None:
        return [("varint", "dim"), (" -", "dim")]
    value, count = found
    line: Line = [("varint ", "dim"), (str(value), ""), (f" ({count} B)", "dim")]
    return [*line, ("  zigzag ", "dim"), (str(zigzag(value)), "")]


_COLUMNS = (("u16", "u32", "u64", "f16"), ("i16", "i32", "i64", "f32"))
_CELLS = (7, 12, 21, 16)


def below(data: bytes, at: int, width: int) -> list[Line]:
    """Return in seven lines what the bytes at a place are, for a small screen."""
    if at >= len(data):
        return []
    numbers = readings(data, at)
    lines: list[Line] = [_octet(data, at)]
    for order, word in (("little", "le"), ("big", "be")):
        for count, names in enumerate(_COLUMNS):
            line: Line = [(f"{'' if count else word:<3}", "note")]
            for name, cells in zip(names, _CELLS, strict=True):
                value = getattr(numbers[name], order) or "-"
                line += [(f"{name} ", "dim"), (f"{value:<{cells}}", "")]
            lines.append(line)
    real = numbers["f64"]
    lines.append(
        [("le", "note"), (" f64 ", "dim"), (f"{real.little or '-':<26}", ""),
         ("be", "note"), (" f64 ", "dim"), (real.big or "-", "")]
    )  # fmt: skip
    times = [span for line in date_lines(data, at) for span in [*line, ("  ", "")]]
    return [crop(line, width) for line in [*lines, [*_varint(data, at), ("  ", ""), *times]]]


BESIDE = 50
"""Cells that `beside` needs."""


def beside(data: bytes, at: int) -> list[Line]:
    """Return what the bytes at a place are, a type a line, for a wide screen."""
    if at >= len(data):
        return []
    lines: list[Line] = [
        _octet(data, at), _varint(data, at), [],
        [(f"{'':<5}{'little endian':<23}{'big endian'}", "heading")],
    ]  # fmt: skip
    for reading in readings(data, at).values():
        values = f"{reading.little or '-':<23}{reading.big or '-'}"
        lines.append([(f"{reading.name:<5}", "dim"), (values, "")])
    if times := date_lines(data, at):
        lines += [[], [("As a time, in UTC", "heading")], *times]
    return [crop(line, BESIDE) for line in lines]


def date_lines(data: bytes, at: int) -> list[Line]:
    """Return which points in time the bytes at a place may be."""
    return [[(f"{date.name} ", "dim"), (date.text, "")] for date in dates(data, at)]
