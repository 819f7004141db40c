"""Two messages side by side, by its keys."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot

from tcpmon.core.compare import Differences, compare
from tcpmon.ui.app import TcpmonApp
from tcpmon.ui.clipboard import Clipboard
from tcpmon.ui.screens import compare as screen
from tests.ui.fakes import (
    SMALL,
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


@asynccontextmanager
async def compared(left: bytes, right: bytes) -> AsyncIterator[tuple[TcpmonApp, Pilot[None]]]:
    """The screen that compares what client 1 and client 2 have said."""
    node = FakeNode([a_client(1), a_client(2)], [a_record(0, left), a_record(1, right, client=2)])
    async with a_screen(node, SMALL) as (app, pilot):
        await pilot.press("2", "g", "v", "j", "v")
        await until(pilot, lambda: "differ" in text(app) or "no difference" in text(app))
        yield app, pilot


async def test_its_keys() -> None:
    """n, N, x, s, the arrows and pages, and esc do what the footer says."""
    left = b"".join(b"line %04d\n" % at for at in range(500))
    right = left[:3000] + b"?" + left[3001:4500] + b"!" + left[4501:]
    async with compared(left, right) as (app, pilot):
        assert "n Next" in lines(app)[-1]
        await pilot.press("n", "n", "N")
        await pilot.pause()
        assert "place 1 of 2" in text(app)
        assert "[3f]" in text(app)
        await pilot.press("x")
        await pilot.pause()
        assert "text" in title(app, "comparison")
        assert "?" in text(app)
        await pilot.press("x", "s", "g")
        await pilot.pause()
        assert pane(app, "comparison")[0].split()[0] == "#2"
        await pilot.press("pagedown", "down", "up", "pageup")
        await pilot.pause()
        assert pane(app, "comparison")[4].startswith("0000 6c 69")
        await pilot.press("G")
        await pilot.pause()
        assert "1388" not in pane(app, "comparison")[-1]
        await pilot.press("escape")
        await until(pilot, lambda: "2 Messages" in text(app))


async def test_there_is_an_end_to_the_differences() -> None:
    """Behind the last one and before the first one it is said."""
    async with compared(b"abc", b"abd") as (app, pilot):
        await pilot.press("n", "n", "N")
        await until(pilot, lambda: "no difference after this one" in text(app))
        await until(pilot, lambda: "no difference before this one" in text(app))


async def test_the_differences_can_be_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    """y copies who, when, and each difference, escaped."""
    copied: list[str] = []

    async def copy(self: Clipboard, text: str) -> str:
        copied.append(text)
        return "copied"

    monkeypatch.setattr(Clipboard, "copy", copy)
    async with compared(b"a\x1b[31mb", b"a\x1b[32mb") as (_, pilot):
        await pilot.press("y")
        await until(pilot, lambda: bool(copied))
    assert copied[0].startswith("left   #1 127.0.0.1:40001  RX  20")
    assert copied[0].endswith('at 4 (0x4) and 4 (0x4)\n  left   31  "1"\n  right  32  "2"\n')


async def test_the_keys_go_on_while_it_compares(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long the comparison takes, one can leave meanwhile."""
    loop, released = asyncio.get_running_loop(), asyncio.Event()

    def slow(left: bytes, right: bytes) -> Differences:
        waiting = asyncio.run_coroutine_threadsafe(released.wait(), loop)
        waiting.result(10)
        return compare(left, right)

    monkeypatch.setattr(screen, "compare", slow)
    node = FakeNode([a_client(1)], [a_record(0, b"a"), a_record(1, b"b")])
    async with a_screen(node, SMALL) as (app, pilot):
        await pilot.press("2", "g", "v", "j", "v")
        await until(pilot, lambda: "comparing …" in text(app))
        await pilot.press("n", "x", "s", "y", "escape")
        await until(pilot, lambda: "2 Messages" in text(app))
        released.set()
