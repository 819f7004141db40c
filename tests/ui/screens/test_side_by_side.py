"""Keys go through a pane of two sides."""

import pytest
from textual.app import App

from tcpmon.ui.screens.side_by_side import SideBySide


class Pane:
    """Two sides with one difference ahead, that say what was asked of them."""

    def __init__(self) -> None:
        self.asked: list[object] = []

    def step(self, step: int) -> bool:
        self.asked.append(("step", step))
        return step > 0

    def swap(self) -> None:
        self.asked.append("swap")

    def scroll_rows(self, rows: int) -> None:
        self.asked.append(("rows", rows))

    def page(self, pages: int) -> None:
        self.asked.append(("page", pages))

    def jump(self, fraction: float) -> None:
        self.asked.append(("jump", fraction))


class Sided(SideBySide):
    """A screen of that."""

    def __init__(self) -> None:
        super().__init__()
        self._pane: Pane = Pane()


KEYS = {
    "up": ("rows", -1), "k": ("rows", -1), "down": ("rows", 1), "j": ("rows", 1),
    "pageup": ("page", -1), "pagedown": ("page", 1), "space": ("page", 1),
    "home": ("jump", 0), "g": ("jump", 0), "end": ("jump", 1), "G": ("jump", 1),
}  # fmt: skip


async def test_keys() -> None:
    """Each key does its one thing, on both sides at once."""
    screen = Sided()
    async with App[None]().run_test() as pilot:
        await pilot.app.push_screen(screen)
        await pilot.press(*KEYS)
        assert screen._pane.asked == list(KEYS.values())


@pytest.mark.parametrize(
    ("action", "asked", "told"),
    [
        ("next_difference", ("step", 1), []),
        ("previous_difference", ("step", -1), ["no difference before this one"]),
        ("swap", "swap", []),
    ],
)
async def test_differences(action: str, asked: object, told: list[str]) -> None:
    """Where there is none, it is said so."""
    screen = Sided()
    async with App[None]().run_test() as pilot:
        await pilot.app.push_screen(screen)
        await screen.run_action(action)
        await pilot.pause()
        assert screen._pane.asked == [asked]
        assert [note.message for note in pilot.app._notifications] == told
        await screen.run_action("close")
        await pilot.pause()
        assert pilot.app.screen is not screen
