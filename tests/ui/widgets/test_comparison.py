"""Two messages on the screen, of any size: what is seen is laid out, and nothing else."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot

from tcpmon.core.compare import compare
from tcpmon.core.model import Kind, Message
from tcpmon.ui.widgets.comparison import BLOCK, HEAD, ComparisonPane
from tests.ui.fakes import NOW, SMALL, WIDE, Show, pane

Shown = tuple[Show, ComparisonPane, Pilot[None]]


@asynccontextmanager
async def a_comparison(
    left: bytes, right: bytes, size: tuple[int, int] = SMALL
) -> AsyncIterator[Shown]:
    """Two messages side by side on a screen of their own."""
    sides = [Message(at, NOW, Kind(at), 1, d, size=len(d)) for at, d in enumerate((left, right))]
    app = Show(ComparisonPane("comparison", sides[0], sides[1], ("#1 gps", "#2 plc")))
    async with app.run_test(size=size) as pilot:
        shown = app.query_one(ComparisonPane)
        shown.show(compare(left, right))
        await pilot.pause()
        yield app, shown, pilot


def rows(app: Show) -> list[str]:
    """The rows below the heading."""
    return [row for row in pane(app, "comparison")[HEAD:] if row]


def offset(row: str) -> int:
    """The left offset of a row of the dump."""
    return int(row.replace("[", " ").split()[0], 16)


LONG = bytes(range(256)) * 300


async def test_it_says_who_and_what() -> None:
    """Above both stands whose they are, which way, when, how much, and what differs."""
    async with a_comparison(b"hello", b"hallo!") as (app, _, _pilot):
        head = pane(app, "comparison")[:HEAD]
    assert head[0].split() == ["#1", "gps", "#2", "plc"]
    assert [word for word in head[1].split() if ":" not in word] == [
        "RX", "5", "B", "TX", "6", "B",
    ]  # fmt: skip
    assert head[2] == "2 places differ, 2 B; right is 1 B longer"
    assert head[3] == ""


@pytest.mark.parametrize(("size", "count"), [(SMALL, 8), (WIDE, 16)])
async def test_both_dumps_fit(size: tuple[int, int], count: int) -> None:
    """At 80 cells eight bytes a row, at 160 sixteen, on both sides and with their text."""
    async with a_comparison(LONG, LONG[:-1] + b"!", size) as (app, _, _pilot):
        first = rows(app)[0]
        assert len(first) <= size[0] - 4
        assert first.count(" ".join(f"{byte:02x}" for byte in range(count))) == 2
        assert not any(row.endswith("…") for row in rows(app))


async def test_every_byte_can_be_seen() -> None:
    """Page by page all rows come by, also where a block of the alignment ends in a short row."""
    data = LONG[: 2 * BLOCK + 100]
    async with a_comparison(data, b"+" + data) as (app, shown, pilot):
        seen = set()
        for _ in range(60):
            seen |= {offset(row) for row in rows(app) if "--" not in row}
            shown.page(1)
            await pilot.pause()
        assert seen >= set(range(7, len(data), 8))
        assert shown.position()[1] == 1.0


@pytest.mark.parametrize("turns", [0, 1])
async def test_the_next_difference_is_brought_into_view(turns: int) -> None:
    """n goes through all places in order, N back, and there is an end on both sides."""
    left = b"abcdefgh" * 10_000
    right = left[:20_000] + b"!" + left[20_001:60_000] + b"!" + left[60_000:]
    async with a_comparison(left, right) as (app, shown, pilot):
        for _ in range(turns):
            shown.turn()
        assert not shown.step(-1)
        for place in (1, 2):
            assert shown.step(1)
            await pilot.pause()
            assert f"place {place} of 2" in pane(app, "comparison")[2]
            assert sum(" * " in row for row in rows(app)) == 1
        assert not shown.step(1)
        assert shown.step(-1)
        await pilot.pause()
        assert "place 1 of 2" in pane(app, "comparison")[2]


async def test_a_difference_has_a_mark_in_its_row() -> None:
    """The rows that differ, and only they, have a * between the sides."""
    right = LONG[:16] + b"XY" + LONG[18:]
    async with a_comparison(LONG[:64], right[:64]) as (app, _, _pilot):
        assert [" * " in row for row in rows(app)] == [at == 2 for at in range(8)]


async def test_text_and_hex_show_the_same_place() -> None:
    """x turns hex into text where one is, and back."""
    data = b"".join(b"line %05d\n" % at for at in range(5000))
    async with a_comparison(data, data[:-1]) as (app, shown, pilot):
        shown.jump(0.5)
        before = shown.position()[0]
        shown.turn()
        await pilot.pause()
        assert all(row.count("line 0") == 2 for row in rows(app))
        assert shown.position()[0] == pytest.approx(before, abs=0.01)
        shown.turn()
        assert shown.position()[0] == pytest.approx(before, abs=0.01)


async def test_text_is_never_parted_inside_a_character() -> None:
    """However the lines fall, letters of several bytes are shown whole, and each once."""
    data = "é日".encode() * 2000
    async with a_comparison(data, data + b"!") as (app, shown, pilot):
        shown.turn()
        seen = ""
        for _ in range(6):
            await pilot.pause()
            seen += "".join(rows(app))
            shown.page(1)
        assert "\\x" not in seen
        assert seen.count("é日") > 1000


async def test_swapped_sides_change_places() -> None:
    """s: left becomes right, with its name and its differences, and back again."""
    async with a_comparison(b"hello", b"hello you") as (app, shown, pilot):
        before = pane(app, "comparison")
        shown.swap()
        await pilot.pause()
        after = pane(app, "comparison")
        assert after[0].split() == ["#2", "plc", "#1", "gps"]
        assert after[2].endswith("left is 4 B longer")
        assert after[HEAD].startswith("000 68 65 6c 6c 6f[20 79 6f]")
        shown.swap()
        await pilot.pause()
        assert pane(app, "comparison") == before


@pytest.mark.parametrize("turns", [0, 1])
async def test_what_is_seen_is_what_it_costs(turns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 32 MiB a screenful is laid out, wherever one is."""
    data = LONG * 437
    async with a_comparison(data, data + b"!") as (app, shown, pilot):
        found = shown._found
        assert found is not None
        asked: list[int] = []
        positions = type(found).positions

        def counted(self: object, begin: int, end: int) -> object:
            asked.append(end - begin)
            return positions(found, begin, end)

        monkeypatch.setattr(type(found), "positions", counted)
        for _ in range(turns):
            shown.turn()
        shown.step(1)
        await pilot.pause()
        assert any(" * " in row for row in rows(app))
        assert shown.position()[1] == 1.0
        shown.jump(0.5)
        await pilot.pause()
        assert sum(asked) <= 20 * BLOCK


