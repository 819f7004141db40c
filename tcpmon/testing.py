"""A server for a test suite, on a thread of its own: what clients do is seen, and answered by
functions of the test."""

import inspect
import threading
from collections.abc import Callable
from concurrent.futures import Future
from types import TracebackType
from typing import Any, Self, TypeVar

from tcpmon.core.commands import Command, Delivery, Instruct, Listen, Send
from tcpmon.core.endpoint import TcpEndpoint
from tcpmon.core.errors import NoSuchTarget, Stopped
from tcpmon.core.escape import escape
from tcpmon.core.peer import Peer
from tcpmon.engine.engine import Engine
from tcpmon.engine.thread import EngineThread

F = TypeVar("F", bound=Callable[..., object])
R = TypeVar("R")
LONGEST = 300  # bytes of what a client has said that an error shows


class Server:
    """A server on a free port of 127.0.0.1 that listens as soon as it is there.

    framing: how what clients say is cut into messages, see `tcpmon.core.framing`; "none" makes
    each read one. Functions are called on the server's thread; what they raise, `close` raises.
    """

    host = "127.0.0.1"

    def __init__(self, framing: str = "none") -> None:
        self.messages: list[tuple[int, bytes]] = []
        """(number of the client, message), in the order in which they came."""
        self.failures: list[Exception] = []
        """What functions of the test have raised."""
        self._hooks: dict[str, Callable[..., object]] = {}
        self._peers: dict[int, Peer] = {}
        self._heard: dict[int, bytearray] = {}
        self._news = threading.Condition()
        self._node = EngineThread(Engine(framing=framing, hooks=_Hooks(self)))
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
        """Have function(client) called for each client that comes."""
        return self._hook("on_connect", function)

    def on_message(self, function: F) -> F:
        """Have function(client, message) called for each message."""
        return self._hook("on_message", function)

    def on_close(self, function: F) -> F:
        """Have function(client) called for each client that has gone."""
        return self._hook("on_close", function)

    def _hook(self, name: str, function: F) -> F:
        if inspect.iscoroutinefunction(function):
            raise TypeError(f"{name} takes a plain function, not an async one")
        self._hooks[name] = function
        return function

    def rules(self, text: str) -> None:
        """Answer clients by rules, see `tcpmon.core.rules`. Raises BadRules."""
        self._do(Instruct(text))

    def send(self, data: bytes, client: int | None = None) -> Delivery:
        """Send data to a client, None for all. Returns what became of it."""
        return self._do(Send(data, None if client is None else (client,)))

    def close(self) -> None:
        """End it, in order. Raises an ExceptionGroup of what functions of the test have raised."""
        self._node.stop()
        self._node.ended.result()
        failures, self.failures = self.failures, []
        if failures:
            raise ExceptionGroup("what the server was to do failed", failures)

    # -- what the test sees -----------------------------------------------------------

    @property
    def clients(self) -> tuple[int, ...]:
        """The numbers of the clients that are there, in the order in which they came."""
        with self._news:
            return tuple(self._peers)

    @property
    def received(self) -> dict[int, bytes]:
        """All that each client has said, also of those that have gone."""
        with self._news:
            return {client: bytes(heard) for client, heard in self._heard.items()}

    def wait_for(self, data: bytes, timeout: float = 5.0) -> int:
        """Wait until a client has said something, among other things, and return its number.

        timeout: seconds. Raises AssertionError when they are over, or a function has failed.
        """
        with self._news:
            self._news.wait_for(lambda: self._who_said(data) or self.failures, timeout)
            if (client := self._who_said(data)) is not None:
                return client
            told = [f"client {each} said {escape(bytes(heard), LONGEST)!r}"
                    for each, heard in self._heard.items()]  # fmt: skip
        if self.failures:
            raise AssertionError("what the server was to do failed") from self.failures[0]
        heard = "; ".join(told) or "no client came"
        raise AssertionError(f"nobody said {escape(data, LONGEST)!r} in {timeout:g} s: {heard}")

    def _who_said(self, data: bytes) -> int | None:
        return next((client for client, heard in self._heard.items() if data in heard), None)

    # -- on the engine's thread -------------------------------------------------------

    def _do(self, command: Command[R]) -> R:
        if threading.current_thread().name == "tcpmon-engine":
            raise RuntimeError("a function of the server must not wait for it; use its client")
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

    def _fail(self, error: Exception) -> None:
        with self._news:
            self.failures.append(error)
            self._news.notify_all()

    def _call(self, hook: str, *arguments: object) -> None:
        try:
            if function := self._hooks.get(hook):
                function(*arguments)
        except Exception as error:  # noqa: BLE001 - it is for the test
            self._fail(error)


class _Hooks:
    """Takes what happens into a server."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def opened(self, client: int, name: str, address: str, port: int, listener: str) -> None:
        server = self._server
        peer = Peer(client, name, address, port, listener, server._order)
        with server._news:
            server._peers[client] = peer
            server._heard[client] = bytearray()
            server._news.notify_all()
        server._call("on_connect", peer)

    def said(self, client: int, data: bytes) -> None:
        server = self._server
        with server._news:
            server.messages.append((client, data))
            server._heard[client] += data
            server._news.notify_all()
        server._call("on_message", server._peers[client], data)

    def renamed(self, client: int, name: str) -> None:
        self._server._peers[client].name = name

    def ended(self, client: int, why: str) -> None:
        server = self._server
        with server._news:
            peer = server._peers.pop(client)
            server._news.notify_all()
        server._call("on_close", peer)
