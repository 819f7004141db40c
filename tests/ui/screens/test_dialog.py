"""One line to write."""

import pytest
from textual.app import App

from tcpmon.core.units import parse_time
from tcpmon.ui.screens.dialog import Dialog
from tests.ui.fakes import text


class Asker(App[None]):
    """Asks for a time and remembers the answer."""

    answer: float | None = -1.0

    def ask(self) -> None:
        def remember(answer: float | None) -> None:
            self.answer = answer

        question = Dialog("How long?", "wait", "90s, 5m", parse_time, "[b]{}\x1b seconds".format)
        self.push_screen(question, remember)


@pytest.mark.parametrize(
    ("keys", "answer"),
    [(["9", "0", "enter"], 90.0), (["9", "escape"], None), (["escape"], None),
     (["9", "x", "enter"], -1.0), (["enter"], -1.0),
     (["9", "x", "enter", "backspace", "m", "enter"], 540.0)],
)  # fmt: skip
async def test_only_what_means_something_is_an_answer(keys: list[str], answer: float) -> None:
    """Enter goes on with what can be read, and otherwise what was typed stays to be mended."""
    app = Asker()
    async with app.run_test() as pilot:
        app.ask()
        await pilot.pause()
        await pilot.press(*keys)
        await pilot.pause()
    assert app.answer == answer


async def test_it_says_what_it_means() -> None:
    """While one writes, it says what that means, as it is, or what is wrong and what to write."""
    app = Asker()
    async with app.run_test() as pilot:
        app.ask()
        await pilot.pause()
        for told in ("How long?", "enter wait", "90s, 5m"):
            assert told in text(app)
        await pilot.press("9")
        await pilot.pause()
        assert "[b]9.0\\x1b seconds" in text(app)
        await pilot.press("x")
        await pilot.pause()
        assert "'9x' is not a span of time; write for example 90s or 5m" in text(app)
        await pilot.press("backspace", "backspace")
        await pilot.pause()
        assert "span" not in text(app)
