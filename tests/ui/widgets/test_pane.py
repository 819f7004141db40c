"""The frame around rows."""

from rich.cells import cell_len

from tcpmon.ui.render import Line
from tcpmon.ui.widgets.pane import border
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


def test_what_is_told_gives_way_from_its_end() -> None:
    """A filter that hides rows is told of in any width that has room for it: first what stands
    behind it goes, then the end of the title. A note of one word goes before the title does."""
    title = [("2 Messages", "title"), ("  only ", "dim"), ("#8 [2001:db8::7]:33686", "note")]
    note = [("12,500 shown of 500,301, stopped  ", "warn"), ("hex  ", "note"), ("held", "warn")]

    def drawn(width: int, told: Line) -> str:
        return "".join(text for text, _ in border("╭", "╮", title, told, "", width))

    for width, left, right in (
        (100, "only #8 [2001:db8::7]:33686 ─", "─ 12,500 shown of 500,301, stopped  hex  held ─╮"),
        (88, "only #8 [2001:db8::7]:33686 ─", "─ 12,500 shown of 500,301, stopped  hex ─╮"),
        (82, "only #8 [2001:db8::7]:33686 ─", "─ 12,500 shown of 500,301, stopped ─╮"),
        (60, "only … ─", "─ 12,500 shown of 500,301, stopped ─╮"),
        (40, "─ 2 Messages ──", "── 12,500 shown of 500… ─╮"),
    ):
        assert left in drawn(width, note)
        assert drawn(width, note).endswith(right)
    for width in range(2, 120):
        assert cell_len(drawn(width, note)) == width
        assert cell_len(drawn(width, [("follow", "good")])) == width
    assert "follow" not in drawn(50, [("", ""), ("follow", "good")])
    assert "[2001:db8::7]:33686" in drawn(50, [("", ""), ("follow", "good")])
