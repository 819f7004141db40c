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
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path

from textual.pilot import Pilot

from tcpmon.build import start_thread
from tcpmon.config import Config
from tcpmon.core.commands import Instruct, Send
from tcpmon.core.endpoint import TcpEndpoint
from tcpmon.core.model import Ask
from tcpmon.engine.thread import EngineThread
from tcpmon.ui.app import TcpmonApp

FOLDER = Path(__file__).parent.parent / "screenshots"
WIDE, MIDDLE, SMALL = (160, 45), (116, 34), (80, 24)


@contextmanager
def a_node(port: int) -> Iterator[EngineThread]:
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

    async def hear(self, data: bytes, *clients: int) -> None:
        """Send bytes to clients, to all if none is named."""
        await self.node.do(Send(data, clients or None))

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


LOGIN = bytes.fromhex("78780d01 0123456789012345 0001 8cdd 0d0a")
BEAT = b"xx\x05\x13\x44\x06\x04\x00\x02\r\n"
ASK = bytes.fromhex("0001 0000 0006 11 03 006b 0003")
ANSWER = bytes.fromhex("0001 0000 0009 11 03 06 ae41 5652 4340")
NMEA = b"$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6A\r\n"
POST = b"POST /sales HTTP/1.1\r\nHost: till.example\r\nContent-Length: 24\r\n\r\n"
RULES = r"""
[[rule]]
name = "login"
hex = "78 78 ?? 01 (imei:8) ... (serial:2) ?? ?? 0d 0a"
do = ['send xx${crc16/x-25 be: \x05\x01${serial}}\r\n', 'name gps-${imei hex}']

[[rule]]
name = "heartbeat"
hex = "78 78 ?? 13 ... (serial:2) ?? ?? 0d 0a"
do = 'send xx${crc16/x-25 be: \x05\x13${serial}}\r\n'

[[rule]]
name = "firmware"
regex = '^UPDATE v(?P<version>[\d.]+)'
do = ['send SIZE 512\r\n', 'expect within 10s starts GO', 'drip 64 every 50ms ${random 512}']

[[rule]]
name = "quiet"
after = "90s"
do = ['send status?\n', 'mark has been quiet for 90 s']
"""
FIRMWARE = b"\x7fELF\x01\x01\x01" + bytes(1_700_000)


async def an_hour_at_the_bench(play: Play) -> None:
    """What a person sees who debugs a few devices at once."""
    plc, gps, till, meter = [await play.connect() for _ in range(4)]
    await play.say(gps, NMEA)
    await play.say(meter, b'{"meter":"a-17","kWh":4012.7,"\xc3\xb8":"25 \xc2\xb0C"}\n')
    board = await play.connect()
    await play.say(board, b"boot v1.4.2\r\nERR \x1b[31mbrown-out\x1b[0m\r\n")
    await play.leave(board, reset=True)
    nc = await play.connect("::1")
    await play.say(nc, b"hello\n")
    await play.leave(meter)
    tracker, updating = await play.connect(), await play.connect()
    await play.say(tracker, LOGIN)
    await play.say(updating, b"UPDATE v1.4.3?\r\n")
    await play.hear(FIRMWARE, 8)
    # The system has to ask for the window before it is known to be closed.
    await until(lambda: any(row.trouble for row in play.node.view(Ask(count=20)).rows))
    for turn in range(12):
        await play.say(plc, bytes([0, turn + 2]) + ASK[2:])
        await play.hear(bytes([0, turn + 2]) + ANSWER[2:], 1)
        if turn % 3 == 0:
            await play.say(gps, NMEA.replace(b"123519", b"1235%02d" % (20 + turn // 3)))
        await asyncio.sleep(0.08)
    await play.say(till, POST)
    await play.say(till, b'{"sum":1250,"cur":"EUR"}')
    await play.hear(b"HTTP/1.1 204 No Content\r\n\r\n", 3)
    await play.hear(b"status?\n")
    await asyncio.sleep(0.05)
    await play.say(nc, "alles grün, 世界\n".encode())
    await play.say(gps, NMEA.replace(b"123519", b"123531") + NMEA[:40])
    await play.say(gps, NMEA[40:])
    await play.say(tracker, BEAT)
    await play.say(till, b"HTTP/1.1 400 Bad Request\r\n\r\n")


def drawing(app: TcpmonApp, port: int) -> str:
    """Return the screen as SVG, the same for the same screen, and without a link to anywhere.
    port: shown as 8000."""
    svg = app.export_screenshot(title="tcpmon")
    svg = re.sub(rf"(?<=[:; ]){port}\b", "8000", svg)
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r"terminal-\d+", "terminal", svg)
    fonts = "'Fira Code','JetBrains Mono','DejaVu Sans Mono',Menlo,Consolas,monospace"
    svg = re.sub(r"font-family: Fira Code, monospace", f"font-family: {fonts}", svg)
    return svg.replace("<text ", '<text xml:space="preserve" ')


def free_port() -> int:
    """Return a free port with as many digits as 8000, so that nothing moves."""
    for port in range(8000, 10_000):
        with ExitStack() as held:
            try:
                for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
                    held.enter_context(socket.create_server((host, port), family=family))
            except OSError:
                continue
            return port
    raise OSError("no port with four digits is free")


async def pictures() -> dict[str, str]:
    """Play all scenes and return the pictures by name."""
    port = free_port()
    made: dict[str, str] = {}
    with a_node(port) as node:
        async with a_screen(node, MIDDLE) as (app, pilot):
            await pilot.pause()
            made["empty"] = drawing(app, port)
        play = Play(node)
        await an_hour_at_the_bench(play)
        async with a_screen(node, MIDDLE) as (app, pilot):

            async def shoot(name: str, *keys: str) -> None:
                await pilot.press(*keys)
                await pilot.pause(0.3)
                made[name] = drawing(app, port)

            await shoot("busy", "space", "space")
            await shoot("hex", "2", "x", "x")
            await shoot("composer", "x", "b", *"restart \\x02\\x03")
        for name, size, theme in (
            ("wide", WIDE, "tcpmon-dark"),
            ("small", SMALL, "tcpmon-dark"),
            ("light", MIDDLE, "tcpmon-light"),
        ):
            async with a_screen(node, size, theme) as (app, pilot):
                await pilot.pause(0.3)
                made[name] = drawing(app, port)
                if size == WIDE:
                    await pilot.press("question_mark")
                    await pilot.pause()
                    made["help"] = drawing(app, port)
        async with a_screen(node, MIDDLE) as (app, pilot):

            async def take(name: str, *keys: str) -> None:
                await pilot.press(*keys)
                await pilot.pause(0.5)
                app.clear_notifications()
                await pilot.pause()
                made[name] = drawing(app, port)

            await pilot.press("1", "home", "down", "enter", "2", "m", *"line")
            await take("cut", "enter")
            await take("compare", "v", "k", "v")
            await pilot.press("escape")
            await pilot.press("1", "home", "enter", "2", "m", *"modbus", "enter", "x", "x", "x")
            await take("decoded", "k", "k", "enter", "x", "x", "j", "j", "j", "j")
            await pilot.press("escape", "escape", "1", "end", "enter", "2", "home", "j")
            await node.do(Instruct(RULES, "tracker.toml"))
            tracker = await play.connect()
            await play.say(tracker, LOGIN)
            await play.say(tracker, BEAT)
            await take("rules", "R")
        play.end()
    return made


def main() -> None:
    """Make the pictures."""
    for name, svg in asyncio.run(pictures()).items():
        (FOLDER / f"{name}.svg").write_text(svg)


if __name__ == "__main__":
    main()
