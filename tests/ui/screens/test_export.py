"""The dialog that writes files."""

import asyncio
import errno
import os
import re
import threading
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from tcpmon.core.export.walk import Scope
from tcpmon.core.model import Lens, Message, Place as At
from tcpmon.ui.screens.choice import Choice
from tcpmon.ui.screens.export import ExportScreen, What, default_name
from tests.ui.fakes import SMALL, WIDE, FakeNode, Show, a_record, text, until

WHATS = [What("everything", Scope()), What("all of [b]#1[/b]", Scope(Lens(1)))]
NAME = r"tcpmon-\d{4}-\d\d-\d\d-\d{6}"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty directory to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


class Asker(Show):
    """Asks and remembers the answer."""

    answer: str | None = None

    def __init__(self, node: FakeNode) -> None:
        super().__init__(Static())
        self._fake = node

    def on_mount(self) -> None:
        self.dialog = ExportScreen(self._fake, WHATS)
        self.push_screen(self.dialog, self.remember)

    def remember(self, answer: str | None) -> None:
        self.answer = answer

    @property
    def told(self) -> str:
        """What stands below the questions."""
        return "".join(str(line.visual) for line in self.dialog.query("#told").results(Static))


def node() -> FakeNode:
    """A node that has heard three lines."""
    return FakeNode([], [a_record(seq) for seq in range(3)])


def name_it(app: Asker, name: str) -> None:
    """Put a name into the field."""
    app.dialog.query_one(Input).value = name


async def write(app: Asker, pilot: Pilot[None], name: str) -> None:
    """Order a file of a name, and wait until it is told what became of it."""
    name_it(app, name)
    await pilot.pause()
    before = app.told
    await pilot.press("enter")
    await until(
        pilot,
        lambda: app.told != before or app.answer is not None or isinstance(app.screen, Choice),
    )


@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_all_questions_are_seen_at_once(size: tuple[int, int]) -> None:
    """What, in which form, where to and who may read it: on the smallest screen, too."""
    app = Asker(node())
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        shown = text(app)
        for told in (
            "Export", "(•) everything", "( ) all of [b]#1[/b]", "(•) text", "( ) hex dump",
            "( ) JSON lines", "( ) raw bytes", "only you can read it", "enter write", "esc cancel",
        ):  # fmt: skip
            assert told in shown
        assert re.search(rf"{NAME}\.txt", shown)


async def test_enter_writes_what_is_chosen(here: Path) -> None:
    """Enter anywhere writes the file, and the answer says what was written."""
    app = Asker(node())
    async with app.run_test() as pilot:
        await pilot.press("down", "tab", "down", "down")
        await write(app, pilot, "out.jsonl")
        await until(pilot, lambda: app.answer is not None)
    size = (here / "out.jsonl").stat().st_size
    assert app.answer == f"3 messages, {size} B, written to out.jsonl"
    assert [path.name for path in here.iterdir()] == ["out.jsonl"]


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        (["tab"], rf"{NAME}\.txt, in /"),
        (["tab", "down"], rf"{NAME}\.hex, in /"),
        (["tab", "down", "down"], rf"{NAME}\.jsonl, in /"),
        (["tab", "down", "down", "down"], rf"a folder {NAME}\.raw, in it for each client a file"),
        (["down", "tab", "down", "down", "down"], rf"{NAME}\.rx and {NAME}\.tx, in /"),
    ],
)
async def test_it_says_where_it_will_go(keys: list[str], told: str) -> None:
    """The name follows the form, and it is said which files there will be."""
    app = Asker(node())
    async with app.run_test() as pilot:
        await pilot.press(*keys)
        await pilot.pause()
        assert re.match(told, app.told)


