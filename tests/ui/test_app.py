"""The application as a whole, on a made-up node."""

import asyncio
from concurrent.futures import Future

import pytest
from textual.command import CommandList

from tcpmon.core.errors import InputError
from tcpmon.ui.actions import Place, of
from tcpmon.ui.app import TcpmonApp
from tests.ui.fakes import FakeNode, a_client, a_screen, text, until


async def test_quitting_asks_only_if_somebody_would_be_dropped() -> None:
    """q ends at once with nobody there, and asks when clients are connected."""
    async with a_screen(FakeNode()) as (app, pilot):
        await pilot.press("q")
        await pilot.pause()
        assert app._exit
    async with a_screen(FakeNode([a_client(1)])) as (app, pilot):
        await pilot.press("q")
        await pilot.pause()
        assert "1 client is connected and will be dropped." in text(app)
        await pilot.press("escape", "q", "y")
        await pilot.pause()
        assert app._exit


async def test_two_interrupts_end_it() -> None:
    """The first ^c only says that a second one ends the program."""
    async with a_screen(FakeNode([a_client(1)])) as (app, pilot):
        await pilot.press("ctrl+c")
        await pilot.pause()
        assert "^c again to quit" in text(app)
        assert not app._exit
        await pilot.press("ctrl+c")
        await pilot.pause()
        assert app._exit


@pytest.mark.parametrize("keys", [["question_mark"], ["q"], ["D"], ["ctrl+p"], ["l"], ["l", "a"]])
async def test_two_interrupts_end_it_from_anywhere(keys: list[str]) -> None:
    """On the help screen, in a dialog and in the palette ^c works as it does elsewhere."""
    async with a_screen(FakeNode([a_client(1)])) as (app, pilot):
        await pilot.press(*keys)
        await pilot.pause()
        await pilot.press("ctrl+c")
        await pilot.pause()
        assert not app._exit
        await pilot.press("ctrl+c")
        await pilot.pause()
        assert app._exit


@pytest.mark.parametrize("keys", ["s", "la"])
async def test_an_interrupt_copies_what_is_selected(keys: str) -> None:
    """Where text is selected in an input, on the screen or in a dialog, ^c copies it instead."""
    async with a_screen(FakeNode([a_client(1)])) as (app, pilot):
        await pilot.press(*keys)
        await pilot.pause()
        await pilot.press("h", "i", "shift+home", "ctrl+c", "ctrl+c")
        await pilot.pause()
        assert app.clipboard == "hi"
        assert "^c again to quit" not in text(app)
        assert not app._exit


async def test_the_palette_has_every_action() -> None:
    """What can be done by key can be found by name."""
    async with a_screen(FakeNode([a_client(1)])) as (app, _):
        titles = [command.title for command in app.get_system_commands(app.screen)]
        for action in of(Place.MAIN):
            assert any(t.startswith(f"{action.title}  (") for t in titles) == action.palette
        assert "Theme" in titles


async def test_a_command_from_the_palette_does_what_its_key_does() -> None:
    """Choosing an action by name runs it."""
    async with a_screen(FakeNode([a_client(1)])) as (app, pilot):
        await pilot.press("ctrl+p")
        await pilot.pause()
        await pilot.press(*"broadcast")
        found = app.screen.query_one(CommandList)
        await until(pilot, lambda: found.option_count == 1)
        await pilot.press("enter")
        await until(pilot, lambda: "BROADCAST to 1 client" in text(app))


async def test_notices_are_never_markup() -> None:
    """Markup in a notice is text, and cannot end the program."""
    async with a_screen(FakeNode()) as (app, pilot):
        app.notify("[/] [@click=app.quit]x[/] [link=file:///]", markup=True)
        await pilot.pause()
        assert "[@click=app.quit]x[/]" in text(app)


async def test_hidden_characters_that_were_forgotten_are_taken_out() -> None:
    """The fence behind the first one: no widget can draw an escape sequence."""
    async with a_screen(FakeNode()) as (app, pilot):
        app.notify("a\x1b]0;x\x07b\u202ecd\u200d")
        await pilot.pause()
        assert "a]0;xbcd" in text(app)


async def test_no_color_means_no_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    """With NO_COLOR every colour is a grey, and the cursor is still seen."""
    monkeypatch.setenv("NO_COLOR", "1")
    async with a_screen(FakeNode([a_client(1)])) as (app, _):
        assert "▶" in text(app)
        for strip in app.screen._compositor.render_strips():
            for segment in strip:
                color = segment.style.color if segment.style else None
                if color is not None and color.triplet is not None:
                    assert max(color.triplet) - min(color.triplet) <= 2, segment


def test_an_unknown_theme_is_refused() -> None:
    """A theme that is none is told before the screen opens."""
    with pytest.raises(InputError, match="no theme 'nope'"):
        TcpmonApp(FakeNode(), "nope")


@pytest.mark.parametrize("theme", ["tcpmon-dark", "tcpmon-light", "nord", "ansi-dark"])
async def test_themes_can_be_chosen(theme: str) -> None:
    """Ours and Textual's themes work."""
    async with a_screen(FakeNode([a_client(1)]), theme=theme) as (app, _):
        assert "127.0.0.1:40001" in text(app)


@pytest.mark.parametrize(("error", "code"), [(None, 0), (RuntimeError("[/broken]"), 70)])
async def test_when_the_node_ends_the_screen_does(
    error: Exception | None, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """A node that has ended takes the screen with it, a failed one with a word about why."""
    ended: Future[None] = Future()
    ended.set_running_or_notify_cancel()
    app = TcpmonApp(FakeNode(), ended=ended)
    async with app.run_test() as pilot:
        await pilot.pause()
        if error is None:
            ended.set_result(None)
        else:
            ended.set_exception(error)
        await until(pilot, lambda: app._exit)
    assert app.return_code == code
    assert ("[/broken]" in capsys.readouterr().err) == (error is not None)


async def test_leaving_from_another_thread_ends_the_screen() -> None:
    """A signal handler may ask the screen to leave, even before it is there."""
    app = TcpmonApp(FakeNode())
    app.leave()
    async with app.run_test() as pilot:
        await pilot.pause()
        assert app._exit


def test_leaving_once_more_does_no_harm() -> None:
    """When the screen has gone and its loop is closed, there is nothing to leave any more."""
    app = TcpmonApp(FakeNode())

    async def once() -> None:
        async with app.run_test():
            app.leave()

    asyncio.run(once())
    app.leave()
