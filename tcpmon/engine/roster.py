"""All connections of an engine, open and lately closed, and their order on the table.

Written by the engine's thread; `window` may be called from another: it copies
what it reads in one step, and what it misses is there at the next look.
"""

import time
from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Protocol

from tcpmon.core.model import Client, State
from tcpmon.engine.connection import Connection

ORDER_SECONDS = 0.5  # how old an order by a changing column may become

_STATES = list(State)


class _Comparable(Protocol):
    def __lt__(self, other: "_Comparable", /) -> bool: ...


_KEYS: dict[str, Callable[[Connection], object]] = {
    "id": attrgetter("id"),
    "name": lambda c: (not c.name, c.name.casefold()),  # who has none comes last
    "state": lambda c: _STATES.index(c.state),
    "peer": lambda c: c.address if isinstance(c.address, tuple) else (c.peer, 0),
    "listener": attrgetter("local"),
    "age": lambda c: -c.opened_at,
    "heard": lambda c: -c.heard_at,
    "rx": attrgetter("rx_bytes"),
    "tx": attrgetter("tx_bytes"),
    "rx_rate": attrgetter("rx_rate"),
    "tx_rate": attrgetter("tx_rate"),
    "messages": lambda c: c.rx_messages + c.tx_messages,
    "unsent": attrgetter("unsent"),
    "rtt": attrgetter("rtt"),
    "retransmits": attrgetter("retransmits"),
    "last": attrgetter("last"),
}


class Roster:
    """Connections by id. closed_rows: how many closed ones are remembered."""

    def __init__(self, closed_rows: int) -> None:
        self.open: dict[int, Connection] = {}
        self.closed: dict[int, Connection] = {}
        self._closed_rows = closed_rows
        self._changes = 0
        self._order: list[Connection] = []
        self._order_of: tuple[str, bool, int] | None = None
        self._order_at = 0.0

    def __getitem__(self, id: int) -> Connection | None:
        return self.open.get(id) or self.closed.get(id)

    def add(self, connection: Connection) -> None:
        self.open[connection.id] = connection
        self._changes += 1

    def retire(self, connection: Connection) -> list[Connection]:
        """Move a connection that has ended to the closed ones; return who had to leave."""
        self.closed[connection.id] = connection  # first, so that a reader never misses it
        del self.open[connection.id]
        self._changes += 1
        gone = []
        while len(self.closed) > self._closed_rows:
            gone.append(self.closed.pop(next(iter(self.closed))))
        return gone

    def forget_closed(self) -> list[Connection]:
        """Drop all closed ones and return them."""
        gone, self.closed = list(self.closed.values()), {}
        self._changes += 1
        return gone

    def window(
        self, sort: str, reverse: bool, first: int, count: int, cursor: int | None
    ) -> tuple[tuple[Client, ...], int, int | None]:
        """Return rows first to first + count of the table in an order, how many there
        are in all, and the row number of the cursor's client."""
        order = self._sorted(sort, reverse)
        connection = self[cursor] if cursor is not None else None
        try:
            place = order.index(connection) if connection is not None else None
        except ValueError:
            place = None
        rows = tuple(connection.picture() for connection in order[first : first + count])
        return rows, len(order), place

    def _sorted(self, sort: str, reverse: bool) -> list[Connection]:
        wanted = (sort, reverse, self._changes)
        now = time.monotonic()
        settled = sort == "id" or now - self._order_at < ORDER_SECONDS
        if self._order_of == wanted and settled:
            return self._order
        everyone = {**self.open, **self.closed}.values()
        by_id: Iterable[Connection] = sorted(everyone, key=attrgetter("id"))
        self._order = sorted(by_id, key=_KEYS[sort], reverse=reverse)  # type: ignore[arg-type]
        self._order_of = wanted
        self._order_at = now
        return self._order
