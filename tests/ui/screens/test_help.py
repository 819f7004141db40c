"""The help screen."""

import pytest

from tcpmon.ui.actions import ACTIONS, Group
from tcpmon.ui.app import TcpmonApp
from tests.ui.fakes import FakeNode, a_screen, text


@pytest.mark.parametrize("width", [80, 120, 160, 250])
async def test_every_key_is_explained(width: int) -> None:
    """All actions are on the page, whole, at any width."""
    async with a_screen(FakeNode(), (width, 200)) as (app, pilot):
        await pilot.press("question_mark")
        await pilot.pause()
        shown = text(app)
        for action in ACTIONS:
            assert action.help in shown
        for group in Group:
            assert group in shown


async def test_saved_messages_have_their_keys() -> None:
    """Under the keys stand the messages that are saved, each with its own, and safe to see."""
    app = TcpmonApp(FakeNode(), messages={"ping": "PING\\n", "gr\x1bin": "[b]hi"})
    async with app.run_test(size=(80, 200)) as pilot:
        await pilot.press("question_mark")
        await pilot.pause()
        assert "F2          ping  PING\\n" in text(app)
        assert "F3          gr\\x1bin  [b]hi" in text(app)


async def test_it_scrolls_and_closes() -> None:
    """On a small screen the keys scroll it, escape goes back."""
    async with a_screen(FakeNode()) as (app, pilot):
        await pilot.press("question_mark")
        await pilot.pause()
        assert "back to the clients" not in text(app)
        await pilot.press("end")
        await pilot.pause()
        assert "back to the clients" in text(app)
        await pilot.press("escape")
        await pilot.pause()
        assert "1 Clients" in text(app)