async def test_a_name_of_ones_own_stays() -> None:
    """A name that ends otherwise is left alone when another form is chosen."""
    app = Asker(node())
    async with app.run_test() as pilot:
        name_it(app, "mine.log")
        await pilot.press("tab", "down")
        await pilot.pause()
        assert app.dialog.query_one(Input).value == "mine.log"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("", "no file name; write one, such as ~/messages.txt"),
        ("missing/out", "there is no such directory; make it first, or choose another"),
        (".", "it is a directory; add the name of a file"),
        ("x" * 300, "the name is too long; choose a shorter one"),
    ],
)
async def test_what_cannot_be_is_told(here: Path, name: str, told: str) -> None:
    """A name that cannot be written is told with what to do; all that was typed stays."""
    app = Asker(node())
    async with app.run_test() as pilot:
        await pilot.press("down", "tab", "down", "tab")
        name_it(app, name)
        await pilot.press("enter")
        await until(pilot, lambda: app.told.endswith(told))
        assert app.dialog.query_one(Input).value == name
        assert "(•) hex dump" in text(app)
        assert "(•) all of" in text(app)
        await pilot.press("escape")
        await pilot.pause()
    assert app.answer == ""
    assert list(here.iterdir()) == []


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EFBIG])
async def test_a_failure_while_writing(
    here: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    """A disk that is full is told in the dialog, which is ready for another try."""

    def link(source: str, target: str) -> None:
        raise OSError(code, os.strerror(code))

    app = Asker(node())
    async with app.run_test() as pilot:
        with monkeypatch.context() as patch:
            patch.setattr(os, "link", link)
            await write(app, pilot, "out")
            await until(pilot, lambda: "cannot write" in app.told)
        assert list(here.iterdir()) == []
        await write(app, pilot, "out")
        await until(pilot, lambda: bool(app.answer))
    assert [path.name for path in here.iterdir()] == ["out"]


@pytest.mark.parametrize(("key", "kept"), [("escape", True), ("enter", True), ("y", False)])
async def test_nothing_is_overwritten_unasked(here: Path, key: str, kept: bool) -> None:
    """A file that is there is replaced only by a clear yes; else another name can be written."""
    (here / "out").write_text("old")
    app = Asker(node())
    async with app.run_test() as pilot:
        await write(app, pilot, "out")
        await until(pilot, lambda: isinstance(app.screen, Choice))
        await pilot.pause()
        for told in ("Overwrite a file?", "Another name"):
            assert told in text(app)
        assert f"{here / 'out'}" in str(app.screen.query_one("#lines", Static).content)
        await pilot.press(key)
        await until(pilot, lambda: not isinstance(app.screen, Choice))
        if kept:
            assert (here / "out").read_text() == "old"
            assert app.screen is app.dialog
            assert isinstance(app.focused, Input)
        else:
            await until(pilot, lambda: bool(app.answer))
            assert "hello" in (here / "out").read_text()


async def test_a_device_is_asked_about(here: Path) -> None:
    """What is no file is written into only by a clear yes."""
    app = Asker(node())
    async with app.run_test() as pilot:
        await write(app, pilot, "/dev/null")
        await until(pilot, lambda: isinstance(app.screen, Choice))
        await pilot.pause()
        assert "Write into a pipe or a device?" in text(app)
        await pilot.press("y")
        await until(pilot, lambda: bool(app.answer))
    assert app.answer is not None
    assert app.answer.endswith("written to null")


class SlowNode(FakeNode):
    """A node that gives one page and then waits for a word."""

    def __init__(self) -> None:
        super().__init__([], [a_record(seq) for seq in range(2000)])
        self.go_on = threading.Event()
        self.pages = 0

    def messages(self, start: At, count: int, lens: Lens) -> list[Message]:
        self.pages += 1
        if self.pages > 1:
            self.go_on.wait(10)
        return super().messages(start, count, lens)


async def test_progress_is_shown_and_can_be_stopped(here: Path) -> None:
    """While it writes the screen is alive and says how far it is; esc ends it, and nothing is
    left of it."""
    node = SlowNode()
    app = Asker(node)
    async with app.run_test() as pilot:
        await write(app, pilot, "out")
        await until(pilot, lambda: "512 of 2,000 records; esc stops" in app.told)
        await pilot.press("enter", "down")
        assert node.pages == 2
        await pilot.press("escape")
        node.go_on.set()
        await until(pilot, lambda: app.told == "stopped; nothing was written")
        assert list(here.iterdir()) == []
        await pilot.press("escape")
        await pilot.pause()
    assert app.answer == ""


async def test_leaving_the_program_stops_it(here: Path) -> None:
    """Whoever ends the program in the middle leaves no half file behind."""
    node = SlowNode()
    app = Asker(node)
    async with app.run_test() as pilot:
        await write(app, pilot, "out")
        await until(pilot, lambda: node.pages == 2)
        app.exit()
    node.go_on.set()
    async with asyncio.timeout(10):
        while list(here.iterdir()):
            await asyncio.sleep(0)


def test_default_name() -> None:
    """The name says when, and is one of a file anywhere."""
    assert re.fullmatch(rf"{NAME}\.txt", default_name(".txt"))
