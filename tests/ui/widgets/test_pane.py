"""The frame around rows."""

from rich.cells import cell_len

from tests.ui.fakes import FakeNode, a_client, a_record, a_screen, lines


async def test_the_border_is_the_scroll_bar() -> None:
    """The thumb stands where the rows are among all, and there is none when all is seen."""
    node = FakeNode([a_client(n) for n in range(1, 200)], [a_record(0)])
    async with a_screen(node) as (app, pilot):
        region = app.query_one("#clients").region

        def thumb() -> list[int]:
            rows = lines(app)[region.y : region.bottom]
            return [y for y, row in enumerate(rows) if row[region.right - 1] == "┃"]

        top = thumb()
        await pilot.press("G")
        await pilot.pause()
        bottom = thumb()
        assert top[0] == 1
        assert bottom[-1] == region.height - 2
        del node.clients[3:]
        await pilot.press("g")
        await pilot.pause()
        assert thumb() == []


async def test_the_frame_holds_at_any_size() -> None:
    """From one column to hundreds, every line is as wide as the screen."""
    for size in ((1, 1), (2, 3), (5, 5), (12, 8), (31, 9), (500, 100)):
        async with a_screen(FakeNode([a_client(1)], [a_record(0)]), size) as (app, _):
            assert {cell_len(line) for line in lines(app)} == {size[0]}
