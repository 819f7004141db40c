"""It is asked whose silence matters, and from when on."""

import pytest

from tcpmon.core.commands import Silence
from tcpmon.ui.screens.main import MainScreen
from tcpmon.ui.screens.silence import commands_for, told
from tests.ui.fakes import LISTENER, SMALL, WIDE, FakeNode, a_client, a_screen, closed, text, until


@pytest.mark.parametrize(
    ("key", "dialog", "command"),
    [
        ("c", "Silence of #1 127.0.0.1:40001", Silence(30.0, client=1)),
        ("l", "Silence of all who came in by 127.0.0.1:8000", Silence(30.0, listener=1)),
        ("a", "Silence of all others", Silence(30.0)),
    ],
)
@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_an_alarm_is_set(
    key: str, dialog: str, command: Silence, size: tuple[int, int]
) -> None:
    """A asks for whom, then from when on, and says what that means."""
    node = FakeNode([a_client(1)])
    async with a_screen(node, size) as (app, pilot):
        await pilot.press("A")
        await until(pilot, lambda: "Say so when somebody is silent: who?" in text(app))
        assert "The table marks who is silent" in text(app)
        await pilot.press(key)
        await until(pilot, lambda: dialog in text(app))
        await pilot.press(*"30s")
        await pilot.pause()
        assert "said after 30.0 s without a byte from there" in text(app)
        await pilot.press("enter")
        await until(pilot, lambda: node.commands == [command])


async def test_marked_clients_get_one_together() -> None:
    """Marked clients are meant together; 0 is never."""
    node = FakeNode([a_client(number) for number in (1, 2, 3)])
    async with a_screen(node) as (app, pilot):
        await pilot.press("space", "space", "A", "c")
        await until(pilot, lambda: "Silence of 2 clients" in text(app))
        await pilot.press("0")
        await pilot.pause()
        assert "never said" in text(app)
        await pilot.press("enter")
        await until(pilot, lambda: len(node.commands) == 2)
    assert node.commands == [Silence(0.0, client=1), Silence(0.0, client=2)]


async def test_a_terminal_gone_wild_is_asked_once() -> None:
    """Keys that come faster than the screen is drawn open one question and not a pile."""
    async with a_screen(FakeNode([a_client(1)])) as (app, pilot):
        main = app.screen
        assert isinstance(main, MainScreen)
        for act in (main.action_silence, main.action_name, main.action_refuse):
            for _ in range(20):
                act()
            await until(pilot, lambda: len(app.screen_stack) > 1)
            await pilot.pause()
            assert len(app.screen_stack) == 2
            await pilot.press("escape")
            await until(pilot, lambda: len(app.screen_stack) == 1)


async def test_nothing_is_changed() -> None:
    """Esc changes nothing, at either question; a time that is too short is not taken."""
    node = FakeNode([a_client(1)])
    async with a_screen(node) as (app, pilot):
        await pilot.press("A", "escape", "A", "a", *"1ms", "enter")
        await until(pilot, lambda: "1ms is too short; 1s is the least, 0 is never" in text(app))
        await pilot.press("escape")
        await until(pilot, lambda: "too short" not in text(app))
    assert node.commands == []


async def test_all_can_be_meant_when_nobody_is_there() -> None:
    """Before anybody has come, an alarm can be set for all."""
    node = FakeNode()
    async with a_screen(node) as (app, pilot):
        await pilot.press("A")
        await until(pilot, lambda: "all clients" in text(app))
        await pilot.press("a", "5", "enter")
        await until(pilot, lambda: node.commands == [Silence(5.0)])


def test_whose_silence_can_be_meant() -> None:
    """A closed client is silent for good, but its listener goes on."""
    assert list(commands_for([closed(1)], (LISTENER,))) == ["l", "a"]
    assert list(commands_for([closed(1), a_client(2)], ())) == ["c", "a"]
    assert commands_for([a_client(1, listener="gone")], (LISTENER,))["c"][1] == [
        Silence(0.0, client=1)
    ]


def test_told() -> None:
    """What a time means is said in words."""
    assert told(90.0) == "said after 90.0 s without a byte from there"
    assert told(0.0) == "never said"
