"""A server for a test suite, on a thread of its own: what clients do is seen, and answered by
functions of the test."""

import asyncio
import inspect
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from functools import partial
from types import TracebackType
from typing import Any, Self, TypeVar

from tcpmon.core.commands import Command, Cut, Delivery, Instruct, Listen, Send
from tcpmon.core.endpoint import TcpEndpoint
from tcpmon.core.errors import NoSuchTarget, Stopped
from tcpmon.core.escape import escape
from tcpmon.core.limits import Limits
from tcpmon.core.peer import Peer
from tcpmon.engine.engine import Engine
from tcpmon.engine.thread import EngineThread

F = TypeVar("F", bound=Callable[..., object])
R = TypeVar("R")
LONGEST = 300  # bytes of what a client has said that an error shows
MOST = 5  # of so many clients
STOP_SECONDS = 0.1
"""How long clients that have not closed have at the end: a test must not pay for them."""


class Server:
    """A server on a free port of 127.0.0.1 that listens as soon as it is there.

    framing: how what clients say is cut into messages, see `tcpmon.core.framing`; "none" makes
    each read one. Functions are called on the server's thread, async ones too, those for a
    client's messages one behind the other; what they raise, `close` raises.
    """

    host = "127.0.0.1"

    def __init__(self, framing: str = "none") -> None:
        self.messages: list[tuple[int, bytes]] = []
        """(number of the client, message), in the order in which they came."""
        self.failures: list[BaseException] = []
        """What functions of the test have raised."""
        self._hooks: dict[str, Callable[..., object]] = {}
        self._peers: dict[int, Peer] = {}  # all that have come
        self._met: set[int] = set()  # those that the test has waited for
        self._ends: dict[int, str] = {}  # why those have gone that have
        self._unread: list[tuple[int, bytes]] = []
        self._heard: dict[int, bytearray] = {}
        self._news = threading.Condition()
        limits = Limits(stop_seconds=STOP_SECONDS)
        engine = Engine(framing=framing, hooks=_Hooks(self), limits=limits)
        engine.on_connect(partial(self._call, "on_connect"))
        engine.on_message(partial(self._call, "on_message"))
        engine.on_close(partial(self._call, "on_close"))
        self._node = EngineThread(engine)
        self._node.start()
        listener = self._node.do_now(Listen(TcpEndpoint(self.host, 0)))
        self.address = listener.addresses[0]
        """Host and port, as "127.0.0.1:40123"."""
        self.port = int(self.address.rpartition(":")[2])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # -- what the test does ---------------------------------------------------------

    def on_connect(self, function: F) -> F:
        """Have function(client) called for each client that comes, see `tcpmon.core.peer`. It takes
        the place of the one before, as do the others."""
        return self._hook("on_connect", function)

    def on_message(self, function: F) -> F:
        """Have function(client, message) called for each message."""
        return self._hook("on_message", function)

    def on_close(self, function: F) -> F:
        """Have function(client) called for each client that has gone."""
        return self._hook("on_close", function)

    def _hook(self, name: str, function: F) -> F:
        self._hooks[name] = function
        return function

    def rules(self, text: str) -> None:
        """Answer clients by rules, see `tcpmon.core.rules`. Raises BadRules."""
        self._do(Instruct(text))

    def cut(self, framing: str) -> None:
        """Cut what clients say into messages in another way. Raises BadFraming."""
        self._do(Cut(framing))

    def send(self, data: bytes, client: int | Peer | None = None) -> Delivery:
        """Send data to a client, None for all. Returns what became of it."""
        return self._do(Send(data, None if client is None else (_number(client),)))

    def close(self) -> None:
        """End it, in order. Raises an ExceptionGroup of what functions of the test have raised."""
        _must_not_wait()
        self._node.stop()
        self._node.ended.result()
        failures, self.failures = self.failures, []
        if failures:
            raise BaseExceptionGroup("what the server was to do failed", failures)

    # -- what the test sees -----------------------------------------------------------

    @property
    def clients(self) -> tuple[int, ...]:
        """The numbers of the clients that are there, in the order in which they came."""
        with self._news:
            return tuple(client for client in self._peers if client not in self._ends)

    @property
    def received(self) -> dict[int, bytes]:
        """All that each client has said, also of those that have gone."""
        with self._news:
            return {client: bytes(heard) for client, heard in self._heard.items()}

    # What all of these have in common: timeout is in seconds, and AssertionError is raised when
    # they are over, or a function has failed.

    def wait_for(self, data: bytes, timeout: float = 5.0) -> int:
        """Wait until a client has said something, among other things, and return its number."""
        __tracebackhide__ = True

        def who() -> int | None:
            return next((each for each, heard in self._heard.items() if data in heard), None)

        return self._wait(who, timeout, f"nobody said '{escape(data, LONGEST)}'")

    def wait_for_client(self, timeout: float = 5.0) -> Peer:
        """Wait for a client, and return it: each once, in the order in which they came."""
        __tracebackhide__ = True

        def who() -> Peer | None:
            return next((peer for id, peer in self._peers.items() if id not in self._met), None)

        peer = self._wait(who, timeout, f"no client came{' any more' if self._met else ''}")
        self._met.add(peer.id)
        return peer

    def wait_for_message(self, client: int | Peer | None = None, timeout: float = 5.0) -> bytes:
        """Wait for a message of a client, None for any, and return it: each once, in order."""
        __tracebackhide__ = True
        wanted = None if client is None else _number(client)

        def which() -> tuple[int, bytes] | None:
            return next((each for each in self._unread if wanted in (None, each[0])), None)

        none = "nobody said more" if wanted is None else f"client {wanted} said no more"
        found = self._wait(which, timeout, none)
        self._unread.remove(found)
        return found[1]

    def wait_for_close(self, client: int | Peer | None = None, timeout: float = 5.0) -> str:
        """Wait until a client has gone, None for all that have come, one at least. Returns why, in
        words: "closed by peer", "reset by peer" ..."""
        __tracebackhide__ = True
        wanted = None if client is None else _number(client)

        def why() -> str | None:
            if wanted is not None:
                return self._ends.get(wanted)
            return [*self._ends.values()][-1] if self._ends.keys() >= self._peers.keys() else None

        who = "not all have" if wanted is None else f"client {wanted} has not"
        return self._wait(lambda: why() if self._peers else None, timeout, f"{who} gone")

    def _wait(self, find: Callable[[], R | None], timeout: float, otherwise: str) -> R:
        """Wait until something is found. otherwise: what is wrong if that is in vain."""
        __tracebackhide__ = True
        _must_not_wait()
        with self._news:
            self._news.wait_for(lambda: find() is not None or self.failures, timeout)
            if (found := find()) is not None:
                return found
            told = f"{otherwise} in {timeout:g} s: {self._story()}{_stood_still()}"
        if self.failures:
            raise AssertionError("what the server was to do failed") from self.failures[0]
        raise AssertionError(told)

    def _story(self) -> str:
        """Return what the clients have done."""
        told = [self._deeds(client) for client in list(self._peers)[:MOST]]
        more = len(self._peers) - MOST
        return "; ".join([*told, f"and {more} more"] if more > 0 else told) or "no client came"

    def _deeds(self, client: int) -> str:
        heard = bytes(self._heard[client])
        said = f"said '{escape(heard, LONGEST)}'" if heard else "said nothing"
        more = f" and {len(heard) - LONGEST} bytes more" if len(heard) > LONGEST else ""
        gone = f", and has gone: {self._ends[client]}" if client in self._ends else ""
        return f"client {client} {said}{more}{gone}"

    # -- on the engine's thread -------------------------------------------------------

    def _do(self, command: Command[R]) -> R:
        _must_not_wait()
        return self._node.do_now(command)

    def _order(self, command: Command[Any]) -> None:
        try:
            done = self._node.submit(self._node.engine.do(command))
        except Stopped:  # nobody is left to do it for
            return
        done.add_done_callback(self._ordered)

    def _ordered(self, done: Future[Any]) -> None:
        error = None if done.cancelled() else done.exception()
        if isinstance(error, Exception) and not isinstance(error, (NoSuchTarget, Stopped)):
            self._fail(error)

    def _fail(self, error: BaseException) -> None:
        with self._news:
            self.failures.append(error)
            self._news.notify_all()

    def _call(self, hook: str, peer: Peer, *arguments: object) -> Awaitable[None] | None:
        function = self._hooks.get(hook)
        if function is None:
            return None
        try:
            result = function(self._peers[peer.id], *arguments)
        except BaseException as error:  # noqa: BLE001 - it is for the test; pytest.fail is no Exception
            self._fail(error)
            return None
        return self._finish(result) if inspect.isawaitable(result) else None

    async def _finish(self, result: Awaitable[object]) -> None:
        try:
            await result
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # noqa: BLE001 - as above
            self._fail(error)


class _Hooks:
    """Takes what happens into a server."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def opened(self, client: int, name: str, address: str, port: int, listener: str) -> None:
        server = self._server
        with server._news:
            server._peers[client] = Peer(client, name, address, port, listener, server._order)
            server._heard[client] = bytearray()
            server._news.notify_all()

    def said(self, client: int, data: bytes) -> None:
        server = self._server
        with server._news:
            server.messages.append((client, data))
            server._unread.append((client, data))
            server._heard[client] += data
            server._news.notify_all()

    def renamed(self, client: int, name: str) -> None:
        self._server._peers[client].known_as = name

    def ended(self, client: int, why: str) -> None:
        server = self._server
        with server._news:
            server._ends[client] = why
            server._news.notify_all()


def _number(client: int | Peer) -> int:
    return client.id if isinstance(client, Peer) else client


def _must_not_wait() -> None:
    if threading.current_thread().name == "tcpmon-engine":
        raise RuntimeError("a function of the server must not wait for it; use its client")


def _stood_still() -> str:
    """Return what has probably gone wrong in a test that is async."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return ""
    way = "await asyncio.to_thread(server.wait_for, ...)"
    return f"; the event loop of the test stood still meanwhile, {way} lets it go on"
