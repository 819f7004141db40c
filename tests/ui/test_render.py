"""Bytes, amounts and addresses fit where they are shown, and do no harm there."""

import re

import pytest
from hypothesis import example, given, strategies as st
from rich.cells import cell_len

from tcpmon.core.escape import ESCAPE, escape, escape_text
from tcpmon.ui import render as module
from tcpmon.ui.render import (
    BARS,
    Line,
    crop,
    fit,
    fit_address,
    hex_line,
    hex_lines,
    payload,
    sparkline,
)
from tests.core.safety import unsafe_in
from tests.ui.pictures import BYTES, NAMES, WIDTHS, cells, said

SHOWN = st.text(max_size=60).map(escape_text)


@given(SHOWN, st.integers(0, 200), st.booleans())
@example("日本", 1, False)
@example("日本", 2, False)
@example("日本", 3, True)
def test_fit_is_exact(text: str, width: int, right: bool) -> None:
    """Text that may be shown comes out exactly as wide as asked."""
    assert cell_len(fit(text, width, right)) == width


@given(st.text(max_size=60), st.integers(0, 200), st.booleans())
@example("a\u200d", 4, False)
def test_fit_is_exact_for_any_text(text: str, width: int, right: bool) -> None:
    """Any text at all comes out exactly as wide as asked."""
    assert cell_len(fit(text, width, right)) == width


@given(SHOWN, WIDTHS)
def test_fit_says_that_it_cut(text: str, width: int) -> None:
    """Text that fits is whole, and text that does not ends in an ellipsis."""
    whole = cell_len(text) <= width
    left, right = fit(text, width), fit(text, width, right=True)
    if whole:
        assert (left.startswith(text), right.endswith(text)) == (True, True)
        assert left.replace(" ", "") == right.replace(" ", "") == text.replace(" ", "")
    else:
        assert left == right
        assert left.endswith("…")
        assert text.startswith(left[:-1].rstrip(" "))


@given(NAMES, WIDTHS)
@example("unix:/tmp/日本日本日本.sock", 16)
def test_an_address_is_exact(name: str, width: int) -> None:
    """An address, in any script, comes out exactly as wide as asked."""
    assert cell_len(fit_address(name, width)) == width


@given(NAMES, WIDTHS)
def test_an_address_keeps_its_end(name: str, width: int) -> None:
    """An address that is cut begins with an ellipsis and ends as it did."""
    shown = fit_address(name, width)
    if cell_len(name) <= width:
        assert shown.rstrip(" ") == name.rstrip(" ")
    else:
        assert shown[0] == "…"
        assert name.endswith(shown[1:].lstrip(" "))


LINES = st.lists(st.tuples(SHOWN, st.sampled_from(["", "rx", "dim"])), max_size=6)


@given(LINES, st.integers(0, 200))
def test_crop_fits(line: Line, width: int) -> None:
    """A cropped line is never wider than asked, and a line that fits is left alone."""
    cropped = crop(line, width)
    assert cells(cropped) <= width
    assert (cells(line) > width) or cropped == line


@given(LINES, WIDTHS)
def test_crop_keeps_the_beginning(line: Line, width: int) -> None:
    """What is left of a cropped line is how it began, in the same styles."""
    cropped = crop(line, width)
    assert cropped[:-1] == line[: max(0, len(cropped) - 1)]
    if cropped:
        text, style = cropped[-1]
        whole, its_style = line[len(cropped) - 1]
        assert style == its_style
        assert text == whole or whole.startswith(text.rstrip("…").rstrip(" "))


# -- payloads ------------------------------------------------------------------------


DOTS = ("…", "dim")


@given(BYTES, WIDTHS)
@example("a日本".encode(), 3)
@example(b"\x00", 3)
@example("…".encode(), 1)
@example("👍".encode() * 10, 19)
def test_a_payload_fits(data: bytes, width: int) -> None:
    """A payload in a line is never wider than asked and does nothing to a terminal."""
    line = payload(data, width, "rx")
    assert cells(line) <= width
    assert unsafe_in(said(line)) == []


@given(BYTES, WIDTHS)
@example("…".encode(), 1)
@example(b"abc" * 100, 300)
@example("é".encode() * 101, 100)
def test_a_payload_says_that_it_is_cut(data: bytes, width: int) -> None:
    """A payload ends in an ellipsis of its own exactly when something of it is missing."""
    line = payload(data, width, "rx")
    assert (line[-1:] == [DOTS]) == (said(line) != escape(data))
    assert DOTS not in line[:-1]


@given(BYTES, WIDTHS)
def test_a_payload_keeps_its_escapes_whole(data: bytes, width: int) -> None:
    """An escape is set off by its style and stands there whole or not at all."""
    for text, style in payload(data, width, "rx"):
        if style == "escape":
            assert ESCAPE.fullmatch(text)
        else:
            assert "\\" not in text


@given(BYTES, WIDTHS)
@example("aaaa日本".encode(), 6)
def test_a_payload_shows_only_what_came(data: bytes, width: int) -> None:
    """What stands before the ellipsis is how the payload begins, to the character."""
    line = payload(data, width, "rx")
    seen = said([span for span in line if span != DOTS])
    assert escape(data).startswith(seen)


