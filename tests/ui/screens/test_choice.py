"""Questions."""

import pytest
from textual.app import App

from tcpmon.ui.screens.choice import Choice
from tests.ui.fakes import text


class Asker(App[None]):
    """Asks and remembers the answer."""

    answer: str | None = None

    def remember(self, answer: str | None) -> None:
        self.answer = answer

    def ask(self) -> None:
        question = Choice(
            "Really [/]?", ["[red]#1[/red]", "\x1b[31m"], {"y": "Do it", "r": "Reset"}
        )
        self.push_screen(question, self.remember)


@pytest.mark.parametrize(
    ("keys", "answer"),
    [(["escape"], ""), (["n"], ""), (["enter"], ""), (["y"], "y"), (["r"], "r"),
     (["down", "enter"], "y"), (["x", "z"], None)],
)  # fmt: skip
async def test_only_a_clear_answer_does_something(keys: list[str], answer: str | None) -> None:
    """The safe button has the focus; a letter or the button itself chooses; others do nothing."""
    app = Asker()
    async with app.run_test() as pilot:
        app.ask()
        await pilot.pause()
        await pilot.press(*keys)
        await pilot.pause()
    assert app.answer == answer


async def test_lines_are_shown_as_they_are() -> None:
    """Markup and escapes in a question and in what it is about are text."""
    app = Asker()
    async with app.run_test() as pilot:
        app.ask()
        await pilot.pause()
        assert "Really [/]?" in text(app)
        assert "[red]#1[/red]" in text(app)
        assert "\\x1b[31m" in text(app)


async def test_the_safe_button_can_be_called_otherwise() -> None:
    """Where nothing is kept, the way out has another name, and is as safe."""
    app = Asker()
    async with app.run_test() as pilot:
        app.push_screen(Choice("Which?", [], {"y": "This"}, safe="Cancel"), app.remember)
        await pilot.pause()
        assert "Cancel  esc" in text(app)
        assert "Keep" not in text(app)
        await pilot.press("enter")
        await pilot.pause()
    assert app.answer == ""
