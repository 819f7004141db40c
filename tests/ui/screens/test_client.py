"""One client, as far as anybody knows."""

import asyncio

from msgspec.structs import replace

from tcpmon.core.commands import Command, Examine
from tcpmon.core.errors import NoSuchTarget
from tcpmon.core.model import Backlog, Trouble
from tcpmon.ui.screens.client import ClientScreen
from tests.ui.fakes import (
    NOW,
    SMALL,
    FakeNode,
    R,
    a_client,
    a_record,
    a_screen,
    an_info,
    closed,
    lines,
    pane,
    text,
    title,
    until,
)


async def test_all_of_it_fits_a_small_screen() -> None:
    """i shows what the table and the kernel know, all of it on 80 by 24."""
    client = a_client(7, unsent=9_000_000, in_flight=64_000, backlog=Backlog.STUCK, dropped=12,
                      trouble=Trouble.UNREAD)  # fmt: skip
    node = FakeNode([a_client(1), client])
    node.answers[Examine] = an_info(retransmits=2, total_retransmits=3, window_limited=1_200_000)
    async with a_screen(node, SMALL) as (app, pilot):
        await pilot.press("down", "i")
        await until(pilot, lambda: "Client #7" in text(app))
        rows = pane(app, "client")
        told = ("127.0.0.1:40007", "does not read 9.0 MB", "64.0 kB of it under way",
                "12 messages made room", "established", "24ms ± 1.2ms, 22ms at best",
                "3 segments, the oldest 2 times", "MSS 1,448 B",
                "acknowledged 0.1s ago")  # fmt: skip
        for part in told:
            assert any(part in row for row in rows), part
        assert all(len(row) <= 76 and not row.endswith("…") for row in rows)
        assert rows[-1] or rows[-2]
        assert "y Copy" in lines(app)[-1]
        await pilot.press("i")
        await until(pilot, lambda: "2 Messages" in text(app))
    assert node.commands == [Examine(7)]


async def test_it_is_looked_at_again() -> None:
    """What is shown is as it is now, from the log too, and while the table is paused."""
    node = FakeNode([a_client(1)], [a_record(1)])
    async with a_screen(node) as (app, pilot):
        await pilot.press("p", "2", "i")
        await until(pilot, lambda: "The system does not tell more of it." in text(app))
        screen = app.screen
        assert isinstance(screen, ClientScreen)
        node.clients[0] = a_client(1, rx_bytes=12_400)
        node.answers[Examine] = an_info()
        await screen._look()
        await pilot.pause()
        assert "12.4 kB in 1 message" in text(app)
        assert "The system's view" in text(app)


async def test_the_end_is_told() -> None:
    """A client that closes meanwhile says why; that it has left the table is said, and what
    was known stays."""
    node = FakeNode([a_client(1)])
    async with a_screen(node) as (app, pilot):
        await pilot.press("i")
        await until(pilot, lambda: "Client #1" in text(app))
        screen = app.screen
        assert isinstance(screen, ClientScreen)
        node.clients[0] = closed(1, "reset by peer")
        node.answers[Examine] = NoSuchTarget("client 1 is gone")
        await screen._look()
        await pilot.pause()
        assert "reset by peer" in text(app)
        assert "It is closed, and the system has forgotten it." in text(app)
        assert "Unsent" not in text(app)
        node.clients.clear()
        await screen._look()
        await pilot.pause()
        assert "no longer in the table" in title(app, "client")
        assert "reset by peer" in text(app)


async def test_nobody_to_look_at() -> None:
    """Without a client there is nothing to open, and it is said."""
    async with a_screen(FakeNode()) as (app, pilot):
        await pilot.press("i")
        await pilot.pause()
        assert "no client to look at" in text(app)


async def test_a_window_without_room_scrolls() -> None:
    """In a small window all of it can be reached."""
    node = FakeNode([a_client(1)])
    node.answers[Examine] = an_info()
    async with a_screen(node, (60, 16)) as (app, pilot):
        await pilot.press("i")
        await until(pilot, lambda: "Client #1" in text(app))
        assert "RTO" not in text(app)
        await pilot.press("G")
        await pilot.pause()
        assert "acknowledged" in text(app)
        await pilot.press("k", "g", "j")
        await pilot.pause()
        assert pane(app, "client")[0].startswith("Listener")


async def test_it_is_copied_as_text() -> None:
    """y copies what is shown, a fact a line."""
    node = FakeNode([replace(a_client(1), opened=NOW)])
    node.answers[Examine] = an_info()
    copied: list[str] = []
    async with a_screen(node) as (app, pilot):
        app.screen._clipboard._write_osc52 = copied.append  # type: ignore[attr-defined]
        app.screen._clipboard._environment = {}  # type: ignore[attr-defined]
        await pilot.press("i")
        await until(pilot, lambda: "Client #1" in text(app))
        await pilot.press("y")
        await until(pilot, lambda: bool(copied))
    assert "Remote: 127.0.0.1:40001\n" in copied[0]
    assert "RTT: 24ms ± 1.2ms, 22ms at best\n" in copied[0]


async def test_a_node_that_hangs_holds_nothing_up() -> None:
    """While the kernel is asked, keys work."""

    class Node(FakeNode):
        async def do(self, command: Command[R]) -> R:
            if isinstance(command, Examine):
                async with asyncio.timeout(10):  # for who waits in the app's own loop of messages
                    await asyncio.Event().wait()
            return await super().do(command)

    async with a_screen(Node([a_client(1)])) as (app, pilot):
        await pilot.press("i", "escape")
        await until(pilot, lambda: "2 Messages" in text(app))
