"""What is sent is kept behind the screen's back, and what goes wrong is told once."""

import asyncio
from pathlib import Path

import pytest

from tcpmon.core.history import Written
from tcpmon.core.payload import Form
from tcpmon.dotfiles import history_path, read_history
from tcpmon.ui.memory import Memory

ONE, TWO = Written(Form.TEXT, "one"), Written(Form.HEX, "02")


async def test_it_keeps_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is sent is there the next time, in its order, once the program has ended."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    told: list[str] = []
    memory = Memory(told.append)
    assert await memory.read() == []
    for written in (ONE, TWO, ONE):
        memory.keep(written)
    memory._writer.shutdown()
    assert read_history() == ([ONE, TWO, ONE], 0)
    assert await memory.read() == [ONE, TWO, ONE]
    assert told == []


async def test_what_is_broken_is_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines that are none are told of; what else goes wrong after that is not."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    Path(history_path()).parent.mkdir()
    Path(history_path()).write_text("what\nis this\n")
    told: list[str] = []
    memory = Memory(told.append)
    assert await memory.read() == []
    assert await memory.read() == []
    assert told == ["2 lines of the history cannot be read"]


async def test_what_cannot_be_written_is_told_once() -> None:
    """Where nothing can be kept, this is said at the first that is sent."""
    told: list[str] = []
    memory = Memory(told.append)
    assert await memory.read() == []
    for written in (ONE, TWO):
        memory.keep(written)
    memory._writer.shutdown()
    for _ in range(5):
        await asyncio.sleep(0)
    assert len(told) == 1
    assert "cannot" in told[0]
