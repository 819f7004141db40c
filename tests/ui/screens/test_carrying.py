"""Carrying away what is seen."""

import asyncio
import os
import re
import threading
import time
from pathlib import Path

import pytest
from textual.widgets import Input

from tcpmon import files
from tcpmon.core.literals import LITERALS
from tcpmon.core.model import Kind, Lens, Listener, Message, Place as At
from tcpmon.ui import clipboard
from tcpmon.ui.app import TcpmonApp
from tcpmon.ui.screens import carrying
from tcpmon.ui.screens.carrying import netcat
from tcpmon.ui.screens.choice import Choice
from tcpmon.ui.screens.export import ExportScreen
from tcpmon.ui.screens.main import MainScreen
from tcpmon.ui.widgets.messages import MessagesPane
from tests.ui.fakes import (
    LISTENER,
    SMALL,
    WIDE,
    FakeNode,
    a_client,
    a_record,
    a_screen,
    text,
    until,
)

HELLO = b'"hi"\n'


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty directory to work in, and no program that has a clipboard."""
    monkeypatch.chdir(tmp_path)
    for name in ("TMUX", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the terminal's clipboard was set to."""
    texts: list[str] = []
    monkeypatch.setattr(TcpmonApp, "_write_clipboard", lambda app, text: texts.append(text))
    return texts


def node(data: bytes = HELLO, kind: Kind = Kind.RX) -> FakeNode:
    """A node with two clients, one of which has said something."""
    return FakeNode([a_client(1), a_client(2)], [a_record(0, b"one"), a_record(1, data, kind)])


def said(app: TcpmonApp) -> str:
    """Return what the toasts say."""
    return "; ".join(toast.message for toast in app._notifications)


COPIES = {
    "t": r'"hi"\n',
    "h": "22 68 69 22 0a",
    "b": "ImhpIgo=",
    "c": r'"\"hi\"\n"',
    "p": r'b"\"hi\"\n"',
    "g": r'[]byte("\"hi\"\n")',
    "r": r'b"\"hi\"\n"',
    "s": r"""printf '"hi"\n' | nc 127.0.0.1 8000""",
}


@pytest.mark.parametrize("opened", [[], ["enter"]], ids=["log", "message"])
async def test_copy_as(terminal: list[str], opened: list[str]) -> None:
    """Y and a letter copies the row's message in a form, from the log and from the message."""
    async with a_screen(node()) as (app, pilot):
        await pilot.press("2", *opened)
        for count, (key, copied) in enumerate(COPIES.items(), 1):
            await pilot.press("Y", key)
            await until(pilot, lambda count=count: len(terminal) == count)  # type: ignore[misc]
            assert terminal[-1] == copied
        await until(pilot, lambda: f"copied as shell line, {len(copied)} B (terminal)" in said(app))


@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_every_form_is_offered(terminal: list[str], size: tuple[int, int]) -> None:
    """All forms and their letters can be seen, and esc copies nothing."""
    async with a_screen(node(), size) as (app, pilot):
        await pilot.press("2", "Y")
        await until(pilot, lambda: isinstance(app.screen, Choice))
        await pilot.pause()
        shown = text(app)
        for literal in LITERALS:
            assert f"{literal.label}  {literal.key} " in shown
        assert "Copy 5 B as" in shown
        assert "Cancel  esc" in shown
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(app.screen, MainScreen)
    assert terminal == []


async def test_the_whole_message_is_copied(terminal: list[str]) -> None:
    """If the log has only its beginning, all of it is fetched for the copy."""

    class Node(FakeNode):
        most = 0

        def messages(self, start: At, count: int, lens: Lens) -> list[Message]:
            self.most = max(self.most, lens.most)
            return super().messages(start, count, lens)

    fake = Node([a_client(1)], [a_record(0, b"x" * 10_000)])
    async with a_screen(fake) as (_, pilot):
        await pilot.press("2", "Y", "t")
        await until(pilot, lambda: bool(terminal))
    assert terminal == ["x" * 10_000]
    assert fake.most > 10_000