@given(BYTES, WIDTHS)
def test_a_payload_uses_its_room(data: bytes, width: int) -> None:
    """When a payload is cut, the next character or escape would not have fitted either."""
    line = payload(data, width, "rx")
    if line[-1:] == [DOTS]:
        shown = cells(line[:-1])
        rest = escape(data)[len(said(line[:-1])) :]
        following = ESCAPE.match(rest)
        assert shown + cell_len(following[0] if following else rest[:1]) + cell_len("…") > width


@pytest.mark.parametrize(
    ("data", "width", "shown"),
    [
        (b"", 10, []),
        (b"hello", 5, [("hello", "rx")]),
        (b"hello", 4, [("hel", "rx"), DOTS]),
        (b"hi\r\n", 6, [("hi", "rx"), ("\\r", "escape"), ("\\n", "escape")]),
        (b"hi\r\n", 5, [("hi", "rx"), ("\\r", "escape"), DOTS]),
        (b"hi\x00", 5, [("hi", "rx"), DOTS]),
        (b"\x00", 1, [DOTS]),
        (b"x" * 1000, 2, [("x", "rx"), DOTS]),
        (b"hello", 0, []),
        (b"hello", -3, []),
    ],
)
def test_payload(data: bytes, width: int, shown: Line) -> None:
    """A payload is text in its own style, escapes in theirs, and dots where it is cut."""
    assert payload(data, width, "rx") == shown


@pytest.mark.parametrize("width", [-3, 0, 1, 10, 200])
def test_a_payload_is_not_read_to_its_end(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a large payload no more is looked at than a line can show, also where there is no room."""
    looked: list[int] = []

    def looking(data: bytes, limit: int | None = None) -> str:
        looked.append(len(data if limit is None else data[:limit]))
        return escape(data, limit)

    monkeypatch.setattr(module, "escape", looking)
    payload(b"x" * 100_000, width)
    assert sum(looked) <= 4 * max(0, width)


# -- whole messages ------------------------------------------------------------------


# -- the dump ------------------------------------------------------------------------


@given(st.binary(max_size=200))
def test_a_dump_has_every_byte_once(data: bytes) -> None:
    """A dump, read back by its offsets and digits, gives each byte at its place."""
    read = {}
    for row in range(hex_lines(len(data))):
        numbers, _, text = said(hex_line(data, row, "rx")).partition("|")
        offset, *digits = numbers.split()
        read[int(offset, 16)] = part = bytes.fromhex("".join(digits))
        assert text == re.sub(r"[^ -~]", ".", part.decode("latin-1")) + "|"
    assert list(read) == list(range(0, len(data), 16))
    assert b"".join(read.values()) == data


@given(st.binary(min_size=1, max_size=64), st.sampled_from(["rx", "tx"]))
def test_a_dump_line_stands_in_columns(data: bytes, style: str) -> None:
    """Lines of a dump are equally wide up to their text, which alone has the message's style."""
    lines = [hex_line(data, row, style) for row in range(hex_lines(len(data)))]
    assert len({cells(line[:3]) for line in lines}) == 1
    assert all(said(line).isascii() and said(line).isprintable() for line in lines)
    assert all(look == style for line in lines for _, look in line[3:4])
    assert {look for line in lines for _, look in line[:3]} == {"dim", ""}


def test_a_dump_in_full() -> None:
    """A line of a dump looks as hexdump -C writes it."""
    assert said(hex_line(b"GET / HTTP/1.0\r\n..", 0)) == (
        "00000 47 45 54 20 2f 20 48 54  54 50 2f 31 2e 30 0d 0a |GET / HTTP/1.0..|"
    )


# -- the client table ----------------------------------------------------------------


RATES = st.lists(st.floats(0, 1e15), max_size=60)


@given(RATES, st.integers(0, 200))
@example([0.0, 5e-324], 2)
@example([1.0, 2.0], 0)
def test_a_sparkline_is_as_wide_as_asked(values: list[float], width: int) -> None:
    """A sparkline has the asked width, in bars of one cell each, whatever the values."""
    drawn = sparkline(values, width)
    assert cell_len(drawn) == len(drawn) == width
    assert set(drawn) <= set(BARS)


@given(RATES, WIDTHS)
def test_the_largest_value_is_the_top_bar(values: list[float], width: int) -> None:
    """Of the newest values the largest is a full bar, and no smaller one is higher."""
    newest = values[-width:]
    drawn = sparkline(values, width)[width - len(newest) :]
    bars = dict(zip(newest, drawn, strict=True))
    ranked = [bars[value] for value in sorted(bars)]
    assert ranked == sorted(ranked)
    assert not newest or ranked[-1] == (BARS[-1] if max(newest) else BARS[0])


@pytest.mark.parametrize(
    ("values", "drawn"),
    [
        ([], "▁▁▁▁"),
        ([0.0, 0.0], "▁▁▁▁"),
        ([1.0], "▁▁▁█"),
        ([1.0, 2.0, 4.0, 8.0], "▁▂▄█"),
        ([9e9, 0.0, 4.0, 0.0, 8.0], "▁▄▁█"),
    ],
)
def test_sparkline(values: list[float], drawn: str) -> None:
    """The newest value is at the right, and what has left the picture does not count."""
    assert sparkline(values, 4) == drawn
