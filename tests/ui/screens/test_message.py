"""One message, whole."""

import asyncio

import pytest

from tcpmon.core.model import Kind, Record, open_data
from tcpmon.ui.screens import message
from tests.ui.fakes import SMALL, FakeNode, a_client, a_record, a_screen, pane, text, title, until


async def test_every_byte_can_be_seen() -> None:
    """Enter on a message shows all of it as hex, x as text in lines that fit."""
    data = bytes(range(256)) * 4
    async with a_screen(FakeNode([a_client(1)], [a_record(0, data)])) as (app, pilot):
        await pilot.press("2", "enter")
        await pilot.pause()
        seen = {}
        for _ in range(6):
            for row in pane(app, "message")[2:]:
                if row:
                    seen[row[:5]] = bytes.fromhex("".join(row[6:54].split()))
            await pilot.press("pagedown")
            await pilot.pause()
        assert b"".join(seen[key] for key in sorted(seen)) == data
        await pilot.press("x", "g")
        await pilot.pause()
        assert "\\x00\\x01\\x02" in text(app)
        await pilot.press("escape")
        await pilot.pause()
        assert "2 Messages" in text(app)


async def test_neighbours_are_a_key_away() -> None:
    """[ and ] step through the client's payloads, also from the log of all clients."""
    records = [
        a_record(n, b"m%d" % n, Kind.EOF if n == 3 else Kind.RX, 1 + n % 2) for n in range(8)
    ]
    async with a_screen(FakeNode([a_client(1), a_client(2)], records)) as (app, pilot):
        await pilot.press("2", "enter")
        numbers = []
        for key in "[[[]]]":
            await pilot.press(key)
            await pilot.pause()
            numbers.append(int(title(app, "message").split("Message ")[1].split()[0]))
        assert numbers == [5, 1, 1, 5, 7, 7]
        await pilot.press("escape", "1", "enter", "2", "enter", "[")
        await pilot.pause()
        assert "Message 4" in title(app, "message")


async def test_the_neighbour_of_what_concerns_no_single_client_is_anybodys() -> None:
    """From a broadcast [ and ] step through the payloads of all, there and back."""
    kinds = {3: Kind.CAST, 5: Kind.INFO}
    records = [
        a_record(n, kind=kinds.get(n, Kind.RX), client=0 if n in kinds else 1 + n % 2)
        for n in range(7)
    ]
    async with a_screen(FakeNode([a_client(1), a_client(2)], records)) as (app, pilot):
        await pilot.press("2", "k", "k", "k", "enter")
        numbers = []
        for key in "]][[[[[":
            await pilot.press(key)
            await pilot.pause()
            numbers.append(int(title(app, "message").split("Message ")[1].split()[0]))
        assert numbers == [4, 6, 4, 3, 2, 1, 0]


@pytest.mark.parametrize(("key", "start"), [("]", 0), ("[", 60)])
async def test_the_search_for_a_neighbour_has_an_end(
    key: str, start: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Events are passed by the page and not without end: then the message stays and it is said."""
    page = 7 if key == "]" else -7
    asked: list[int] = []

    class Node(FakeNode):
        def records(self, start: int, count: int, client: int | None = None) -> list[Record]:
            asked.append(count)
            return super().records(start, count, client)

    monkeypatch.setattr(message, "PAGE", 7)
    monkeypatch.setattr(message, "PAGES", 5)
    kinds = {0: Kind.CAST, 30: Kind.CAST, 60: Kind.CAST}
    records = [a_record(n, kind=kinds.get(n, Kind.INFO), client=0) for n in range(61)]
    node = Node([], records)
    async with a_screen(node) as (app, pilot):
        await pilot.press("2", "g" if start == 0 else "G", "enter")
        await pilot.pause()
        asked.clear()
        await pilot.press(key)
        await pilot.pause()
        assert "Message 30 " in title(app, "message")
        assert asked.count(page) == 5
        node.kept[30] = a_record(30, kind=Kind.INFO, client=0)
        node.kept[60 - start] = a_record(60 - start, kind=Kind.INFO, client=0)
        await pilot.press("escape")
        await pilot.press("enter")
        await pilot.pause()
        asked.clear()
        await pilot.press(key)
        await pilot.pause()
        assert f"Message {start} " in title(app, "message")
        assert "no message in 35 events" in text(app)
        assert asked.count(page) == 5


async def test_a_huge_text_is_laid_out_in_part_and_says_so() -> None:
    """Of 256 KiB of text a part is shown, with a word about the rest, which hex shows."""
    record = a_record(0, b"x" * (256 * 1024))
    async with a_screen(FakeNode([a_client(1)], [record])) as (app, pilot):
        await pilot.press("2", "enter", "x", "G")
        await pilot.pause()
        assert "and 192 KiB more: x shows them all as hex" in text(app)


async def test_an_event_is_told_in_full() -> None:
    """A long warning is shown in as many lines as it needs."""
    warning = a_record(0, b"a bug " * 60, Kind.WARN, 0)
    async with a_screen(FakeNode([], [warning])) as (app, pilot):
        await pilot.press("2", "enter")
        await pilot.pause()
        assert "".join(pane(app, "message")).count("bug") == 60


TRACE = (
    rb"""Traceback:
  File "a.py", line 7
    print("it's\n", b"\x00")
Error: """
    b"\x1b[31m\n"
)


async def test_a_traceback_has_its_lines() -> None:
    """A warning of several lines is shown in these, as text, escaped once."""
    async with a_screen(FakeNode([], [a_record(0, TRACE, Kind.WARN, 0)])) as (app, pilot):
        await pilot.press("2", "enter")
        await pilot.pause()
        assert pane(app, "message")[2:7] == [
            "Traceback:",
            '  File "a.py", line 7',
            r"""    print("it's\n", b"\x00")""",
            "Error: \\x1b[31m",
            "",
        ]
        note = title(app, "message")
        assert " text " in note
        assert " hex " not in note


async def test_an_event_is_copied_as_it_is_told() -> None:
    """y copies what an event says, not how it is kept, in the log and on its own screen."""
    kept = open_data("127.0.0.1:40001", "127.0.0.1:8000")
    copied: list[str] = []
    node = FakeNode([a_client(1)], [a_record(0, kept, Kind.OPEN)])
    async with a_screen(node) as (app, pilot):
        app.screen._clipboard._write_osc52 = copied.append  # type: ignore[attr-defined]
        app.screen._clipboard._environment = {}  # type: ignore[attr-defined]
        await pilot.press("2", "y", "enter", "y")
        await pilot.pause()
    assert copied == ["127.0.0.1:40001 via 127.0.0.1:8000"] * 2


async def test_a_clipboard_that_hangs_holds_nothing_up(hanging: asyncio.Event) -> None:
    """While a program takes its time to copy, keys work; the copy is made though one has left."""
    async with a_screen(FakeNode([a_client(1)], [a_record(0)])) as (app, pilot):
        await pilot.press("2", "y", "enter", "y", "escape", "1")
        await until(pilot, lambda: app.screen.focused is app.screen.query_one("#clients"))
        hanging.set()
        await until(pilot, lambda: text(app).count("copied 7 B") == 2)


async def test_it_fits_a_small_screen() -> None:
    """At 80x24 a line of the dump is whole."""
    async with a_screen(FakeNode([a_client(1)], [a_record(0, b"0123456789abcdef")]), SMALL) as (
        app,
        pilot,
    ):
        await pilot.press("2", "enter")
        await pilot.pause()
        assert "|0123456789abcdef|" in text(app)
