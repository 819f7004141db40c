"""Who got what was sent, on the screen."""

from array import array

import pytest
from msgspec.structs import replace

from tcpmon.core.model import Cast, Kind, Record
from tcpmon.ui.clipboard import Clipboard
from tcpmon.ui.screens.receipt import ReceiptScreen
from tests.ui.fakes import (
    SMALL,
    WIDE,
    FakeNode,
    a_client,
    a_record,
    a_screen,
    pane,
    text,
    title,
    until,
)

HOSTILE = b"\x1b]0;PWNED\x07 [red]"


def a_cast(receivers: int = 5) -> Record:
    """A payload for several: 2 was left out, 3 waits, 4 was dropped, 5 ended."""
    cast = Cast(array("I", range(1, receivers + 1)), {2: "gone"}, {3}, {4, 5}, {4})
    return replace(a_record(0, HOSTILE, Kind.CAST, 0), cast=cast, queued=1, unsent=2)


def a_node(record: Record) -> FakeNode:
    return FakeNode([a_client(1, name="gps-1"), a_client(2)], [record])


@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_who_did_not_get_it_stands_first(size: tuple[int, int]) -> None:
    """Each receiver has a row with what became of it, above them is how many of each there are,
    and what was sent is escaped."""
    async with a_screen(a_node(a_cast()), size) as (app, pilot):
        await pilot.press("2", "W")
        await pilot.pause()
        rows = pane(app, "receipt")
        assert rows[0] == "5 in all  1 not given  1 dropped  1 lost  1 waits  1 sent"
        assert [row.replace("▶", " ").split("#")[1][0] for row in rows[2:7]] == list("24531")
        assert rows[2].startswith("▶ not given #2 127.0.0.1:40002")
        assert "gone" in rows[2]
        assert "made room" in rows[3]
        assert rows[6].startswith("  sent      #1 gps-1 127.0.0.1:40001")
        assert r"Who got it \x1b]0;PWNED\x07 [red] 16 B" in title(app, "receipt")
        await pilot.press("escape")
        assert "Who got it" not in text(app)


async def test_what_becomes_of_it_is_seen() -> None:
    """While it waits for some one sees when they have it; what is no longer kept says so, and
    stays as it was last known."""
    node = a_node(a_cast())
    async with a_screen(node) as (app, pilot):
        await pilot.press("2", "W")
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, ReceiptScreen)
        (record,) = node.kept
        assert record.cast
        record.cast.waiting.clear()
        node.kept[0] = replace(record, queued=0)
        screen._look()
        await pilot.pause()
        assert pane(app, "receipt")[0] == "5 in all  1 not given  1 dropped  1 lost  2 sent"
        node.kept.clear()
        screen._look()
        await pilot.pause()
        assert "no longer kept" in title(app, "receipt")
        assert "2 sent" in text(app)


async def test_one_receiver_has_a_receipt_too() -> None:
    """What was sent to one client says whether it has it."""
    record = replace(a_record(0, b"hi", Kind.TX), queued=1)
    async with a_screen(a_node(record)) as (app, pilot):
        await pilot.press("2", "W")
        await pilot.pause()
        assert pane(app, "receipt")[0] == "1 in all  1 waits"


async def test_what_was_sent_is_told_whole() -> None:
    """The title tells how much was sent, though the log shows the beginning only."""
    node = a_node(a_record(0, b"x" * 9_000_000, Kind.TX))
    async with a_screen(node) as (app, pilot):
        await pilot.press("2", "W")
        await pilot.pause()
        assert "xx… 9.0 MB" in title(app, "receipt")


async def test_ten_thousand_receivers_are_a_screenful() -> None:
    """However many there are, only those that are shown are looked up, and one gets to the last
    of them with a key."""
    node = a_node(a_cast(10_000))
    async with a_screen(node) as (app, pilot):
        await pilot.press("2", "W")
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, ReceiptScreen)
        await pilot.press("pagedown", "end", "k")
        await pilot.pause()
        assert "#9999" in next(row for row in pane(app, "receipt") if "▶" in row)
        assert len(screen._pane._titles) < 100
        await pilot.press("home", "down", "up", "pageup")
        await pilot.pause()
        assert "▶ not given #2 " in text(app)


async def test_the_list_is_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    """All rows are copied as text, by number."""
    copied: list[str] = []
    monkeypatch.setattr(Clipboard, "copy_for", lambda self, app, text: copied.append(text))
    async with a_screen(a_node(a_cast())) as (app, pilot):
        await pilot.press("2", "W", "y")
        await until(pilot, lambda: bool(copied))
        assert isinstance(app.screen, ReceiptScreen)
    assert copied[0].splitlines() == [
        "#2 not given: gone",
        "#4 dropped: it made room for newer ones",
        "#5 lost: the connection ended before",
        "#3 waits: the client has not read what went before",
        "#1 sent",
    ]


async def test_only_what_was_sent_has_receivers() -> None:
    """On any other row it is said what to do."""
    async with a_screen(FakeNode([a_client(1)], [a_record(0)])) as (app, pilot):
        await pilot.press("2", "W")
        await pilot.pause()
        await until(pilot, lambda: "go to the row of" in text(app))
        assert not isinstance(app.screen, ReceiptScreen)
