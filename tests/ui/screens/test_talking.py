"""Saved messages are sent and written by their keys; what was sent is there the next time."""

from pathlib import Path

import pytest

from tcpmon.core.commands import Delivery, Send
from tcpmon.core.history import Written
from tcpmon.core.payload import Form
from tcpmon.dotfiles import add_to_history, history_path, read_history
from tcpmon.ui.app import TcpmonApp
from tcpmon.ui.widgets.composer import Composer
from tests.ui.fakes import SMALL, WIDE, FakeNode, a_client, a_record, text, until

MESSAGES = {"ping": "PING\\r\\n", "gr\x1bin": "hi"}


@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_a_key_sends_a_saved_message(size: tuple[int, int]) -> None:
    """F2 to F12 send the saved messages, exactly as they are, to the marked ones or the row's,
    and it is said what went to whom."""
    node = FakeNode([a_client(1), a_client(2)])
    node.answers[Send] = Delivery(1, 0)
    app = TcpmonApp(node, messages=MESSAGES)
    async with app.run_test(size=size, notifications=True) as pilot:
        await pilot.press("f2")
        await until(pilot, lambda: "F2 ping to #1 127.0.0.1:40001: sent" in text(app))
        await pilot.press("space", "space", "f3", "2", "f2")
        await until(pilot, lambda: len(node.commands) == 3)
        assert node.commands == [
            Send(b"PING\r\n", (1,)), Send(b"hi", (1, 2)), Send(b"PING\r\n", (1, 2)),
        ]  # fmt: skip
        assert "F3 gr\\x1bin to 2 marked: #1 #2" in text(app)
        await pilot.press("f12")
        await until(pilot, lambda: "no message is saved for F12" in text(app))


async def test_a_key_without_a_message_says_where_to_save_one() -> None:
    """Without any the config file is named, and nothing is sent; nobody is written to in vain."""
    node = FakeNode()
    app = TcpmonApp(node, messages={"a": "x"})
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await pilot.press("f2")
        await until(pilot, lambda: "nobody to send to" in text(app))
    bare = TcpmonApp(node)
    async with bare.run_test(size=WIDE, notifications=True) as pilot:
        await pilot.press("f2")
        await until(pilot, lambda: "no message is saved for F2;" in text(bare))
    assert node.commands == []


async def test_in_the_composer_a_key_writes_it() -> None:
    """There nothing is sent by it; no line end is put behind what was saved, until the line is
    empty or another end is chosen."""
    node = FakeNode([a_client(1)])
    app = TcpmonApp(node, messages=MESSAGES)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("s", *"draft", "f3")
        await pilot.pause()
        composer = app.screen.query_one(Composer)
        assert (composer.input.value, composer.payload()) == ("hi", b"hi")
        assert "end none" in text(app)
        assert node.commands == []
        node.answers[Send] = Delivery(0, 0, {1: "gone"})
        await pilot.press("enter")
        await until(pilot, lambda: "not to #1 (gone)" in text(app))
        assert composer.payload() == b"hi"
        node.answers[Send] = Delivery(1, 0)
        await pilot.press("enter", "x", "enter", "up", "up", "enter")
        await pilot.press("f2", "ctrl+n", "enter", "f2", *["backspace"] * 8, "y", "enter")
        await until(pilot, lambda: len(node.commands) == 6)
    datas = [command.data for command in node.commands if isinstance(command, Send)]
    assert datas == [b"hi", b"hi", b"x\n", b"hi", b"PING\r\n\n", b"y\n"]


async def test_what_a_key_replaces_is_not_lost() -> None:
    """What was being written, to these or to those whom one turns to, is there again by up; so is
    what was given to be repeated."""
    node = FakeNode([a_client(1)])
    app = TcpmonApp(node, messages=MESSAGES)
    async with app.run_test(size=SMALL) as pilot:
        composer = app.screen.query_one(Composer)
        await pilot.press("s", *"draft", "f3", "up")
        await until(pilot, lambda: composer.input.value == "draft")
        await pilot.press("down", *["backspace"] * 2, "escape", "b", *"all", "escape", "s")
        await pilot.press(*"one", "ctrl+g", "a")
        await until(pilot, lambda: composer.targets is None)
        assert composer.input.value == "one"
        await pilot.press("up")
        assert composer.input.value == "all"
        await pilot.press("down", "ctrl+o", "enter")
        await until(pilot, lambda: composer.input.value == "")
        await pilot.press("up")
        assert composer.input.value == "one"


async def test_in_a_log_that_runs_on_nothing_is_sent_at_once() -> None:
    """The row may be another client's by the time the key is pressed; a row one went to is meant,
    and so is the only client whose log it is."""
    node = FakeNode([a_client(1), a_client(2)], [a_record(1), a_record(2, client=2)])
    app = TcpmonApp(node, messages=MESSAGES)
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await pilot.press("2", "f2")
        await until(pilot, lambda: "the log runs on: go to a row of it first" in text(app))
        assert node.commands == []
        await pilot.press("up", "f2")
        await until(pilot, lambda: node.commands == [Send(b"PING\r\n", (1,))])
        await pilot.press("1", "down", "enter", "2", "f2")
        await until(pilot, lambda: node.commands[1:] == [Send(b"PING\r\n", (2,))])


async def test_without_anybody_nothing_is_begun() -> None:
    """Where the line can be written in before a client is there, it says that nobody is."""
    node = FakeNode()
    app = TcpmonApp(node)
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await pilot.click("#composer-input")
        for key in ("ctrl+o", "ctrl+s"):
            app.clear_notifications()
            await pilot.press("x", key)
            await until(pilot, lambda: "nobody to send to" in text(app))
    assert node.commands == []


async def test_what_was_sent_is_there_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Up goes on into what was sent before the program was started, and what is sent is kept."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    add_to_history(Written(Form.TEXT, "before"))
    app = TcpmonApp(FakeNode([a_client(1)]), history=True)
    async with app.run_test(size=SMALL) as pilot:
        composer = app.screen.query_one(Composer)
        await until(pilot, lambda: bool(composer.history))
        await pilot.press("s", *"now", "enter", "enter", "up", "up")
        assert composer.input.value == "before"
        await until(pilot, lambda: len(read_history()[0]) == 2)
    assert [written.text for written in read_history()[0]] == ["before", "now"]


async def test_a_broken_history_is_told_and_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever stands there, the screen comes up and says so once."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    Path(history_path()).mkdir(parents=True)
    app = TcpmonApp(FakeNode([a_client(1)]), history=True)
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await until(pilot, lambda: "no history of what was sent: cannot read" in text(app))
        await pilot.press("s", "x", "enter")
        await until(pilot, lambda: "sent to 1 of 1 client" in text(app))
