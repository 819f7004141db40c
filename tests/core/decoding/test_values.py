"""Values are short, safe, and read like what they mean."""

import pytest
from hypothesis import given, strategies as st

from tcpmon.core.decoding import VALUE_CHARACTERS, Field
from tcpmon.core.decoding.values import (
    NAME_CHARACTERS,
    brief,
    counted,
    cut,
    flags,
    hexed,
    name_from,
    name_in,
    name_of,
    named,
    quoted,
    shown,
    shown_text,
    when,
)  # fmt: skip
from tests.core.safety import unsafe_in


@pytest.mark.parametrize(
    ("text", "most", "value"),
    [
        ("abcd", 4, "abcd"),
        ("abcde", 4, "abc…"),
        ("ab\\x1bcd", 4, "ab…"),
        ("ab\\x1bcd", 6, "ab…"),
        ("ab\\x1bcd", 7, "ab\\x1b…"),
        ("\\\\\\\\x", 4, "\\\\…"),
    ],
)
def test_cut(text: str, most: int, value: str) -> None:
    """No escape is cut in two."""
    assert cut(text, most) == value


@given(st.binary(max_size=60), st.integers(1, 20))
def test_short_and_safe(data: bytes, times: int) -> None:
    """Whatever is written of whatever bytes is short and can be shown."""
    data *= times
    text = str(data, "latin-1")
    for value in (shown(data), shown_text(text), quoted(text), hexed(data)):
        assert len(value) <= VALUE_CHARACTERS
        assert unsafe_in(value) == []
    for name in (name_of(text), name_in(data), name_from(quoted(text))):
        assert 0 < len(name) <= NAME_CHARACTERS
        assert unsafe_in(name) == []


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (shown(b"a\x1b"), "a\\x1b"),
        (shown("é".encode() * 500), "é" * 399 + "…"),
        (shown(b"a" * 400), "a" * 400),
        (shown_text("a\u202e"), "a\\u{202e}"),
        (quoted('a"b'), '"a"b"'),
        (quoted("a" * 999), '"' + "a" * 397 + '…"'),
        (hexed(b"\x0a\xff"), "0a ff"),
        (hexed(b""), "no bytes"),
        (name_of(""), '""'),
        (name_in(b"\xff"), "\\xff"),
        (name_from('"a"'), "a"),
        (name_from('""'), '""'),
        (named(3, {3: "Read"}), "3, Read"),
        (named(4, {3: "Read"}), "4"),
        (named(4, {3: "Read"}, "unknown"), "4, unknown"),
        (flags(0b101, {1: "one", 2: "two", 4: "four"}), "one, four"),
        (flags(0b1001, {1: "one"}), "one, 0x8"),
        (flags(0, {1: "one"}), "none"),
        (when(0), "1970-01-01 00:00:00 UTC"),
        (when(1795413600.25), "2026-11-23 06:00:00.25 UTC"),
        (when(-1), "1969-12-31 23:59:59 UTC"),
        (when(1e300), "1e+300"),
        (when(float("nan")), "nan"),
        (counted(1, "item"), "1 item"),
        (counted(2000, "item"), "2,000 items"),
    ],
)
def test_values(value: str, text: str) -> None:
    """As a person would write them."""
    assert value == text


def test_brief() -> None:
    """A map or a list is one line, in which long values and long lists are cut."""
    one = Field("a", "1")
    inner = Field("b", "list, 1 item", parts=(one,))
    tag = Field("c", "tag 1: x", parts=(one,))
    assert brief([one, inner, tag], "{}") == "{a: 1, b: […], c: tag 1: x}"
    assert brief(
        [Field("m", "map, 1 member", parts=(one,)), Field("e", "", parts=(one,))], "[]"
    ) == ("[{…}, {…}]")
    assert brief([one] * 9, "[]") == "[1, 1, 1, 1, 1, 1, 1, 1, …]"
    assert brief([Field("a", "x" * 99)], "{}") == "{a: " + "x" * 39 + "…}"
