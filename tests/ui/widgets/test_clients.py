"""The client table."""

import pytest
from msgspec.structs import replace

from tcpmon.core.commands import Send
from tcpmon.core.model import Ask, Backlog, Listener, State, Trouble, View
from tcpmon.ui.client_rows import COLUMNS, Column, columns_for
from tcpmon.ui.widgets.clients import ClientsPane
from tests.ui.fakes import (
    NOW,
    SMALL,
    WIDE,
    FakeNode,
    a_client,
    a_screen,
    closed,
    lines,
    look,
    pane,
    text,
    title,
)


def selected(rows: list[str]) -> str:
    """Return the row under the cursor, without the cursor."""
    return next(row[1:].split("127")[0].strip(" ✓") for row in rows if row.startswith("▶"))


async def test_a_client_is_a_row_with_what_is_known_of_it() -> None:
    """A row tells state, number, address, when it was heard, amounts and what came last."""
    client = a_client(7, rx_bytes=12_400, tx_bytes=48, rx_messages=1203, unsent=18_000)
    async with a_screen(FakeNode([client]), WIDE) as (app, _):
        heading, row, *_ = pane(app, "clients")
    for label in (
        "#",
        "Remote",
        "On",
        "Age",
        "Heard",
        "RX",
        "TX",
        "RX/s",
        "Msgs",
        "Unsent",
        "Last",
    ):
        assert label in heading
    told = ("●", " 7 ", "127.0.0.1:40007", "127.0.0.1:8000", "1m00", "1.0s", "12.4 kB", "48 B",
            "1,203", "18.0 kB", "hello\\n")  # fmt: skip
    for part in told:
        assert part in row


@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_ten_thousand_clients_cost_what_the_screen_shows(size: tuple[int, int]) -> None:
    """However many clients there are, no more rows are asked for than fit."""
    node = FakeNode([a_client(number) for number in range(1, 10_001)])
    async with a_screen(node, size) as (app, pilot):
        await pilot.press("G", "pageup", "g", "pagedown")
        assert 0 < node.asked_rows <= size[1]
        assert "10,000 open" in title(app, "clients")


async def test_the_cursor_goes_through_all_rows() -> None:
    """Down, page down, last, up, page up and first move the cursor, and it is always seen."""
    async with a_screen(FakeNode([a_client(n) for n in range(1, 101)])) as (app, pilot):
        seen = []
        for key in ("down", "j", "pagedown", "G", "k", "up", "pageup", "g"):
            await pilot.press(key)
            await pilot.pause()
            seen.append(int(selected(pane(app, "clients")).split()[-1]))
    height = seen[2] - seen[1]
    assert seen[:2] == [2, 3]
    assert height > 2
    assert seen[3:] == [100, 99, 98, 98 - height, 1]


async def test_the_cursor_stays_with_its_client() -> None:
    """When the order changes, or the client leaves, the cursor is still on it."""
    node = FakeNode([a_client(number, rx_bytes=number) for number in range(1, 40)])
    async with a_screen(node) as (app, pilot):
        await pilot.press("down")
        heading = pane(app, "clients")[0]
        await pilot.click("#clients", offset=(heading.index("RX") + 2, 1))  # the most first
        await pilot.pause()
        assert "by RX ▼" in title(app, "clients")
        assert selected(pane(app, "clients")).endswith("2")
        node.clients[1] = closed(2, "reset by peer")
        await look(app, pilot)
        row = next(row for row in pane(app, "clients") if row.startswith("▶"))
        assert "✗" in row
        assert "reset by peer" in row


@pytest.mark.parametrize(
    ("keys", "gone", "heir"), [(["down"], 2, 3), (["G", "up"], 98, 99), (["G"], 99, 98)]
)
async def test_a_row_that_is_cleared_hands_the_cursor_on(
    keys: list[str], gone: int, heir: int
) -> None:
    """When the client under the cursor leaves the table, what takes its row has the cursor."""
    node = FakeNode([a_client(number) for number in range(1, 100)])
    async with a_screen(node) as (app, pilot):
        await pilot.press(*keys)
        await pilot.pause()
        assert selected(pane(app, "clients")).endswith(f" {gone}")
        del node.clients[gone - 1]
        await look(app, pilot)
        assert selected(pane(app, "clients")).endswith(f" {heir}")


