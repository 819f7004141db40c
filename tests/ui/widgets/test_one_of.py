"""One of several."""

import pytest

from tcpmon.ui.widgets.one_of import OneOf
from tests.ui.fakes import Show, lines


class Asked(OneOf):
    """Remembers how often it said that another one was chosen."""

    told = 0

    def on_one_of_chosen(self) -> None:
        self.told += 1


@pytest.mark.parametrize(
    ("keys", "chosen", "told"),
    [
        ([], 0, 0),
        (["down"], 1, 1),
        (["j", "j", "k"], 1, 3),
        (["up"], 0, 0),
        (["down"] * 5, 2, 2),
        (["end", "enter", "x"], 0, 0),
    ],
)
async def test_arrows_choose(keys: list[str], chosen: int, told: int) -> None:
    """The arrows go from one to the next and stay at the ends; only a change is told."""
    widget = Asked("asked", "How", ["one", "two", "three"])
    async with Show(widget).run_test() as pilot:
        widget.focus()
        await pilot.press(*keys)
        assert (widget.chosen, widget.told) == (chosen, told)


async def test_it_is_seen_without_colours() -> None:
    """A dot is in the chosen one, and an arrow before it where the keys go."""
    widget = OneOf("asked", "How [/]", ["one", "[red]two[/red]"])
    app = Show(widget)
    async with app.run_test(size=(20, 5)) as pilot:
        widget.focus()
        await pilot.press("down")
        shown = [line.rstrip() for line in lines(app)[:3]]
        assert shown == ["How [/]", "  ( ) one", "▶ (•) [red]two[/red]"]
        app.set_focus(None)
        await pilot.pause()
        assert lines(app)[2].startswith("  (•) ")


async def test_a_click_chooses() -> None:
    """A click chooses the line that it hits, and nothing at the heading."""
    widget = Asked("asked", "How", ["one", "two", "three"])
    async with Show(widget).run_test(size=(20, 6)) as pilot:
        await pilot.click(widget, (3, 3))
        assert widget.chosen == 2
        await pilot.click(widget, (3, 0))
        assert (widget.chosen, widget.told) == (2, 1)


async def test_what_is_too_long_is_cut() -> None:
    """A label that does not fit ends in an ellipsis."""
    app = Show(OneOf("asked", "How", ["a label that is longer than the line"]))
    async with app.run_test(size=(20, 5)):
        assert lines(app)[1].rstrip() == "▶ (•) a label that …"
