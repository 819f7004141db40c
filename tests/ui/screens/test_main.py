"""The screen one works in: what a key orders, and what is asked first."""

import pytest

from tcpmon.core.commands import Disconnect, ForgetClosed, How, Permit, Send
from tcpmon.core.errors import Stopped
from tcpmon.core.model import Client
from tcpmon.ui.app import TcpmonApp
from tcpmon.ui.screens.main import MainScreen
from tcpmon.ui.widgets.clients import ClientsPane
from tcpmon.ui.widgets.composer import Composer
from tests.core.test_openings import CURL, HELLO
from tests.ui.fakes import (
    NOW,
    SECOND,
    SMALL,
    WIDE,
    FakeNode,
    a_client,
    a_record,
    a_screen,
    closed,
    lines,
    look,
    pane,
    text,
    title,
    until,
)


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


async def test_the_question_counts_who_is_there_now() -> None:
    """While the screen is paused, X still says how many clients it would close."""
    node = FakeNode([a_client(1)])
    async with a_screen(node) as (app, pilot):
        await pilot.press("p")
        node.clients += [a_client(2), a_client(3)]
        await pilot.press("X")
        await pilot.pause()
        assert "Disconnect 3 clients?" in text(app)


async def test_marks_go_with_the_clients_that_are_cleared() -> None:
    """Who was marked and has left the table is not written to; who is still there is."""
    node = FakeNode([closed(1), closed(2), a_client(3)])
    async with a_screen(node) as (app, pilot):
        await pilot.press("space", "space", "space")
        await pilot.pause()
        assert "marked 3" in title(app, "clients")
        del node.clients[:2]
        await pilot.press("C")
        await pilot.pause()
        assert "marked 1" in title(app, "clients")
        await pilot.press("s", "x", "enter")
        await pilot.pause()
    assert node.commands == [ForgetClosed(), Send(b"x\n", (3,))]


async def test_a_target_that_is_not_in_sight() -> None:
    """Whoever is written to, the border tells whether they are gone, and the line end is that
    of their listener, however far the table was scrolled, and when they have left it."""
    node = FakeNode([a_client(number) for number in range(1, 100)])
    async with a_screen(node) as (app, pilot):
        await pilot.press("s", "ctrl+n", "escape")  # LF becomes CRLF for this listener
        await pilot.pause()
        app.query_one(ClientsPane).scroll_rows(50)
        await pilot.press("s", "x", "enter")
        await pilot.pause()
        assert node.commands == [Send(b"x\r\n", (1,))]
        assert "Send to #1 127.0.0.1:40001 " in title(app, "composer")
        node.clients[0] = closed(1)
        await look(app, pilot)
        assert "Send to #1 127.0.0.1:40001, gone" in title(app, "composer")
        del node.clients[0]
        await look(app, pilot)
        assert "Send to #1, gone" in title(app, "composer")


@pytest.mark.parametrize("keys", ["B", "2B"])
async def test_callers_are_refused(keys: str) -> None:
    """B asks about the address of the row's client, also of the one whose message it is."""
    node = FakeNode([a_client(1), a_client(2, peer="10.0.0.7:40872")], [a_record(0, client=2)])
    async with a_screen(node) as (app, pilot):
        await pilot.press("down", *keys)
        await pilot.pause()
        for told in ("Refuse 10.0.0.7?", "10.0.0.0/24  w", "10.0.0.7, and disconnect 1 client  d"):
            assert told in text(app)
        await pilot.press("d")
        await pilot.pause()
    assert node.commands == [Permit("10.0.0.7", allow=False), Disconnect((2,))]


async def test_callers_from_where_marked_ones_are_are_refused() -> None:
    """B is for the marked clients, wherever they are in the table."""
    node = FakeNode([a_client(n, peer=f"10.0.{n}.1:80") for n in range(1, 100)])
    async with a_screen(node) as (app, pilot):
        await pilot.press("space", "space", "G", "B")
        await pilot.pause()
        assert "Refuse 2 addresses?" in text(app)
        await pilot.press("y")
        await pilot.pause()
    assert node.commands == [Permit(f"10.0.{n}.1", allow=False) for n in (1, 2)]


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


@pytest.mark.parametrize("key", ["d", "D"])
async def test_nobody_out_of_sight_is_disconnected(key: str) -> None:
    """When the row was scrolled away, the first d only brings it back."""
    node = FakeNode([a_client(number) for number in range(1, 100)])
    async with a_screen(node) as (app, pilot):
        app.query_one(ClientsPane).scroll_rows(50)
        await pilot.press(key)
        await pilot.pause()
        assert "out of sight" in text(app)
        assert any(row.startswith("▶") for row in pane(app, "clients"))
        assert node.commands == []
        await pilot.press(*{"d": "d", "D": "Dc"}[key])
        await pilot.pause()
    assert node.commands == [Disconnect((1,), How.CLOSE)]