async def test_a_table_that_shrinks_has_the_cursor_on_its_last_row() -> None:
    """When most rows leave the table, the cursor goes on where there still is a row."""
    node = FakeNode([a_client(number) for number in range(1, 100)])
    async with a_screen(node) as (app, pilot):
        await pilot.press("G")
        del node.clients[5:]
        await look(app, pilot)
        assert selected(pane(app, "clients")).split()[-1] == "5"
        node.clients.clear()
        await look(app, pilot)
        await pilot.press("s")
        await pilot.pause()
        assert "nobody to send to" in text(app)


async def test_the_picture_under_the_eyes_does_not_jump() -> None:
    """New clients at the end do not move the rows that are looked at."""
    node = FakeNode([a_client(number) for number in range(1, 60)])
    async with a_screen(node) as (app, pilot):
        await pilot.press("pagedown", "pagedown")
        await pilot.pause()
        before = pane(app, "clients")
        node.clients += [a_client(number) for number in range(60, 90)]
        await look(app, pilot)
        assert pane(app, "clients") == before


async def test_marks_decide_who_is_meant() -> None:
    """Marked clients are the targets; without marks it is the row under the cursor."""
    node = FakeNode([a_client(number) for number in range(1, 6)])
    async with a_screen(node) as (app, pilot):
        await pilot.press("space", "down", "space")  # space goes on to the next by itself
        await pilot.pause()
        assert "marked 2" in title(app, "clients")
        await pilot.press("s", "x", "enter")
        await pilot.pause()
        await pilot.press("escape", "u", "s", "y", "enter")
        await pilot.pause()
    assert node.commands == [Send(b"x\n", (1, 3)), Send(b"y\n", (4,))]


async def test_all_open_clients_can_be_marked() -> None:
    """The star marks every open client, wherever it is, and no closed one."""
    node = FakeNode([a_client(number) for number in range(1, 200)] + [closed(200)])
    async with a_screen(node) as (app, pilot):
        await pilot.press("asterisk")
        await pilot.pause()
        assert "marked 199" in title(app, "clients")


async def test_a_slow_client_says_so() -> None:
    """A client that does not read is marked in words, with how much waits for it."""
    stuck = a_client(1, backlog=Backlog.STUCK, trouble=Trouble.UNREAD, unsent=9_000_000)
    half, gone = a_client(2, state=State.HALF), a_client(3, trouble=Trouble.GONE, retransmits=3)
    for size in (SMALL, WIDE):
        async with a_screen(FakeNode([stuck, half, gone]), size) as (app, _):
            rows = pane(app, "clients")
        for row, glyph, words in (
            (rows[1], "!", "does not read 9.0 MB"),
            (rows[2], "◐", "half-closed by peer"),
            (rows[3], "!", "does not answer"),
        ):
            assert row.split()[0].strip("▶") == glyph or row.split()[1] == glyph
            assert words in row


async def test_the_mouse_selects_sorts_and_scrolls() -> None:
    """A click selects a row, one on a heading sorts and again reverses, the wheel scrolls."""
    node = FakeNode([a_client(number) for number in range(1, 60)])
    async with a_screen(node) as (app, pilot):
        await pilot.click("#clients", offset=(20, 4))
        await pilot.pause()
        assert selected(pane(app, "clients")).endswith("3")
        await pilot.click("#clients", offset=(pane(app, "clients")[0].index("#") + 2, 1))
        await pilot.pause()
        assert "by # ▼" in title(app, "clients")
        first = pane(app, "clients")[1]
        await pilot._post_mouse_events(_wheel(), "#clients", (10, 3), button=0)
        await pilot.pause()
        assert pane(app, "clients")[1] != first


def _wheel() -> list[type]:
    from textual.events import MouseScrollDown

    return [MouseScrollDown]


async def test_a_double_click_opens() -> None:
    """A double click on a client shows only its messages, as enter does."""
    async with a_screen(FakeNode([a_client(1), a_client(2)])) as (app, pilot):
        await pilot.click("#clients", offset=(20, 3), times=2)
        await pilot.pause()
        assert "only #2 127.0.0.1:40002" in title(app, "messages")


async def test_the_keyboard_sorts_by_every_column() -> None:
    """Going through the columns comes back to the first one; O turns the order round."""
    async with a_screen(FakeNode([a_client(1)]), WIDE) as (app, pilot):
        labels = []
        for _ in COLUMNS:
            await pilot.press("o")
            await pilot.pause()
            labels.append(title(app, "clients").split("by ")[1].split()[0])
        assert set(labels) == {column.label or "state" for column in COLUMNS} - {"Name"}
        await pilot.press("O")
        await pilot.pause()
        assert "▼" in title(app, "clients")


