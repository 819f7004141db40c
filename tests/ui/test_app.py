"""The application as a whole, on a made-up node."""

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
        shown = text(app)
        strips = app.screen._compositor.render_strips()
        from textual.color import Color

        from tcpmon.ui.fence import SegmentFence

        fence = next(f for f in app.get_line_filters() if isinstance(f, SegmentFence))
        drawn = "".join(
            segment.text for strip in strips for segment in fence.apply(list(strip), Color(0, 0, 0))
        )
        assert "a]0;xbcd" in drawn
        assert "\x1b" not in drawn
        assert shown


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
