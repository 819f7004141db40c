"""Listeners: see, add, stop."""

import asyncio

from tcpmon.core.commands import Command, Listen, Unlisten
from tcpmon.core.endpoint import TcpEndpoint
from tcpmon.core.errors import CannotListen
from tcpmon.ui.screens.listeners import Failure, ListenersScreen
from tests.ui.fakes import FakeNode, R, a_screen, text, until


async def test_listeners_are_listed_with_their_figures() -> None:
    """Each listener shows its real addresses, clients, accepted and refused."""
    async with a_screen(FakeNode()) as (app, pilot):
        await pilot.press("l")
        await pilot.pause()
        assert "127.0.0.1:8000  [::1]:8000" in text(app)


async def test_a_listener_is_added() -> None:
    """a asks for an address, says what is wrong with it while it is typed, and listens."""
    node = FakeNode()
    async with a_screen(node) as (app, pilot):
        await pilot.press("l", "a", *":99999")
        await pilot.pause()
        assert "ports end at 65535" in text(app)
        await pilot.press("enter")
        assert node.commands == []
        await pilot.press(*["backspace"] * 6, *"9000", "enter")
        await pilot.pause()
        assert "listening on 127.0.0.1:8000" in text(app)
    assert node.commands == [Listen(TcpEndpoint("localhost", 9000))]


async def test_a_failure_is_a_row_with_its_remedy() -> None:
    """What cannot be listened on stays as a row, can be tried again and taken away."""
    node = FakeNode()
    error = CannotListen("port 80 is in use by node (pid 7)", "try tcpmon 81")
    node.answers[Listen] = error
    async with a_screen(node) as (app, pilot):
        await pilot.press("l", "a", *"80", "enter")
        await pilot.pause()
        assert "✗ localhost:80: port 80 is in use by node (pid 7); try tcpmon 81" in text(app)
        await pilot.press("escape", "l", "down", "r")
        await pilot.pause()
        assert len(node.commands) == 2
        assert text(app).count("✗") == 1
        await pilot.press("d")
        await pilot.pause()
        assert "✗" not in text(app)


async def test_all_of_what_is_wrong_can_be_read() -> None:
    """However long an error is, the dialog has room for it, on a small screen too."""
    async with a_screen(FakeNode([])) as (app, pilot):
        await pilot.press("l", "a", *"tls://1")
        await pilot.pause()
        shown = " ".join(text(app).replace("│", " ").split())
        assert "[::1]:9000 or unix:/tmp/my.sock" in shown


async def test_a_look_up_that_hangs_holds_nothing_up() -> None:
    """While an address is tried again keys work; it is tried once at a time, and its row stays
    until it is known, also when one leaves."""

    class Node(FakeNode):
        async def do(self, command: Command[R]) -> R:
            if isinstance(command, Listen):
                self.commands.append(command)
                async with asyncio.timeout(10):  # for who waits in the app's own loop of messages
                    await asyncio.Event().wait()
            return await super().do(command)

    node = Node()
    async with a_screen(node) as (app, pilot):
        await pilot.press("l")
        screen = app.screen
        assert isinstance(screen, ListenersScreen)
        endpoint = TcpEndpoint("slow.example", 80)
        screen._failures.append(Failure(endpoint, CannotListen("no such name", "")))
        screen._look()
        await pilot.press("down", "r", "r", "up")
        await until(pilot, lambda: "▶ ●" in text(app))
        assert "✗ slow.example:80" in text(app)
        assert node.commands == [Listen(endpoint)]
        await pilot.press("escape", "l")
        await until(pilot, lambda: "✗ slow.example:80" in text(app))


async def test_a_clipboard_that_hangs_holds_nothing_up(hanging: asyncio.Event) -> None:
    """While a program takes its time to copy, keys work; the copy is made though one has left."""
    async with a_screen(FakeNode()) as (app, pilot):
        await pilot.press("l", "y", "escape")
        await until(pilot, lambda: "2 Messages" in text(app))
        hanging.set()
        await until(pilot, lambda: "copied 25 B" in text(app))


async def test_a_listener_is_stopped() -> None:
    """d accepts no more there."""
    node = FakeNode()
    async with a_screen(node) as (app, pilot):
        await pilot.press("l", "d")
        node.listeners = ()
        await until(pilot, lambda: "Not listening on anything" in text(app))
    assert node.commands == [Unlisten(1)]


async def test_an_address_is_copied() -> None:
    """y copies the real addresses."""
    copied: list[str] = []
    async with a_screen(FakeNode()) as (app, pilot):
        app.screen._clipboard._write_osc52 = copied.append  # type: ignore[attr-defined]
        app.screen._clipboard._environment = {}  # type: ignore[attr-defined]
        await pilot.press("l", "y")
        await pilot.pause()
    assert copied == ["127.0.0.1:8000 [::1]:8000"]