@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_names_are_in_the_table(size: tuple[int, int]) -> None:
    """As soon as somebody has a name the table shows names, also when he is out of sight."""
    node = FakeNode([a_client(number) for number in range(1, 60)])
    async with a_screen(node, size) as (app, pilot):
        assert "Name" not in pane(app, "clients")[0]
        node.clients[0] = a_client(1, name="gps-0417")
        await look(app, pilot)
        assert "Name" in pane(app, "clients")[0]
        assert "gps-0417" in pane(app, "clients")[1]
        await pilot.press("G")
        await pilot.pause()
        assert "gps-0417" not in text(app)
        assert "Name" in pane(app, "clients")[0]
        await pilot.press("o")
        await pilot.pause()
        assert "by Name ▲" in title(app, "clients")


async def test_a_table_without_room_can_be_sorted() -> None:
    """Where not a single column fits, sorting does no harm."""
    async with a_screen(FakeNode([a_client(1)]), (5, 5)) as (app, pilot):
        await pilot.press("o")
        assert app.query_one(ClientsPane).sort == "name"


@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_an_empty_table_tells_the_way_in(size: tuple[int, int]) -> None:
    """With nobody there, the table shows lines to paste elsewhere, with the real addresses."""
    async with a_screen(FakeNode(), size) as (app, _):
        rows = "\n".join(pane(app, "clients"))
    assert "nc 127.0.0.1 8000" in rows
    assert "tcpmon :8000 listens on all addresses" in rows


async def test_the_way_in_is_that_of_the_listeners() -> None:
    """All interfaces show the network's address, a Unix socket its path, nothing a way to add."""
    node = FakeNode()
    node.listeners = (
        Listener(1, "*:9000", ("0.0.0.0:9000",), ("127.0.0.1:9000",), ("192.0.2.7:9000",), 0, 0, 0),
        Listener(2, "unix:/tmp/a.sock", ("unix:/tmp/a.sock",), ("unix:/tmp/a.sock",), (), 0, 0, 0),
    )
    async with a_screen(node, WIDE) as (app, pilot):
        rows = "\n".join(pane(app, "clients"))
        assert "nc 127.0.0.1 9000" in rows
        assert "nc 192.0.2.7 9000" in rows
        assert "nc -U /tmp/a.sock" in rows
        node.listeners = ()
        await look(app, pilot)
        assert "Not listening on anything" in text(app)


async def test_rows_never_break_the_frame() -> None:
    """At any width every line of the screen is as wide as the screen."""
    wild = "日本\\u{202e}" * 20
    clients = [
        a_client(1, peer=f"[2001:db8::{'f' * 20}]:40000", last="日本語\x1b[31m".encode() * 20),
        a_client(1_000_000, rx_bytes=10**15, tx_bytes=10**15, rx_messages=10**12),
        replace(closed(3), end=wild, opened=NOW - 10**18),
    ]
    for width in (20, 33, 40, 61, 80, 99, 120, 160, 300):
        async with a_screen(FakeNode(clients), (width, 24)) as (app, _):
            from rich.cells import cell_len

            assert {cell_len(line) for line in lines(app)} == {width}


@pytest.mark.parametrize("cause", ["arrivals", "composer", "resize", "order"])
async def test_the_cursor_stays_in_view(cause: str) -> None:
    """Whoever comes before it, and however little room is left, the cursor's row is seen."""
    node = FakeNode([a_client(number, rx_bytes=number) for number in range(1, 60)])
    async with a_screen(node, (80, 31)) as (app, pilot):
        if cause != "order":
            await pilot.press("O")
        table = app.query_one(ClientsPane)
        rows = len(pane(app, "clients")) - 1
        await pilot.press("g", *["down"] * (rows - 1))
        await pilot.pause()
        chosen = selected(pane(app, "clients"))
        assert pane(app, "clients")[-1].startswith("▶")
        if cause == "arrivals":
            node.clients += [a_client(number) for number in range(60, 160)]
            await look(app, pilot)
        elif cause == "composer":
            await pilot.press("b")
        elif cause == "resize":
            await pilot.resize_terminal(80, 16)
        else:
            for client in node.clients:
                node.clients[client.id - 1] = replace(client, rx_bytes=client.id * 2)
            table.sort, table.reverse = "rx", True
            await look(app, pilot)
        await pilot.pause()
        assert selected(pane(app, "clients")) == chosen


