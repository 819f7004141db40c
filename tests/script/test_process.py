"""A child, as its host has it."""

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest

from tcpmon.script.outbox import TOGETHER
from tcpmon.script.process import TOGETHER as TELL, Process
from tests.script.conftest import WAIT


async def test_life(tmp_path: Path) -> None:
    """What is told arrives, what is said comes back, in pieces larger than a socket takes; lines
    past the child's own stdout come, too; what waits is counted; a burial leaves nothing."""
    path = tmp_path / "s.py"
    path.write_text(
        "import os\ndef on_message(client, message): client.send(message)\n"
        "def on_close(client): os.write(1, b'one\\ntwo')\n"
    )
    before = set(os.listdir("/proc/self/fd"))
    said: list[list[Any]] = []
    lines: list[tuple[str, bool]] = []
    gone = asyncio.Event()
    process = Process(
        str(path), 1 << 30, said.append, lambda line, warn: lines.append((line, warn)),
        lambda line: None, gone.set, lambda: None,
    )  # fmt: skip
    data = os.urandom(3 << 20)
    process.tell(["load"])
    process.tell(["opened", 1, "", "", 0, ""])
    process.tell(["said", 1, data], len(data))
    assert process.waiting > len(data) // 2  # the rest is in the socket
    process.tell(["ended", 1])
    async with asyncio.timeout(WAIT):
        while not any(item[0] == "do" for item in said):
            await asyncio.sleep(0.005)
        assert process.waiting == 0
        process.finish()
        await gone.wait()
        code = await process.bury()
    assert code == 0
    assert [item[:2] for item in said] == [["up"], ["loaded", "on_message, on_close"], ["do", 1]]
    assert said[2][3]["data"] == data
    assert lines == [("one", False), ("two", False)]
    assert set(os.listdir("/proc/self/fd")) == before


@pytest.mark.parametrize(("heard", "told"), [(True, False), (False, False), (False, True)])
async def test_last_words(tmp_path: Path, heard: bool, told: bool) -> None:
    """What a child has said before it ended is taken, though nobody listened to it any more, or
    it was just being told something."""
    path = tmp_path / "s.py"
    path.write_text(
        "import os\ndef on_message(client, message):\n"
        f"    client.send(b'x' * {TOGETHER})\n    os._exit(3)\n"
    )
    said: list[list[Any]] = []
    process = Process(
        str(path), 1 << 30, said.append, lambda line, warn: None, lambda line: None, lambda: None,
        lambda: None,
    )  # fmt: skip
    process.tell(["load"])
    process.tell(["opened", 1, "", "", 0, ""])
    async with asyncio.timeout(WAIT):
        while len(said) < 2:
            await asyncio.sleep(0.005)
        process.listen(heard)
        process.tell(["said", 1, b"x"], 1)
        while process.ending() is None:
            await asyncio.sleep(0.005)
        if told:
            process.tell(["said", 1, b"y" * TELL], TELL)
        assert await process.bury() == 3
    assert [item[0] for item in said] == ["up", "loaded", "do"]


async def test_told_much_at_the_end(tmp_path: Path) -> None:
    """A child ends by itself when it has taken all that it was told, also what did not fit into
    the socket at first."""
    path = tmp_path / "s.py"
    path.write_text("def on_message(client, message): client.send(b'%d' % len(message))\n")
    said: list[list[Any]] = []
    gone = asyncio.Event()
    process = Process(
        str(path), 1 << 30, said.append, lambda line, warn: None, lambda line: None, gone.set,
        lambda: None,
    )  # fmt: skip
    size = 3 << 20
    process.tell(["load"])
    process.tell(["opened", 1, "", "", 0, ""])
    process.tell(["said", 1, bytes(size)], size)
    process.finish()
    process.tell(["said", 1, b"too late"])
    async with asyncio.timeout(WAIT):
        await gone.wait()
        assert await process.bury() == 0
    assert said[-1][3]["data"] == b"%d" % size
