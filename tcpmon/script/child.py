"""The process in which a script runs: events in, commands out.

It is started by `tcpmon.script.process` and ends with whoever started it. Nothing here may be
trusted to run at all: what must be known of a script that hangs, the page and a signal tell.
"""

import asyncio
import faulthandler
import os
import resource
import selectors
import signal
import socket
import sys
import time
from collections.abc import Callable, Coroutine, Generator
from contextlib import suppress
from contextvars import ContextVar
from functools import partial
from typing import Any

from msgspec import to_builtins

from tcpmon.core.commands import Command, Send
from tcpmon.core.errors import BadScript
from tcpmon.core.inbox import Inboxes
from tcpmon.core.peer import Peer
from tcpmon.script import beside, clients
from tcpmon.script.code import Functions, explain, load
from tcpmon.script.flood import Flood
from tcpmon.script.outbox import Outbox, Teller
from tcpmon.script.page import IDLE, LOADING, TASKS, Page
from tcpmon.script.wire import Frames, utf8

READ = 64 << 10
UNDER_WAY = 10_000  # async hooks at work; then no more events are taken until there are fewer
SEND_MOST = 128 << 20  # bytes; what the wire takes is twice that
GRACE_SECONDS = 0.5  # for async hooks at the end
_client: ContextVar[int] = ContextVar("client", default=0)


class Selector(selectors.DefaultSelector):
    """Notes when there is nothing to do."""

    page: Page

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.page.mark(IDLE)
        found = super().select(timeout)
        self.page.mark(TASKS)
        return found


class Steps(Coroutine[Any, Any, None]):
    """A hook that waits for something: it is noted each time that it goes on."""

    def __init__(self, child: "Child", hook: str, client: int, work: Coroutine[Any, Any, Any]):
        self._child, self._hook, self._of, self._work = child, hook, client, work

    def send(self, value: Any) -> Any:
        return self._step(partial(self._work.send, value))

    def throw(self, *error: Any) -> Any:
        return self._step(partial(self._work.throw, *error))

    def _step(self, go_on: Any) -> Any:
        child = self._child
        child.page.mark(self._hook, self._of)
        try:
            return go_on()
        except (StopIteration, asyncio.CancelledError):
            raise
        except BaseException as error:  # noqa: BLE001 - the fence of a hook
            child.failed(self._hook, self._of, error)
            raise StopIteration from None
        finally:
            child.page.mark(TASKS)
            child.end_a_copy()

    def close(self) -> None:
        self._work.close()

    def __await__(self) -> Generator[Any, None, None]:
        raise TypeError("only for a task")


