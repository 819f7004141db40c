"""The screen one works in: what a key orders, and what is asked first."""

import pytest

from tcpmon.core.commands import Disconnect, ForgetClosed, How
from tcpmon.core.errors import Stopped
from tests.ui.fakes import SMALL, WIDE, FakeNode, a_client, a_record, a_screen, closed, text, title


async def test_one_client_is_disconnected_at_once() -> None:
    """d closes the client of the row without asking, and says so."""
    node = FakeNode([a_client(1), a_client(2)])
    async with a_screen(node) as (app, pilot):
        await pilot.press("down", "d")
        await pilot.pause()
        assert "#2 127.0.0.1:40002: closing" in text(app)
    assert node.commands == [Disconnect((2,), How.CLOSE)]


@pytest.mark.parametrize(("keys", "done"), [("y", True), ("escape", False), ("enter", False)])
async def test_several_are_disconnected_after_asking(keys: str, done: bool) -> None:
    """Marked clients are named first; y goes on, escape and enter, the safe button, do not."""
    node = FakeNode([a_client(1), a_client(2), a_client(3)])
    async with a_screen(node) as (app, pilot):
        await pilot.press("space", "space", "d")
        await pilot.pause()
        assert "Disconnect 2 clients?" in text(app)
        assert "#2 127.0.0.1:40002" in text(app)
        await pilot.press(keys)
        await pilot.pause()
    assert node.commands == ([Disconnect((1, 2), How.CLOSE)] if done else [])


@pytest.mark.parametrize(("key", "how"), [("c", How.CLOSE), ("r", How.RESET)])
async def test_the_way_to_disconnect_is_chosen(key: str, how: How) -> None:
    """D asks whether by FIN or by RST."""
    node = FakeNode([a_client(1)])
    async with a_screen(node) as (_, pilot):
        await pilot.press("D", key)
        await pilot.pause()
    assert node.commands == [Disconnect((1,), how)]


async def test_all_are_disconnected_after_asking() -> None:
    """X asks, with the number, and then closes everybody."""
    node = FakeNode([a_client(number) for number in range(1, 1205)])
    async with a_screen(node) as (app, pilot):
        await pilot.press("X")
        await pilot.pause()
        assert "Disconnect 1,204 clients?" in text(app)
        await pilot.press("y")
        await pilot.pause()
    assert node.commands == [Disconnect(None, How.CLOSE)]


async def test_closed_clients_are_cleared() -> None:
    """C takes closed clients off the table and says how many."""
    node = FakeNode([a_client(1), closed(2)])
    node.answers[ForgetClosed] = 1
    async with a_screen(node) as (app, pilot):
        await pilot.press("C")
        await pilot.pause()
        assert "1 closed client cleared" in text(app)
    assert node.commands == [ForgetClosed()]


async def test_what_the_node_refuses_is_shown_with_its_hint() -> None:
    """An error of the node is a notice, and the screen goes on."""
    node = FakeNode([a_client(1)])
    node.answers[Disconnect] = Stopped("the engine has [red]stopped", "start it again")
    async with a_screen(node) as (app, pilot):
        await pilot.press("d")
        await pilot.pause()
        assert "the engine has [red]stopped" in text(app)
        await pilot.press("b")
        await pilot.pause()
        assert "BROADCAST" in text(app)


async def test_with_nobody_there_nothing_is_ordered() -> None:
    """Without clients, keys that need one say so."""
    node = FakeNode()
    async with a_screen(node) as (app, pilot):
        await pilot.press("d", "s", "D", "X", "space", "enter", "f", "y")
        await pilot.pause()
        assert "nobody to disconnect" in text(app)
    assert node.commands == []


async def test_panes_are_reached_by_tab_and_number() -> None:
    """Tab goes round the panes, with the composer where it is always there."""
    async with a_screen(FakeNode([a_client(1)]), WIDE) as (app, pilot):
        seen = []
        for key in ("tab", "tab", "tab", "shift+tab", "escape", "2", "1", "3"):
            await pilot.press(key)
            await pilot.pause()
            seen.append(app.screen.focused.id if app.screen.focused else None)
    assert seen == ["messages", "composer-input", "clients", "composer-input", "clients",
                    "messages", "clients", "composer-input"]  # fmt: skip


async def test_zoom_gives_the_screen_to_one_pane() -> None:
    """z shows one pane between the first line and the keys, z or escape bring all back."""
    async with a_screen(FakeNode([a_client(1)], [a_record(0)])) as (app, pilot):
        await pilot.press("z")
        await pilot.pause()
        assert app.query_one("#clients").region.height == SMALL[1] - 2
        await pilot.press("escape")
        await pilot.pause()
        assert app.query_one("#clients").region.height < SMALL[1] - 2


async def test_escape_goes_back_step_by_step() -> None:
    """Zoom, one client only, cleared view, marks: escape undoes them one after another."""
    async with a_screen(FakeNode([a_client(1), a_client(2)], [a_record(0)])) as (app, pilot):
        await pilot.press("space", "ctrl+l", "enter", "z")
        steps = []
        for _ in range(4):
            await pilot.press("escape")
            await pilot.pause()
            whole = title(app, "clients") + title(app, "messages")
            steps.append(("only #" in whole, "cleared" in whole, "marked" in whole))
    assert steps == [(True, True, True), (False, True, True), (False, False, True),
                     (False, False, False)]  # fmt: skip


async def test_copying_says_what_was_copied() -> None:
    """y copies the message of the row as escaped text, or the client's address."""
    node = FakeNode([a_client(1)], [a_record(0, b"\x1b[31mhi\n")])
    copied: list[str] = []
    async with a_screen(node) as (app, pilot):
        app.screen._clipboard._write_osc52 = copied.append  # type: ignore[attr-defined]
        app.screen._clipboard._environment = {}  # type: ignore[attr-defined]
        await pilot.press("y", "2", "y")
        await pilot.pause()
        assert "copied 12 B (terminal)" in text(app)
    assert copied == ["127.0.0.1:40001", "\\x1b[31mhi\\n"]


async def test_resizing_at_any_moment_is_fine() -> None:
    """From tiny to huge and back, with traffic and a dialog open, the screen is whole."""
    node = FakeNode([a_client(n) for n in range(1, 50)], [a_record(n) for n in range(100)])
    async with a_screen(node) as (app, pilot):
        for size in ((10, 3), (200, 60), (80, 24), (33, 12), (1, 1), (160, 45)):
            node.kept.append(a_record(len(node.kept)))
            await pilot.resize_terminal(*size)
            await pilot.pause()
        await pilot.press("X")
        await pilot.resize_terminal(*SMALL)
        await pilot.pause()
        assert "Disconnect 49 clients?" in text(app)
