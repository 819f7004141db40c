"""A file to send is found, looked at and sent."""

import os
from pathlib import Path

import pytest

from tcpmon.core.commands import SendFile
from tcpmon.core.errors import CannotRead
from tcpmon.ui.screens.sending import SendFileScreen
from tests.ui.fakes import SMALL, WIDE, FakeNode, a_client, a_screen, prose, text, until


@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_a_file_is_sent(
    size: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S asks for a path, which tab completes, says how much is there or why it cannot be sent;
    enter sends it to those who are marked."""
    (tmp_path / "firmware.bin").write_bytes(bytes(12_400))
    os.mkfifo(tmp_path / "pipe")
    monkeypatch.setenv("HOME", str(tmp_path))
    node = FakeNode([a_client(1), a_client(2)])
    async with a_screen(node, size) as (app, pilot):
        await pilot.press("space", "space", "S", *"~/pipe", "enter")
        await until(pilot, lambda: "is no plain file" in prose(app))
        assert isinstance(app.screen, SendFileScreen)
        assert "Send a file to 2 marked: #1 #2" in text(app)
        await pilot.press(*["backspace"] * 4, *"fi", "tab")
        await until(pilot, lambda: "12.4 kB, 12,400 B" in text(app))
        await pilot.press("enter")
        await until(pilot, lambda: bool(node.commands))
        assert node.commands == [SendFile(str(tmp_path / "firmware.bin"), (1, 2))]
        await until(pilot, lambda: "job #1 to #1 127.0.0.1:40001" in text(app))


async def test_a_file_goes_to_those_who_are_written_to(tmp_path: Path) -> None:
    """From the composer it goes to whom the border names, all of them too, and what is written
    stays; in the log without a message S is for the table's row, as s is."""
    (tmp_path / "file").touch()
    node = FakeNode([a_client(1), a_client(2)])
    async with a_screen(node) as (app, pilot):
        await pilot.press("b", *"draft", "ctrl+s", *str(tmp_path / "file"), "enter")
        await until(pilot, lambda: bool(node.commands))
        assert node.commands == [SendFile(str(tmp_path / "file"), None)]
        assert "draft" in text(app)
        await pilot.press("escape", "2", "S")
        await until(pilot, lambda: "Send a file to #1" in text(app))


async def test_what_the_node_cannot_read_is_told(tmp_path: Path) -> None:
    """What goes wrong after all is said, and no job is claimed."""
    (tmp_path / "file").touch()
    node = FakeNode([a_client(1)])
    node.answers[SendFile] = CannotRead("cannot read file: it is gone")
    async with a_screen(node) as (app, pilot):
        await pilot.press("S", "escape", "S", *str(tmp_path / "file"), "enter")
        await until(pilot, lambda: "cannot read file: it is gone" in text(app))
        assert "has begun" not in text(app)
