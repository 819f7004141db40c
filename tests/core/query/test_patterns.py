"""What is looked for is found where it is, in any case of letters, and never for long."""

import re
from collections.abc import Callable
from time import process_time

import pytest
from hypothesis import given, strategies as st

from tcpmon.core.errors import BadFilter
from tcpmon.core.query.patterns import (
    LOOKED,
    MARKS,
    PATIENCE,
    SECONDS,
    Text,
    parse_hex,
    parse_pattern,
    parse_text,
)
from tests.core.safety import refusal, unsafe_in


@pytest.mark.parametrize(
    ("wanted", "data", "places"),
    [
        ("gps", b"a GPS gps", [(2, 5), (6, 9)]),
        ("GPS", b"gps", [(0, 3)]),
        ("$1", b"a$1", [(1, 3)]),
        ("aa", b"aaaa", [(0, 2), (2, 4)]),
        ("Ärger", "x ärgeR".encode(), [(2, 8)]),
        ("ärger", "ÄRGER".encode(), [(0, 6)]),
        ("日本", "a日本".encode(), [(1, 7)]),
        (r"\xff\x00", b"\x00\xff\x00", [(1, 3)]),
        (r"\r\n", b"a\r\n", [(1, 3)]),
        ("${x}", b"${X}", [(0, 4)]),
        ("é", b"e \xff", []),
    ],
)
def test_text(wanted: str, data: bytes, places: list[tuple[int, int]]) -> None:
    """Text is found in any case, letters beyond ASCII and escapes too; other bytes are not it."""
    finder = Text(parse_text(wanted, 0))
    assert finder.places(data) == places
    assert finder.found_in(data) == bool(places)
    assert finder.needle is None or bool(places) == (finder.needle in data.lower())


@given(st.text(min_size=1, max_size=8), st.binary(max_size=8), st.binary(max_size=8))
def test_any_text_is_found(text: str, before: bytes, behind: bytes) -> None:
    """Whatever text it is, it is found in what holds it as it stands."""
    data = text.encode("utf-8", "replace")
    finder = Text(data)
    if data.isascii() or (before + behind).isascii():  # else it may be half of another letter
        assert finder.found_in(before + data + behind)


@pytest.mark.parametrize(
    ("value", "data", "places"),
    [
        ("2447", b"$G$G", [(0, 2), (2, 4)]),
        ("24 47 ?? 52", b"a$G\nR", [(1, 5)]),
        ("2447??5?", b"$G\x00R", [(0, 4)]),
        ("?4", b"\x04\x14\x15\xf4", [(0, 1), (1, 2), (3, 4)]),
        ("5?", b"OPRa", [(1, 2), (2, 3)]),
        ("24:47-52,00", b"$GR\0", [(0, 4)]),
        ("0A fF", b"\n\xff", [(0, 2)]),
        ("2a", b"**", [(0, 1), (1, 2)]),
    ],
)
def test_hex(value: str, data: bytes, places: list[tuple[int, int]]) -> None:
    """Hex is found, whatever stands for a ?; letters that mean something to patterns do not."""
    finder = parse_hex(value, 0)
    assert finder.places(data) == places
    assert finder.found_in(data)
    assert not finder.found_in(b"")


@given(st.binary(min_size=1, max_size=20), st.data())
def test_hex_with_gaps_is_found(data: bytes, draw: st.DataObject) -> None:
    """Bytes are found by their hex, whichever digits are left open, as long as one is known."""
    digits = list(data.hex())
    for at in draw.draw(st.sets(st.integers(0, len(digits) - 1), max_size=len(digits) - 1)):
        digits[at] = "?"
    finder = parse_hex("".join(digits), 0)
    assert finder.found_in(b"\0" + data)


@pytest.mark.parametrize(
    ("read", "value", "place", "message"),
    [
        (parse_hex, "", 3, "hex needs two digits a byte"),
        (parse_hex, "24 4x", 7, "x is not hex"),
        (parse_hex, "24 4", 6, "hex has a digit too few or too many"),
        (parse_hex, "????", 3, "hex needs a byte that is known"),
        (parse_hex, "24" + "??" * 200, 3, "hex with ?? has at most 200 bytes"),
        (parse_text, "", 3, "a text is missing"),
        (parse_text, "ab\\q", 5, "\\q is not an escape"),
        (parse_text, "ab\\", 5, "a \\ at the end"),
        (parse_pattern, "", 3, "the pattern is empty"),
        (parse_pattern, "a" * 201, 203, "a pattern has at most 200 characters"),
        (parse_pattern, "a(b", 4, "pattern: missing ), unterminated subpattern"),
        (parse_pattern, "(?R)", 4, "pattern: unknown extension ?R"),
        (parse_pattern, "a{1001}", 4, "a count is at most 1,000"),
        (parse_pattern, "a{2,5000}", 4, "a count is at most 1,000"),
        (parse_pattern, "(a{1000}){1000}", 12, "the pattern is too large"),
        (parse_pattern, "(([a{]{1000}){9}b){9}", 21, "the pattern is too large"),
        (parse_pattern, "\ud800", 3, "the pattern cannot be read"),
    ],
)
def test_says_what_is_wrong_and_where(
    read: Callable[[str, int], object], value: str, place: int, message: str
) -> None:
    """What cannot be looked for is refused with the place; so is what would take all memory."""
    with pytest.raises(BadFilter) as caught:
        read(value, 3)
    assert (caught.value.message, caught.value.place) == (message, place)


