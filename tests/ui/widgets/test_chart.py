"""The pane of a chart."""

from tcpmon.ui.widgets.chart import ChartPane
from tests.ui.fakes import Show, pane, title


class Listening(Show):
    """It knows what it was told."""

    def __init__(self) -> None:
        super().__init__(ChartPane("plot"))
        self.told: list[object] = []

    def on_chart_pane_pointed(self, event: ChartPane.Pointed) -> None:
        self.told.append((event.column, event.double))

    def on_chart_pane_wheeled(self, event: ChartPane.Wheeled) -> None:
        self.told.append(event.steps)

    def on_chart_pane_resized(self, event: ChartPane.Resized) -> None:
        self.told.append(event)


async def test_it_shows_what_it_is_given() -> None:
    """Lines stand in the frame, and above them what they are."""
    app = Listening()
    async with app.run_test(size=(40, 6)) as pilot:
        chart = app.query_one(ChartPane)
        chart.show([("Plot", "title")], [("follow", "good")], [[("▁▂█", "rx")], [("⣀", "tx")]])
        await pilot.pause()
        assert pane(app, "plot") == ["▁▂█", "⣀", "", ""]
        assert "Plot" in title(app, "plot")
        assert "follow" in title(app, "plot")


async def test_it_tells_what_the_mouse_does() -> None:
    """A click says which column it meant, a double click too, and the wheel its direction."""
    app = Listening()
    async with app.run_test(size=(40, 6)) as pilot:
        app.told.clear()
        await pilot.click("#plot", offset=(7, 2))
        await pilot.double_click("#plot", offset=(9, 2))
        await pilot.click("#plot", offset=(0, 0))
        chart = app.query_one(ChartPane)
        chart.scroll_rows(3)
        chart.scroll_rows(-3)
        await pilot.pause()
        assert app.told == [(5, False), (7, False), (7, True), 1, -1]


async def test_it_has_no_scroll_bar() -> None:
    """All of it is there: dragging on its border changes nothing."""
    app = Listening()
    async with app.run_test(size=(40, 6)) as pilot:
        chart = app.query_one(ChartPane)
        chart.show([], [], [[("▁▂█", "rx")]])
        chart.jump(1.0)
        await pilot.pause()
        assert chart.position() == (0.0, 1.0)
        assert pane(app, "plot")[0] == "▁▂█"


async def test_it_says_when_it_has_another_size() -> None:
    """What was drawn for another size is wanted anew."""
    app = Listening()
    async with app.run_test(size=(40, 6)) as pilot:
        app.told.clear()
        await pilot.resize_terminal(60, 12)
        await pilot.pause()
        assert len(app.told) >= 1
