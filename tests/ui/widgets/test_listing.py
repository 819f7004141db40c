"""A list with a cursor."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot

from tcpmon.ui.render import Line
from tcpmon.ui.widgets.listing import Listing
from tests.ui.fakes import Show, pane

HIGH = 10  # lines of the window: two of the frame, one of the heading, seven rows


class Numbers(Listing[int]):
    """Numbers, one a row."""

    def title(self) -> tuple[Line, Line]:
        return [("Numbers", "title")], []

    def heading(self) -> list[Line]:
        return [[("Number" if self.items else "No number", "heading")]]

    def row(self, item: int) -> Line:
        return [(str(item), "")]


@asynccontextmanager
async def a_list(count: int) -> AsyncIterator[tuple[Show, Numbers, Pilot[None]]]:
    """A list of so many numbers on the screen."""
    app = Show(Numbers("numbers"))
    async with app.run_test(size=(40, HIGH)) as pilot:
        numbers = app.query_one(Numbers)
        numbers.show(range(count))
        await pilot.pause()
        yield app, numbers, pilot


@pytest.mark.parametrize("moves", [[0], [3], [100], [100, -2], [100, -100], [12, -7, 1]], ids=repr)
async def test_the_cursor_stays_in_view(moves: list[int]) -> None:
    """However it moves, the cursor is on a row that is shown, and that is what is selected."""
    async with a_list(20) as (app, numbers, pilot):
        for rows in moves:
            numbers.scroll_rows(rows)
        await pilot.pause()
        shown = pane(app, "numbers")
        (here,) = [row for row in shown if row.startswith("▶")]
        assert here == f"▶ {numbers.selected}"
        assert shown[0] == "Number"
        assert all(shown)


async def test_fewer_rows() -> None:
    """When rows go the cursor is on the last one; without any there is only the heading."""
    async with a_list(20) as (app, numbers, pilot):
        numbers.jump(1.0)
        assert numbers.selected == 19
        assert numbers.position() == (13 / 20, 1.0)
        numbers.show(range(3))
        await pilot.pause()
        assert numbers.selected == 2
        assert pane(app, "numbers")[:4] == ["Number", "  0", "  1", "▶ 2"]
        numbers.show([])
        await pilot.pause()
        assert numbers.selected is None
        assert pane(app, "numbers") == ["No number", *[""] * 7]
        numbers.show(range(3))
        assert numbers.selected == 0


@pytest.mark.parametrize(("y", "selected"), [(1, 19), (2, 13), (5, 16), (8, 19)])
async def test_a_click_selects(y: int, selected: int) -> None:
    """A click on a row selects it, one on the heading does nothing."""
    async with a_list(20) as (_, numbers, pilot):
        numbers.jump(1.0)
        await pilot.click("#numbers", offset=(10, y))
        assert numbers.selected == selected
    async with a_list(3) as (_, numbers, pilot):
        await pilot.click("#numbers", offset=(10, y))
        assert numbers.selected == {2: 0}.get(y, 0)