async def test_a_message_that_is_gone_is_not_copied_by_half(
    terminal: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was dropped while it was still on the screen is told, and nothing is asked."""
    gone = Message(7, 1, Kind.RX, 1, b"beginn", size=100)
    monkeypatch.setattr(MessagesPane, "selected", gone)
    async with a_screen(node()) as (app, pilot):
        await pilot.press("2", "Y")
        await until(pilot, lambda: "the message has been dropped meanwhile" in said(app))
        assert isinstance(app.screen, MainScreen)


@pytest.mark.parametrize("opened", [False, True], ids=["log", "message"])
async def test_an_event_has_no_bytes(terminal: list[str], opened: bool) -> None:
    """For what is no message nothing is asked, and that is said."""
    async with a_screen(node(b"", Kind.EOF)) as (app, pilot):
        await pilot.press("2", *(["enter"] if opened else []), "Y")
        await until(pilot, lambda: "an event has no bytes" in said(app))
        assert not isinstance(app.screen, Choice)


@pytest.mark.parametrize("limit", ["OSC52_BYTES", "LARGE"])
async def test_too_much_for_a_clipboard_goes_to_a_file(
    here: Path, terminal: list[str], monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    """What no clipboard takes is in a file, whose path is told."""
    where = clipboard if limit == "OSC52_BYTES" else carrying
    monkeypatch.setattr(where, limit, 3)
    async with a_screen(node(), WIDE) as (app, pilot):
        await pilot.press("2", "Y", "p")
        await until(pilot, lambda: "Python bytes written to" in said(app))
        assert "too much for the clipboard" in said(app)
    (path,) = here.iterdir()
    assert re.fullmatch(r"tcpmon-[\d-]+\.py", path.name)
    assert path.read_text() == r'b"\"hi\"\n"'
    assert terminal == []


@pytest.mark.parametrize("key", ["escape", "ctrl+q"])
async def test_leaving_while_it_is_written(
    here: Path, monkeypatch: pytest.MonkeyPatch, terminal: list[str], key: str
) -> None:
    """Leaving the message lets its file be written; leaving the program leaves no half one."""
    begun, go_on = threading.Event(), threading.Event()

    def rest(seconds: float) -> None:
        begun.set()
        go_on.wait(10)

    monkeypatch.setattr(carrying, "LARGE", 0)
    fake = FakeNode([], [a_record(0)])
    async with a_screen(fake, WIDE) as (app, pilot):
        await pilot.press("2", "enter", "Y")
        await until(pilot, lambda: isinstance(app.screen, Choice))
        with monkeypatch.context() as patch:
            patch.setattr(time, "sleep", rest)
            await pilot.press("h")
            await until(pilot, begun.is_set)
            await pilot.press(key)
            if key == "escape":
                go_on.set()
                await until(pilot, lambda: "hex written to" in said(app))
    go_on.set()
    async with asyncio.timeout(10):
        while any(path.suffix == files.SUFFIX for path in here.iterdir()):
            await asyncio.sleep(0)
    assert len(list(here.iterdir())) == (key == "escape")


async def test_neither_clipboard_nor_file(
    here: Path, monkeypatch: pytest.MonkeyPatch, terminal: list[str]
) -> None:
    """If the file cannot be written either, it is told why and what to do."""

    def write(fd: int, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(carrying, "LARGE", 0)
    async with a_screen(node(), WIDE) as (app, pilot):
        await pilot.press("2", "Y")
        await until(pilot, lambda: isinstance(app.screen, Choice))
        with monkeypatch.context() as patch:
            patch.setattr(os, "write", write)
            await pilot.press("h")
            await until(pilot, lambda: "the disk is full" in said(app))
    assert list(here.iterdir()) == []


@pytest.mark.parametrize(
    ("listeners", "command"),
    [
        ((), ""),
        ((LISTENER,), "nc 127.0.0.1 8000"),
        ((Listener(1, "[::1]:80", ("[::1]:80",), ("[::1]:80",), (), 0, 0, 0),), "nc ::1 80"),
        ((Listener(1, "unix:/a b", ("unix:/a b",), (), (), 0, 0, 0),), "nc -U '/a b'"),
        ((Listener(1, ":80", (":80",), (), (), 0, 0, 0), LISTENER), "nc 127.0.0.1 8000"),
    ],
)
def test_netcat(listeners: tuple[Listener, ...], command: str) -> None:
    """A shell line goes to the first address by which one gets in."""
    assert netcat(listeners) == command


# -- export ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "offered"),
    [
        (["1"], ["all of #1 127.0.0.1:40001", "what the log shows: all clients",
                 "everything that is kept, 2 records"]),
        (["2"], ["what the log shows: all clients", "this message, 5 B",
                 "all of #1 127.0.0.1:40001", "everything that is kept, 2 records"]),
        (["1", "space", "space"], ["all of the 2 marked clients",
                                   "what the log shows: all clients",
                                   "everything that is kept, 2 records"]),
        (["1", "j", "f", "2"], ["what the log shows: #2 127.0.0.1:40002",
                                "all of #2 127.0.0.1:40002", "everything that is kept, 2 records"]),
    ],
)  # fmt: skip
async def test_what_is_offered(keys: list[str], offered: list[str]) -> None:
    """The row's or the marked clients come first in the table, in the log what it shows."""
    async with a_screen(node()) as (app, pilot):
        await pilot.press(*keys, "w")
        await until(pilot, lambda: isinstance(app.screen, ExportScreen))
        await pilot.pause()
        rows = [
            line.split(") ", 1)[1]
            for line in text(app).splitlines()
            if re.search(r"\([ •]\)", line)
        ]
        assert [row.split("  ")[0] for row in rows[: len(offered)]] == offered
        assert "text, a line for each" in rows[len(offered)]


async def export(fake: FakeNode, here: Path, *keys: str) -> str:
    """Export by keys; return what the file has."""
    async with a_screen(fake) as (app, pilot):
        await pilot.press(*keys)
        await until(pilot, lambda: isinstance(app.screen, ExportScreen))
        app.screen.query_one(Input).value = "out"
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, MainScreen))
        await until(pilot, lambda: "written to out" in said(app))
    return (here / "out").read_text()


