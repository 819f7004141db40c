"""Text in lines that fit, in any encoding, and a cursor that goes by characters."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import example, given, strategies as st
from rich.cells import cell_len

from tcpmon.core.charsets import LINE_ENDS, Encoding
from tcpmon.core.escape import ESCAPE, escape, unescape
from tcpmon.ui.bytecursor import ByteCursor
from tcpmon.ui.render import Line, cells_of
from tcpmon.ui.render_bytes import Marks
from tcpmon.ui.views import prose
from tcpmon.ui.views.prose import Prose
from tests.core.safety import unsafe_in
from tests.ui.pictures import BYTES, WIDTHS, cells, said

DATA = st.binary(max_size=120) | st.text(max_size=60).map(str.encode)
LONGEST = 12  # cells of the widest escape


def a_prose(data: bytes, width: int = 20) -> Prose:
    """A view of text, ten lines high."""
    view = Prose(ByteCursor(data))
    view.fit(width, 10)
    return view


def shown(view: Prose) -> list[str]:
    """Return all its lines."""
    marks = Marks(-1, 0, 0)
    return ["".join(text for text, _ in view.line(n, marks)) for n in range(view.count())]


@given(DATA, st.integers(LONGEST, 40))
def test_lines_are_the_text(data: bytes, width: int) -> None:
    """Joined, the lines are the escaped text, and none is wider than there is room."""
    lines = shown(a_prose(data, width))
    assert "".join(lines) == escape(data)
    assert all(cell_len(line) <= width for line in lines)


def test_lines_end_where_they_end() -> None:
    """A newline ends a line, and a long line goes on in the next one."""
    view = a_prose(b"one\ntwo\n\nthree four five six seven\r\nx")
    assert shown(view) == ["one\\n", "two\\n", "\\n", "three four five six ", "seven\\r\\n", "x"]


def test_the_cursor_goes_by_characters() -> None:
    """One step is one character, however many bytes it takes; up and down keep the column."""
    view = a_prose("aé€\n\nxyz".encode())
    places = []
    moves: tuple[Callable[[], None], ...] = (
        lambda: view.step(1, False), lambda: view.step(1, False), lambda: view.climb(1, False),
        lambda: view.climb(1, False), lambda: view.climb(1, False),
        lambda: view.row_edge(True, False), lambda: view.row_edge(False, False),
        lambda: view.step(-1, False), lambda: view.climb(-5, False), lambda: view.step(-1, False),
    )  # fmt: skip
    for move in moves:
        move()
        places.append(view.cursor.at)
    assert places == [1, 3, 7, 8, 8, 10, 8, 7, 0, 0]


def test_what_is_marked_is_seen() -> None:
    """The character that holds the cursor's byte is marked, and those that are selected."""
    view = a_prose("aé€b".encode())
    assert view.line(0, Marks(2, 3, 7)) == [("a", ""), ("é", "cursor"), ("€b", "row-cursor")]


def test_a_click_goes_to_the_character() -> None:
    """Also behind wide ones and escapes; beyond the end of the line nothing happens."""
    view = a_prose("日\x00b".encode())
    for column, place in ((0, 0), (1, 0), (2, 3), (5, 3), (6, 4), (7, 4)):
        view.click(0, column)
        assert view.cursor.at == place


def test_the_encoding_is_chosen() -> None:
    """The same bytes are read in the next encoding, which the frame names."""
    view = a_prose(b"caf\xe9")
    assert shown(view) == ["caf\\xe9"]
    view.turn_encoding()
    assert (view.note(), shown(view)) == ("Latin-1", ["café"])
    assert view.encoding is Encoding.LATIN1


@given(st.text(min_size=1, max_size=60), st.sampled_from(Encoding), st.integers(5, 16))
def test_every_byte_can_be_reached(text: str, encoding: Encoding, window: int) -> None:
    """By steps to the right the cursor gets through all windows to the end, by lines too, and
    back to the beginning."""
    data = text.encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prose, "WINDOW", window)
        view = a_prose(data)
        view.encoding = encoding
        for move, forth in ((view.step, 1), (view.climb, 1), (view.climb, -1)):
            view.cursor.go(0 if forth > 0 else len(data) - 1)
            before = -1
            places: list[int] = []
            while view.cursor.at != before and len(places) <= len(data):
                before = view.cursor.at
                places.append(before)
                move(forth, False)
            assert places == sorted(places, reverse=forth < 0)
            if forth < 0:
                assert places[-1] < window
            else:
                layout = view._layout()
                assert layout.end == len(data)


