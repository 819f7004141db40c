"""All connections of an engine, open and lately closed, and their order on the table.

Written by the engine's thread; `window` may be called from another: it copies
what it reads in one step, and what it misses is there at the next look.
"""

import time
from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from tcpmon.core.errors import BadFilter
from tcpmon.core.model import Ask, Client, State
from tcpmon.engine.connection import Connection

if TYPE_CHECKING:
    from tcpmon.core.query import Query

ORDER_SECONDS = 0.5  # how old an order by a changing column may become
FILTER_SECONDS = 0.5  # of the processor, that a filter may take for the whole table
TOO_SLOW = "the filter takes too long: it hides nobody"

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


class _Order(Struct, frozen=True, gc=False):
    """Connections in order. what: sort, reverse, and of which state of affairs."""

    connections: list[Connection]
    what: tuple[str, bool, int]
    made_at: float


class Roster:
    """Connections by id. closed_rows: how many closed ones are remembered."""

    def __init__(self, closed_rows: int) -> None:
        self.open: dict[int, Connection] = {}
        self.closed: dict[int, Connection] = {}
        self._closed_rows = closed_rows
        self._changes = self._cleared = 0
        self._query: tuple[str, Query | None] = "", None
        self._slow: Query | None = None
        self._orders: dict[Query | None, _Order] = {}  # of everybody, and of the newest filter

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
        self._cleared += 1
        return gone

    def window(self, ask: Ask) -> tuple[tuple[Client, ...], int, int | None, int, str]:
        """Return the rows asked for, how many there are in all, the row number of the
        cursor's client, how many the filter hides, and what is wrong with the filter."""
        query = self._read(ask.filter)
        order = self._sorted(ask, query)
        connection = self[ask.cursor] if ask.cursor is not None else None
        try:
            place = order.index(connection) if connection is not None else None
        except ValueError:
            place = None
        rows = tuple(each.picture() for each in order[ask.first : ask.first + ask.count])
        if query is None:
            return rows, len(order), place, 0, ""
        hidden = max(0, len(self.open) + len(self.closed) - len(order))
        return rows, len(order), place, hidden, TOO_SLOW if query is self._slow else query.trouble

    def _read(self, filter: str) -> "Query | None":
        """Return a filter, None for one that lets everybody through or cannot be read."""
        if not filter.strip():
            return None
        text, query = self._query
        if filter != text:
            from tcpmon.core.query import parse  # 13 ms that a start has no use for

            try:
                query = parse(filter)
            except BadFilter:
                query = None
            self._query = filter, query
        return query

    def _sorted(self, ask: Ask, query: "Query | None") -> list[Connection]:
        """Return everybody who matches, in order. Who comes or goes is no reason to filter
        anew: it costs up to 15 us a client."""
        found = self._orders.get(query)
        wanted = ask.sort, ask.reverse, self._changes if query is None else self._cleared
        now = time.monotonic()
        if found is not None and found.what == wanted:
            settled = ask.sort == "id" and query is None
            if settled or now - found.made_at < ORDER_SECONDS:
                return found.connections
        everyone = self._matching(query)
        by_id: Iterable[Connection] = sorted(everyone, key=attrgetter("id"))
        order = sorted(by_id, key=_KEYS[ask.sort], reverse=ask.reverse)  # type: ignore[arg-type]
        others = {None, self._query[1]}.intersection(self._orders)
        self._orders = {each: self._orders[each] for each in others}
        self._orders[query] = _Order(order, wanted, now)
        return order

    def _matching(self, query: "Query | None") -> Iterable[Connection]:
        everyone = {**self.open, **self.closed}.values()
        if query is None or query is self._slow:
            return everyone
        now, until = time.time_ns(), time.thread_time() + FILTER_SECONDS
        found = []
        for connection in everyone:
            if query.client(connection.picture(), now):
                found.append(connection)
            if time.thread_time() > until:
                self._slow = query
                return everyone
        return found
