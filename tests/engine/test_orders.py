"""What hooks order is done in their order, and what cannot be done is told."""

import asyncio
from typing import Any

import pytest

from tcpmon.core.commands import Command, Delivery, Flag, Name, Send, StopReading
from tcpmon.core.errors import BadName, NoSuchTarget
from tcpmon.core.model import Kind
from tcpmon.engine.orders import TOGETHER, Orders


class Desk:
    """Carries commands out, some of them slowly or not at all."""

    def __init__(self) -> None:
        self.done: list[Command[Any]] = []
        self.said: list[tuple[Kind, str]] = []
        self.refusal = ""
        self.orders = Orders(self.do, lambda kind, text, client: self.said.append((kind, text)))

    async def do(self, command: Command[Any]) -> Delivery | None:
        await asyncio.sleep(0)
        if isinstance(command, Flag | StopReading):
            raise NoSuchTarget(f"client {command.client} is gone")
        if isinstance(command, Name):
            raise BadName("not a name", "take another")
        if command == Send(b"bug"):
            raise ZeroDivisionError
        self.done.append(command)
        if isinstance(command, Send):
            return Delivery(0, 0, {7: self.refusal}) if self.refusal else Delivery(1, 0)
        return None


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
    for command in (
        Flag(7, "x"), StopReading(7, 0), Name(7, "{x}"), Send(b"bug"), Send(b"a"),
    ):  # fmt: skip
        desk.orders.give(7, command)
    await settled(desk)
    assert desk.said[:2] == [
        (Kind.WARN, "client 7 is gone, what a hook wants of it comes too late"),
        (Kind.WARN, "client 7: not a name; take another"),
    ]
    assert "ZeroDivisionError" in desk.said[2][1]
    assert desk.done == [Send(b"a")]


async def test_it_stops() -> None:
    """What was not done by then is not done any more."""
    desk = Desk()
    desk.orders.give(1, Send(b"a"))
    await desk.orders.stop()
    assert desk.done == []
    assert desk.orders._giving is None


async def test_what_is_ordered_at_the_end_is_done() -> None:
    """Who ends in order has what was ordered before carried out."""
    desk = Desk()
    desk.orders.give(1, Send(b"a"))
    await desk.orders.finish(5)
    assert desk.done == [Send(b"a")]
    desk.orders.give(1, Send(b"a"))
    await desk.orders.finish(0)
    assert desk.orders._giving is None


async def test_who_orders_knows_when_it_is_over() -> None:
    """It is told for what was done, and for what could not be done."""
    desk, over = Desk(), list[int]()
    for command in (Send(b"a"), Flag(7, "x"), Send(b"bug")):
        desk.orders.give(7, command, lambda: over.append(1))
    await settled(desk)
    assert len(over) == 3


async def test_others_have_a_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """However much is ordered at once, the loop goes on to serve clients in between."""
    desk, turns = Desk(), list[int]()

    async def at_once(command: Command[Any]) -> None:
        desk.done.append(command)

    monkeypatch.setattr(desk.orders, "_do", at_once)
    for _ in range(4 * TOGETHER):
        desk.orders.give(1, Send(b"a"))
    while desk.orders._giving is not None:
        turns.append(len(desk.done))
        await asyncio.sleep(0)
    assert turns == [0, TOGETHER, 2 * TOGETHER, 3 * TOGETHER, 4 * TOGETHER][: len(turns)]
    assert len(turns) >= 4


async def test_a_client_that_does_not_read() -> None:
    """What a client is not given is told once, then at ten times as much, and at last in all; of
    one that has gone nothing is said."""
    desk = Desk()
    desk.refusal = "does not read"
    for _ in range(12):
        desk.orders.give(7, Send(b"a"))
    await settled(desk)
    desk.refusal = ""
    desk.orders.give(7, Send(b"a"))
    desk.orders.give(7, Send(b"a"))
    await settled(desk)
    for desk.refusal in ("gone", "is being closed"):
        desk.orders.give(7, Send(b"a"))
        await settled(desk)
    assert desk.said == [
        (Kind.WARN, "is not sent what a hook wants: does not read"),
        (Kind.WARN, "is not sent what a hook wants: does not read, 10 payloads by now"),
        (Kind.INFO, "is sent to again, 12 payloads left out"),
    ]
