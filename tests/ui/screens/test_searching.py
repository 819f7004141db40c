"""Filters and searches of table and log: what is typed, what it does, how one leaves it."""

import pytest
from textual.pilot import Pilot

from tcpmon.ui.app import TcpmonApp
from tcpmon.ui.widgets.clients import ClientsPane
from tcpmon.ui.widgets.messages import MessagesPane
from tests.ui.fakes import (
    SMALL,
    WIDE,
    FakeNode,
    a_client,
    a_record,
    a_screen,
    closed,
    lines,
    pane,
    text,
    title,
    until,
)


def a_node(count: int = 100) -> FakeNode:
    """Every tenth message is a beep."""
    said = [b"beep %d\n" if n % 10 == 0 else b"message %d\n" for n in range(count)]
    return FakeNode([a_client(1), closed(2)], [a_record(n, s % n) for n, s in enumerate(said)])


def log_of(app: TcpmonApp) -> MessagesPane:
    return app.screen.query_one(MessagesPane)


def bar(app: TcpmonApp) -> str:
    """Return the line that is typed in, with what is told beside it."""
    return lines(app)[app.screen.query_one("#filter").region.y]


def at(app: TcpmonApp) -> int | None:
    """Return the number of the message under the cursor."""
    message = log_of(app).selected
    return message.seq if message else None


async def press(pilot: Pilot[None], *keys: str) -> None:
    await pilot.press(*keys)
    await pilot.pause()


@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_each_pane_has_its_filter(size: tuple[int, int]) -> None:
    """/ is for the pane with the focus, and says beside the line what it does."""
    async with a_screen(a_node(), size) as (app, pilot):
        await press(pilot, "2", "slash", *"beep")
        assert "10 shown of 100" in bar(app)
        await press(pilot, "enter", "1", "slash", *"client:1")
        assert "1 of 2 shown" in bar(app)
        await press(pilot, "enter")
        assert (log_of(app).filter, app.query_one(ClientsPane).filter) == ("beep", "client:1")
        assert "10 shown of 100" in title(app, "messages")
        assert all("beep" in row for row in pane(app, "messages") if row)


async def test_a_search_goes_to_what_it_finds() -> None:
    """^f marks; enter goes to the newest match; n goes on and N back, and at the ends it says
    that there is no other."""
    async with a_screen(a_node(96)) as (app, pilot):
        await press(pilot, "ctrl+f", *"beep")
        assert "10 found of 96" in bar(app)
        assert at(app) == 95
        await press(pilot, "enter")
        assert at(app) == 90
        await press(pilot, "n")
        assert "nothing behind this one matches beep" in text(app)
        seen = []
        for key in "NNNn":
            await press(pilot, key)
            seen.append(at(app))
        assert seen == [80, 70, 60, 70]
        await press(pilot, "2", "g", "N")
        assert "nothing before this one matches beep" in text(app)
        assert at(app) == 0


async def test_a_match_may_be_where_one_is() -> None:
    """Enter does not go past the message one is at."""
    async with a_screen(a_node(91)) as (app, pilot):
        await press(pilot, "ctrl+f", *"beep", "enter")
        assert at(app) == 90


async def test_what_was_found_has_the_focus() -> None:
    """A search that began in the table ends in the log: enter again opens what it found."""
    node = FakeNode([a_client(1)], [a_record(n, data=b"needle") for n in range(3)])
    async with a_screen(node) as (app, pilot):
        await pilot.press("1", "ctrl+f", *"needle", "enter")
        await pilot.pause()
        assert app.screen.focused is log_of(app)


async def test_n_without_anything_to_find_asks_what() -> None:
    """The line opens, for what to look for."""
    async with a_screen(a_node()) as (app, pilot):
        await press(pilot, "n")
        assert "find" in bar(app)
        await press(pilot, *"beep", "enter", "escape", "N")
        assert "find" in bar(app)


async def test_a_search_in_what_a_filter_shows() -> None:
    """Both hold together: what is hidden is not found, and what comes is shown."""
    node = a_node(96)
    async with a_screen(node) as (app, pilot):
        await press(pilot, "2", "slash", "5", "enter")
        await press(pilot, "ctrl+f", *"message", "enter")
        assert at(app) == 95
        seen = []
        for _ in range(3):
            await press(pilot, "N")
            seen.append(at(app))
        assert seen == [85, 75, 65]
        node.kept.append(a_record(96, b"beep 50"))
        log_of(app).set_follow(True)
        await pilot.pause()
        assert any("beep 50" in row for row in pane(app, "messages"))


@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_the_nearest_one_before_is_waited_for(size: tuple[int, int]) -> None:
    """The log is looked through from its oldest message on: a match far behind is not gone to
    while a nearer one may still be found."""
    node = a_node(1000)
    node.pace = 0
    async with a_screen(node, size) as (app, pilot):
        await pilot.press("ctrl+f", *"beep", "enter")
        assert at(app) == 999
        node.pace = 20
        await until(pilot, lambda: at(app) != 999)
        assert at(app) == 990


async def test_one_that_is_found_later_is_gone_to() -> None:
    """Down the log a match counts as soon as it is found."""
    node = a_node(1000)
    node.kept[900] = a_record(900, b"needle")
    node.pace = 20
    async with a_screen(node) as (app, pilot):
        await press(pilot, "2", "g")
        log_of(app).set_find("needle")
        assert log_of(app).find_next(1)
        assert at(app) == 0
        await until(pilot, lambda: at(app) == 900)


async def test_escape_undoes_step_by_step() -> None:
    """First a search is stopped that is still under way, then what is looked for is forgotten,
    then the log shows all, then the table."""
    node = a_node(100)
    async with a_screen(node) as (app, pilot):
        log, table = log_of(app), app.query_one(ClientsPane)
        await press(pilot, "slash", *"client:1", "enter", "2", "slash", *"message", "enter")
        node.pace = 0
        await press(pilot, "ctrl+f", *"9", "enter")
        steps = []
        for _ in range(4):
            await press(pilot, "escape")
            steps.append((", stopped" in title(app, "messages"), log.find, log.filter))
            node.pace = 1000
        assert steps == [(True, "9", "message"), (False, "", "message"), (False, "", ""),
                         (False, "", "")]  # fmt: skip
        assert table.filter == ""


async def test_a_backslash_clears_the_filter() -> None:
    """Whichever there is, the focused pane's first."""
    async with a_screen(a_node()) as (app, pilot):
        await press(pilot, "slash", *"client:1", "enter", "2", "slash", *"beep", "enter")
        await press(pilot, "backslash")
        table = app.query_one(ClientsPane)
        assert (table.filter, log_of(app).filter) == ("client:1", "")
        await press(pilot, "1", "backslash")
        assert table.filter == ""


async def test_what_is_looked_for_is_text_to_the_notice() -> None:
    """Brackets in it are shown as they are typed."""
    async with a_screen(a_node()) as (app, pilot):
        await press(pilot, "ctrl+f", *"[red]", "enter", "n")
        assert "nothing behind this one" in text(app)
        assert "[red]" in text(app)