@pytest.mark.parametrize("key", ["d", "D"])
async def test_in_the_log_only_the_marked_are_disconnected(key: str) -> None:
    """With the log in focus, the table's row is not what one looks at."""
    node = FakeNode([a_client(1), a_client(2)], [a_record(0, client=2)])
    async with a_screen(node) as (app, pilot):
        await pilot.press("2", key)
        await pilot.pause()
        assert "go to the client's row first" in text(app)
        await pilot.press("1", "space", "2", *{"d": "d", "D": "Dc"}[key])
        await pilot.pause()
    assert node.commands == [Disconnect((1,), How.CLOSE)]


async def test_in_the_log_one_writes_to_the_client_of_the_message() -> None:
    """s means the message's client, or the marked ones; 3 goes to the composer as it stands."""
    node = FakeNode([a_client(1), a_client(2)], [a_record(0, client=2)])
    async with a_screen(node) as (_, pilot):
        await pilot.press("2", "s", "a", "enter", "escape")
        await pilot.press("2", "3", "b", "enter", "escape")
        await pilot.press("1", "space", "2", "s", "c", "enter")
        await pilot.pause()
    assert node.commands == [Send(b"a\n", (2,)), Send(b"b\n", (1,)), Send(b"c\n", (1,))]


async def test_only_this_is_who_one_looks_at() -> None:
    """f means the table's row there and the message's client in the log; again, it is undone."""
    node = FakeNode([a_client(1), a_client(2)], [a_record(0, client=2)])
    async with a_screen(node) as (app, pilot):
        told = []
        for key in ("f", "down", "f", "f", "2", "f", "f"):
            await pilot.press(key)
            await pilot.pause()
            told.append(title(app, "messages").split("Messages")[1].split("127")[0].split("─")[0])
    whole = "  all clients "
    assert told == ["  only #1 ", "  only #1 ", "  only #2 ", whole, whole, "  only #2 ", whole]


@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_a_draft_is_for_those_it_was_written_for(size: tuple[int, int]) -> None:
    """What was written for one client is not there for others, and comes back with its form."""
    async with a_screen(FakeNode([a_client(1), a_client(2)]), size) as (app, pilot):
        composer = app.screen.query_one(Composer)
        seen = []
        await pilot.press("s", "ctrl+t", *"6869", "escape", "b")
        await pilot.pause()
        seen.append(composer.input.value)
        await pilot.press("ctrl+t", *"all", "escape", "down", "s")
        await pilot.pause()
        seen.append(composer.input.value)
        await pilot.press("escape", "up", "s")
        await pilot.pause()
        seen.append(f"{composer.form} {composer.input.value}")
        await pilot.press("escape", "b")
        await pilot.pause()
        seen.append(f"{composer.form} {composer.input.value}")
    assert seen == ["", "", "hex 6869", "text all"]


async def test_what_failed_comes_back_to_nobody_else() -> None:
    """A payload that nobody took is not put where one writes to others by then."""
    node = FakeNode([a_client(1)])
    node.answers[Send] = Stopped("it has stopped", "start it again")
    async with a_screen(node) as (app, pilot):
        screen, composer = app.screen, app.screen.query_one(Composer)
        assert isinstance(screen, MainScreen)
        await pilot.press("s", "x")
        composer.submit()
        screen._write_to(None)
        await pilot.pause()
        assert "it has stopped" in text(app)
        assert composer.input.value == ""


async def test_a_filter_is_typed_and_left() -> None:
    """/ opens the line; enter keeps the filter, esc there or in the table takes it away, and
    so does a backslash from anywhere."""
    node = FakeNode([a_client(1), closed(2), closed(3)])
    async with a_screen(node) as (app, pilot):
        table = app.screen.query_one(ClientsPane)
        await pilot.press("slash", *"state:closed")
        await pilot.pause()
        assert "2 of 3 shown" in lines(app)[app.screen.query_one("#filter").region.y]
        assert "enter Keep" in lines(app)[-1]
        await pilot.press("enter")
        await pilot.pause()
        assert app.screen.focused is table
        assert not app.screen.query_one("#filter").display
        assert table.filter == "state:closed"
        assert [row.split("127.")[0].split()[-1] for row in pane(app, "clients")[1:3]] == ["2", "3"]
        await pilot.press("escape")
        assert table.filter == ""
        await pilot.press("slash", "a", "b", "escape")
        await pilot.pause()
        assert (table.filter, app.screen.focused) == ("", table)
        await pilot.press("slash", "up", "enter", "2", "backslash")
        await pilot.pause()
        assert table.filter == ""


