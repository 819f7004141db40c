"""Two messages as lines side by side: every byte is there, and what differs is marked."""

import re

import pytest
from hypothesis import given, strategies as st

from tcpmon.core.compare import compare
from tcpmon.core.model import Kind, Message
from tcpmon.ui.render import Line, cells_of
from tcpmon.ui.sides import (
    PLACES,
    Dump,
    beside,
    dump_for,
    dump_row,
    flags,
    letters,
    marked,
    report,
    text_edge,
    text_rows,
)
from tests.core.safety import unsafe_in
from tests.ui.fakes import NOW

payloads = st.one_of(
    st.binary(max_size=60),
    st.lists(st.sampled_from(["a", "b", "é", "è", "\n", "$", "{", "\x1b[31m"]), max_size=30).map(
        lambda parts: "".join(parts).encode()
    ),
)


def text_of(line: Line) -> str:
    """A line as a person reads it."""
    return "".join(text for text, _ in line)


def a_message(data: bytes, kind: Kind = Kind.RX) -> Message:
    """A message of these bytes."""
    return Message(1, NOW, kind, 1, data, size=len(data))


@pytest.mark.parametrize(
    ("width", "longest", "dump"),
    [
        (156, 40, Dump(16, 3, True)),
        (76, 40, Dump(8, 3, True)),
        (76, 65_536, Dump(8, 4, True)),
        (76, 1 << 26, Dump(8, 7, False)),
        (36, 40, Dump(4, 3, False)),
    ],
)
def test_the_fullest_dump_that_fits(width: int, longest: int, dump: Dump) -> None:
    """At 160 columns 16 bytes a row, at 80 eight, with their text if the offset leaves room."""
    assert dump_for(width, longest) == dump
    assert 2 * dump.width <= width


def test_brackets_stand_around_what_differs() -> None:
    """Without any colour one sees which bytes differ, and where a side has none."""
    left, right = b"hello, you", b"hallo, you two"
    found = compare(left, right)
    dump = Dump(16, 3, True)
    here, there = dump_row((left, right), found, (0, 14), dump)
    assert text_of(here) == ("000 68[65]6c 6c 6f 2c 20 79 6f 75[-- -- -- --]      hello, you      ")
    assert text_of(there) == (
        "000 68[61]6c 6c 6f 2c 20 79 6f 75[20 74 77 6f]      hallo, you two  "
    )
    assert {text for text, style in here if style == "differs"} == {"[65]", "[", "]", "e"}


@given(payloads, payloads)
def test_every_byte_is_in_the_dump(left: bytes, right: bytes) -> None:
    """All rows of a side are its bytes, each as wide, and a bracket opens as often as it closes."""
    found = compare(left, right)
    dump = Dump(8, 3, True)
    rows = [
        dump_row((left, right), found, (at, min(at + 8, found.end)), dump)
        for at in range(0, found.end, 8)
    ]
    for side, data in enumerate((left, right)):
        lines = [text_of(row[side]) for row in rows]
        assert all(len(line) == dump.width for line in lines)
        digits = "".join(re.sub(r"[^0-9a-f]", "", line[3:28]) for line in lines)
        assert bytes.fromhex(digits) == data
        assert all(line[3:28].count("[") == line[3:28].count("]") for line in lines)
    assert any("[" in text_of(row[0])[:28] for row in rows) == (left != right)


@given(payloads, payloads, st.integers(10, 40))
def test_every_character_is_in_the_text(left: bytes, right: bytes, width: int) -> None:
    """All rows of a side are its characters, escaped, in rows that fit and go on where the one
    before ended."""
    found = compare(left, right)
    rows = text_rows((left, right), found, (0, found.end), width)
    assert [row.begin for row in rows] == [0, *(row.end for row in rows[:-1])][: len(rows)]
    for side, data in enumerate((left, right)):
        lines = [(row.left, row.right)[side] for row in rows]
        shown = "".join(map(text_of, lines))
        plain = "".join(letter.text for letter in letters(data, [False] * len(data)))
        assert shown == plain
        assert not unsafe_in(shown)
        assert all(cells_of(line) <= width for line in lines)


