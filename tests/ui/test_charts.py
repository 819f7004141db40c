"""Bars, lines, scales."""

import pytest
from hypothesis import given, strategies as st

from tcpmon.core.escape import escape_text
from tcpmon.core.numbers import LARGEST
from tcpmon.ui.charts import amount, bars, bounds, dots, moment, round_up, span_of, time_axis
from tcpmon.ui.fence import harmless

SECOND = 1_000_000_000
FIRST = 1_780_000_000 * SECOND

counts = st.floats(0, 1e15)
values = st.floats(-LARGEST, LARGEST)


@pytest.mark.parametrize(
    ("levels", "rows", "drawn"),
    [
        ([0, 1, 4, 8], 1, [" ▁▄█"]),
        ([8, 9, 16, 0], 2, [" ▁█ ", "███ "]),
        ([0.001, 8], 1, ["▁█"]),
        ([100], 1, ["█"]),
    ],
)
def test_bars(levels: list[float], rows: int, drawn: list[str]) -> None:
    """Bars grow by eighths of a cell; what is not nothing can be seen, and none leaves its
    chart."""
    assert bars(levels, 8 * rows, rows) == drawn


@given(st.lists(counts, min_size=1, max_size=30), st.integers(1, 30))
def test_bars_fill_their_place(heights: list[float], rows: int) -> None:
    """There is a cell for each value in each row, and a higher value has no lower bar."""
    top = round_up(max(heights))
    drawn = bars(heights, top, rows)
    assert [len(row) for row in drawn] == [len(heights)] * rows
    filled = ["".join(column).count("█") for column in zip(*drawn, strict=True)]
    order = sorted(range(len(heights)), key=heights.__getitem__)
    assert [filled[place] for place in order] == sorted(filled)


@pytest.mark.parametrize(
    ("value", "top"), [(0, 1), (1, 1), (1.2, 1.5), (7, 8), (9, 10), (1204, 1500), (0.03, 0.03)]
)
def test_the_end_of_a_scale(value: float, top: float) -> None:
    """A scale ends at a round number."""
    assert round_up(value) == pytest.approx(top)


@given(counts)
def test_the_end_of_a_scale_is_near(value: float) -> None:
    """A scale holds its highest value, and not much more."""
    assert value * 0.999_99 <= round_up(value) <= max(value * 1.6, 1)


@given(values, values)
def test_a_scale_holds_both(one: float, other: float) -> None:
    """A scale for a line has room for all values, also where they are all alike."""
    low, high = min(one, other), max(one, other)
    bottom, top = bounds(low, high)
    least = (top - bottom) / 1e9
    assert least > 0
    assert bottom - least <= low <= high <= top + least


@pytest.mark.parametrize(
    ("strokes", "drawn"),
    [
        ([(0, 0), (0, 0)], ["⣀"]),
        ([(3, 3), (3, 3)], ["⠉"]),
        ([(0, 3), None], ["⡇"]),
        ([None, None, (0, 0), None], [" ⡀"]),
        ([(0, 0), (1, 1), (2, 2), (3, 3)], ["⡴⠋"]),
        ([(0, 0), None, None, (0, 0)], ["⣀⣀"]),
        ([(0, 2), (1, 3)], ["⡾"]),
    ],
)
def test_dots(strokes: list[tuple[float, float] | None], drawn: list[str]) -> None:
    """A line goes from stroke to stroke, also over columns with nothing."""
    assert dots(strokes, 0, 3, 1) == drawn


@given(
    st.lists(st.none() | st.tuples(values, values).map(sorted), max_size=30).map(
        lambda strokes: [stroke and (stroke[0], stroke[1]) for stroke in strokes]
    ),
    st.integers(1, 20),
)
def test_dots_stay_in_their_place(strokes: list[tuple[float, float] | None], rows: int) -> None:
    """Whatever the values, the line is in its cells, and no cell is the blank that hides."""
    known = [value for stroke in strokes if stroke for value in stroke]
    low, high = bounds(min(known, default=0), max(known, default=1))
    drawn = dots(strokes, low, high, rows)
    assert [len(row) for row in drawn] == [(len(strokes) + 1) // 2] * rows
    assert set("".join(drawn)) <= {" ", *map(chr, range(0x2801, 0x2900))}
    assert bool("".join(drawn).strip()) == bool(known)


def test_they_pass_the_fence() -> None:
    """What charts are made of reaches the terminal as it is, and would from a peer too, but for
    the blank."""
    braille = "".join(map(chr, range(0x2801, 0x2900)))
    for drawn in (*bars([1, 2, 3, 4, 5, 6, 7, 8], 8, 1), braille, "┤│└┬─▲┊"):
        assert harmless(drawn) == drawn == escape_text(drawn)
    assert escape_text("\u2800") != "\u2800"


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0"), (0.25, "0.25"), (12.44, "12.4"), (640, "640"), (1204, "1.2k"), (34e6, "34.0M"),
     (999_600, "1.0M"), (5e20, "5.0e+08")],
)  # fmt: skip
def test_amounts(count: float, text: str) -> None:
    """Amounts are short."""
    assert amount(count) == text


@pytest.mark.parametrize(
    ("width", "shape"),
    [(SECOND // 8, "00:00:00.000"), (SECOND, "00:00:00"), (1024 * SECOND, "00-00 00:00"),
     (2**17 * SECOND, "0000-00-00")],
)  # fmt: skip
def test_times_are_as_exact_as_columns(width: int, shape: str) -> None:
    """A time says no more than its column is wide."""
    said = moment(FIRST, width)
    assert "".join("0" if letter.isdigit() else letter for letter in said) == shape


@pytest.mark.parametrize(
    ("width", "said"),
    [
        (SECOND // 8, "125 ms"), (SECOND // 256, "3.91 ms"), (SECOND, "1 s"),
        (512 * SECOND, "512 s"),
        (1024 * SECOND, "17.1 min"), (8192 * SECOND, "2.28 h"), (2**20 * SECOND, "12.1 days"),
    ],
)  # fmt: skip
def test_how_long_a_column_is(width: int, said: str) -> None:
    """A column's time is said in the unit that suits it."""
    assert span_of(width) == said


@given(st.integers(0, 40), st.integers(1, 200), st.integers(0, 10**6))
def test_the_time_axis(step: int, count: int, shift: int) -> None:
    """The axis is as wide as its columns, and a label stands where its time is."""
    width = 2 ** min(step, 30) * 1_953_125
    start = (FIRST // width + shift) * width
    axis, labels = time_axis(start, width, count, None)
    assert len(axis) == len(labels) == count
    place = 0
    while (place := axis.find("┬", place)) >= 0:
        text = moment(start + place * width, width)
        assert labels[place:].startswith(text) or place + len(text) > count
        place += 1


def test_the_cursor_is_on_the_axis() -> None:
    """What is pointed at is marked on the axis."""
    assert time_axis(0, SECOND, 9, 4)[0][4] == "▲"
    assert "▲" not in time_axis(0, SECOND, 9, None)[0]
