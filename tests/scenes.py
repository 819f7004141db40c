"""Scenes with real loopback clients, and the pictures of them in screenshots/.

    python -m tests.scenes          make all pictures anew

Every picture is of the real program: an engine on its thread, sockets, keys.
"""

import asyncio
import re
import socket
import struct
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from textual.pilot import Pilot

from tcpmon.build import start_thread
from tcpmon.config import Config
from tcpmon.core.endpoint import TcpEndpoint
from tcpmon.core.model import Ask
from tcpmon.engine.thread import EngineThread
from tcpmon.ui.app import TcpmonApp

FOLDER = Path(__file__).parent.parent / "screenshots"
WIDE, SMALL = (160, 45), (80, 24)


@contextmanager
def a_node(port: int = 0) -> Iterator[EngineThread]:
    """A node that listens on localhost."""
    node = start_thread(Config((TcpEndpoint("localhost", port),)))
    try:
        yield node
    finally:
        node.stop()
        node.ended.result(10)


@asynccontextmanager
async def a_screen(
    node: EngineThread, size: tuple[int, int], theme: str = "tcpmon-dark"
) -> AsyncIterator[tuple[TcpmonApp, Pilot[None]]]:
    """The program's screen on a node, without a terminal."""
    app = TcpmonApp(node, theme)
    async with app.run_test(size=size, notifications=True) as pilot:
        yield app, pilot


class Play:
    """Loopback clients that say their lines one after another."""

    def __init__(self, node: EngineThread) -> None:
        self.node = node
        self.address = ("127.0.0.1", int(node.view(Ask()).listeners[0].addresses[0].split(":")[1]))
        self.clients: list[socket.socket] = []

    async def connect(self, host: str = "127.0.0.1") -> socket.socket:
        """Connect a client and wait until it is in the table."""
        accepted = self.node.view(Ask()).totals.accepted
        client = socket.create_connection((host, self.address[1]))
        self.clients.append(client)
        await until(lambda: self.node.view(Ask()).totals.accepted > accepted)
        return client

    async def say(self, client: socket.socket, data: bytes) -> None:
        """Send bytes and wait until they are kept."""
        received = self.node.view(Ask()).totals.rx_bytes
        client.sendall(data)
        await until(lambda: self.node.view(Ask()).totals.rx_bytes >= received + len(data))

    async def leave(self, client: socket.socket, reset: bool = False) -> None:
        """Close, or reset, and wait until the row says so."""
        closed = self.node.view(Ask()).totals.closed
        if reset:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()
        await until(lambda: self.node.view(Ask()).totals.closed > closed)

    def end(self) -> None:
        """Close all."""
        for client in self.clients:
            client.close()


async def until(condition: Callable[[], bool], seconds: float = 10) -> None:
    """Wait for a condition that another thread brings about."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        await asyncio.sleep(0.005)


MODBUS = bytes.fromhex("0001 0000 0006 11 03 006b 0003")
NMEA = b"$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6A\r\n"
HTTP = b"POST /sales HTTP/1.1\r\nHost: till.example\r\nContent-Length: 24\r\n\r\n"


async def an_hour_at_the_bench(play: Play) -> None:
    """What a person sees who debugs a few devices at once."""
    plc, gps, till, meter = [await play.connect() for _ in range(4)]
    await play.say(plc, MODBUS)
    await play.say(gps, NMEA)
    await play.say(meter, b'{"meter":"a-17","kWh":4012.7,"\xc3\xb8":"25 \xc2\xb0C"}\n')
    board = await play.connect()
    await play.say(board, b"boot v1.4.2\r\nERR \x1b[31mbrown-out\x1b[0m\r\n")
    await play.leave(board, reset=True)
    await play.say(till, HTTP)
    await play.say(till, b'{"sum":1250,"cur":"EUR"}')
    await play.leave(meter)
    nc = await play.connect("::1")
    await play.say(nc, b"hello\n")
    tracker = await play.connect()
    await play.say(tracker, bytes.fromhex("78780d01 0123456789012345 0001 8cdd 0d0a"))
    for turn in range(24):
        await play.say(plc, bytes([0, turn + 2]) + MODBUS[2:])
        if turn % 3 == 0:
            await play.say(gps, NMEA.replace(b"123519", b"1235%02d" % (20 + turn // 3)))
        await asyncio.sleep(0.11)
    await play.say(nc, "grüße, 世界\n".encode())


def drawing(app: TcpmonApp) -> str:
    """Return the screen as SVG, the same for the same screen, and without a link to anywhere."""
    svg = app.export_screenshot(title="tcpmon")
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r"terminal-\d+", "terminal", svg)
    fonts = "'Fira Code','JetBrains Mono','DejaVu Sans Mono',Menlo,Consolas,monospace"
    svg = re.sub(r"font-family: Fira Code, monospace", f"font-family: {fonts}", svg)
    return svg.replace("<text ", '<text xml:space="preserve" ')


async def pictures() -> dict[str, str]:
    """Play all scenes and return the pictures by name."""
    made: dict[str, str] = {}
    with a_node(8000) as node:
        async with a_screen(node, WIDE) as (app, pilot):
            await pilot.pause()
            made["empty"] = drawing(app)
        play = Play(node)
        await an_hour_at_the_bench(play)
        async with a_screen(node, WIDE) as (app, pilot):
            await pilot.pause(0.3)
            made["busy"] = drawing(app)
            await pilot.press("question_mark")
            await pilot.pause()
            made["help"] = drawing(app)
            await pilot.press("escape", "2", "x", "x")
            await pilot.pause(0.3)
            made["hex"] = drawing(app)
            await pilot.press("x", "b", *"status\\x3f")
            await pilot.pause(0.3)
            made["composer"] = drawing(app)
        async with a_screen(node, SMALL) as (app, pilot):
            await pilot.pause(0.3)
            made["small"] = drawing(app)
        async with a_screen(node, WIDE, "tcpmon-light") as (app, pilot):
            await pilot.pause(0.3)
            made["light"] = drawing(app)
        play.end()
    return made


def main() -> None:
    """Make the pictures."""
    for name, svg in asyncio.run(pictures()).items():
        (FOLDER / f"{name}.svg").write_text(svg)


if __name__ == "__main__":
    main()
