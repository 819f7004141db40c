"""The stretch of time that is looked at."""

import pytest
from hypothesis import given, strategies as st

from tcpmon.ui.stretch import NARROWEST, Stretch, Window

SECOND = 1_000_000_000
FIRST = 1_780_000_000 * SECOND
NOW = FIRST + 600 * SECOND
COUNT = 60


def seen(stretch: Stretch, now: int = NOW) -> Window:
    """Look at it."""
    return stretch.window(COUNT, FIRST, now, NARROWEST)


@given(st.integers(1, 10**16), st.integers(1, 500))
def test_all_of_it_is_in_view(length: int, count: int) -> None:
    """To begin with all there is fits, in columns as narrow as that allows."""
    window = Stretch().window(count, FIRST, FIRST + length, NARROWEST)
    assert window.start <= FIRST
    assert FIRST + length <= window.end
    assert window.start % window.width == 0
    half = window.width // 2
    assert window.width == NARROWEST or (FIRST + length - 1) // half - FIRST // half >= count


def test_columns_stay_where_they_are() -> None:
    """As time goes on, a column keeps the messages it has: all move by whole columns."""
    stretch = Stretch()
    before, after = seen(stretch), seen(stretch, NOW + 7 * SECOND)
    assert before.width == after.width
    assert (after.start - before.start) % before.width == 0


def test_closer_and_back() -> None:
    """Half the time, the newest at the end, down to the narrowest; then back to all."""
    stretch = Stretch()
    widths = [seen(stretch).width]
    for _ in range(20):
        stretch.zoom(closer=True)
        widths.append(seen(stretch).width)
        assert seen(stretch).end >= NOW > seen(stretch).end - 2 * widths[-1]
    assert widths == sorted(widths, reverse=True)
    assert widths[-1] == NARROWEST
    for _ in range(20):
        stretch.zoom(closer=False)
    assert (stretch.width, stretch.end) == (None, None)
    assert seen(stretch).width == widths[0]


def test_several_keys_at_once() -> None:
    """Each key counts, also where nothing was drawn between two of them."""
    stretch = Stretch()
    width = seen(stretch).width
    for _ in range(3):
        stretch.zoom(closer=True)
    assert seen(stretch).width == width // 8


def test_closer_to_a_time() -> None:
    """What is pointed at is in the middle then, and it is held still."""
    stretch = Stretch()
    seen(stretch)
    at = FIRST + 200 * SECOND
    stretch.zoom(True, at)
    column = seen(stretch).column(at)
    assert column is not None
    assert abs(column - COUNT // 2) <= 1
    assert stretch.end


def test_moving() -> None:
    """Back in time it is held still, but not before the first; on in time it follows again."""
    stretch = Stretch()
    before = seen(stretch)
    stretch.move(-0.25)
    held = seen(stretch)
    assert before.start - held.start == COUNT // 4 * before.width
    assert seen(stretch, NOW + 100 * SECOND) == held
    for _ in range(20):
        stretch.move(-0.25)
    assert seen(stretch).column(FIRST) is not None
    for _ in range(20):
        stretch.move(0.25)
    assert stretch.end is None
    stretch.move(0.25)
    assert seen(stretch) == before


def test_following_again() -> None:
    """Now is one step away, as close as one had looked."""
    stretch = Stretch()
    seen(stretch)
    stretch.zoom(closer=True)
    stretch.move(-0.5)
    width = seen(stretch).width
    stretch.follow()
    assert seen(stretch).end >= NOW
    assert seen(stretch).width == width


@pytest.mark.parametrize(("time", "column"), [(99, None), (100, 0), (149, 4), (150, None)])
def test_a_time_has_a_column(time: int, column: int | None) -> None:
    """A time is in one of the columns or in none."""
    assert Window(100, 10, 5).column(time) == column