@pytest.mark.parametrize(("key", "seen"), [("space", 2), ("s", 1), ("down", 2)])
async def test_a_wheel_leaves_the_cursor_behind(key: str, seen: int) -> None:
    """Who scrolls away stays away, until a key moves the cursor or means its client."""
    node = FakeNode([a_client(number) for number in range(1, 100)])
    async with a_screen(node) as (app, pilot):
        app.query_one(ClientsPane).scroll_rows(50)
        await look(app, pilot)
        assert not any(row.startswith("▶") for row in pane(app, "clients"))
        await pilot.press(key)
        await pilot.pause()
        assert selected(pane(app, "clients")).endswith(f" {seen}")


async def test_a_flood_of_clients_ends_the_chase() -> None:
    """When the cursor's row is elsewhere in every picture, each is still painted."""
    node = FakeNode([a_client(number) for number in range(1, 60)])
    async with a_screen(node) as (app, pilot):
        await pilot.press("O", "g")
        seen = node.view

        def view(ask: Ask) -> View:
            last = len(node.clients)
            node.clients += [a_client(last + number) for number in range(1, 21)]
            return seen(ask)

        node.view = view  # type: ignore[method-assign]
        await look(app, pilot)
        assert "open" in title(app, "clients")


async def test_more_have_closed_than_the_table_keeps() -> None:
    """The title tells how many have closed in all, if the table has not all of them."""
    node = FakeNode([a_client(1), closed(2), closed(3)])
    async with a_screen(node) as (app, pilot):
        assert "1 open, 2 closed" in title(app, "clients")
        node.changes = {"closed": 1000, "accepted": 3001}
        await look(app, pilot)
        assert "1 open, 1,000 of 3,000 closed" in title(app, "clients")


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.sort)
@pytest.mark.parametrize("width", [1, 20, 80, 160])
async def test_the_heading_points_at_the_order(column: Column, width: int) -> None:
    """However narrow its column, the heading that is sorted by ends in the arrow."""
    async with a_screen(FakeNode([a_client(1)]), (width + 10, 24)) as (app, pilot):
        table = app.query_one(ClientsPane)
        table.sort = column.sort
        await look(app, pilot)
        shown = {shown.sort for shown, _ in columns_for(table.body_width - 3)}
        assert ("▲" in pane(app, "clients")[0]) is (column.sort in shown)


SOME = [a_client(1), a_client(2, rx_bytes=5_000_000), closed(3), a_client(4, rx_bytes=9_000_000)]


@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_a_filter_hides_rows(size: tuple[int, int]) -> None:
    """Only who matches has a row; the title says how many of how many, and the filter."""
    async with a_screen(FakeNode(SOME), size) as (app, pilot):
        await look(app, pilot)
        await pilot.press("down", "down", "slash", *"rx>1MB", "enter")
        await look(app, pilot)
        rows = pane(app, "clients")
        assert [row.split("127.")[0].split()[-1] for row in rows[1:3]] == ["2", "4"]
        assert rows[3:] == [""] * len(rows[3:])
        assert any(row.startswith("▶") for row in rows)
        assert "2 of 4 shown" in title(app, "clients")
        assert "filter rx>1MB  by # ▲" in title(app, "clients")
        await pilot.press("escape")
        await look(app, pilot)
        assert pane(app, "clients")[3].startswith("▶")
        app.screen.query_one(ClientsPane).set_filter("rx>1MB " * 30)
        await look(app, pilot)
        assert "…  by # ▲" in title(app, "clients")


async def test_an_empty_filtered_table_says_why() -> None:
    """Where a filter hides everybody, it is named, and how to get rid of it."""
    node = FakeNode([*SOME])
    async with a_screen(node) as (app, pilot):
        table = app.screen.query_one(ClientsPane)
        height = table.size.height
        table.set_filter("idle>30s")
        await look(app, pilot)
        assert "4 clients, none matches idle>30s" in text(app)
        assert "\\  clear the filter" in text(app)
        assert table.size.height == height
        del node.clients[1:]
        await look(app, pilot)
        assert "1 client, which does not match idle>30s" in text(app)
        await pilot.press("backslash")
        await look(app, pilot)
        assert "1 open" in title(app, "clients")
        node.clients.clear()
        table.set_filter("idle>30s")
        await look(app, pilot)
        assert "Nobody is connected yet" in text(app)


async def test_a_filter_in_trouble_says_so() -> None:
    """What is wrong with the filter by now stands where else its numbers are."""

    class Troubled(FakeNode):
        def view(self, ask: Ask) -> View:
            return replace(super().view(ask), trouble="the pattern /x/ takes too long")

    async with a_screen(Troubled(SOME)) as (app, pilot):
        app.screen.query_one(ClientsPane).set_filter("/x/")
        await look(app, pilot)
        assert "the pattern /x/ takes too long" in title(app, "clients")
