"""Who is written to can be said in more ways than by the row."""

import pytest

from tcpmon.core.commands import Send
from tcpmon.core.errors import BadFilter
from tcpmon.core.model import Client
from tcpmon.ui.app import TcpmonApp
from tcpmon.ui.screens.whom import reader
from tcpmon.ui.widgets.composer import Composer
from tests.ui.fakes import SMALL, WIDE, FakeNode, a_client, closed, text, title, until


def clients() -> list[Client]:
    """Return three who are there, two of them with names, and one who has gone."""
    return [a_client(1, name="gps-1"), a_client(2, name="gps-2"), a_client(3), closed(4)]


@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_to_whom(size: tuple[int, int]) -> None:
    """^g turns the composer to the row's client, the marked ones, all, or those that match a
    filter; what is wrong with one is told with its place; the filter is sent as it is."""
    node = FakeNode(clients())
    app = TcpmonApp(node, "tcpmon-dark", saved={"gps": "name:gps*"})
    async with app.run_test(size=size) as pilot:
        await pilot.press("s", "x", "ctrl+g")
        await pilot.pause()
        assert "Write to whom?" in text(app)
        assert "marked" not in text(app)
        await pilot.press("f", *"port:x")
        await until(pilot, lambda: "character 6: " in text(app))
        await pilot.press("enter", *["backspace"] * 6, *"@gps")
        await until(pilot, lambda: "2 clients now; looked up anew each time" in text(app))
        await pilot.press("enter")
        await until(pilot, lambda: "BROADCAST to 2 clients that match" in title(app, "composer"))
        assert app.screen.query_one(Composer).input.value == "x"
        await pilot.press("enter")
        await until(pilot, lambda: node.commands == [Send(b"x\n", "(name:gps*)")])
        assert "sent to 1 of 1 client" in text(app)
        await pilot.press("ctrl+g", "a")
        await until(pilot, lambda: "BROADCAST to 3 clients" in title(app, "composer"))
        assert "sent to" not in text(app)
        await pilot.press("ctrl+g", "c")
        await until(pilot, lambda: "Send to #1 gps-1" in title(app, "composer"))
        await pilot.press("escape", "space", "space", "s", "ctrl+g", "a", "ctrl+g", "m")
        await until(pilot, lambda: "Send to 2 marked: #1 #2" in title(app, "composer"))
        await pilot.press("ctrl+g", "escape", "ctrl+g", "f", "escape")
        await pilot.pause()
        assert "Send to 2 marked: #1 #2" in title(app, "composer")


async def test_a_broadcast_is_to_those_whom_the_table_shows() -> None:
    """While the table is filtered, b writes to those who match when it is sent, and ^g offers
    them too."""
    node = FakeNode(clients())
    app = TcpmonApp(node, "tcpmon-dark")
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("slash", *"name:gps*", "enter", "b", "x", "enter")
        await until(pilot, lambda: node.commands == [Send(b"x\n", "name:gps*")])
        assert "BROADCAST to 2 clients that match name:gps*" in title(app, "composer")
        assert title(app, "composer").startswith("╔")
        await pilot.press("ctrl+g", "a", "ctrl+g", "t")
        await until(pilot, lambda: "match name:gps*" in title(app, "composer"))


def test_reader() -> None:
    """No filter at all would mean everybody, so it is none here."""
    read = reader({"gps": "name:gps*"})
    assert read("@gps port:80") == "(name:gps*) port:80"
    with pytest.raises(BadFilter, match="nothing would mean all"):
        read(" ")
