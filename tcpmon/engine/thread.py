"""An Engine on a thread and event loop of its own, behind the same face.

The only crossing between threads: commands go over to the engine's loop, what
is looked at is read where it lies, because only the engine writes.
"""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, TypeVar

from tcpmon.core.commands import Command
from tcpmon.core.errors import Stopped
from tcpmon.core.model import Ask, Lens, Message, Place, Record, Sifted, Span, View
from tcpmon.core.playbook import Playbook
from tcpmon.engine.engine import Engine

R = TypeVar("R")
Work = Coroutine[Any, Any, Any]


class EngineThread:
    """A Node whose engine works on, whatever the caller's thread is busy with."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.ended: Future[None] = Future()
        """Done when the engine has stopped, with its exception if it failed."""
        self._started: Future[asyncio.AbstractEventLoop] = Future()
        self._stop: asyncio.Event | None = None
        self._under_way: dict[Future[Any], tuple[Work, Work]] = {}  # (guard, what it guards)
        self._thread = threading.Thread(target=self._run, name="tcpmon-engine", daemon=True)

    def start(self) -> None:
        """Start the thread; return when commands can be given. Raises what the start raised."""
        self.ended.set_running_or_notify_cancel()  # who waits for it cannot cancel it
        self._thread.start()
        self._started.result()

    def _run(self) -> None:
        try:
            # Not the default of every system: the proactor of Windows cannot watch sockets.
            with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
                runner.run(self._serve())
        except BaseException as error:  # noqa: BLE001 - the fence of the thread: it is told
            if not self._started.done():
                self._started.set_exception(error)
            self.ended.set_exception(error)
        else:
            self._abandon()
            self.ended.set_result(None)

    def _abandon(self) -> None:
        """Answer commands that came so late that the loop never began them."""
        for future, coroutines in list(self._under_way.items()):
            for coroutine in coroutines:
                coroutine.close()
            future.set_exception(Stopped("the engine has stopped"))

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        async with self.engine:
            loop = asyncio.get_running_loop()
            loop.set_exception_handler(self.engine.on_loop_error)
            self._started.set_result(loop)
            await self._stop.wait()

    def submit(self, work: Coroutine[object, object, R]) -> Future[R]:
        """Run a coroutine on the engine's loop. Raises Stopped once that has ended; so does
        the future if it ends meanwhile."""
        guard = self._guard(work)
        future: Future[R] | None = None
        if self._started.done() and not self.ended.done() and not self._started.exception():
            with suppress(RuntimeError):  # the loop has been closed this very moment
                future = asyncio.run_coroutine_threadsafe(guard, self._started.result())
        if future is None:
            guard.close()
            work.close()
            raise Stopped("the engine has stopped")
        self._under_way[future] = (guard, work)
        future.add_done_callback(lambda done: self._under_way.pop(done, None))
        return future

    async def _guard(self, work: Coroutine[object, object, R]) -> R:
        try:
            return await work
        except asyncio.CancelledError:
            if self._stop is not None and self._stop.is_set():
                raise Stopped("the engine has stopped") from None
            raise

    async def do(self, command: Command[R]) -> R:
        """Carry out a command on the engine's loop."""
        return await asyncio.wrap_future(self.submit(self.engine.do(command)))

    def do_now(self, command: Command[R]) -> R:
        """As do, for a caller that has no event loop yet."""
        return self.submit(self.engine.do(command)).result()

    def view(self, ask: Ask) -> View:
        return self.engine.view(ask)

    def playbook(self) -> Playbook:
        return self.engine.playbook()

    def span(self) -> Span:
        return self.engine.span()

    def records(self, start: int, count: int, client: int | None = None) -> list[Record]:
        return self.engine.records(start, count, client)

    def messages(self, start: Place, count: int, lens: Lens) -> list[Message]:
        return self.engine.messages(start, count, lens)

    def sift(self, lens: Lens, seconds: float) -> Sifted:
        return self.engine.sift(lens, seconds)

    def call_soon(self, callback: Callable[[], None]) -> None:
        """Run a callback on the engine's loop, if that still runs. From any thread."""
        if self._started.done() and not self.ended.done():
            loop = self._started.result()
            try:
                loop.call_soon_threadsafe(callback)
            except RuntimeError:  # closed this very moment
                pass

    def warn(self, text: str) -> None:
        """Keep a line for the operator among the records. Never waits, from any thread."""
        self.call_soon(lambda: self.engine.warn(text))

    def stop(self) -> None:
        """Ask the engine to end; `ended` tells when it has. Never waits, from any thread."""
        if self._stop is not None:
            self.call_soon(self._stop.set)
