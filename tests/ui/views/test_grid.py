"""Hex and bits: as many bytes a row as fit, and a cursor that goes by bytes and rows."""

from collections.abc import Callable

import pytest
from hypothesis import given, strategies as st

from tcpmon.ui.bytecursor import ByteCursor
from tcpmon.ui.render import cells_of
from tcpmon.ui.render_bytes import Marks
from tcpmon.ui.views.grid import Bits, Grid, Hex

KINDS = st.sampled_from([Hex, Bits])


def a_grid(kind: type[Grid], size: int = 40, width: int = 76) -> Grid:
    """A grid of bytes."""
    view = kind(ByteCursor(bytes(range(size))))
    view.fit(width, 10)
    return view


@pytest.mark.parametrize(
    ("kind", "width", "per_row"),
    [(Hex, 156, 16), (Hex, 76, 16), (Hex, 73, 8), (Hex, 42, 8), (Bits, 156, 8), (Bits, 76, 4),
     (Bits, 50, 2)],
)  # fmt: skip
def test_as_many_as_fit(kind: type[Grid], width: int, per_row: int) -> None:
    """The rows are as long as the pane allows, and not cut."""
    view = a_grid(kind, width=width)
    assert view.per_row == per_row
    marks = Marks(0, 0, 0)
    assert all(cells_of(line) <= width for line in view.lines(marks))


def test_by_bytes_and_rows() -> None:
    """Left and right go by bytes, up and down by rows, home and end to the edges of the row."""
    view = a_grid(Hex)
    places = []
    moves: tuple[Callable[[], None], ...] = (
        lambda: view.step(1, False), lambda: view.climb(1, False), lambda: view.climb(1, False),
        lambda: view.climb(1, False), lambda: view.row_edge(True, False),
        lambda: view.row_edge(False, False), lambda: view.climb(-9, False),
        lambda: view.step(-1, False), lambda: view.row_edge(True, False),
    )  # fmt: skip
    for move in moves:
        move()
        places.append(view.cursor.at)
    assert places == [1, 17, 33, 33, 39, 32, 0, 0, 15]


def test_with_shift_it_selects() -> None:
    """Every move can select."""
    view = a_grid(Hex)
    view.climb(1, True)
    assert view.cursor.selection == (0, 17)
    view.step(-1, True)
    assert view.cursor.selection == (0, 16)
    view.row_edge(True, True)
    assert view.cursor.selected == 16


@given(KINDS, st.integers(0, 39), st.integers(30, 160))
def test_a_click_is_on_what_is_seen(kind: type[Grid], place: int, width: int) -> None:
    """A click on any cell of a byte, in either column, goes to that byte."""
    view = a_grid(kind, width=width)
    row, column = divmod(place, view.per_row)
    for cells in view.columns()[column]:
        for cell in cells:
            view.cursor.go(0)
            view.click(row, cell)
            assert view.cursor.at == place


def test_a_click_beside_is_none() -> None:
    """Where no byte is, a click moves nothing."""
    view = a_grid(Hex)
    view.cursor.go(3)
    view.click(2, view.columns()[15][0].start)
    view.click(0, 0)
    assert view.cursor.at == 3


@pytest.mark.parametrize("kind", [Hex, Bits])
def test_nothing_at_all(kind: type[Grid]) -> None:
    """Without bytes there are no rows, and no key does harm."""
    view = a_grid(kind, 0)
    view.climb(1, False)
    view.step(1, True)
    view.row_edge(True, False)
    view.edge(True, False)
    assert view.count() == 0
    assert view.cursor.selected == 0


def test_a_row_of_64_mib_costs_no_more() -> None:
    """The last rows of the largest message are made alone, with offsets that fit."""
    view = Hex(ByteCursor(bytes(1 << 26)))
    view.fit(76, 4)
    view.edge(last=True, select=False)
    view.reveal()
    lines = view.lines(Marks(view.cursor.at, 0, 0))
    assert [line[0][0][:7] for line in lines] == ["3ffffc0", "3ffffd0", "3ffffe0", "3fffff0"]
    assert all(cells_of(line) == 76 for line in lines)