def test_a_large_text_is_laid_out_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a large text one window is there at once; what is before and behind is told, and the
    cursor goes on there."""
    monkeypatch.setattr(prose, "WINDOW", 1024)
    view = a_prose(b"x" * 4096, 60)
    assert view.heading() == [[("3 KiB behind it: the cursor goes on there", "warn")]]
    view.climb(999, False)
    assert view.cursor.at == 1024
    assert view.heading() == [
        [("1 KiB before this, 2 KiB behind it: the cursor goes on there", "warn")]
    ]
    view.climb(-1, False)
    assert view.cursor.at == 1023
    view.edge(last=True, select=False)
    view.reveal()
    marks = Marks(view.cursor.at, 0, 0)
    assert cells_of(view.lines(marks)[-1]) > 0
    view.step(1, False)
    assert view.cursor.at == 4095


def test_nothing_at_all() -> None:
    """Without bytes there is an empty line, and no key does harm."""
    view = a_prose(b"")
    view.climb(1, False)
    view.step(1, True)
    view.step(-1, True)
    view.row_edge(True, False)
    view.click(0, 3)
    assert shown(view) == [""]
    assert view.cursor.at == 0


def wrapped(data: bytes, width: int) -> list[Line]:
    """Return all lines of a text, as the pieces that they are made of."""
    view = a_prose(data, width)
    return [view.line(number, Marks(-1, 0, 0)) for number in range(view.count())]


WIDEST = len("\\u{10ffff}")  # from here on every escape fits a line


@given(BYTES, WIDTHS)
def test_wrapping_loses_nothing(data: bytes, width: int) -> None:
    """A wrapped message, read line after line, is the whole message."""
    assert said([span for line in wrapped(data, width) for span in line]) == escape(data)


@given(BYTES, st.integers(WIDEST, 200))
def test_wrapped_lines_fit(data: bytes, width: int) -> None:
    """No line of a wrapped message is wider than asked, and none does a terminal harm."""
    lines = wrapped(data, width)
    assert [cells(line) for line in lines if cells(line) > width] == []
    assert unsafe_in("".join(map(said, lines))) == []


@given(BYTES, st.integers(1, WIDEST - 1))
@example(b"\x00abcdefgh", 2)
def test_wrapped_lines_fit_a_narrow_window(data: bytes, width: int) -> None:
    """In a window narrower than an escape, only what cannot be cut sticks out of it."""
    for line in wrapped(data, width):
        if cells(line) > width:
            text = said(line)
            assert ESCAPE.fullmatch(text) or len(text) == 1, f"{text!r} could be cut"


@given(BYTES, st.integers(WIDEST, 200))
def test_wrapped_lines_are_full(data: bytes, width: int) -> None:
    """A line of a wrapped message ends at a newline, or where the next piece would not fit."""
    for line, after in pairwise(wrapped(data, width)):
        following = ESCAPE.match(said(after))
        piece = following[0] if following else said(after)[:1]
        assert said(line).endswith(tuple(LINE_ENDS)) or cells(line) + cell_len(piece) > width


@given(BYTES, st.integers(WIDEST, 200))
def test_a_newline_ends_a_wrapped_line(data: bytes, width: int) -> None:
    """A newline stands at the end of its line, and every escape is set off whole."""
    for line in wrapped(data, width):
        spans = [text for text, style in line if style == "escape"]
        escapes = [escape_ for text in spans for escape_ in ESCAPE.findall(text)]
        assert "".join(escapes) == "".join(spans)
        if "\\n" in escapes:
            assert (escapes.count("\\n"), escapes[-1], line[-1][1]) == (1, "\\n", "escape")
        assert all("\\" not in text for text, style in line if style != "escape")


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"", [""]),
        (b"abc", ["abc"]),
        (b"a\nb", ["a\\n", "b"]),
        (b"a\n", ["a\\n"]),
        (b"\n\n", ["\\n", "\\n"]),
        (b"0123456789ab", ["0123456789", "ab"]),
        (b"012345678\r\n", ["012345678", "\\r\\n"]),
        ("日本語世界日本".encode(), ["日本語世界", "日本"]),
        ("a日本語世界".encode(), ["a日本語世", "界"]),
    ],
)
def test_wrapped(data: bytes, lines: list[str]) -> None:
    """Ten cells hold ten cells of text, and a newline goes on in the next line."""
    assert [said(line) for line in wrapped(data, 10)] == lines


def test_there_may_be_no_room_at_all() -> None:
    """A message in a window without a single cell is laid out without an error."""
    assert unescape(said([span for line in wrapped(b"abc\x00", 0) for span in line])) == b"abc\x00"
