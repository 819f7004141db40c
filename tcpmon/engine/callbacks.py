"""Functions as hooks: what a program that uses the engine as a library gives it.

They run on the engine's loop, async ones as tasks, and are fenced: what goes wrong in one is
told in the log, against the client that it was about.
"""

import asyncio
import inspect
import traceback
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from tcpmon.core.commands import Command
from tcpmon.core.hooks import Hooks
from tcpmon.core.model import Kind
from tcpmon.core.peer import Peer
from tcpmon.engine.orders import Say

F = TypeVar("F", bound=Callable[..., object])


class Callbacks:
    """Calls functions for what clients do. order: has a command about a client carried out; say:
    keeps a line about a client. behind: other hooks, which are told first."""

    def __init__(
        self, order: Callable[[int, Command[Any]], None], say: Say, behind: Hooks | None
    ) -> None:
        self._order = order
        self._say = say
        self._behind = behind
        self._functions: dict[str, list[Callable[..., object]]] = {}
        self._peers: dict[int, Peer] = {}
        self._tasks: set[asyncio.Future[object]] = set()

    def add(self, what: str, function: F) -> F:
        """Call a function from now on for "connect", "message", "close" or "tick"."""
        self._functions.setdefault(what, []).append(function)
        return function

    def opened(self, client: int, name: str, address: str, port: int, listener: str) -> None:
        if self._behind is not None:
            self._behind.opened(client, name, address, port, listener)
        self._peers[client] = Peer(
            client, name, address, port, listener, lambda command: self._order(client, command)
        )
        self._call("connect", self._peers[client])

    def said(self, client: int, data: bytes) -> None:
        if self._behind is not None:
            self._behind.said(client, data)
        if peer := self._peers.get(client):
            self._call("message", peer, data)

    def renamed(self, client: int, name: str) -> None:
        if self._behind is not None:
            self._behind.renamed(client, name)
        if peer := self._peers.get(client):
            peer.name = name

    def ended(self, client: int, why: str) -> None:
        if self._behind is not None:
            self._behind.ended(client, why)
        if peer := self._peers.pop(client, None):
            self._call("close", peer)

    def tick(self) -> None:
        """A second is over."""
        self._call("tick")

    def _call(self, what: str, *arguments: object) -> None:
        peer = arguments[0] if arguments else None
        client = peer.id if isinstance(peer, Peer) else 0
        for function in self._functions.get(what, ()):
            try:
                result = function(*arguments)
            except Exception:  # noqa: BLE001 - the fence of a hook
                self._failed(client)
                continue
            if inspect.isawaitable(result):
                self._keep(self._finish(result, client))

    async def _finish(self, result: Awaitable[object], client: int) -> None:
        try:
            await result
        except Exception:  # noqa: BLE001 - the fence of a hook
            self._failed(client)

    def _failed(self, client: int) -> None:
        open = client in self._peers
        who = "" if open or not client else f" of client {client}"
        self._say(Kind.WARN, f"a hook{who} failed: {traceback.format_exc()}", client if open else 0)

    def _keep(self, work: Any) -> asyncio.Future[object]:
        task: asyncio.Future[object] = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def stop(self) -> None:
        """End what is still at work."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
