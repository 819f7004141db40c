"""The ring of records: all that happened, bounded in bytes, oldest out first.

Columns in chunks: a record costs no Python object but its payload, so the
garbage collector never has anything to walk, and one client's records are found
by a byte search. Large payloads are read straight into blocks of memory that are
used again when their chunk is dropped: fresh memory costs as much as the read.

One thread writes; others may read at any time, since a chunk only grows at its
end, payload last, and is thrown away as a whole: it is marked first, and a reader
copies what it takes and then looks for the mark.
"""

import gc
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from tcpmon.core.model import Cast, Kind, Span

OVERHEAD = 90
"""What a record costs beside its payload: columns 20 bytes and their spare room,
a bytes object's header 33, the allocator's rounding. Measured in tests/benchmarks."""

CHUNK_BYTES = 1 << 20
BLOCK_BYTES, BLOCK_LEAST = 1 << 20, 1 << 18
ROOM_LEAST = 64 << 10
"""A block with less room than that is full."""
COPIED = 16 << 10
"""A payload in a block that is smaller than that is copied out of it."""
CROWDED = 2 * CHUNK_BYTES
KINDS = 8


def head(client: int, kind: int) -> int:
    """Return a client and a Kind as the one number that is kept of them."""
    return client * KINDS + kind


Raw = tuple[int, int, int, int, bytes]
"""(seq, time, client, kind, data)"""


class Chunk:
    """Records in a row. Their number is that of the payloads, which are added last."""

    __slots__ = (
        "_found", "blocks", "casts", "data", "dropped", "events", "first", "full", "heads", "size",
        "times",
    )  # fmt: skip

    def __init__(self, first: int) -> None:
        self.first = first
        self.size = 0  # bytes of payload, of large ones those of their blocks
        self.times = array("q")
        self.heads = array("I")
        self.data: Any = []  # of bytes and memoryviews; a tuple once the chunk is full
        self.blocks: list[memoryview] = []  # where the large payloads are
        self.casts: dict[int, Cast] = {}
        self.events: list[int] = []  # numbers of the records that are not payload
        self.full = False  # nothing will be added
        self.dropped = False  # the blocks may hold something else by now
        self._found: tuple[int, list[int]] = (-1, [])  # what `concerning` returned last

    def fill(self) -> None:
        """Say that nothing will be added. The garbage collector walks a list whenever it looks
        at everything, which takes it 30 ms with a million payloads; a tuple of bytes only once."""
        self.full = True
        self.data = tuple(self.data)
        gc.collect(0)

    @property
    def end(self) -> int:
        return self.first + len(self.data)

    @property
    def weight(self) -> int:
        return self.size + OVERHEAD * len(self.data)

    def row(self, seq: int) -> Raw:
        at = seq - self.first
        client, kind = divmod(self.heads[at], KINDS)
        data = self.data[at]
        return seq, self.times[at], client, kind, data if type(data) is bytes else bytes(data)

    def concerning(self, client: int) -> list[int]:
        """Return the numbers of this chunk's records that concern a client, in order.

        A full chunk remembers the answer: who looks at a client looks again and again.
        """
        asked, found = self._found
        if asked != client:
            found = self._search(client)
            if self.full:
                self._found = client, found
        return found

    def _search(self, client: int) -> list[int]:
        column = self.heads.tobytes()
        width = self.heads.itemsize
        length = len(self.data)
        found = [seq for seq, cast in list(self.casts.items()) if client in cast]
        for kind in range(KINDS):
            wanted = array("I", (head(client, kind),)).tobytes()
            place = column.find(wanted)
            while place >= 0:
                at, shifted = divmod(place, width)
                if not shifted and at < length:
                    found.append(self.first + at)
                place = column.find(wanted, place + 1 if shifted else place + width)
        found.sort()
        return found


