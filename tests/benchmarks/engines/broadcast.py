"""What one client says, all are sent; PING is only echoed: `broadcast.py KEEP PORT`.

KEEP: bytes of history.
"""

import asyncio
import sys

from tcpmon.core.commands import Send
from tcpmon.core.limits import Limits
from tcpmon.core.model import Kind
from tcpmon.engine.engine import Engine
from tcpmon.memory import settle_memory

PING = b"ping".ljust(63) + b"\n"


async def main(keep: int, port: int) -> None:
    engine = Engine(
        answer=lambda data: data if data == PING else b"",
        limits=Limits(clients=20_000, keep=keep),
    )
    heard: asyncio.Queue[bytes] = asyncio.Queue()
    seen = 0

    def listen_in() -> None:
        nonlocal seen
        for _, _, _, kind, data in engine.store.since(seen):
            if kind == Kind.RX and data != PING:
                heard.put_nowait(data)
        seen = engine.store.end

    async with engine:
        await engine.listen(f"127.0.0.1:{port}")
        engine.taps.append(listen_in)
        settle_memory()
        while True:
            await engine.do(Send(await heard.get()))


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        runner.run(main(int(sys.argv[1]), int(sys.argv[2])))
