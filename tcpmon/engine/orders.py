"""Commands that hooks and scripts give: carried out one behind the other, as they were given.

What cannot be done is told in the log; nobody waits for it.
"""

import asyncio
import traceback
from collections.abc import Awaitable, Callable
from typing import Any

from tcpmon.core.commands import Command
from tcpmon.core.errors import TcpmonError
from tcpmon.core.model import Kind

Do = Callable[[Command[Any]], Awaitable[object]]
Say = Callable[[Kind, str, int], None]
"""Called with a kind of record, what it says, and the client it is about."""


class Orders:
    """do: carries out a command."""

    def __init__(self, do: Do, say: Say) -> None:
        self._do = do
        self._say = say
        self._orders: list[tuple[int, Command[Any]]] = []
        self._giving: asyncio.Task[None] | None = None

    def give(self, client: int, command: Command[Any]) -> None:
        """Have a command carried out soon. client: whom it is about."""
        self._orders.append((client, command))
        if self._giving is None:
            self._giving = asyncio.get_running_loop().create_task(self._give())

    async def _give(self) -> None:
        try:
            while self._orders:
                orders, self._orders = self._orders, []
                for client, command in orders:
                    await self._carry_out(client, command)
        finally:
            self._giving = None

    async def _carry_out(self, client: int, command: Command[Any]) -> None:
        try:
            await self._do(command)
        except TcpmonError as error:
            self._say(Kind.WARN, f"client {client}: {error}", 0)
        except Exception:  # noqa: BLE001 - the fence of a hook
            self._say(
                Kind.WARN, f"an order about client {client} failed: {traceback.format_exc()}", 0
            )

    async def stop(self) -> None:
        """Carry out nothing more."""
        self._orders.clear()
        if giving := self._giving:
            giving.cancel()
            await asyncio.gather(giving, return_exceptions=True)
            self._giving = None  # one that had not begun has not said so
