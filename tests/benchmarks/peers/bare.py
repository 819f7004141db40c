"""The least that an asyncio server can do: it echoes, and keeps and counts nothing.

bare.py PORT protocol|streams asyncio|uvloop
"""

import asyncio
import sys
from collections.abc import Callable
from typing import cast

BACKLOG = 4096


class Echo(asyncio.Protocol):
    """Sends back what comes."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self.transport.write(data)


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Send back what comes, as the asyncio page of the Python manual does it."""
    try:
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


async def main(port: int, kind: str) -> None:
    if kind == "streams":
        server = await asyncio.start_server(echo, "127.0.0.1", port, backlog=BACKLOG)
    else:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(Echo, "127.0.0.1", port, backlog=BACKLOG)
    await server.serve_forever()


def loop_factory(name: str) -> Callable[[], asyncio.AbstractEventLoop]:
    if name == "uvloop":
        import uvloop

        return cast("Callable[[], asyncio.AbstractEventLoop]", uvloop.new_event_loop)
    return asyncio.new_event_loop


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=loop_factory(sys.argv[3])) as runner:
        runner.run(main(int(sys.argv[1]), sys.argv[2]))
