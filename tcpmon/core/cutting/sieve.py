"""Which rows of the log match a filter: found bit by bit, from the oldest on, and remembered."""

from array import array
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterator, Sequence

from tcpmon.core.cutting.window import Row, Stream, Window
from tcpmon.core.model import Client, Kind, Message, Place, Sifted, forgotten, opened
from tcpmon.core.query import Query
from tcpmon.core.store import KINDS, Chunk

SLICE, SLICE_BYTES = 256, 1 << 19
"""So many records, or bytes of payload, are looked at before the clock is."""
LOOK_BYTES = 1 << 20
"""No more of a message is looked at."""
FORGOTTEN = 10_000
"""Of so many clients that have left the table it is remembered what the log tells of them."""
PARTS = 24
"""Bits for the part of a place, which is kept as one number with its record."""


def _pack(place: Place) -> int:
    return place[0] << PARTS | place[1]


def _unpack(number: int) -> Place:
    return number >> PARTS, number & ((1 << PARTS) - 1)


class Sieve:
    """The rows of a window that match. client: only those that concern it; whole: whether all
    streams are shown as they were read. client_of: what is known of a client now."""

    def __init__(
        self,
        window: Window,
        client: int | None,
        query: Query,
        whole: bool,
        client_of: Callable[[int], Client | None],
    ) -> None:
        self._window = window
        self._client = client
        self._query = query
        self._whole = whole
        self._client_of = client_of
        self._found: array[int] = array("Q")
        self._next = 0  # the first record that was not looked at
        self._looked: dict[int, int] = {}  # how many rows, by the first record of their chunk
        self._tails: dict[Stream, Place] = {}  # rows looked at that may go elsewhere yet
        self._clients: dict[int, Client | None] = {}
        self._forgotten: dict[int, Client | None] = {}
        self._named: dict[int, bool] = {}

    @property
    def changing(self) -> bool:
        """Whether what matches depends on what changes of clients, or with time."""
        return self._query.changing

    def step(self, seconds: float, clock: Callable[[], float], now: int) -> Sifted:
        """Look at more rows for about so long; now: ns since 1970."""
        deadline = clock() + seconds
        with self._window.lock:
            self._clients.clear()
            self._named.clear()
            chunks = self._window.look()
            self._drop(chunks[0].first)
            done = True
            for _ in self._search(chunks, now, lambda: clock() >= deadline):
                if clock() >= deadline:
                    done = self._next >= chunks[-1].end
                    break
            looked = sum(self._looked.values())
            return Sifted(len(self._found), looked, done, self._next, self._query.trouble)

    def _drop(self, first: int) -> None:
        """Forget what is no longer kept."""
        gone = [chunk for chunk in self._looked if chunk < first]
        if not gone:
            return
        for chunk in gone:
            del self._looked[chunk]
        del self._found[: bisect_left(self._found, _pack((first, 0)))]
        for stream in [stream for stream, place in self._tails.items() if place[0] < first]:
            del self._tails[stream]

    # -- looking -------------------------------------------------------------------------

    def _search(self, chunks: list[Chunk], now: int, is_over: Callable[[], bool]) -> Iterator[None]:
        first = bisect_right(chunks, self._next, key=lambda chunk: chunk.first) - 1
        for number in range(max(0, first), len(chunks)):
            chunk = chunks[number]
            end = chunk.end
            numbers: Sequence[int] = range(max(self._next, chunk.first), end)
            if self._client is not None:
                known = self._window.concerning(chunk, self._client)
                numbers = known[bisect_left(known, self._next) : bisect_left(known, end)]
            self._looked.setdefault(chunk.first, 0)
            start = 0
            fitting = SLICE_BYTES * len(chunk.data) // max(1, chunk.size)
            count = max(1, min(SLICE, fitting))
            while start < len(numbers):
                part = numbers[start : start + count]
                start += self._look_at(chunks, number, part, now, is_over)
                self._next = numbers[start - 1] + 1
                yield
            self._next = max(self._next, end)

    def _look_at(
        self, chunks: list[Chunk], number: int, part: Sequence[int], now: int,
        is_over: Callable[[], bool],
    ) -> int:  # fmt: skip
        """Look at some of a chunk's records; return at how many, until it was enough."""
        chunk = chunks[number]
        rows = 0
        for seq in part:
            wanted = self._is_wanted(chunk, seq)
            likely = wanted and self._is_likely(chunk, seq)
            if not self._whole:
                rows += self._look_at_rows(chunks, number, seq, now, wanted, likely)
            elif likely:
                self._try(chunks, Row(number, seq, None, 0, 0, 0, 1), now)
            if (likely or not self._whole) and is_over():  # a pattern, or to cut, may take long
                break
        looked = bisect_left(part, seq) + 1
        self._looked[chunk.first] += looked if self._whole else rows
        return looked

    def _look_at_rows(
        self, chunks: list[Chunk], number: int, seq: int, now: int, wanted: bool, likely: bool
    ) -> int:
        if self._tails:
            self._check_tail(chunks, chunks[number], seq)
        rows = self._window.of_record(chunks, number, seq)
        count = len(rows)
        if wanted:  # only the first one can hold what came before the record
            for part in range(count if likely else min(count, 1)):
                row = rows.row(part)
                if likely or self._window.begins_before(row):
                    self._try(chunks, row, now)
        if count and (last := rows.row(count - 1)).pends:
            client, kind = divmod(chunks[number].heads[seq - chunks[number].first], KINDS)
            self._tails[client, kind] = last.place
        return count

    def _is_wanted(self, chunk: Chunk, seq: int) -> bool:
        """Say whether a record is of a kind and client that may match."""
        needs = self._query.needs
        if needs.kinds is None and needs.clients is None:
            return True
        client, kind = divmod(chunk.heads[seq - chunk.first], KINDS)
        if needs.kinds is not None and kind not in needs.kinds:
            return False
        return needs.clients is None or client in needs.clients or seq in chunk.casts

    def _is_likely(self, chunk: Chunk, seq: int) -> bool:
        """Say from a quick look whether a row that lies within a record may match."""
        needs, at = self._query.needs, seq - chunk.first
        client, kind = divmod(chunk.heads[at], KINDS)
        if kind > Kind.CAST:
            return True
        data = chunk.data[at]
        if len(data) < needs.least:
            return False
        if needs.most is not None and self._whole and len(data) > needs.most:
            return False
        needle = needs.needle
        if needle is not None and needle not in bytes(data).lower():
            return False
        word = needs.word
        return word is None or word in bytes(data).lower() or self._is_named(client, word)

    def _is_named(self, client: int, word: bytes) -> bool:
        """Say whether a client has a word in its name or address."""
        known = self._named.get(client)
        if known is None:
            who = self._of(client)
            names = f"{who.name}\0{who.peer}".lower().encode("utf-8", "replace") if who else b""
            known = self._named[client] = word in names
        return known

    def _of(self, client: int) -> Client | None:
        if client not in self._clients:
            self._clients[client] = self._client_of(client) or self._gone(client)
        return self._clients[client]

    def _gone(self, client: int) -> Client | None:
        """Return what the log itself still tells of a client that has left the table."""
        if client and client not in self._forgotten:
            if len(self._forgotten) >= FORGOTTEN:
                self._forgotten.clear()
            raw = self._window.opening(client)
            self._forgotten[client] = forgotten(client, raw[1], *opened(raw[4])) if raw else None
        return self._forgotten.get(client)

    def _try(self, chunks: list[Chunk], row: Row, now: int) -> None:
        message = self._window.build(chunks, row, LOOK_BYTES)
        if message is None or not self._query.message(message, self._of(message.client), now):
            return
        place = _pack(row.place)
        if self._found and place <= self._found[-1]:
            insort(self._found, place)
        else:
            self._found.append(place)

    def _check_tail(self, chunks: list[Chunk], chunk: Chunk, seq: int) -> None:
        """Take back a row that was looked at when its message was not complete, if it has gone
        to the record that completed it."""
        client, kind = divmod(chunk.heads[seq - chunk.first], KINDS)
        tail = self._tails.pop((client, kind), None)
        if tail is not None and self._window.at(chunks, tail) is None:
            number = bisect_right(chunks, tail[0], key=lambda chunk: chunk.first) - 1
            self._looked[chunks[max(0, number)].first] -= 1
            at = bisect_left(self._found, _pack(tail))
            if at < len(self._found) and self._found[at] == _pack(tail):
                del self._found[at]

    # -- what was found --------------------------------------------------------------------

    def messages(self, start: Place, count: int, most: int) -> list[Message]:
        """Return up to count of the messages found at or after a place, or -count before it."""
        with self._window.lock:
            chunks = self._window.look()
            at = bisect_left(self._found, _pack(start))
            places = range(at, len(self._found)) if count >= 0 else range(at - 1, -1, -1)
            found: list[Message] = []
            for number in places:
                if len(found) >= abs(count):
                    break
                row = self._window.at(chunks, _unpack(self._found[number]))
                message = self._window.build(chunks, row, most) if row else None
                if message is not None:
                    found.append(message)
            return found if count >= 0 else found[::-1]
