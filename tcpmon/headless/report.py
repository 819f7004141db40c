"""What `tcpmon serve` writes: every record or message, or those that a filter lets through."""

import time
from collections import deque
from collections.abc import Callable
from types import ModuleType

from tcpmon.config import ServeConfig
from tcpmon.core.cutting.follow import Follower
from tcpmon.core.model import Kind, Message, remark
from tcpmon.core.store import Raw
from tcpmon.engine.engine import Engine
from tcpmon.headless.output import Output

HINT_SECONDS = 1.0
LISTENERS = (b"listening on ", b"stopped listening on ")


class Report:
    """Takes what happened in a turn and writes what was asked for: data to output, what the
    operator should know to talk."""

    def __init__(
        self, engine: Engine, output: Output, talk: Output, form: ModuleType, config: ServeConfig
    ) -> None:
        self._store = engine.store
        self._output = output
        self._talk = talk
        self._line = form.line
        self._message = form.message
        self._quiet = config.quiet
        self._next = 0
        self._wanted = wanted(engine, config.filter, self._warn) if config.filter else None
        own = (each.framing or "none" for each in config.node.own.values())
        cut = {config.node.framing, *own} != {"none"}
        self._begun = engine.begun if config.node.hints else None
        self._hinted_at = -HINT_SECONDS
        self._follower = Follower(engine.log.window) if cut and not config.quiet else None

    def take(self) -> None:
        """Write what is new."""
        if self._begun:
            self._tell_plain(self._begun)
        if self._follower is not None:
            self._take_messages(self._follower)
            return
        store = self._store
        if self._next == store.end:
            return
        lines = []
        for raw in store.since(self._next, events_only=self._quiet):
            kind = raw[3]
            if kind == Kind.WARN or (kind == Kind.INFO and not raw[2]):
                self._tell(kind, raw[4], raw[2])
            elif self._wanted is None or self._wanted(self._whole(raw)):
                line = self._line(raw, store.cast(raw[0]) if kind == Kind.CAST else None)
                lines.append(line or self._told(kind, raw[4], raw[2]))
        self._next = store.end
        if lines:
            self._output.write(b"".join(lines))

    def _take_messages(self, follower: Follower) -> None:
        lines = []
        for message in follower.take(time.time_ns()):
            kind, client = message.kind, message.client
            if kind is Kind.WARN or (kind is Kind.INFO and not client):
                self._tell(kind, message.data, client)
            elif self._wanted is None or self._wanted(message):
                lines.append(self._message(message) or self._told(kind, message.data, client))
        if lines:
            self._output.write(b"".join(lines))

    def _tell_plain(self, begun: deque[tuple[int, bytes]]) -> None:
        """Say what began so that it can go no further here: of one client in a while."""
        from tcpmon.core.hints import on_plain

        while begun:
            client, first = begun.popleft()
            now = time.monotonic()
            if now - self._hinted_at >= HINT_SECONDS and (text := on_plain(first)):
                self._hinted_at = now
                self._warn(text, client)

    def _whole(self, raw: Raw) -> Message:
        seq, at, client, kind, data = raw
        cast = self._store.cast(seq) if kind == Kind.CAST else None
        return Message(seq, at, Kind(kind), client, data, cast, size=len(data))

    def _tell(self, kind: int, data: bytes, client: int) -> None:
        """Tell what is no event of a client's: where it listens the first lines have told."""
        if kind == Kind.WARN or not data.startswith(LISTENERS):
            self._warn(remark(data), client)

    def _told(self, kind: int, data: bytes, client: int) -> bytes:
        """Tell of a line about a client that has no place in what is written, and write none."""
        if kind == Kind.INFO:
            self._tell(kind, data, client)
        return b""

    def _warn(self, text: str, client: int = 0) -> None:
        who = f"client {client}, " if client else ""
        self._talk.write(f"tcpmon: {who}{text}\n".encode())


def wanted(engine: Engine, filter: str, warn: Callable[[str], object]) -> Callable[[Message], bool]:
    """Return what says whether a message matches a filter. warn: told once when a pattern in it
    finds nothing any more."""
    from tcpmon.core.query import parse

    query = parse(filter)
    told = ""

    def matches(message: Message) -> bool:
        nonlocal told
        if query.needs.kinds is not None and message.kind not in query.needs.kinds:
            return False
        found = query.message(message, engine.client(message.client), time.time_ns())
        if query.trouble != told:
            told = query.trouble
            warn(told)
        return found

    return matches