@pytest.mark.parametrize(
    ("value", "data", "places"),
    [
        ("GP(GGA|RMC)", b"$GPRMC", [(1, 6)]),
        ("gp", b"$GP", []),
        ("(?i)gp", b"$GP", [(1, 3)]),
        ("^b$", b"a\nb", []),
        ("(?m)^b$", b"a\nb", [(2, 3)]),
        (r"\x00.", b"\x00\n\x00a", [(2, 4)]),
        ('{"a": \\d{1,2}}', b'{"a": 12}', [(0, 9)]),
        ("(?:foo){e}", b"(foo){e}", []),
        ("a{e<=1}", b"b a{e<=1}", [(2, 9)]),
        ("[[a]", b"[", [(0, 1)]),
        ("x*", b"aa", []),
        ("(?<=a)\\b", b"a", []),
    ],
)
def test_pattern(value: str, data: bytes, places: list[tuple[int, int]]) -> None:
    """A pattern means what Python's re says: letters as they are, and no fuzzy matches."""
    finder = parse_pattern(value, 0)
    assert finder.places(data) == places
    assert finder.found_in(data) == (re.search(value.encode(), data) is not None)


@given(st.text("ab(){}[]?*+|.,019^$\\<=!:PiR&e-\xe4", max_size=30) | st.text(max_size=60))
def test_any_pattern_is_read_or_refused(value: str) -> None:
    """Whatever pattern is typed, it is one, or a BadFilter that points into it and is harmless."""
    error = refusal(lambda text: parse_pattern(text, 0), value, BadFilter)
    assert error is None or 0 <= error.place <= len(value)
    assert unsafe_in(str(error or "")) == []
    if error is None:
        assert parse_pattern(value, 0).found_in(b"ab") in (True, False)


@pytest.mark.parametrize("value", ["(a+)+$", "(a|a)*$", "(.*a){12}$", "(?:a?){999}b|(a|aa)+$"])
def test_a_pattern_cannot_hang(value: str) -> None:
    """A pattern that would try for years gives up in time, and after a few times for good."""
    finder = parse_pattern(value, 0)
    begun = process_time()
    for _ in range(100):
        assert not finder.found_in(b"a" * 5000 + b"b")
        assert finder.places(b"a" * 5000 + b"b") == []
    assert process_time() - begun < 2 * PATIENCE * SECONDS * 3
    assert finder.trouble == (
        f"the pattern /{value}/ takes too long: it matches nothing from now on"
    )
    assert not finder.found_in(b"a")


@pytest.mark.parametrize(
    "value",
    [
        "(a{500}){39}",
        "(" * 66 + "a" + ")*" * 66,
        "((a{9}){9}){9}",
        "[^a]{999}" * 20,
        "a|" * 99 + "a",
    ],
)
def test_what_is_large_is_compiled_soon(value: str) -> None:
    """The largest patterns that are let through are compiled in a moment."""
    begun = process_time()
    assert parse_pattern(value, 0).trouble == ""
    assert process_time() - begun < 1


def test_a_pattern_in_trouble_is_named_shortly() -> None:
    """Of a long pattern its beginning is named, made harmless."""
    finder = parse_pattern("\x1b|(a+)+$" + "|b" * 90, 0)
    for _ in range(PATIENCE):
        finder.found_in(b"a" * 5000 + b"c")
    assert finder.trouble.startswith("the pattern /\\x1b|(a+)+$|b|b")
    assert len(finder.trouble) < 110


def test_marks_that_take_long_leave_the_pattern_alone() -> None:
    """Where there are too many places to look, they are given up; whether it is there is told."""
    finder = parse_pattern("x*", 0)
    for _ in range(PATIENCE + 1):
        assert finder.places(b"y" * LOOKED) == []
    assert finder.found_in(b"y")
    assert finder.trouble == ""


def test_marks_are_bounded() -> None:
    """No more places than there is use for are told; text far behind is still found."""
    finder = Text(b"a")
    assert len(finder.places(b"a" * LOOKED)) == MARKS
    assert len(parse_pattern("a", 0).places(b"a" * LOOKED)) == MARKS
    assert finder.places(b"b" * LOOKED + b"a") == []
    assert finder.found_in(b"b" * LOOKED + b"a")
    assert not parse_pattern("a", 0).found_in(b"b" * LOOKED + b"a")
