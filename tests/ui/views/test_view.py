"""A window of lines that keeps the cursor in sight, and can be moved away from it."""

from typing import ClassVar

import pytest
from hypothesis import given, strategies as st

from tcpmon.ui.bytecursor import ByteCursor
from tcpmon.ui.render import Line
from tcpmon.ui.render_bytes import Marks
from tcpmon.ui.views.view import View


class Ten(View):
    """A line for each byte, under a heading."""

    name: ClassVar[str] = "Ten"

    def __init__(self, cursor: ByteCursor) -> None:
        super().__init__(cursor)
        self.clicked: list[tuple[int, int]] = []

    def heading(self) -> list[Line]:
        return [[("heading", "")]]

    def count(self) -> int:
        return len(self.cursor.data)

    def line(self, number: int, marks: Marks) -> Line:
        return [(str(number), "")]

    def line_at_cursor(self) -> int:
        return self.cursor.at

    def step(self, count: int, select: bool) -> None:
        raise NotImplementedError

    def climb(self, lines: int, select: bool) -> None:
        raise NotImplementedError

    def row_edge(self, last: bool, select: bool) -> None:
        raise NotImplementedError

    def click(self, number: int, column: int) -> None:
        self.clicked.append((number, column))


def shown(view: View) -> list[str]:
    """Return the lines that are seen, without the heading."""
    return [line[0][0] for line in view.lines(Marks(0, 0, 0))[1:]]


@pytest.fixture
def view() -> Ten:
    """Ten lines, of which four can be seen."""
    view = Ten(ByteCursor(bytes(10)))
    view.fit(20, 5)
    return view


def test_it_scrolls_as_little_as_needed(view: Ten) -> None:
    """Going down the cursor is in the last line, going up in the first."""
    assert shown(view) == ["0", "1", "2", "3"]
    view.cursor.go(5)
    view.reveal()
    assert shown(view) == ["2", "3", "4", "5"]
    view.cursor.go(1)
    view.reveal()
    assert shown(view) == ["1", "2", "3", "4"]


def test_the_wheel_leaves_the_cursor(view: Ten) -> None:
    """Scrolling and jumping move the window up to its ends, and never the cursor."""
    view.scroll(3)
    assert shown(view) == ["3", "4", "5", "6"]
    assert view.position() == (0.3, 0.7)
    view.scroll(99)
    assert shown(view)[-1] == "9"
    view.scroll(-99)
    assert shown(view)[0] == "0"
    view.jump(0.5)
    assert shown(view)[0] == "5"
    assert view.cursor.at == 0


def test_a_click_is_told_its_line(view: Ten) -> None:
    """A row on the screen is the line that stands there; the heading and what is below are none."""
    view.scroll(3)
    for row in (0, 1, 4, 5):
        view.press(row, 7)
    assert view.clicked == [(3, 7), (6, 7)]


def test_edges(view: Ten) -> None:
    """The first byte and the last are a key away, selecting or not."""
    view.edge(last=True, select=False)
    assert (view.cursor.at, view.cursor.selected) == (9, 0)
    view.edge(last=False, select=True)
    assert (view.cursor.at, view.cursor.selected) == (0, 10)


@given(st.integers(0, 12), st.integers(0, 12), st.lists(st.integers(-9, 9), max_size=5))
def test_never_more_lines_than_fit(size: int, height: int, scrolls: list[int]) -> None:
    """However small the window or the data, no line comes from outside, and a smaller one keeps
    the cursor in sight."""
    view = Ten(ByteCursor(bytes(size)))
    view.fit(20, height + 3)
    view.edge(last=True, select=False)
    view.fit(20, height)
    assert not size or str(size - 1) in shown(view)
    for lines in scrolls:
        view.scroll(lines)
        assert len(shown(view)) == min(size, view.visible)
        begin, end = view.position()
        assert 0 <= begin <= 1
        assert end > begin
