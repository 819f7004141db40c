"""Two clients' conversations side by side, by its keys."""

import asyncio
import random
from array import array

import pytest
from msgspec.structs import replace
from textual.events import Key

from tcpmon.core.model import Cast, Kind, Lens, Message, Place, Record
from tcpmon.ui.clipboard import Clipboard
from tcpmon.ui.screens import dialogue
from tcpmon.ui.screens.dialogue import hear, opened
from tcpmon.ui.screens.main import MainScreen
from tests.ui.fakes import (
    SECOND,
    SMALL,
    FakeNode,
    a_client,
    a_record,
    a_screen,
    pane,
    text,
    title,
    until,
)

RECORDS = [
    a_record(0, b"peer\0listener", Kind.OPEN),
    a_record(1, b"hello\n"),
    a_record(2, b"hello\n", client=2),
    a_record(3, b"temp=21.5\n"),
    a_record(4, b"ok\n", Kind.TX),
    a_record(5, b"temp=22.5\n", client=2),
    a_record(6, b"ok\n", Kind.TX, 2),
    a_record(7, b"bye\n"),
]


def a_node(records: list[Record] | None = None) -> FakeNode:
    """Two clients, the second of which came a tenth of a second later."""
    late = a_client(2)
    late = replace(late, opened=late.opened + SECOND // 10)
    return FakeNode([a_client(1), late], list(records or RECORDS))


def rows(app: object) -> list[str]:
    """The pairs that are shown."""
    return [row for row in pane(app, "dialogue")[4:] if row]  # type: ignore[arg-type]


async def test_messages_stand_beside_each_other() -> None:
    """Equal, similar, only left, each with its time since the client came, and how much later."""
    async with a_screen(a_node(), SMALL) as (app, pilot):
        await pilot.press("space", "space", "v")
        await until(pilot, lambda: "2 equal, 1 similar, 1 only left" in text(app))
        shown = rows(app)
        signs = [row[33] for row in shown]
        assert signs == ["=", "~", "=", "<"]
        assert [row.split()[-1] for row in shown[:3]] == ["-0.099", "-0.098", "-0.098"]
        assert "temp=21.5" in shown[1]
        assert "temp=22.5" in shown[1]
        assert shown[3].count("+1:00.0") == 1


async def test_its_keys() -> None:
    """n and N step through what is not equal, enter shows both messages, s swaps, v leaves."""
    async with a_screen(a_node(), SMALL) as (app, pilot):
        await pilot.press("space", "space", "v")
        await until(pilot, lambda: "1 similar" in text(app))
        await pilot.press("n", "n", "N", "enter")
        await until(pilot, lambda: "1 place differs, 1 B" in text(app))
        assert "[31]" in text(app)
        assert "[32]" in text(app)
        await pilot.press("escape")
        await until(pilot, lambda: "1 similar" in text(app))
        await pilot.press("s", "n", "enter")
        await until(pilot, lambda: "only the right one has this message" in text(app))
        assert "1 only right" in text(app)
        await pilot.press("n", "N", "N", "N")
        await until(pilot, lambda: "no difference before this one" in text(app))
        assert "no difference after this one" in text(app)
        await pilot.press("G", "pageup", "pagedown", "up", "down", "g")
        await pilot.pause()
        assert rows(app)[0].startswith("▶")
        await pilot.press("v")
        await until(pilot, lambda: "1 Clients" in text(app))


async def test_what_is_not_equal_can_be_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    """y copies whose they are and every pair that is not equal."""
    copied: list[str] = []

    async def copy(self: Clipboard, text: str) -> str:
        copied.append(text)
        return "copied"

    monkeypatch.setattr(Clipboard, "copy", copy)
    async with a_screen(a_node(), SMALL) as (app, pilot):
        await pilot.press("space", "space", "v")
        await until(pilot, lambda: "1 similar" in text(app))
        await pilot.press("y")
        await until(pilot, lambda: bool(copied))
    assert "temp=21.5\\n" in copied[0]
    assert "bye\\n" in copied[0]
    assert "hello" not in copied[0]


async def test_a_message_that_was_dropped_meanwhile() -> None:
    """It is said that it is no longer kept."""
    node = a_node()
    async with a_screen(node, SMALL) as (app, pilot):
        await pilot.press("space", "space", "v")
        await until(pilot, lambda: "1 similar" in text(app))
        del node.kept[3]
        await pilot.press("n", "enter")
        await until(pilot, lambda: "no longer kept" in text(app))


async def test_of_long_conversations_the_newest_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not more than so many messages are read, a page at a time, and it says so."""
    monkeypatch.setattr(dialogue, "MOST", 50)
    monkeypatch.setattr(dialogue, "PAGE", 7)
    records = [a_record(n, b"m%d\n" % n, client=1 + n % 2) for n in range(300)]
    node = a_node(records)
    async with a_screen(node, SMALL) as (app, pilot):
        await pilot.press("space", "space", "v")
        await until(pilot, lambda: "newest 50 and 50 only" in text(app))
        assert "m200" in rows(app)[0]


async def test_what_is_read_of_a_client() -> None:
    """What was said and sent, the broadcasts it got too, in full up to a limit; no events."""
    cast = Cast(array("Q", [1, 2]), skipped={2: "gone"})
    records = [
        *RECORDS, replace(a_record(8, b"to all", Kind.CAST, 0), cast=cast),
        a_record(9, b"x" * 10_000),
    ]  # fmt: skip

    class Node(FakeNode):
        def records(self, start: int, count: int, client: int | None = None) -> list[Record]:
            mine = [r for r in self.kept if client in (r.cast.receivers if r.cast else [r.client])]
            return [r for r in mine if r.seq < start][count:]

    heard = await hear(Node([], records), 1)
    assert [message.seq for message in heard.messages] == [9, 8, 7, 4, 3, 1]
    assert (heard.more, heard.cut) == (False, True)
    assert len(heard.messages[0].data) == dialogue.HEAD_BYTES
    other = await hear(Node([], records), 2)
    assert [message.seq for message in other.messages] == [6, 5, 2]
    assert (other.more, other.cut) == (False, False)


async def test_what_was_left_out_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """That long messages were looked at in part, and that too little is alike, is said; it fits
    a small screen with all that can be said."""
    monkeypatch.setattr("tcpmon.core.dialogue._RESEMBLANCES", 50)
    dice = random.Random(1)
    records = [a_record(n, dice.randbytes(5000), client=1 + n % 2) for n in range(40)]
    async with a_screen(a_node(records), SMALL) as (app, pilot):
        await pilot.press("space", "space", "v")
        await until(pilot, lambda: "long ones by first 4 KiB; not all paired" in text(app))


async def test_reading_is_bounded_by_bytes_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of large messages fewer are taken."""
    monkeypatch.setattr(dialogue, "MOST_BYTES", 10_000)
    node = FakeNode([], [a_record(n, b"x" * 3000) for n in range(9)])
    heard = await hear(node, 1)
    assert opened(node, 1, heard) == heard.messages[-1].time
    assert len(heard.messages) == 4
    assert heard.more


async def test_the_keys_go_on_while_it_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two pages keys are answered: one can leave before all is read."""
    monkeypatch.setattr(dialogue, "PAGE", 1)
    asked = 0

    class Node(FakeNode):
        def messages(self, start: Place, count: int, lens: Lens) -> list[Message]:
            nonlocal asked
            if lens.most == dialogue.HEAD_BYTES and count == -1:
                asked += 1
                return super().messages((8, 0), count, Lens(1))  # it never ends
            return super().messages(start, count, lens)

    async with a_screen(Node(a_node().clients, RECORDS), SMALL) as (app, pilot):
        await pilot.press("space", "space")
        main = app.screen
        assert isinstance(main, MainScreen)
        main.action_compare()
        async with asyncio.timeout(10):
            while asked < 10:  # it is busy all the time, so that Pilot would wait for ever
                await asyncio.sleep(0)
            assert "Compare clients" in title(app, "dialogue")
            app.post_message(Key("escape", None))
            while app.screen is not main:
                await asyncio.sleep(0)
        await pilot.pause()
        before = asked
        await pilot.pause()
        assert asked == before < dialogue.MOST
