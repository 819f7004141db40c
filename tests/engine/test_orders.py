"""What hooks order is done in their order, and what cannot be done is told."""

import asyncio
from typing import Any

from tcpmon.core.commands import Command, Flag, Send
from tcpmon.core.errors import NoSuchTarget
from tcpmon.core.model import Kind
from tcpmon.engine.orders import Orders


class Desk:
    """Carries commands out, some of them slowly or not at all."""

    def __init__(self) -> None:
        self.done: list[Command[Any]] = []
        self.said: list[tuple[Kind, str]] = []
        self.orders = Orders(self.do, lambda kind, text, client: self.said.append((kind, text)))

    async def do(self, command: Command[Any]) -> None:
        await asyncio.sleep(0)
        if isinstance(command, Flag):
            raise NoSuchTarget(f"client {command.client} is gone")
        if command == Send(b"bug"):
            raise ZeroDivisionError
        self.done.append(command)


async def settled(desk: Desk) -> None:
    """Wait until nothing is left to do."""
    while desk.orders._giving is not None:
        await asyncio.sleep(0)


async def test_one_behind_the_other() -> None:
    """Orders are carried out as they were given, also those that come meanwhile."""
    desk = Desk()
    desk.orders.give(1, Send(b"a", (1,)))
    desk.orders.give(1, Send(b"b", (1,)))
    await asyncio.sleep(0)
    desk.orders.give(2, Send(b"c", (2,)))
    await settled(desk)
    assert [command.data for command in desk.done if isinstance(command, Send)] == [
        b"a",
        b"b",
        b"c",
    ]


async def test_what_cannot_be_done_is_told() -> None:
    """A client that has gone is told in a sentence, a bug of ours with its trace; others go on."""
    desk = Desk()
    for command in (Flag(7, "x"), Send(b"bug"), Send(b"a")):
        desk.orders.give(7, command)
    await settled(desk)
    assert desk.said[0] == (Kind.WARN, "client 7: client 7 is gone")
    assert "ZeroDivisionError" in desk.said[1][1]
    assert desk.done == [Send(b"a")]


async def test_it_stops() -> None:
    """What was not done by then is not done any more."""
    desk = Desk()
    desk.orders.give(1, Send(b"a"))
    await desk.orders.stop()
    assert desk.done == []
    assert desk.orders._giving is None
