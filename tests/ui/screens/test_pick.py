"""A list from which one thing is taken, or none."""

import pytest
from textual.app import App

from tcpmon.ui.screens.pick import Pick
from tcpmon.ui.widgets.sheet import Sheet
from tests.ui.fakes import Show, lines


@pytest.mark.parametrize(
    ("keys", "answer"),
    [
        (["enter"], "b"), (["down", "enter"], "c"), (["k", "enter"], ""), (["j", "j", "enter"], ""),
        (["escape"], None), (["q"], None),
    ],
)  # fmt: skip
async def test_one_is_taken(keys: list[str], answer: str | None) -> None:
    """It begins at what holds now, goes round, and escape takes nothing."""
    answers: list[str | None] = []
    app: App[None] = Show(Sheet("sheet"))
    async with app.run_test() as pilot:
        app.push_screen(
            Pick("Which?", {"": "none", "b": "Bee", "c": "Cee [/]"}, "b"), answers.append
        )
        await pilot.pause()
        shown = "\n".join(lines(app))
        assert "─ Which? ─" in shown
        assert "Cee [/]" in shown
        await pilot.press(*keys)
        await pilot.pause()
    assert answers == [answer]
