"""Every message once, when it is complete: for those who take all that comes."""

import copy
from collections.abc import Iterator
from itertools import islice

from tcpmon.core.cutting.window import Row, Stream, Window
from tcpmon.core.framing import BadFrame
from tcpmon.core.model import WHOLE, Kind, Message, Place
from tcpmon.core.store import KINDS, Chunk

SILENT = 200
"""Of so many messages at a time it is looked whether a silence has ended them."""


class Follower:
    """Goes through the rows of a window from a record on. What is not complete waits until it is,
    or until its stream has ended."""

    def __init__(self, window: Window, start: int = 0) -> None:
        self._window = window
        self._next = start
        self._waiting: dict[Stream, Place] = {}
        self._timed: dict[Stream, None] = {}  # those that a silence may end, looked at in turn

    def take(self, now: int) -> Iterator[Message]:
        """Yield what is complete by now, in order. now: ns since 1970, when a silence may have
        ended a message."""
        with self._window.lock:
            chunks = self._window.look()
            for row in self._window.rows(chunks, (self._next, 0), None):
                chunk = chunks[row.chunk]
                client, kind = divmod(chunk.heads[row.seq - chunk.first], KINDS)
                self._next = row.seq + 1
                yield from self._before(chunks, client, kind)
                if row.cut is not None and row.pends:
                    self._waiting[client, kind] = row.place
                    if row.cut.framer.timed:
                        self._timed[client, kind] = None
                elif message := self._window.build(chunks, row, WHOLE):
                    yield message
            self._next = max(self._next, chunks[-1].end)
            yield from self._silent(chunks, now)

    def _before(self, chunks: list[Chunk], client: int, kind: int) -> Iterator[Message]:
        """Yield what a record shows to be complete that had to wait."""
        streams: tuple[Stream, ...] = ()
        if kind <= Kind.TX:
            streams = ((client, kind),)
        elif kind == Kind.EOF:
            streams = ((client, Kind.RX),)
        elif kind == Kind.CLOSE:
            streams = ((client, Kind.RX), (client, Kind.TX))
        for stream in streams:
            place = self._waiting.pop(stream, None)
            row = self._window.at(chunks, place) if place else None
            if row and (message := self._window.build(chunks, row, WHOLE)):
                yield message

    def _silent(self, chunks: list[Chunk], now: int) -> Iterator[Message]:
        """Yield what a silence has ended."""
        for stream in list(islice(self._timed, SILENT)):
            del self._timed[stream]
            place = self._waiting.get(stream)
            row = self._window.at(chunks, place) if place else None
            if row is None:
                self._waiting.pop(stream, None)
            elif not _has_ended(row, now):
                self._timed[stream] = None
            else:
                del self._waiting[stream]
                if message := self._window.build(chunks, row, WHOLE):
                    yield message


def _has_ended(row: Row, now: int) -> bool:
    """Say whether what came now would belong to another message."""
    assert row.cut
    try:
        return copy.copy(row.cut.framer).feed(b"\n", now)[:1] == [0]
    except BadFrame as bad:
        return bad.ends[:1] == [0]