class Child:
    """The clients as the script knows them, and its hooks."""

    def __init__(self, sock: socket.socket, page: Page, path: str) -> None:
        self.page = page
        self._sock = sock
        self._path = path
        self._process = os.getpid()
        self._frames = Frames()
        self._peers = clients
        self._hooks: Functions | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_full = False
        self._connecting: dict[int, asyncio.Task[None]] = {}
        self._inboxes = Inboxes(
            self._call, self._peers.__contains__, self._order,
            lambda client, text: self._outbox.tell(["print", client, text, True]),
        )  # fmt: skip
        self._tick: asyncio.Task[None] | None = None
        self._ended = asyncio.Event()
        self._flood = Flood()  # of errors
        self._loop = asyncio.get_running_loop()
        self._takes: dict[str, Callable[..., None]] = {
            "load": self._load, "known": self._known, "opened": self._opened,
            "said": self._said, "renamed": self._renamed, "ended": self._gone,
        }  # fmt: skip
        self._outbox = Outbox(sock, self._loop)
        sys.stdout = Teller(self._outbox, _client.get, warn=False)
        sys.stderr = Teller(self._outbox, _client.get, warn=True)
        os.register_at_fork(after_in_child=self._be_a_copy, after_in_parent=self._has_forked)

    async def run(self) -> None:
        """Work until the host has gone."""
        loop = self._loop
        loop.set_exception_handler(self._on_loop_error)
        self._outbox.tell(["up"])
        loop.call_later(1, self._on_second)
        loop.add_reader(self._sock, self._read)
        await self._ended.wait()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=GRACE_SECONDS)
        self._outbox.flush()

    def _read(self) -> None:
        try:
            data = self._sock.recv(READ, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._loop.remove_reader(self._sock)
            self._ended.set()
            return
        for word, *facts in self._frames.feed(data):
            self._takes[word](*facts)
        self._outbox.flush()
        if self._at_work >= UNDER_WAY:
            self._is_full = True
            self._loop.remove_reader(self._sock)

    def _known(self, client: int, name: str, address: str, port: int, listener: str) -> None:
        order = partial(self._order, client)
        self._peers[client] = Peer(client, name, address, port, listener, order)

    def _opened(self, client: int, *facts: Any) -> None:
        if client not in self._peers:
            self._known(client, *facts)
        if task := self._call("on_connect", self._peers[client]):
            self._connecting[client] = task
            task.add_done_callback(lambda _: self._connecting.pop(client, None))

    def _said(self, client: int, data: bytes) -> None:
        if peer := self._peers.get(client):
            self._inboxes.put(client, len(data), "on_message", peer, data)

    def _renamed(self, client: int, name: str) -> None:
        if peer := self._peers.get(client):
            peer.known_as = name

    def _gone(self, client: int) -> None:
        self._inboxes.forget(client)
        if peer := self._peers.pop(client, None):
            self._inboxes.put(client, 0, "on_close", peer)
        if task := self._connecting.pop(client, None):
            task.cancel()

    def _load(self) -> None:
        self.page.mark(LOADING)
        try:
            hooks = load(self._path)
        except BadScript as error:
            end = "; what it was before goes on" if self._hooks else ""
            files = beside.files(self._path, error.__cause__)
            self._outbox.tell(["bad", utf8(error.message) + end, files])
        else:
            self._outbox.tell(["loaded", ", ".join(hooks), beside.files(self._path, None)])
            self._hooks = hooks
        self.page.mark(TASKS)
        self.end_a_copy()

    def _call(self, hook: str, *arguments: object) -> asyncio.Task[None] | None:
        """Call a hook. Returns what it does, if it is async."""
        function = self._hooks and self._hooks.get(hook)
        if not function:
            return None
        peer = arguments[0] if arguments else None
        client = peer.id if isinstance(peer, Peer) else 0
        token = _client.set(client)
        self.page.mark(hook, client)
        try:
            result = function(*arguments)
            if asyncio.iscoroutine(result):
                return self._begin(hook, client, result)
        except BaseException as error:  # noqa: BLE001 - the fence of a hook
            self.failed(hook, client, error)
        finally:
            self.page.mark(TASKS)
            self.end_a_copy()
            _client.reset(token)
        return None

    def _begin(self, hook: str, client: int, work: Coroutine[Any, Any, Any]) -> asyncio.Task[None]:
        task = self._loop.create_task(Steps(self, hook, client, work))
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if self._is_full and self._at_work <= UNDER_WAY // 2 and not self._ended.is_set():
            self._is_full = False
            self._loop.add_reader(self._sock, self._read)

    @property
    def _at_work(self) -> int:
        """How many async hooks are at work that do not end with a client."""
        return len(self._tasks) - len(self._connecting)

    def failed(self, hook: str, client: int, error: BaseException) -> None:
        """Tell of an error in a hook."""
        if self._flood.lets(time.monotonic()):
            self._outbox.tell(["failed", client, hook, utf8(explain(error, self._path))])

    def _order(self, client: int, command: Command[Any]) -> None:
        name = type(command).__name__
        built = to_builtins(command, builtin_types=(bytes,))
        fields = {key: utf8(each) if isinstance(each, str) else each for key, each in built.items()}
        size = len(command.data) if isinstance(command, Send) else 0
        if size > SEND_MOST:
            raise ValueError(f"{size >> 20} MiB in one send, {SEND_MOST >> 20} MiB are the most")
        self._outbox.add(["do", client, name, fields], size)

    def _on_second(self) -> None:
        self._loop.call_later(1, self._on_second)
        if self._tick is None or self._tick.done():
            self._tick = self._call("on_tick")
        self._inboxes.tick()
        for teller in (sys.stdout, sys.stderr):
            if isinstance(teller, Teller):  # the script may have put something else there
                teller.tell_left_out()
        if count := self._flood.left_out():
            self._outbox.tell(["left out", count])

    def _on_loop_error(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception") or RuntimeError(str(context.get("message")))
        self.failed(TASKS, 0, error)

    # -- copies that the script makes of this process -----------------------------------

    def _be_a_copy(self) -> None:
        """A copy must not speak for this process, and ends with it."""
        _end_with_parent()
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, self._sock.fileno(), inheritable=False)
        os.close(nothing)
        self._outbox.close()

    def _has_forked(self) -> None:
        self._outbox.tell(["forked"])

    def end_a_copy(self) -> None:
        """End where a copy would go on with what is ours to do."""
        if os.getpid() != self._process:
            os._exit(0)


def _end_with_parent() -> None:
    """Have the system kill us when the thread that started us ends, where it can: a script that
    loops would never see that nobody is there."""
    if sys.platform == "linux":
        import ctypes

        set_death_signal = 1  # PR_SET_PDEATHSIG of linux/prctl.h
        ctypes.CDLL(None).prctl(set_death_signal, signal.SIGKILL)


def main(arguments: list[str]) -> None:
    """Run. arguments: descriptors of socket, page and traces, bytes of memory, the script."""
    fds, memory, path = [int(each) for each in arguments[:3]], int(arguments[3]), arguments[4]
    for fd in fds:
        os.set_inheritable(fd, False)  # what the script starts must not have them
    faulthandler.enable(fds[2], all_threads=False)  # a crash tells its line, too
    faulthandler.register(signal.SIGUSR1, fds[2], all_threads=False)
    _end_with_parent()
    with suppress(ValueError, OSError):  # a stricter limit holds already
        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    sys.path.insert(0, os.path.dirname(path))
    sys.argv = [path]
    sys.dont_write_bytecode = True  # what is changed twice in a second would be taken for the same
    page = Page(fds[1])
    selector = Selector()
    selector.page = page
    with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(selector)) as runner:
        runner.run(_run(socket.socket(fileno=fds[0]), page, path))


async def _run(sock: socket.socket, page: Page, path: str) -> None:
    await Child(sock, page, path).run()
