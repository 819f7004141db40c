"""The screen of plots."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot

from tcpmon.core.model import Kind, Lens, Message, Place, Span
from tcpmon.ui.app import TcpmonApp
from tcpmon.ui.clipboard import Clipboard
from tcpmon.ui.faces.picture import Face, Picture
from tcpmon.ui.screens import plot
from tcpmon.ui.screens.main import MainScreen
from tcpmon.ui.screens.plot import PlotScreen
from tests.ui.fakes import (
    NOW,
    SECOND,
    SMALL,
    WIDE,
    FakeNode,
    a_client,
    a_record,
    a_screen,
    lines,
    pane,
    text,
    title,
    until,
)

COUNT = 400


def a_node(count: int = COUNT) -> FakeNode:
    """Two clients that talk for a minute: the first says a temperature, and is answered."""
    records = []
    for seq in range(count):
        kind, data = (Kind.TX, b"ok") if seq % 4 == 1 else (Kind.RX, b"temp=%d" % (seq % 30))
        record = a_record(seq, data, kind, 2 if seq % 4 == 3 else 1)
        records.append(replace(record, time=NOW - 60 * SECOND + seq * 60 * SECOND // count))
    return FakeNode([a_client(1), a_client(2)], records)


def shown(app: TcpmonApp) -> Picture:
    """The picture that is on the screen."""
    assert isinstance(app.screen, PlotScreen)
    assert app.screen._drawn
    return app.screen._drawn


def is_read(app: TcpmonApp) -> bool:
    screen = app.screen
    return (
        isinstance(screen, PlotScreen)
        and screen._drawn is not None
        and not screen._gathers.behind()
        and screen._drawn.progress is None
        and not screen._reading
    )


@asynccontextmanager
async def plots(
    node: FakeNode, size: tuple[int, int] = SMALL, *keys: str
) -> AsyncIterator[tuple[TcpmonApp, Pilot[None]]]:
    """The screen of plots, all read. keys: pressed before it is opened."""
    async with a_screen(node, size) as (app, pilot):
        await pilot.press(*keys, "P")
        await until(pilot, lambda: is_read(app))
        yield app, pilot


async def press(app: TcpmonApp, pilot: Pilot[None], *keys: str) -> Picture:
    """Press keys, and wait until what they want is there."""
    await pilot.press(*keys)
    await until(pilot, lambda: is_read(app))
    return shown(app)


def messages(picture: Picture) -> int:
    """How many messages were received in what is shown."""
    return sum(bucket.rx.messages for bucket in picture.buckets if bucket)


@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_four_plots(size: tuple[int, int]) -> None:
    """P shows the row's client; four plots stand behind tab and digits, each fills the screen."""
    async with plots(a_node(), size) as (app, pilot):
        assert "#1 127.0.0.1:40001" in title(app, "plot")
        assert "follow" in title(app, "plot")
        for key, face in zip("1234", Face, strict=True):
            assert (await press(app, pilot, key)).face is face
            rows = pane(app, "plot")
            assert f"[{key} {face}]" in rows[0]
            assert max(map(len, rows)) <= size[0] - 4
            assert rows[-1]
        faces = [(await press(app, pilot, key)).face for key in ("tab", "tab", "shift+tab")]
        assert faces == [Face.MESSAGES, Face.BYTES, Face.MESSAGES]
        assert "esc Back" in lines(app)[-1]


async def test_of_all_and_of_one() -> None:
    """a changes between all clients and the one."""
    async with plots(a_node()) as (app, pilot):
        one = messages(shown(app))
        picture = await press(app, pilot, "a")
        assert "all clients" in title(app, "plot")
        assert messages(picture) == COUNT * 3 // 4
        assert one == COUNT // 2
        await press(app, pilot, "a")
        assert "#1" in title(app, "plot")


async def test_of_a_log_of_all() -> None:
    """In a log of all it is of all; nobody to choose is said."""
    async with plots(a_node(), SMALL, "2") as (app, pilot):
        assert "all clients" in title(app, "plot")
        await press(app, pilot, "a")
        assert "#2" in title(app, "plot")
    async with plots(FakeNode()) as (app, pilot):
        assert "0 messages" in text(app)
        await press(app, pilot, "a", "plus", "minus", "left", "h", "enter")
        assert "no client was chosen" in text(app)
        assert "there is no message" in text(app)


