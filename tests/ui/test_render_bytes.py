"""Rows of bytes are as wide as they are said to be, and the cursor can be seen without colour."""

import pytest
from hypothesis import given, strategies as st

from tcpmon.ui.render import Line, cells_of
from tcpmon.ui.render_bytes import (
    BESIDE,
    Marks,
    below,
    beside,
    bits_columns,
    bits_heading,
    bits_row,
    bits_width,
    digits_for,
    hex_columns,
    hex_row,
    hex_width,
    where,
)
from tests.ui.test_fence import hidden_in

DATA = bytes(range(40))
PLACES = st.integers(0, 39)


def said(line: Line) -> str:
    """Return the text of a line."""
    return "".join(text for text, _ in line)


@pytest.mark.parametrize(
    ("marks", "row", "text"),
    [
        (Marks(0, 0, 0), 0,
         "00000 [00]01 02 03 04 05 06 07  08 09 0a 0b 0c 0d 0e 0f |................|"),
        (Marks(7, 6, 10), 0,
         "00000  00 01 02 03 04 05 06[07]-08-09 0a 0b 0c 0d 0e 0f |................|"),
        (Marks(8, 0, 0), 0,
         "00000  00 01 02 03 04 05 06 07 [08]09 0a 0b 0c 0d 0e 0f |................|"),
        (Marks(15, 14, 20), 0,
         "00000  00 01 02 03 04 05 06 07  08 09 0a 0b 0c 0d 0e[0f]|................|"),
        (Marks(15, 14, 20), 1,
         "00010  10-11-12-13 14 15 16 17  18 19 1a 1b 1c 1d 1e 1f |................|"),
        (Marks(39, 0, 0), 2,
         "00020  20 21 22 23 24 25 26[27]                         | !\"#$%&'|"),
    ],
)  # fmt: skip
def test_hex(marks: Marks, row: int, text: str) -> None:
    """The byte under the cursor stands in brackets, and what is selected is joined."""
    assert said(hex_row(DATA, row, 16, 5, marks)) == text


def test_bits() -> None:
    """Each byte has its bits, under their numbers, and its hex and ASCII beside them."""
    assert said(bits_heading(2, 5)) == "        7654 3210  7654 3210"
    marks = Marks(33, 33, 35)
    assert said(bits_row(DATA, 16, 2, 5, marks)) == "00020   0010 0000 [0010 0001] 20 21  !"
    assert said(bits_row(DATA, 17, 2, 5, marks)) == '00022   0010 0010  0010 0011  22 23 "#'


@given(PLACES, PLACES, st.sampled_from([8, 16]), st.integers(0, 2))
def test_what_is_marked_is_styled_in_both_columns(
    at: int, size: int, per_row: int, row: int
) -> None:
    """Cursor, selection and field are marked in the hex and in the ASCII, byte by byte."""
    marks = Marks(at, at, min(40, at + size), (3, 9), "rx")
    line = hex_row(DATA, row, per_row, 5, marks)
    assert cells_of(line) <= hex_width(per_row, 5)
    styles = [style for text, style in line for _ in text]
    for place, (digits, letter) in enumerate(hex_columns(per_row, 5), row * per_row):
        if place < len(DATA):
            assert said(line)[digits.start : digits.stop] == f"{DATA[place]:02x}"
            expected = marks.look(place)
            assert [styles[cell] for cell in digits] == [expected] * 2
            assert styles[letter.start] == (expected or "rx")


@given(PLACES, st.sampled_from([2, 4, 8]), st.integers(0, 4))
def test_columns_of_bits(at: int, per_row: int, row: int) -> None:
    """The cells of each byte are where its bits and its hex are."""
    line = said(bits_row(DATA, row, per_row, 6, Marks(at, at, at)))
    assert len(line) == bits_width(per_row, 6)
    for place, (bits, digits) in enumerate(bits_columns(per_row, 6), row * per_row):
        text = line[bits.start : bits.stop]
        assert text == f"{DATA[place] >> 4:04b} {DATA[place] & 15:04b}"
        assert line[digits.start : digits.stop] == f"{DATA[place]:02x}"


@pytest.mark.parametrize(("size", "digits"), [(0, 5), (1 << 20, 5), (1 << 21, 6), (1 << 26, 7)])
def test_the_largest_message_fits_a_small_screen(size: int, digits: int) -> None:
    """Offsets are as long as needed, and 16 bytes a row fit into 76 cells up to 64 MiB."""
    assert digits_for(size) == digits
    assert hex_width(16, digits) <= 76


@given(st.binary(min_size=1, max_size=12), st.integers(0, 11))
def test_what_stands_at_the_cursor_fits(data: bytes, at: int) -> None:
    """Whatever the bytes: seven lines of 76 cells below, lines of 50 beside, and nothing hidden."""
    small, wide = below(data, at, 76), beside(data, at)
    assert len(small) == (7 if at < len(data) else 0)
    assert all(cells_of(line) <= 76 for line in small)
    assert all(cells_of(line) <= BESIDE for line in wide)
    assert hidden_in("".join(map(said, [*small, *wide]))) == []


def test_numbers_at_the_cursor() -> None:
    """Both orders of every width can be read there, and a time that it may be."""
    data = bytes.fromhex("4403 8a69 0000 0000")
    small = "\n".join(map(said, below(data, 0, 76)))
    for word in ("44  D  bits 0100 0100  u8 68  i8 68", "le u16 836 ", "u32 1770652484 ",
                 "be u16 17411 ", "i32 1141082729 ", "varint 68 (1 B)  zigzag 34",
                 "Unix s 64 le 2026-02-09 15:54:44"):  # fmt: skip
        assert word in small
    wide = [said(line) for line in beside(data, 0)]
    assert "u32  1770652484             1141082729" in wide
    assert "Unix s 32 le 2026-02-09 15:54:44" in wide
    assert "Unix s 32 be 2006-02-27 23:25:29" in wide


def test_a_character_of_several_bytes() -> None:
    """Its code point is told where it begins; what hides is escaped."""
    assert said(below("é".encode(), 0, 76)[0]).startswith("c3  é U+00E9  bits")
    assert said(below("\u202e".encode(), 0, 76)[0]).startswith("e2  \\u{202e} U+202E  bits")
    assert said(below("é".encode(), 1, 76)[0]).startswith("a9  \\xa9  bits")


def test_where() -> None:
    """The place is told in both ways of counting, how much is selected, and the field."""
    data = bytes(2000)
    assert [said(line) for line in where(data, Marks(1200, 1200, 1206), "HTTP / body")] == [
        "byte 1,200 (0x4b0) of 2,000", "6 bytes selected 1,200 to 1,205", "HTTP / body",
    ]  # fmt: skip
    assert [said(line) for line in where(data, Marks(0, 0, 1), "")] == [
        "byte 0 (0x0) of 2,000", "1 byte selected", "",
    ]  # fmt: skip
