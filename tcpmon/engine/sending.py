"""Giving payloads to clients: one record for all of them, or one for each.

Owns how a payload is filled in and who of those it is for was given it. It knows nothing of
why it is sent; connections know how.
"""

import asyncio
import os
import time
from array import array
from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from tcpmon.core.commands import Delivery, Whom
from tcpmon.core.errors import BadPayload
from tcpmon.core.model import Cast
from tcpmon.core.payload import Facts, Payload
from tcpmon.core.store import Store
from tcpmon.engine.connection import Connection
from tcpmon.engine.datapath import DataPath
from tcpmon.engine.roster import Roster

SLICE = 100  # connections served in one go by a command: 1 ms, then others have a turn
SLICE_SECONDS = 0.002  # the same where a payload is made for each: that may take long
ENTRY_BYTES = 100  # what one client takes among those that a broadcast left out or waits for


class Given(Struct, frozen=True):
    """What became of a payload, and how to see later who still waits for it.

    cast: of its record, if it is one for several; records: the numbers of the TX records, by
    client, of those for whom it waits.
    """

    delivery: Delivery
    cast: Cast | None = None
    records: dict[int, int] = {}


class Awaited:
    """Payloads that their clients have still to take."""

    def __init__(self, roster: Roster) -> None:
        self._roster = roster
        self._casts: list[Cast] = []
        self._records: dict[int, int] = {}

    def add(self, given: Given) -> None:
        """Add what was just sent."""
        if given.cast is not None:
            self._casts.append(given.cast)
        self._records.update(given.records)

    def clients(self) -> set[int]:
        """Return for whom anything waits."""
        self._casts = [cast for cast in self._casts if cast.waiting]
        self._records = {id: seq for id, seq in self._records.items() if self._waits(id, seq)}
        return set(self._records).union(*(cast.waiting for cast in self._casts))

    def _waits(self, id: int, seq: int) -> bool:
        connection = self._roster.open.get(id)
        return connection is not None and connection.waits_for(seq)


class Sender:
    """Sends for an engine.

    path: what serves many at once. newest: the number of the newest client. counters: see Facts.
    settle: called when much has been kept.
    """

    def __init__(
        self,
        roster: Roster,
        store: Store,
        path: Callable[[], DataPath],
        newest: Callable[[], int],
        counters: dict[str, int],
        settle: Callable[[], None],
    ) -> None:
        self.roster = roster
        self._store = store
        self._path = path
        self._newest = newest
        self._counters = counters
        self._settle = settle

    async def send(self, data: bytes, clients: Sequence[int] | None) -> Given:
        """Send the same bytes to clients, None for all."""
        if clients is not None and len(clients) == 1:
            return self._send_one(data, clients[0])
        roster = self.roster
        wanted = set(roster.open if clients is None else clients)
        known = sorted(id for id in wanted if 0 < id <= self._newest())
        unknown = dict.fromkeys(sorted(wanted.difference(known)), "gone")
        if not data or not any(roster[id] for id in known):
            return Given(Delivery(0, 0, unknown | dict.fromkeys(known if data else (), "gone")))
        cast = Cast(array("I", known), {})
        self._store.append_cast(time.time_ns(), data, cast)
        for part in slices(cast.receivers):
            found = [(id, roster.open.get(id)) for id in part]
            cast.skipped.update((id, "gone") for id, connection in found if not connection)
            self._path().send_all((each for _, each in found if each), data, cast)
            await asyncio.sleep(0)
        self._store.weigh(ENTRY_BYTES * (len(cast.skipped) + len(cast.waiting)))
        accepted = len(known) - len(cast.skipped)
        return Given(Delivery(accepted, len(cast.waiting), unknown | cast.skipped), cast)

    def _send_one(self, data: bytes, id: int) -> Given:
        connection = self.roster.open.get(id)
        if reason := connection.offer() if connection else "gone":
            return Given(Delivery(0, 0, {id: reason}))
        assert connection
        if not data:
            return Given(Delivery(0, 0))
        connection.send(data)
        seq = self._store.end - 1
        waits = connection.waits_for(seq)
        return Given(Delivery(1, int(waits)), None, {id: seq} if waits else {})

    async def send_payload(self, payload: Payload, clients: Sequence[int] | None) -> Given:
        """Send a payload to clients, None for all, filled in for each where it is personal.

        Raises BadPayload where it cannot be made, and is the same for all.
        """
        if payload.fixed is not None:
            return await self.send(payload.fixed, clients)
        if not payload.personal:
            return await self.send(payload.fill(self._facts()), clients)
        wanted = list(self.roster.open) if clients is None else sorted(set(clients))
        accepted, skipped, records = 0, dict[int, str](), dict[int, int]()
        until = 0.0
        for id in wanted:
            if time.monotonic() >= until:
                await asyncio.sleep(0)
                until = time.monotonic() + SLICE_SECONDS
            given = self._send_filled(payload, id)
            accepted += given.delivery.accepted
            skipped.update(given.delivery.skipped)
            records.update(given.records)
            if self._store.crowded:
                self._settle()
        return Given(Delivery(accepted, len(records), skipped), None, records)

    def _send_filled(self, payload: Payload, id: int) -> Given:
        connection = self.roster.open.get(id)
        if reason := connection.offer() if connection else "gone":
            return Given(Delivery(0, 0, {id: reason}))
        try:
            return self._send_one(payload.fill(self._facts(connection)), id)
        except BadPayload as error:
            return Given(Delivery(0, 0, {id: error.message}))

    def _facts(self, connection: Connection | None = None) -> Facts:
        facts = Facts(time.time_ns(), counters=self._counters, random=os.urandom)
        if connection is not None:
            facts.client, facts.name = connection.id, connection.name
            facts.address, facts.port = connection.host, connection.port
            facts.listener = connection.local
        return facts

    async def choose(self, whom: Whom) -> list[int]:
        """Return who is meant and open. Raises BadFilter."""
        everyone = self.roster.open
        if whom is None:
            return list(everyone)
        if not isinstance(whom, str):
            return [id for id in dict.fromkeys(whom) if id in everyone]
        from tcpmon.core.query import parse

        query, now, found = parse(whom), time.time_ns(), list[int]()
        for part in slices(list(everyone)):
            pictures = [each.picture() for id in part if (each := everyone.get(id))]
            found += [picture.id for picture in pictures if query.client(picture, now)]
            await asyncio.sleep(0)
        return found


def slices(ids: "Sequence[int] | array[int]") -> Iterator["Sequence[int] | array[int]"]:
    """Cut a list of clients into parts that are small enough to be served in one go."""
    for start in range(0, len(ids), SLICE):
        yield ids[start : start + SLICE]
