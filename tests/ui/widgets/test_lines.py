"""Painting by lines."""

from collections.abc import Iterable

from textual.app import App, ComposeResult
from textual.geometry import Region

from tcpmon.ui import themes
from tcpmon.ui.render import Line
from tcpmon.ui.widgets.lines import STYLES, Lines


class Ten(Lines):
    """Ten lines that a test can change; it remembers what was painted anew."""

    def __init__(self) -> None:
        super().__init__("ten")
        self.text = [f"line {n}" for n in range(10)]
        self.painted: list[Region] = []

    def compose_lines(self) -> Iterable[tuple[Line, str]]:
        return [([(line, "rx")], "") for line in self.text]

    def refresh(self, *regions: Region, **options: bool) -> "Ten":
        self.painted += regions
        return super().refresh(*regions, **options)


class Stage(App[None]):
    """Shows one widget."""

    def __init__(self) -> None:
        super().__init__()
        self.lines = Ten()

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return themes.variables(self.current_theme)

    def compose(self) -> ComposeResult:
        yield self.lines


async def test_only_lines_that_changed_are_painted() -> None:
    """A change of two neighbours and one far line repaints two regions and nothing else."""
    app = Stage()
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.pause()
        app.lines.painted.clear()
        app.lines.repaint()
        assert app.lines.painted == []
        for n in (2, 3, 7):
            app.lines.text[n] = f"other {n}"
        app.lines.repaint()
        assert app.lines.painted == [Region(0, 2, 40, 2), Region(0, 7, 40, 1)]


async def test_every_style_has_its_colours_in_every_theme() -> None:
    """No theme of Textual's lacks a colour that a line needs."""
    app = Stage()
    async with app.run_test(size=(40, 10)) as pilot:
        for theme in app.available_themes:
            app.theme = theme
            await pilot.pause()
            for name in STYLES:
                assert app.lines._look(name) is not None


async def test_colours_follow_the_theme() -> None:
    """Choosing another theme repaints in its colours."""
    app = Stage()
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.pause()
        dark = app.lines.render_line(0)
        app.theme = "textual-light"
        await pilot.pause()
        light = app.lines.render_line(0)
        assert dark.text == light.text
        assert [s.style for s in dark] != [s.style for s in light]