@pytest.mark.parametrize("size", [(80, 24), (20, 6), (4, 3), (300, 60)])
@pytest.mark.parametrize("data", [b"", b"\x1b[31m" * 50])
async def test_any_window_will_do(size: tuple[int, int], data: bytes) -> None:
    """However small the window and whatever the messages, nothing breaks."""
    async with a_comparison(data, data + b"\n\0", size) as (app, shown, pilot):
        for act in (shown.turn, shown.swap, lambda: shown.jump(1.0), shown.turn):
            act()
            shown.step(1)
            await pilot.pause()
        assert "bug" not in "".join(pane(app, "comparison"))


async def test_what_is_equal_says_so() -> None:
    """Equal messages are told to be, and there is nowhere to go."""
    async with a_comparison(b"same", b"same") as (app, shown, _):
        assert pane(app, "comparison")[2] == "no difference"
        assert not shown.step(1)


async def test_until_it_is_known_it_waits() -> None:
    """Before the comparison is done it says so, and no key breaks anything."""
    message = Message(0, NOW, Kind.RX, 1, b"x", size=1)
    app = Show(ComparisonPane("comparison", message, message, ("#1", "#1")))
    async with app.run_test(size=SMALL) as pilot:
        shown = app.query_one(ComparisonPane)
        for act in (shown.turn, shown.swap, lambda: shown.jump(1.0), lambda: shown.page(1)):
            act()
        await pilot.pause()
        assert pane(app, "comparison")[2] == "comparing …"
        assert not shown.step(1)
        assert shown.report() == ""
