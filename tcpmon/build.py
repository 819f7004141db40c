"""Config to a running node: the only place that joins the inner rings."""

import asyncio
import os
import sys
import time
from collections.abc import Callable

from tcpmon.config import Config, Own
from tcpmon.core.commands import Instruct, Listen, Note
from tcpmon.core.errors import BadRules
from tcpmon.core.escape import escape_text
from tcpmon.core.model import Listener
from tcpmon.core.payload import Facts, Payload
from tcpmon.engine.engine import Engine
from tcpmon.engine.thread import EngineThread


def make_engine(config: Config) -> Engine:
    """Return an engine that does what the config says, not started and not listening yet."""
    access = dict.fromkeys(config.allow, True) | dict.fromkeys(config.deny, False)
    return Engine(
        answer=_answer(config), half_open=config.half_open, limits=config.limits, access=access,
        framing=config.framing, names=config.names, name_from=config.name_from,
        silence=config.silence, silences=config.silences,
        hints=config.hints,
    )  # fmt: skip


def listens(config: Config) -> list[Listen]:
    """Return the commands that make an engine listen as the config says, in its order."""
    commands = []
    for endpoint in config.endpoints:
        own = config.own.get(endpoint, Own())
        commands.append(Listen(endpoint, own.framing or "", own.name_from or "", own.silence))
    return commands


async def begin(engine: Engine, config: Config) -> list[Listener]:
    """Let a started engine answer and listen as the config says; return where it does.

    Raises CannotListen, BadRules.
    """
    if config.rules is not None:
        source, text = config.rules
        await engine.do(Instruct(text, source))
    engine.tend(lambda: _watch(engine))
    if config.script:
        _run_script(engine, config.script)
    return [await engine.do(listen) for listen in listens(config)]


def _run_script(engine: Engine, path: str) -> None:
    from tcpmon.script.host import Host

    def note(client: int, text: str, warn: bool) -> None:
        engine.order(client, Note(client, text, warn))

    host = Host(path, engine.order, note, lambda paused: engine.pause_reading(paused, "script"))
    engine.run_beside(host, lambda: (host.path, host.trouble))
    host.start()

    async def until_the_end() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await host.stop()

    engine.tend(until_the_end)


WATCH_SECONDS = 0.5


async def _watch(engine: Engine) -> None:
    """Read the rules file again when it has changed, and is not being written any more."""
    path, known, seen = "", None, None
    while True:
        await asyncio.sleep(WATCH_SECONDS)
        if not (source := engine.playbook().source):
            continue
        from tcpmon import rulesfile

        stamp = rulesfile.stamp(source)
        if source != path:
            path, known = source, None  # it may have changed since it was read
        elif stamp != known and stamp == seen:
            known = stamp
            await _read_again(engine, source)
        seen = stamp


async def _read_again(engine: Engine, path: str) -> None:
    from tcpmon import rulesfile

    try:
        text = rulesfile.read(path)
    except BadRules as error:
        engine.not_taken(str(error))
        return
    try:
        if text != engine.playbook().text or engine.playbook().trouble:
            await engine.do(Instruct(text, path))
    except BadRules as error:
        engine.not_taken(f"{escape_text(path)}: {error}")


def _answer(config: Config) -> Callable[[bytes], bytes] | None:
    if config.echo:
        return lambda data: data
    if isinstance(reply := config.reply, Payload):
        return _filled(reply)
    if reply is not None:
        return lambda data: reply
    return None


def _filled(payload: Payload) -> Callable[[bytes], bytes]:
    counters: dict[str, int] = {}
    return lambda data: payload.fill(Facts(time.time_ns(), counters=counters, random=os.urandom))


SWITCH_SECONDS = 0.0005
"""How long another thread may keep the interpreter once the engine wants it: with Python's own
5 ms, whatever is drawn would hold up clients ten times as long."""


def start_thread(config: Config) -> EngineThread:
    """Return a node on a thread of its own that listens already.

    Raises CannotListen; then nothing is left running.
    """
    sys.setswitchinterval(SWITCH_SECONDS)
    node = EngineThread(make_engine(config))
    node.start()
    try:
        node.submit(begin(node.engine, config)).result()
    except BaseException:
        node.stop()
        node.ended.result()
        raise
    return node
