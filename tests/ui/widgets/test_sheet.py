"""Lines that can be scrolled."""

import pytest

from tcpmon.ui.widgets.sheet import Sheet
from tests.ui.fakes import Show, pane, title


def numbers(count: int) -> list[list[tuple[str, str]]]:
    return [[(str(number), "")] for number in range(count)]


@pytest.mark.parametrize(("rows", "first"), [(0, "0"), (3, "3"), (100, "12"), (-5, "0")], ids=repr)
async def test_it_scrolls_as_far_as_there_are_lines(rows: int, first: str) -> None:
    """Scrolling ends where the last line is at the bottom; a new picture does not move it."""
    app = Show(Sheet("sheet"))
    async with app.run_test(size=(40, 10)) as pilot:
        sheet = app.query_one(Sheet)
        sheet.show([("Title", "title")], [("note", "note")], numbers(20))
        sheet.scroll_rows(rows)
        sheet.show([("Title", "title")], [("note", "note")], numbers(20))
        await pilot.pause()
        assert pane(app, "sheet")[0] == first
        assert "Title" in title(app, "sheet")
        assert "note" in title(app, "sheet")


async def test_it_jumps() -> None:
    """A place in the scroll bar is a place in the lines; fewer lines have no empty end."""
    app = Show(Sheet("sheet"))
    async with app.run_test(size=(40, 10)) as pilot:
        sheet = app.query_one(Sheet)
        sheet.show([], [], numbers(20))
        sheet.jump(1.0)
        await pilot.pause()
        assert pane(app, "sheet")[-1] == "19"
        assert sheet.position() == (12 / 20, 1.0)
        sheet.jump(0.25)
        await pilot.pause()
        assert pane(app, "sheet")[0] == "5"
        sheet.show([], [], numbers(4))
        await pilot.pause()
        assert pane(app, "sheet") == ["0", "1", "2", "3", *[""] * 4]
