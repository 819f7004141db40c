"""Functions as hooks: what a program that uses the engine as a library gives it.

They run on the engine's loop and are fenced: what goes wrong in one is told in the log, against
the client that it was about. Async ones are called for a client's messages one behind the other,
and for its end behind those; while too much waits for them the client is not read.
"""

import asyncio
import inspect
import traceback
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from typing import Any, TypeVar

from tcpmon.core.commands import Command
from tcpmon.core.hooks import Hooks
from tcpmon.core.inbox import Inboxes
from tcpmon.core.model import Kind
from tcpmon.core.peer import Peer
from tcpmon.engine.orders import Say

GRACE_SECONDS = 0.5  # for async functions at the end
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
        self._inboxes = Inboxes(
            self._call, self._peers.__contains__, order,
            lambda client, text: say(Kind.WARN, text, client),
        )  # fmt: skip
        self._connecting: dict[int, asyncio.Task[None]] = {}
        self._ticking: dict[Callable[..., object], asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

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
        if task := self._call("connect", self._peers[client]):
            self._connecting[client] = task
            task.add_done_callback(lambda _: self._connecting.pop(client, None))

    def said(self, client: int, data: bytes) -> None:
        if self._behind is not None:
            self._behind.said(client, data)
        if peer := self._peers.get(client):
            self._inboxes.put(client, len(data), "message", peer, data)

    def renamed(self, client: int, name: str) -> None:
        if self._behind is not None:
            self._behind.renamed(client, name)
        if peer := self._peers.get(client):
            peer.known_as = name

    def ended(self, client: int, why: str) -> None:
        if self._behind is not None:
            self._behind.ended(client, why)
        self._inboxes.forget(client)
        if peer := self._peers.pop(client, None):
            self._inboxes.put(client, 0, "close", peer)
        if task := self._connecting.pop(client, None):  # "as long as it is there" ends with it
            task.cancel()

    def tick(self) -> None:
        """A second is over."""
        self._inboxes.tick()
        for function in self._functions.get("tick", ()):
            if (before := self._ticking.get(function)) and not before.done():
                continue
            if task := self._call_all([function]):
                self._ticking[function] = task

    def _call(self, what: str, *arguments: object) -> asyncio.Task[None] | None:
        return self._call_all(self._functions.get(what, ()), *arguments)

    def _call_all(
        self, functions: Iterable[Callable[..., object]], *arguments: object
    ) -> asyncio.Task[None] | None:
        """Call functions. Returns what async ones do, None if there are none."""
        peer = arguments[0] if arguments else None
        client = peer.id if isinstance(peer, Peer) else 0
        awaited: list[Awaitable[object]] = []
        for function in functions:
            try:
                result = function(*arguments)
            except (Exception, asyncio.CancelledError):  # noqa: BLE001 - the fence of a hook
                self._failed(client)
                continue
            if inspect.isawaitable(result):
                awaited.append(result)
        return self._begin(awaited, client) if awaited else None

    def _begin(self, awaited: list[Awaitable[object]], client: int) -> asyncio.Task[None]:
        work = [self._finish(each, client) for each in awaited]
        task = asyncio.get_running_loop().create_task(work[0] if len(work) == 1 else _all(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _finish(self, result: Awaitable[object], client: int) -> None:
        try:
            await result
        except Exception:  # noqa: BLE001 - the fence of a hook
            self._failed(client)

    def _failed(self, client: int) -> None:
        open = client in self._peers
        who = "" if open or not client else f" of client {client}"
        self._say(Kind.WARN, f"a hook{who} failed: {traceback.format_exc()}", client if open else 0)

    async def stop(self) -> None:
        """Let what is at work end, in a moment; then end it."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=GRACE_SECONDS)
        self._inboxes.clear()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _all(work: list[Coroutine[Any, Any, None]]) -> None:
    await asyncio.gather(*work, return_exceptions=True)  # one that is cancelled ends no other
