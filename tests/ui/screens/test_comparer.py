"""How a comparison is reached: v on one message and then on another, or on two clients."""

from array import array

from msgspec.structs import replace

from tcpmon.core.model import Cast, Kind
from tcpmon.ui.screens.compare import CompareScreen
from tcpmon.ui.screens.dialogue import DialogueScreen
from tests.ui.fakes import (
    SMALL,
    FakeNode,
    a_client,
    a_record,
    a_screen,
    lines,
    pane,
    text,
    until,
)

RECORDS = [
    a_record(0, b"hello 1\n"),
    a_record(1, b"hello 2\n", client=2),
    a_record(2, b"hello 3\n", Kind.TX),
    a_record(3, b"", Kind.EOF),
]


def a_node() -> FakeNode:
    """Three clients, two of which have said something."""
    return FakeNode([a_client(1), a_client(2), a_client(3)], list(RECORDS))


async def test_v_twice_compares_two_messages() -> None:
    """v puts a message aside, and v on another one shows both; so does v on a third one."""
    async with a_screen(a_node(), SMALL) as (app, pilot):
        await pilot.press("2", "g", "v")
        await until(pilot, lambda: "esc forgets" in text(app))
        assert "compare #1 RX 8 B" in lines(app)[0]
        for there in ("#2", "#1"):
            await pilot.press("j", "v")
            await until(pilot, lambda: "1 place differs, 1 B" in text(app))
            assert isinstance(app.screen, CompareScreen)
            head = pane(app, "comparison")[0]
            assert head.split()[0] == "#1"
            assert head.split()[2] == there
            await pilot.press("v")
            await until(pilot, lambda: "2 Messages" in text(app))


async def test_esc_forgets() -> None:
    """After esc nothing is put aside, and nothing else was undone by it."""
    async with a_screen(a_node(), SMALL) as (app, pilot):
        await pilot.press("f", "2", "g", "v", "escape")
        await pilot.pause()
        assert "compare #1" not in lines(app)[0]
        assert "only" in text(app)
        await pilot.press("v")
        await pilot.pause()
        assert "compare #1" in lines(app)[0]


async def test_the_same_message_is_not_compared_with_itself() -> None:
    """v on the message that is put aside says so."""
    async with a_screen(a_node(), SMALL) as (app, pilot):
        await pilot.press("2", "g", "v", "v")
        await until(pilot, lambda: "this is the one" in text(app))
        assert "2 Messages" in text(app)


async def test_only_messages_can_be_compared() -> None:
    """An event is no message, an empty log has none, and both are said."""
    async with a_screen(a_node(), SMALL) as (app, pilot):
        await pilot.press("2", "G", "v")
        await until(pilot, lambda: "only messages can be compared" in text(app))
    async with a_screen(FakeNode(), SMALL) as (app, pilot):
        await pilot.press("2", "v")
        await until(pilot, lambda: "only messages can be compared" in text(app))


async def test_what_is_put_aside_stays_when_the_log_drops_it() -> None:
    """The message that was put aside can be compared after it has left the log."""
    node = a_node()
    async with a_screen(node, SMALL) as (app, pilot):
        await pilot.press("2", "g", "v")
        await pilot.pause()
        del node.kept[0]
        await pilot.press("g", "v")
        await until(pilot, lambda: "1 place differs, 1 B" in text(app))


async def test_a_broadcast_is_called_by_how_many_it_was_for() -> None:
    """What was sent to several is compared too, and the heading says to how many."""
    node = a_node()
    cast = Cast(array("Q", [1, 2]))
    node.kept.append(replace(a_record(4, b"hello 5\n", Kind.CAST, 0), cast=cast))
    async with a_screen(node, SMALL) as (app, pilot):
        await pilot.press("2", "g", "v", "G", "v")
        await until(pilot, lambda: "1 place differs" in text(app))
        assert pane(app, "comparison")[0].endswith("to 2 clients")


async def test_two_marked_clients_are_compared() -> None:
    """v on two marked clients, or on one that is marked and the row of another."""
    for keys in (("space", "space", "v"), ("space", "v")):
        async with a_screen(a_node(), SMALL) as (app, pilot):
            await pilot.press(*keys)
            await until(pilot, lambda: "1 similar" in text(app))
            assert isinstance(app.screen, DialogueScreen)
            assert pane(app, "dialogue")[0].split()[::2] == ["#1", "#2"]
            await pilot.press("escape")
            await until(pilot, lambda: "1 Clients" in text(app))


async def test_any_other_number_of_clients_is_refused() -> None:
    """One client, or three, cannot be compared, and it says what can."""
    for keys in ((), ("asterisk",)):
        async with a_screen(a_node(), SMALL) as (app, pilot):
            await pilot.press(*keys, "v")
            await until(pilot, lambda: "two clients can be compared" in text(app))
            assert ("3 are" in text(app)) == bool(keys)