class Store:
    """Keeps records until limit_bytes of payload and overhead are reached.

    Appending never drops anything, so that whoever must see every record can look
    first; call `settle` afterwards, once a turn.
    """

    def __init__(self, limit_bytes: int) -> None:
        self.limit_bytes = limit_bytes
        self._full = 0  # bytes in all chunks but the open one
        self._open = Chunk(0)
        self._chunks = [self._open]
        self._block = memoryview(b"")
        self._used = 0  # bytes of the block
        self._block_bytes = max(BLOCK_LEAST, min(BLOCK_BYTES, limit_bytes // 64))
        self._spare: list[memoryview] = []  # blocks for large payloads to come
        self._reserve = 0  # how many of them a turn has lately taken
        self._most_reserve = max(1, limit_bytes // 4 // self._block_bytes)

    def columns(
        self,
    ) -> tuple[Callable[[int], None], Callable[[int], None], Callable[[bytes], None]]:
        """Return what appends a time, a head and a payload, for a loop that cannot afford
        `append`. Call them in this order for each record, get them anew each turn, and
        tell `weigh` how many bytes of payload it was."""
        chunk = self._open
        return chunk.times.append, chunk.heads.append, chunk.data.append

    def weigh(self, payload: int) -> None:
        """Count bytes of payload that were kept by way of `columns`."""
        self._open.size += payload

    def append(self, time: int, client: int, kind: int, data: bytes) -> None:
        """Keep one record. time: ns since 1970; client: 0 for none; kind: a Kind."""
        chunk = self._open
        chunk.times.append(time)
        chunk.heads.append(head(client, kind))
        chunk.data.append(data)
        chunk.size += len(data)
        if kind > Kind.CAST:
            chunk.events.append(chunk.end - 1)

    def room(self, most: int) -> memoryview:
        """Return where a large read may put what it gets, at most so many bytes; tell `keep`
        how much that was."""
        if len(self._block) - self._used < ROOM_LEAST:
            fresh = self._spare.pop() if self._spare else memoryview(bytearray(self._block_bytes))
            self._block = fresh
            self._used = 0
            self._open.blocks.append(fresh)
            self._open.size += len(fresh)
        return self._block[self._used : self._used + most]

    def keep(self, time: int, client: int, kind: int, count: int) -> None:
        """Keep one record as `append` does, whose payload is the first bytes of the room."""
        data: bytes | memoryview = self._block[self._used : self._used + count]
        if count < COPIED:
            data = bytes(data)
            self._open.size += count
        else:
            self._used += count
        chunk = self._open
        chunk.times.append(time)
        chunk.heads.append(head(client, kind))
        chunk.data.append(data)

    @property
    def crowded(self) -> bool:
        """Say whether it is high time for `settle`."""
        return self._open.weight >= min(CROWDED, self.limit_bytes // 4)

    def append_cast(self, time: int, data: bytes, cast: Cast) -> None:
        """Keep one payload for several receivers."""
        self._open.casts[self.end] = cast
        self._open.size += len(cast.receivers) * cast.receivers.itemsize
        self.append(time, 0, Kind.CAST, data)

    def settle(self) -> bool:
        """Begin a new chunk if the open one is full, and drop the oldest while more than the
        limit is kept; say whether any was."""
        chunk = self._open
        if chunk.weight >= CHUNK_BYTES:
            self._full += chunk.weight
            chunk.fill()
            self._open = Chunk(chunk.end)
            self._chunks.append(self._open)
            if chunk.blocks:
                self._open.blocks.append(self._block)
            taken = min(len(chunk.blocks), self._most_reserve)
            self._reserve = max(taken, self._reserve - 1)
            del self._spare[self._reserve :]
        return self._must_drop and self._drop()

    @property
    def _must_drop(self) -> bool:
        """Say whether more is kept than the limit allows beside the room for the next turn."""
        room = self._reserve * self._block_bytes
        return self._full + self._open.weight > self.limit_bytes - room

    def _drop(self) -> bool:
        drop = 0
        while self._must_drop and drop < len(self._chunks) - 1:
            chunk = self._chunks[drop]
            chunk.dropped = True
            self._full -= chunk.weight
            drop += 1
            self._spare += chunk.blocks[:-1]  # the last one goes on into the next chunk
            del self._spare[self._reserve :]
        # One slice, so that a reader in another thread sees the list before or after it.
        self._chunks = self._chunks[drop:]
        return drop > 0

    def shrink(self) -> None:
        """Keep half as much from now on, and no room for more: memory is short. What was half
        a record when it ran out is none."""
        self._spare.clear()
        self._reserve = self._most_reserve = 0
        self.limit_bytes = max(CHUNK_BYTES, self.kept_bytes // 2)
        whole = len(self._open.data)
        del self._open.times[whole:], self._open.heads[whole:]

    @property
    def chunks(self) -> list[Chunk]:
        """The records as they are kept, for one who works through many: a list of its own, since
        a chunk that is begun meanwhile would leave a gap behind the one before."""
        return list(self._chunks)

    @property
    def end(self) -> int:
        """The number that the next record gets; so many there have been."""
        return self._open.end

    @property
    def first(self) -> int:
        """The number of the oldest record that is kept; so many were dropped."""
        return self._chunks[0].first

    @property
    def span(self) -> Span:
        return Span(self.first, self.end)

    @property
    def kept_bytes(self) -> int:
        """Payload and overhead of all that is kept, and the room for more of it."""
        return self._full + self._open.weight + len(self._spare) * self._block_bytes

    def cast(self, seq: int) -> Cast | None:
        """Return who a CAST record was for."""
        for chunk in reversed(self._chunks):
            if seq >= chunk.first:
                return chunk.casts.get(seq)
        return None

    def rows(self, start: int, count: int, client: int | None = None) -> list[Raw]:
        """Return kept records in order: count at or after start, or -count before it if
        count is negative; only those that concern a client, if one is given."""
        chunks = self.chunks
        found: list[Raw] = []
        if count >= 0:
            for chunk in chunks:
                if len(found) >= count:
                    break
                if chunk.end > start:
                    numbers = self._numbers(chunk, client, start, chunk.end)
                    rows = [chunk.row(seq) for seq in numbers[: count - len(found)]]
                    found += [] if chunk.dropped else rows
            return found
        for chunk in reversed(chunks):
            missing = -count - len(found)
            if missing <= 0:
                break
            if chunk.first < start:
                numbers = self._numbers(chunk, client, chunk.first, min(start, chunk.end))
                rows = [chunk.row(seq) for seq in numbers[-missing:]]
                found = found if chunk.dropped else rows + found
        return found

    @staticmethod
    def _numbers(chunk: Chunk, client: int | None, start: int, end: int) -> "range | list[int]":
        if client is None:
            return range(max(start, chunk.first), end)
        return [seq for seq in chunk.concerning(client) if start <= seq < end]

    def since(self, start: int, events_only: bool = False) -> Iterator[Raw]:
        """Yield every kept record from start on, for a consumer that takes them all.

        events_only: leave out payloads, RX, TX and CAST, at no cost for each.
        """
        for chunk in list(self._chunks):
            if chunk.end > start:
                first = max(start, chunk.first)
                if events_only:
                    numbers: Iterable[int] = chunk.events[bisect_left(chunk.events, first) :]
                else:
                    numbers = range(first, chunk.end)
                yield from map(chunk.row, numbers)
