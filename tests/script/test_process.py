"""A child, as its host has it."""

import asyncio
import os
from pathlib import Path
from typing import Any

from tcpmon.script.process import Process
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
