"""Config to a running node: the only place that joins the inner rings."""

import sys
from collections.abc import Callable

from tcpmon.config import Config
from tcpmon.core.commands import Listen
from tcpmon.engine.engine import Engine
from tcpmon.engine.thread import EngineThread


def make_engine(config: Config) -> Engine:
    """Return an engine that does what the config says, not started and not listening yet."""
    rules = dict.fromkeys(config.allow, True) | dict.fromkeys(config.deny, False)
    return Engine(
        answer=_answer(config),
        half_open=config.half_open,
        limits=config.limits,
        rules=rules,
        framing=config.framing,
    )


def _answer(config: Config) -> Callable[[bytes], bytes] | None:
    if config.echo:
        return lambda data: data
    if (reply := config.reply) is not None:
        return lambda data: reply
    return None


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
        for endpoint in config.endpoints:
            node.do_now(Listen(endpoint))
    except BaseException:
        node.stop()
        node.ended.result()
        raise
    return node
