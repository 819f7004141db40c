"""One message, whole."""

from tcpmon.core.model import Kind
from tests.ui.fakes import SMALL, FakeNode, a_client, a_record, a_screen, pane, text, title


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
    """[ and ] step through the payloads, of the one client when its log was open."""
    records = [
        a_record(n, b"m%d" % n, Kind.EOF if n == 3 else Kind.RX, 1 + n % 2) for n in range(8)
    ]
    async with a_screen(FakeNode([a_client(1), a_client(2)], records)) as (app, pilot):
        await pilot.press("2", "enter")
        numbers = []
        for key in "[[[[[[[[]":
            await pilot.press(key)
            await pilot.pause()
            numbers.append(int(title(app, "message").split("Message ")[1].split()[0]))
        assert numbers == [6, 5, 4, 2, 1, 0, 0, 0, 1]
        await pilot.press("escape", "1", "enter", "2", "enter", "[")
        await pilot.pause()
        assert "Message 4" in title(app, "message")


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


async def test_it_fits_a_small_screen() -> None:
    """At 80x24 a line of the dump is whole."""
    async with a_screen(FakeNode([a_client(1)], [a_record(0, b"0123456789abcdef")]), SMALL) as (
        app,
        pilot,
    ):
        await pilot.press("2", "enter")
        await pilot.pause()
        assert "|0123456789abcdef|" in text(app)