@pytest.mark.parametrize(
    ("keys", "lines"),
    [
        (["2", "w"], [0, 1, 2]),
        (["2", "k", "w", "down"], [1]),
        (["1", "j", "w"], [2]),
        (["1", "space", "w"], [0, 1]),
        (["1", "space", "space", "w"], [0, 1, 2]),
        (["1", "enter", "2", "w"], [0, 1]),
        (["2", "ctrl+l", "w"], []),
        (["2", "ctrl+l", "w", "down", "down"], [0, 1, 2]),
    ],
)
async def test_what_is_chosen_is_written(here: Path, keys: list[str], lines: list[int]) -> None:
    """Whatever is chosen, exactly that is in the file: by row, marks, scope, or cleared view."""
    records = [a_record(0, b"m0"), a_record(1, b"m1"), a_record(2, b"m2", client=2)]
    written = await export(FakeNode([a_client(1), a_client(2)], records), here, *keys)
    assert [int(number) for number in re.findall(r"m(\d)", written)] == lines


async def test_a_message_of_several_is_exported_alone(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of several messages that end in one record only the one that is meant is written."""
    cut = [Message(0, 1, Kind.RX, 1, b"m%d" % part, size=2, part=part) for part in range(3)]

    class Node(FakeNode):
        def messages(self, start: At, count: int, lens: Lens) -> list[Message]:
            return [message for message in cut if message.place >= start][:count]

    monkeypatch.setattr(MessagesPane, "selected", cut[1])
    written = await export(Node([a_client(1)], [a_record(0)]), here, "2", "w", "down")
    assert re.findall(r"m\d", written) == ["m1"]
