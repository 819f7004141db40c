"""How streams are cut is chosen: from a list or by a line, for one client, a listener or all."""

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot
from textual.widgets import Input

from tcpmon.core.commands import Cut
from tcpmon.core.framing.kinds import KINDS
from tcpmon.core.framing.spec import parse
from tcpmon.core.model import Ask, Framed
from tcpmon.ui.app import TcpmonApp
from tcpmon.ui.screens.framing import choices
from tests.core.safety import unsafe_in
from tests.ui.fakes import (
    LISTENER,
    SMALL,
    WIDE,
    CuttingNode,
    FakeNode,
    a_client,
    a_screen,
    lines,
    look,
    pane,
    text,
    title,
)

SECOND = replace(LISTENER, id=2, addresses=("127.0.0.1:9000",))


def typed(app: TcpmonApp) -> str:
    """Return what stands in the dialog's line."""
    return app.screen.query_one(Input).value


async def ask(pilot: Pilot[None], *keys: str) -> None:
    """Press keys, the last of which opens the dialog."""
    await pilot.press(*keys)
    await pilot.pause()
    await pilot.pause()


@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_a_kind_is_chosen(size: tuple[int, int]) -> None:
    """Down goes through the kinds, says what each does, and enter takes it."""
    node = FakeNode([a_client(1)])
    async with a_screen(node, size) as (app, pilot):
        await ask(pilot, "2", "m")
        assert "Cut into messages" in text(app)
        assert "for all clients" in text(app)
        seen = [typed(app)]
        for kind in KINDS[2:]:
            await pilot.press("down")
            await pilot.pause()
            assert kind.what[:40] in text(app)
            seen.append(typed(app))
        assert seen == ["none", *(kind.example for kind in KINDS[2:])]
        await pilot.press("pageup", "pageup", "down", "down", "enter")
        await pilot.pause()
    assert node.commands == [Cut("line:crlf")]


async def test_what_is_typed_is_checked_at_once() -> None:
    """A mistake is told while one types, and enter does not take it."""
    node = FakeNode([a_client(1)])
    async with a_screen(node) as (app, pilot):
        await ask(pilot, "2", "m")
        await pilot.press(*"u16b")
        await pilot.pause()
        assert "no framing is called 'u16b'; did you mean u16be?" in text(app)
        await pilot.press("enter")
        await pilot.pause()
        assert "Cut into messages" in text(app)
        await pilot.press(*"e:adjust=2", "enter")
        await pilot.pause()
        assert "Cut into messages" not in text(app)
    assert node.commands == [Cut("u16be:adjust=2")]


async def test_escape_changes_nothing() -> None:
    """Whatever was typed."""
    node = FakeNode([a_client(1)])
    async with a_screen(node) as (app, pilot):
        await ask(pilot, "m")
        await pilot.press(*"line", "escape")
        await pilot.pause()
        assert "Cut into messages" not in text(app)
    assert node.commands == []


async def test_for_whom_goes_round() -> None:
    """Tab goes from the client to its listener to all others, each with what holds there; an
    empty line gives back what holds for others."""
    node = FakeNode([a_client(1), a_client(2)])
    node.listeners = (LISTENER, SECOND)
    node.framed = Framed("line", {1: "mqtt"}, {2: "gap:5ms"})
    async with a_screen(node) as (app, pilot):
        await ask(pilot, "down", "m")
        seen = [(typed(app), "for client #2 127.0.0.1:40002  (1 of 3, tab)" in text(app))]
        await ask(pilot, "tab")
        seen.append((typed(app), "all who come in by 127.0.0.1:8000" in text(app)))
        await ask(pilot, "tab")
        seen.append((typed(app), "for all other clients" in text(app)))
        await ask(pilot, "tab", "shift+tab", "shift+tab")
        assert seen == [("gap:5ms", True), ("mqtt", True), ("line", True)]
        assert typed(app) == "mqtt"
        await ask(pilot, "backspace")
        assert "as for the others" in text(app)
        await pilot.press("enter")
        await pilot.pause()
    assert node.commands == [Cut("", listener=1)]


async def test_what_is_typed_stays_when_it_is_for_somebody_else() -> None:
    """How and for whom are chosen in either order: tab takes along what was typed or taken from
    the list."""
    node = FakeNode([a_client(1)])
    async with a_screen(node) as (app, pilot):
        await ask(pilot, "m", *"u16be", "tab")
        assert typed(app) == "u16be"
        assert "for all other clients" in text(app)
        await ask(pilot, "enter", "m", "down", "tab")
        assert typed(app) == KINDS[1].example
        await ask(pilot, "enter")
    assert node.commands == [Cut("u16be"), Cut(KINDS[1].example)]


async def test_a_short_name_of_a_length_has_words_too() -> None:
    """It stands at its kind in the list and says what it does."""
    node = FakeNode([a_client(1)])
    node.framed = Framed("u16be", {}, {})
    async with a_screen(node) as (app, pilot):
        await ask(pilot, "2", "m")
        assert "adjust=±BYTES" in text(app)
        assert any("▶ length" in line for line in lines(app))
        await ask(pilot, "tab")
        assert typed(app) == "u16be"


def test_who_is_offered() -> None:
    """From what is looked at outwards; a listener only where there are several, and not one by
    which this client did not come."""
    node = FakeNode([a_client(1)])
    view = node.view(Ask())

    def whom(all_first: bool = False, known: bool = True) -> list[Cut]:
        found = choices(view, a_client(1) if known else None, all_first)
        return [each.cut for each in found]

    assert whom() == [Cut("", client=1), Cut("")]
    assert whom(all_first=True) == [Cut(""), Cut("", client=1)]
    assert whom(known=False) == [Cut("")]
    view = replace(view, listeners=(LISTENER, SECOND))
    assert whom() == [Cut("", client=1), Cut("", listener=1), Cut("")]
    assert whom(known=False) == [Cut("", listener=1), Cut("", listener=2), Cut("")]


@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_what_was_read_is_cut_anew(size: tuple[int, int]) -> None:
    """What is kept is cut as if it had always been, and the title says how."""
    node = CuttingNode([a_client(1)])
    node.say(b"one\ntwo\nth")
    node.say(b"ree\n")
    async with a_screen(node, size) as (app, pilot):
        await ask(pilot, "2", "m")
        await pilot.press(*"line", "enter")
        await pilot.pause()
        await look(app, pilot)
        rows = [row for row in pane(app, "messages") if row]
        assert "by line" in title(app, "messages")
    assert [row.split("RX")[1].split()[1] for row in rows] == ["one", "two", "three"]


async def test_a_hostile_line() -> None:
    """What is pasted is told of only in a way that is safe to print."""
    node = FakeNode([a_client(1)])
    async with a_screen(node) as (app, pilot):
        await ask(pilot, "m")
        app.screen.query_one(Input).value = "delimiter:\x1b]52;c;AAAA\x07\u202e[red]\\"
        await pilot.pause()
        assert [unsafe_in(line) for line in lines(app)] == [[]] * SMALL[1]
        await pilot.press("enter")
        await pilot.pause()
    assert node.commands == []


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_example_can_be_read(kind: object) -> None:
    """What the list puts into the line is right as it stands."""
    example = next(each.example for each in KINDS if each is kind)
    framing = parse(example)
    assert parse(str(framing)) == framing
