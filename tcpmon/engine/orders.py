"""Commands that hooks and scripts give: carried out one behind the other, as they were given.

What cannot be done is told in the log; nobody waits for it.
"""

import asyncio
import traceback
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from tcpmon.core.commands import Command, Delivery, StopReading
from tcpmon.core.errors import NoSuchTarget, TcpmonError
from tcpmon.core.model import Kind
from tcpmon.core.units import counted

TOGETHER = 256
"""Commands that are carried out in one go: then clients have a turn."""
LEAVING = ("gone", "is being closed")
"""Why a client is not given something of which nothing is said: it happens in every chat."""

Do = Callable[[Command[Any]], Awaitable[object]]
Say = Callable[[Kind, str, int], None]
"""Called with a kind of record, what it says, and the client it is about."""
Done = Callable[[], None]
"""Called when a command has been carried out, or could not be."""


class Orders:
    """do: carries out a command."""

    def __init__(self, do: Do, say: Say) -> None:
        self._do = do
        self._say = say
        self._orders: deque[tuple[int, Command[Any], Done | None]] = deque()
        self._giving: asyncio.Task[None] | None = None
        self._left_out: dict[int, int] = {}  # payloads that clients who do not read were not given

    def give(self, client: int, command: Command[Any], done: Done | None = None) -> None:
        """Have a command carried out soon. client: whom it is about."""
        self._orders.append((client, command, done))
        if self._giving is None:
            self._giving = asyncio.get_running_loop().create_task(self._give())

    async def _give(self) -> None:
        try:
            while self._orders:
                for _ in range(min(TOGETHER, len(self._orders))):
                    client, command, done = self._orders.popleft()
                    await self._carry_out(client, command)
                    if done is not None:
                        done()
                if self._orders:
                    await asyncio.sleep(0)
        finally:
            self._giving = None

    async def _carry_out(self, client: int, command: Command[Any]) -> None:
        try:
            answer = await self._do(command)
        except NoSuchTarget as error:
            if not isinstance(command, StopReading):  # that is ours, nobody has asked for it
                self._say(Kind.WARN, f"{error.message}, what a hook wants of it comes too late", 0)
        except TcpmonError as error:
            self._say(Kind.WARN, f"client {client}: {error}", 0)
        except Exception:  # noqa: BLE001 - the fence of a hook
            self._say(
                Kind.WARN, f"an order about client {client} failed: {traceback.format_exc()}", 0
            )
        else:
            if isinstance(answer, Delivery):
                self._count(client, answer.skipped.get(client, ""))

    def _count(self, client: int, reason: str) -> None:
        """Tell of payloads that a client was not given, ten times as many before it is told again.
        reason: why it was not given this one, "" if it was."""
        if not reason or reason in LEAVING:
            if self._left_out and (count := self._left_out.pop(client, 0)) and not reason:
                self._say(Kind.INFO, f"is sent to again, {_payloads(count)} left out", client)
            return
        count = self._left_out[client] = self._left_out.get(client, 0) + 1
        if str(count).strip("0") == "1":
            told = f", {_payloads(count)} by now" if count > 1 else ""
            self._say(Kind.WARN, f"is not sent what a hook wants: {reason}{told}", client)

    async def finish(self, seconds: float) -> None:
        """Carry out what has been ordered, so long at most; then nothing more."""
        if self._giving is not None:
            await asyncio.wait([self._giving], timeout=seconds)
        await self.stop()

    async def stop(self) -> None:
        """Carry out nothing more."""
        self._orders.clear()
        if giving := self._giving:
            giving.cancel()
            await asyncio.gather(giving, return_exceptions=True)
            self._giving = None  # one that had not begun has not said so


def _payloads(count: int) -> str:
    return counted(count, "payload")