async def test_what_comes_is_added(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twice a second new messages are there, and the screen is the same else."""
    monkeypatch.setattr(plot, "LOOK_SECONDS", 0.01)
    node = a_node()
    async with plots(node) as (app, pilot):
        before = messages(shown(app))
        node.kept += [replace(a_record(COUNT + n, b"temp=5"), time=NOW - 1) for n in range(700)]
        await until(pilot, lambda: messages(shown(app)) == before + 700)


async def test_closer_and_on() -> None:
    """+ and - change the stretch of time, arrows move it, 0 follows again."""
    async with plots(a_node()) as (app, pilot):
        whole = shown(app)
        near = await press(app, pilot, "plus", "plus")
        assert near.window.width * 4 == whole.window.width
        assert 0 < messages(near) < messages(whole) / 2
        held = await press(app, pilot, "left", "left")
        assert held.window.end < near.window.end
        assert "held" in title(app, "plot")
        picture = await press(app, pilot, "right")
        assert held.window.start < picture.window.start < near.window.start
        picture = await press(app, pilot, "0")
        assert picture.window == near.window
        assert "follow" in title(app, "plot")
        picture = await press(app, pilot, "minus", "minus", "minus")
        assert picture.window == whole.window


async def test_much_closer_is_read_again() -> None:
    """So close that all of it is known too coarsely, the stretch is read by itself, and what is
    there is the same."""
    node = a_node()
    async with plots(node) as (app, pilot):
        await press(app, pilot, *["left"] * 2)
        picture = await press(app, pilot, *["plus"] * 6)
        window = picture.window
        assert window.width < 0.02 * SECOND
        inside = [
            record
            for record in node.kept
            if record.client == 1 and record.kind is Kind.RX
            and window.start <= record.time < window.end
        ]  # fmt: skip
        assert messages(picture) == len(inside) > 0


async def test_gaps_are_of_what_is_looked_at() -> None:
    """Gaps closer in time are those of that time only."""
    async with plots(a_node()) as (app, pilot):
        whole = (await press(app, pilot, "3")).gaps.between.count
        near = await press(app, pilot, "plus", "left")
        assert 0 < near.gaps.between.count < whole
        assert near.stretch == (near.window.start, near.window.end)


async def test_the_cursor() -> None:
    """h and l, shift with arrows or a click point at a column: its time and values are told."""
    async with plots(a_node()) as (app, pilot):
        assert shown(app).cursor is None
        first = (await press(app, pilot, "h")).cursor
        assert first is not None
        assert "RX" in pane(app, "plot")[-1]
        assert (await press(app, pilot, "h", "shift+left", "l")).cursor == first - 1
        await pilot.click("#plot", offset=(2 + 12 + 30, 5))
        await until(pilot, lambda: shown(app).cursor == 30)
        assert (await press(app, pilot, "end")).cursor is None
        assert (await press(app, pilot, "3", "l", "h")).cursor is not None
        assert (await press(app, pilot, "1")).cursor is None


async def test_closer_at_the_cursor() -> None:
    """What is pointed at stays in sight when one looks closer."""
    async with plots(a_node()) as (app, pilot):
        await press(app, pilot, "h", *["h"] * 30)
        before = shown(app)
        assert before.cursor is not None
        at = before.window.start + before.cursor * before.window.width
        for _ in range(6):
            after = await press(app, pilot, "plus")
            assert after.window.column(at) is not None
            assert after.cursor is not None


async def test_the_wheel_zooms() -> None:
    """The wheel looks closer and farther."""
    async with plots(a_node()) as (app, pilot):
        whole = shown(app).window.width
        screen = app.screen
        assert isinstance(screen, PlotScreen)
        screen._pane.scroll_rows(-3)
        await until(pilot, lambda: shown(app).window.width == whole // 2)
        screen._pane.scroll_rows(3)
        await until(pilot, lambda: shown(app).window.width == whole)


async def test_to_the_log() -> None:
    """Enter answers with the first message of the column, a double click too; escape with
    none."""
    node = a_node()
    async with a_screen(node) as (app, pilot):
        answers: list[Place | None] = []
        for keys in (["h", "enter"], ["enter"], ["3", "h", "enter"], ["escape"], ["q"], ["P"], []):
            screen = PlotScreen(node, 1, str, Clipboard(lambda _: None), [])
            app.push_screen(screen, answers.append)
            await until(pilot, lambda: is_read(app))
            if keys:
                await pilot.press(*keys)
            else:
                await pilot.double_click("#plot", offset=(2 + 12 + 40, 5))
            await until(pilot, lambda: not isinstance(app.screen, PlotScreen))
        newest, same, gap, *none, clicked = answers
        assert newest == same
        assert newest is not None
        assert node.kept[newest[0]].time > NOW - 2 * SECOND
        assert gap is not None
        assert node.kept[gap[0]].client == 1
        assert none == [None] * 3
        assert clicked is not None
        assert clicked < newest


async def test_the_log_goes_there() -> None:
    """What was pointed at is under the log's cursor then, among the messages that were
    plotted."""
    node = a_node()
    async with plots(node) as (app, pilot):
        await press(app, pilot, *["h"] * 20)
        picture = shown(app)
        assert picture.cursor is not None
        bucket = picture.column(picture.cursor)
        await pilot.press("enter")
        await until(pilot, lambda: "2 Messages" in text(app))
        await pilot.pause()
        main = app.screen
        assert isinstance(main, MainScreen)
        assert bucket
        assert main._messages.cursor == bucket.place
        assert main._messages.scope == 1
        assert main.focused is main._messages
        assert "▶" in text(app)


async def test_a_number() -> None:
    """e asks for a number, which is drawn at once, and remembered for the next time."""
    async with plots(a_node()) as (app, pilot):
        await press(app, pilot, "4")
        assert "temp=([-\\d.]+)" in text(app)
        await pilot.press("e")
        await pilot.press(*"temp", "=", "(", "backslash", "d", "+", ")")
        await until(pilot, lambda: "is the newest; in" in text(app))
        await pilot.press("enter")
        picture = await press(app, pilot)
        assert "temp=(\\d+)" in title(app, "plot")
        assert "min 0  mean" in text(app)
        assert picture.number
        await pilot.press("escape")
        await until(pilot, lambda: "2 Messages" in text(app))
        await pilot.press("P", "4")
        await until(pilot, lambda: is_read(app) and "min 0  mean" in text(app))
        await pilot.press("e", "escape")
        assert (await press(app, pilot)).number is not None


async def test_the_values_can_be_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    """y copies what is shown as CSV."""
    copied: list[str] = []

    async def copy(self: Clipboard, text: str) -> str:
        copied.append(text)
        return "copied"

    monkeypatch.setattr(Clipboard, "copy", copy)
    async with plots(a_node()) as (app, pilot):
        await pilot.press("y")
        await until(pilot, lambda: len(copied) == 1)
        rows = [line.split(",") for line in copied[0].splitlines()[1:]]
        assert sum(int(row[2]) for row in rows) == messages(shown(app))


async def test_it_is_drawn_for_its_size() -> None:
    """Another size is drawn anew."""
    async with plots(a_node()) as (app, pilot):
        before = shown(app).window.count
        await pilot.resize_terminal(*WIDE)
        await until(pilot, lambda: shown(app).window.count > before)
        assert len(pane(app, "plot")) == WIDE[1] - 3


class Endless(FakeNode):
    """A node that has more to read, however much was read."""

    def span(self) -> Span:
        return Span(0, 10**9)

    def messages(self, start: Place, count: int, lens: Lens) -> list[Message]:
        return [
            Message(seq, NOW - 60 * SECOND + seq % 60_000 * 1_000_000, Kind.RX, 1, b"x", size=1)
            for seq in range(start[0] + start[1], start[0] + start[1] + count)
        ]


async def test_the_keys_go_on_while_it_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    """While there is much to read, the title says how far it is, the picture grows, keys are
    heard, and one can leave."""
    monkeypatch.setattr(plot, "SLICE_SECONDS", 0.02)
    async with a_screen(Endless([a_client(1)])) as (app, pilot):
        await pilot.press("P")
        await until(pilot, lambda: "reading 0%" in text(app))
        await pilot.press("2")
        await until(pilot, lambda: shown(app).face is Face.BYTES)
        first = messages(shown(app))
        await until(pilot, lambda: messages(shown(app)) > first)
        await pilot.press("escape")
        await until(pilot, lambda: "2 Messages" in text(app))