async def test_a_filter_that_is_typed_leaves_with_the_focus() -> None:
    """Who clicks elsewhere has left the line, and what could be read holds."""
    async with a_screen(FakeNode([a_client(1)]), WIDE) as (app, pilot):
        await pilot.press("slash", *"len>")
        await pilot.click("#messages", offset=(20, 3))
        await pilot.pause()
        assert not app.screen.query_one("#filter").display
        assert app.screen.query_one(ClientsPane).filter == "len"


async def test_a_filter_can_be_typed_in_a_zoomed_table() -> None:
    """The line is there while the table has the whole screen, and leaves it so."""
    async with a_screen(FakeNode([a_client(1), a_client(2)])) as (app, pilot):
        await pilot.press("z", "slash", *"client:2")
        await pilot.pause()
        assert "1 of 2 shown" in lines(app)[app.screen.query_one("#filter").region.y]
        await pilot.press("enter")
        await pilot.pause()
        assert app.screen.maximized is app.screen.query_one(ClientsPane)
        assert app.screen.focused is app.screen.maximized


async def test_completion_offers_who_is_hidden() -> None:
    """Tab puts in what there is to filter by, also of clients that the filter hides by now."""
    async with a_screen(FakeNode([a_client(1), a_client(27)])) as (app, pilot):
        await pilot.press("slash", *"client:1 | client:2", "tab", "enter")
        await pilot.pause()
        assert app.screen.query_one(ClientsPane).filter == "client:1 | client:27"


async def test_only_who_is_shown_is_marked() -> None:
    """With a filter * marks those it shows; who is marked stays so when hidden, and is named."""
    node = FakeNode([a_client(1), a_client(2), a_client(3), closed(4)])
    async with a_screen(node) as (app, pilot):
        table = app.screen.query_one(ClientsPane)
        await pilot.press("slash", *"client:2-4", "enter", "asterisk")
        await pilot.pause()
        assert table.marked == {2, 3}
        await pilot.press("slash", *["backspace"] * 10, *"client:1", "enter", "d")
        await pilot.pause()
        assert "#2 127.0.0.1:40002" in text(app)
        await pilot.press("escape", "C")
        await pilot.pause()
        assert table.marked == {2, 3}


def a_waiting_client(id: int) -> Client:
    """A client whose request nobody has answered."""
    return a_client(
        id, heard=NOW - 12 * SECOND, rx_bytes=len(CURL), last=CURL, first=CURL, unanswered=True
    )


@pytest.mark.parametrize(
    ("size", "waits"),
    [(SMALL, "HTTP, waits 12 s"), (WIDE, "GET /x HTTP/1.…  HTTP, waits 12 s")],
)
async def test_hints_are_told_until_they_are_turned_off(size: tuple[int, int], waits: str) -> None:
    """What was noticed stands in the table, behind the message and on the client's screen; H
    hides it, and shows it again."""
    node = FakeNode([a_waiting_client(1)], [a_record(0, HELLO), a_record(1, HELLO)])
    tls = "TLS hello, plain port" if size == SMALL else "TLS hello (SNI example.org"
    async with a_screen(node, size) as (app, pilot):
        assert waits in pane(app, "clients")[1]
        assert [tls in row for row in pane(app, "messages")[:2]] == [True, False]
        await pilot.press("H")
        await pilot.pause()
        assert "hints off" in text(app)
        assert "waits 12 s" not in text(app)
        assert tls not in text(app)
        await pilot.press("i")
        await until(pilot, lambda: "Client #1" in text(app))
        assert "Noticed" not in text(app)
        await pilot.press("escape", "H", "i")
        await until(pilot, lambda: "Noticed" in text(app))
        assert "HTTP request GET /x, client waits 12 s" in text(app)
        await pilot.press("escape")
        await until(pilot, lambda: "waits 12 s" in pane(app, "clients")[1])


async def test_no_hints_from_the_start() -> None:
    """Who starts without hints sees none until H."""
    app = TcpmonApp(FakeNode([a_waiting_client(1)]), "tcpmon-dark", hints=False)
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await pilot.pause()
        assert "waits" not in text(app)
        await pilot.press("H")
        await pilot.pause()
        assert "waits 12 s" in text(app)
