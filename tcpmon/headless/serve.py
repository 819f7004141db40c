"""`tcpmon serve`: run the engine, report to stdout, end in good order."""

import asyncio
import os
import signal
import stat
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import chain
from types import ModuleType
from typing import TypeVarTuple

from tcpmon import build
from tcpmon.config import ServeConfig
from tcpmon.core.errors import CannotWrite
from tcpmon.core.units import size
from tcpmon.headless import jsonl, text
from tcpmon.headless.output import Output
from tcpmon.headless.report import Report
from tcpmon.memory import settle_memory

STDOUT, STDERR = 1, 2
OUTPUT_SECONDS = 2.0  # how long a slow stdout may keep an ending program
POLL_SECONDS = 0.005

Ts = TypeVarTuple("Ts")

_FORMATS: dict[str, ModuleType] = {"text": text, "jsonl": jsonl}


def run(config: ServeConfig) -> None:
    """Serve until a signal comes or stdout is closed.

    Raises CannotListen, CannotWrite.
    """
    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        runner.run(_serve(config))


async def _serve(config: ServeConfig) -> None:
    loop = asyncio.get_running_loop()
    ending: asyncio.Future[OSError | None] = loop.create_future()
    engine = build.make_engine(config.node)
    loop.set_exception_handler(engine.on_loop_error)
    async with engine:
        listeners = await build.begin(engine, config.node)
        _watch_signals(loop, ending)
        output = Output(
            STDOUT,
            lambda paused: _call(loop, engine.pause_reading, paused),
            lambda error: _call(loop, _end, ending, error),
        )
        talk = Output(STDERR)
        form = _FORMATS[config.format]
        for address in chain.from_iterable(listener.addresses for listener in listeners):
            output.write(form.listening(address))
        engine.taps.append(Report(engine, output, talk, form, config).take)
        _watch_pipe(loop, ending)
        settle_memory()
        error = await ending
    missing = await _close(output)
    await _close(talk)
    error = error or output.error
    if isinstance(error, BrokenPipeError):
        return  # whoever read has enough
    if error is not None:
        raise CannotWrite.to_stdout(error)
    if missing:
        raise CannotWrite(f"stdout did not take the last {size(missing)} in time")


def _call(
    loop: asyncio.AbstractEventLoop, callback: Callable[[*Ts], object], *arguments: *Ts
) -> None:
    """Call something on the loop, from any thread, unless the loop has ended."""
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(callback, *arguments)


async def _close(output: Output) -> int:
    """Write what waits; return how many bytes were not taken in time. Not by `to_thread`:
    where memory is short there may be no room for another thread."""
    deadline = time.monotonic() + OUTPUT_SECONDS
    output.close(0)
    while not output.ended and time.monotonic() < deadline:
        await asyncio.sleep(POLL_SECONDS)
    return output.close(0)


def _end(ending: "asyncio.Future[OSError | None]", error: OSError | None = None) -> None:
    if not ending.done():
        ending.set_result(error)


def _watch_signals(
    loop: asyncio.AbstractEventLoop, ending: "asyncio.Future[OSError | None]"
) -> None:
    """End in good order on the first signal, at once on the second."""

    def on_signal() -> None:
        if ending.done():
            os._exit(0)
        _end(ending)

    names = ("SIGINT", "SIGTERM", "SIGHUP")
    for number in (getattr(signal, name) for name in names if hasattr(signal, name)):
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup
            loop.add_signal_handler(number, on_signal)


def _watch_pipe(loop: asyncio.AbstractEventLoop, ending: "asyncio.Future[OSError | None]") -> None:
    """Notice that whoever read our stdout has gone, even when there is nothing to write."""
    if stat.S_ISFIFO(os.fstat(STDOUT).st_mode):
        loop.add_reader(STDOUT, _end, ending, BrokenPipeError())