def test_a_newline_ends_a_row_of_text() -> None:
    """Lines of text stay lines, and both sides begin a new one together."""
    left, right = b"one\ntwo\n", b"one\ntwo and more\n"
    found = compare(left, right)
    rows = text_rows((left, right), found, (0, found.end), 30)
    assert [(text_of(row.left), text_of(row.right)) for row in rows] == [
        ("one\\n", "one\\n"),
        ("two\\n", "two and more\\n"),
    ]


@pytest.mark.parametrize(
    ("data", "place", "edge"),
    [
        (b"one\ntwo\n", 2, 4), (b"one\ntwo\n", 4, 8), (b"one\ntwo\n", 0, 0), (b"one", 9, 3),
        ("aé日b".encode(), 2, 3), ("aé日b".encode(), 4, 6), ("aé日b".encode(), 3, 3),
        (b"\x80" * 9, 4, 4), (b"x" * 1000 + b"\n", 5, 5),
    ],
)  # fmt: skip
def test_where_a_text_is_parted(data: bytes, place: int, edge: int) -> None:
    """Behind a newline that is near, never inside a character, and wherever else it may be."""
    assert text_edge((data, data), compare(data, data), place) == edge


def test_a_character_differs_as_a_whole() -> None:
    """Of two letters that share a byte both are shown whole, and marked."""
    here, there = flags("café".encode(), "cafè".encode())
    assert marked("café".encode(), here, 20) == [("caf", ""), ("é", "differs")]
    assert marked("cafè".encode(), there, 20) == [("caf", ""), ("è", "differs")]


@given(payloads, st.integers(2, 20))
def test_a_preview_fits(data: bytes, width: int) -> None:
    """What is marked in a preview is cut to its width, with a sign of it."""
    line = marked(data, [True] * len(data), width)
    assert cells_of(line) <= width
    assert not unsafe_in(text_of(line))


def test_beside_is_as_wide_as_asked() -> None:
    """The right side begins at the same cell in every row, however long the left one is."""
    for left in ("", "short", "far too long for its side"):
        line = beside([(left, "")], [("right", "")], 10, "*")
        assert text_of(line)[10:] == " * right"


def test_the_report_tells_every_difference() -> None:
    """Who, when, how much, and each place with its bytes as hex and as text."""
    sides = a_message(b"hello, \x1byou"), a_message(b"hallo, \x1byou two", Kind.TX)
    told = report(sides, ("#1 gps", "#2 plc"), compare(sides[0].data, sides[1].data))
    lines = told.splitlines()
    assert lines[0].startswith("left   #1 gps  RX  2026-")
    assert lines[1].endswith("TX  " + lines[1].split("TX  ")[1])
    assert lines[2] == "2 places differ, 5 B; right is 4 B longer"
    assert lines[3:6] == ["at 1 (0x1) and 1 (0x1)", '  left   65  "e"', '  right  61  "a"']
    assert lines[6:] == ["at 11 (0xb) and 11 (0xb)", "  left   nothing",
                         '  right  20 74 77 6f  " two"']  # fmt: skip


def test_a_long_report_has_an_end() -> None:
    """Of many differences the first are told and the rest counted; of a long one its beginning."""
    count = PLACES + 7
    sides = a_message(b"\0\0\0\0\0\1" * count), a_message(b"\0\0\0\0\0\2" * count)
    told = report(sides, ("", ""), compare(sides[0].data, sides[1].data))
    assert told.endswith("and 7 places more\n")
    sides = a_message(b"a" * 1000), a_message(b"b" * 1000)
    told = report(sides, ("", ""), compare(sides[0].data, sides[1].data))
    assert '61 61  "' + "a" * 32 + '" …' in told
