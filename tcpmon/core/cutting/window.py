"""The rows of the log around a place, cut from what the store keeps.

Whoever looks pays: streams are cut from where they are known, chunk by chunk, and what was
cut of the newest chunks is remembered. May be called from any thread, one at a time.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple

from tcpmon.core.cutting.stream import Cut, Framing, Pending
from tcpmon.core.model import Kind, Lens, Message, Place, Record
from tcpmon.core.store import KINDS, Chunk, Raw, Store, head
from tcpmon.core.units import size

Stream = tuple[int, int]
"""(client, Kind.RX or Kind.TX)"""

CUT_CHUNKS, CUT_STREAMS, CUT_ROWS = 12, 2_000, 200_000
"""Of so many chunks it is remembered how their streams were cut, and of more as long as those
have not more streams and rows: a screen of large messages is in fifty chunks."""
CUT_MOST = 2_000_000
"""Of fewer chunks it is remembered too as long as those have not more rows, 36 bytes each: of a
peer that sends nothing but line ends, a chunk has a million."""
STATES, ALL_STATES = 8, 40_000
"""A stream's state is remembered at so many places at most, and of all streams together."""
STREAMS = 20_000
"""Streams of which states are remembered: both directions of all clients there may be at once.
Those looked at longest ago are forgotten first."""
ROWS_KNOWN = 500
"""Of so many chunks it is remembered which records have rows, where most have none."""

LOOKED = 16
"""Of so many records without a row one is followed by a look at the clock."""
LARGE, LARGE_KNOWN = 1 << 16, 128
"""Of so many messages that are larger their beginnings are remembered: to know what one carries
all of it must be put together."""

TORN = "its beginning is no longer kept"


class Row(NamedTuple):
    """A row that has not been built yet: one of the rows that end in a record."""

    chunk: int
    """Number of the chunk in the list that is looked at."""
    seq: int
    cut: Cut | None
    at: int
    """Which record of the cut."""
    number: int
    """Which row of the cut."""
    part: int
    beside: int

    @property
    def place(self) -> Place:
        return self.seq, self.part

    @property
    def pends(self) -> bool:
        """Whether what comes next may belong to it."""
        return self.cut is not None and self.number == len(self.cut.rows)


class Rows:
    """The rows that end in one record. Each is made when it is asked for: one read of a peer that
    sends nothing but line ends holds a quarter of a million."""

    __slots__ = ("_at", "_chunk", "_cut", "_numbers", "_seq")

    def __init__(self, chunk: int, seq: int, cut: Cut | None, at: int, numbers: range) -> None:
        """As in Row. numbers: which rows of the cut."""
        self._chunk = chunk
        self._seq = seq
        self._cut = cut
        self._at = at
        self._numbers = numbers

    def __len__(self) -> int:
        return len(self._numbers)

    def row(self, part: int) -> Row:
        """Return one of them."""
        numbers = self._numbers
        return Row(
            self._chunk, self._seq, self._cut, self._at, numbers[part], part, len(numbers)
        )  # fmt: skip


NONE, ONE = range(0), range(1)


class Window:
    """Looks at a store. framing_of: how the streams of a client are cut; ended: whether nothing
    more will come in a stream; record_of: a raw record with what became of it; lock: held while
    somebody looks, may be taken twice."""

    def __init__(
        self,
        store: Store,
        framing_of: Callable[[int], Framing],
        ended: Callable[[int, int], bool],
        record_of: Callable[[Raw], Record],
        lock: AbstractContextManager[object],
    ) -> None:
        self._store = store
        self._framing_of = framing_of
        self._ended = ended
        self._record_of = record_of
        self.lock = lock
        self._cuts: OrderedDict[int, dict[Stream, Cut]] = OrderedDict()
        self._orders: dict[int, tuple[array[int], array[int]]] = {}
        self._groups: tuple[int, int, dict[int, list[int]]] = (-1, 0, {})  # of the open chunk
        # Of each chunk for which client it was asked last, up to where, and the answer.
        self._concerned: dict[int, tuple[int, int, list[int]]] = {}
        self._states: OrderedDict[Stream, dict[int, Pending]] = OrderedDict()
        self._beginnings: OrderedDict[tuple[Place, int, int], tuple[bytes, bytes | None]]
        self._beginnings = OrderedDict()  # by place, size and how much was wanted
        self._full_rows: dict[tuple[int, int | None], array[int]] = {}
        self._first = 0
        self._seen: list[Chunk] = []

    def messages(
        self, start: Place, count: int, lens: Lens, is_over: Callable[[], bool] = lambda: False
    ) -> list[Message]:
        """Return up to count rows at or after start, or -count before it, of one client or all.
        is_over: asked now and then whether those that were met are enough."""
        with self.lock:
            chunks = self.look()
            found: list[Message] = []
            rows = self.rows(chunks, start, lens.client, count < 0, is_over)
            for row in rows:
                if len(found) >= abs(count):
                    break
                message = self.build(chunks, row, lens.most)
                if message is not None:
                    found.append(message)
            return found if count >= 0 else found[::-1]

    def opening(self, client: int) -> Raw | None:
        """Return the record of how a client came, None if it is no longer kept."""
        for chunk in self.look():
            if numbers := self._numbers(chunk, (client, Kind.OPEN)):
                raw = chunk.row(chunk.first + numbers[0])
                return None if chunk.dropped else raw
        return None

    def recut(self) -> None:
        """Take note that some streams are cut in another way now."""
        self._full_rows.clear()
        self._beginnings.clear()

    def look(self) -> list[Chunk]:
        """Return the chunks there are now, and forget what was remembered of others."""
        chunks = self._store.chunks
        first = chunks[0].first
        if first != self._first:
            gone = [chunk for chunk in self._seen if chunk.first < first]
            if gone and gone[-1].end == first:
                self._carry(gone, first)
            self._forget(first)
            self._first = first
        self._seen = chunks
        return chunks

    def _carry(self, gone: list[Chunk], first: int) -> None:
        """Keep what is known of streams at the end of chunks that were dropped: what comes later
        may go on with a message that began there."""
        cut_there = {stream for chunk in gone for stream in self._cuts.get(chunk.first, {})}
        for stream in {*self._states, *cut_there}:
            states = self._states.get(stream, {})
            if any(place >= first for place in states):
                continue
            state = None
            for chunk in gone:
                state = states.get(chunk.first, state)
                cut = self._cuts.get(chunk.first, {}).get(stream)
                count = len(self._numbers(chunk, stream))
                if cut is not None and len(cut.seqs) == count:
                    state = cut.after()
                elif count:
                    state = None
            if state is not None:
                self._remember(first, stream, state)

    def _forget(self, first: int) -> None:
        for known in (self._cuts, self._orders, self._concerned):
            for chunk in [chunk for chunk in known if chunk < first]:
                del known[chunk]
        self._full_rows = {key: rows for key, rows in self._full_rows.items() if key[0] >= first}

    # -- rows ----------------------------------------------------------------------------

    def rows(
        self, chunks: list[Chunk], start: Place, client: int | None, backwards: bool = False,
        is_over: Callable[[], bool] = lambda: False,
    ) -> Iterator[Row]:  # fmt: skip
        """Yield rows at or after a place in order, or those before it, the last one first."""
        first = bisect_right(chunks, start[0], key=lambda chunk: chunk.first) - 1
        numbers = range(max(0, first), len(chunks))
        if backwards:
            numbers = range(min(first, len(chunks) - 1), -1, -1)
        for number in numbers:
            yield from self._rows_of(chunks, number, client, start, backwards, is_over)
            if is_over():
                return

    def _rows_of(
        self, chunks: list[Chunk], number: int, client: int | None, start: Place, backwards: bool,
        is_over: Callable[[], bool],
    ) -> Iterator[Row]:  # fmt: skip
        chunk = chunks[number]
        full = chunk.full  # before its end is asked for, which is the last one then
        key = (chunk.first, client)
        known = self._full_rows.get(key)
        numbers: Sequence[int] = range(chunk.first, chunk.end)
        if known is not None:
            numbers = known
        elif client is not None:
            numbers = self.concerning(chunk, client)
        low = 0 if backwards else bisect_left(numbers, start[0])
        high = bisect_right(numbers, start[0]) if backwards else len(numbers)
        wanted = numbers[low:high]
        with_rows: list[int] = []
        for seq in reversed(wanted) if backwards else wanted:
            rows = self.of_record(chunks, number, seq)
            if rows:
                with_rows.append(seq)
                parts = range(len(rows))
                if seq == start[0]:
                    parts = parts[: start[1]] if backwards else parts[start[1] :]
                yield from map(rows.row, reversed(parts) if backwards else parts)
            elif not seq % LOOKED and is_over():
                return
        complete = known is None and full and len(wanted) == len(numbers)
        if complete and len(with_rows) < len(numbers) // 2:  # else it is as quick without
            while len(self._full_rows) >= ROWS_KNOWN:
                del self._full_rows[next(iter(self._full_rows))]
            self._full_rows[key] = array("Q", sorted(with_rows))

    def of_record(self, chunks: list[Chunk], number: int, seq: int) -> Rows:
        """Return the rows that end in a record, in order."""
        chunk = chunks[number]
        client, kind = divmod(chunk.heads[seq - chunk.first], KINDS)
        if kind > Kind.TX:
            return Rows(number, seq, None, 0, ONE)
        framing = self._framing_of(client)
        if framing.by_read:
            return Rows(number, seq, None, 0, ONE)
        cut = self._cut(chunks, number, (client, kind), framing)
        at = bisect_left(cut.seqs, seq)
        if at == len(cut.seqs):
            return Rows(number, seq, cut, at, NONE)  # kept since the cut was looked at
        numbers = cut.of_record(at)
        if (
            numbers
            and numbers[-1] == len(cut.rows)
            and not self._shows_pending(chunks, number, (client, kind), framing)
        ):
            numbers = numbers[:-1]
        return Rows(number, seq, cut, at, numbers)

    def at(self, chunks: list[Chunk], place: Place) -> Row | None:
        """Return the row at a place, None if there is none (any more)."""
        seq, part = place
        number = bisect_right(chunks, seq, key=lambda chunk: chunk.first) - 1
        if number < 0 or seq >= chunks[number].end:
            return None
        rows = self.of_record(chunks, number, seq)
        return rows.row(part) if part < len(rows) else None

    @staticmethod
    def begins_before(row: Row) -> bool:
        """Say whether a row begins in another record than the one it ends in."""
        cut = row.cut
        if cut is None or not row.at:
            return cut is not None and not row.number and not cut.closed and cut.before.length > 0
        return (cut.rows[row.number - 1] if row.number else 0) < cut.sums[row.at - 1]

    def _shows_pending(
        self, chunks: list[Chunk], number: int, stream: Stream, framing: Framing
    ) -> bool:
        """Say whether what is pending at the end of a chunk has a row there: nothing has come
        since, or what came showed that it had been complete."""
        for later in range(number + 1, len(chunks)):
            if self._numbers(chunks[later], stream):
                return self._cut(chunks, later, stream, framing).closed
        return True

    # -- streams -------------------------------------------------------------------------

    def _numbers(self, chunk: Chunk, stream: Stream) -> Sequence[int]:
        """Return which records of a chunk are a stream's, counted within the chunk."""
        wanted = head(*stream)
        if not chunk.full:
            return self._group(chunk).get(wanted, ())
        order, heads = self._order(chunk)
        return order[bisect_left(heads, wanted) : bisect_right(heads, wanted)]

    def _order(self, chunk: Chunk) -> "tuple[array[int], array[int]]":
        """Return the records of a full chunk in the order of their heads, and those."""
        known = self._orders.get(chunk.first)
        if known is None:
            heads = chunk.heads
            order = array("I", sorted(range(len(heads)), key=heads.__getitem__))
            known = order, array("I", map(heads.__getitem__, order))
            self._orders[chunk.first] = known
        return known

    def concerning(self, chunk: Chunk, client: int) -> Sequence[int]:
        """Return the numbers of a chunk's records that concern a client, in order."""
        end = chunk.end
        asked, upto, numbers = self._concerned.get(chunk.first, (0, 0, []))
        if (asked, upto) != (client, end):
            heads = range(head(client, 0), head(client + 1, 0))
            if chunk.full:
                order, sorted_heads = self._order(chunk)
                low = bisect_left(sorted_heads, heads[0])
                found = list(order[low : bisect_right(sorted_heads, heads[-1])])
            else:
                groups = self._group(chunk)
                found = [at for head_ in heads for at in groups.get(head_, ())]
            numbers = [chunk.first + at for at in found]
            numbers += [seq for seq, cast in list(chunk.casts.items()) if client in cast]
            numbers.sort()
            self._concerned[chunk.first] = client, end, numbers
        return numbers

    def _group(self, chunk: Chunk) -> dict[int, list[int]]:
        """Return the records of the open chunk by their heads."""
        first, upto, groups = self._groups
        if first != chunk.first:
            upto, groups = 0, {}
        end = chunk.end - chunk.first
        for at, head_ in enumerate(chunk.heads[upto:end], upto):
            groups.setdefault(head_, []).append(at)
        self._groups = chunk.first, end, groups
        return groups

    def _cut(self, chunks: list[Chunk], number: int, stream: Stream, framing: Framing) -> Cut:
        """Return how a stream is cut in a chunk."""
        chunk = chunks[number]
        cuts = self._cuts.get(chunk.first)
        cut = cuts.get(stream) if cuts is not None else None
        if cut is None or cut.before.framing is not framing:
            cut = Cut(self._state(chunks, number, stream, framing))
            if cuts is None:
                cuts = self._cuts[chunk.first] = {}
                while self._crowded():
                    self._cuts.popitem(last=False)
            cuts[stream] = cut
        if not chunk.full or cut.upto < len(chunk.data):
            self._extend(chunk, stream, cut)
        if chunk.dropped:
            cuts.pop(stream, None)  # type: ignore[union-attr]
        return cut

    def _crowded(self) -> bool:
        """Say whether more is remembered of how streams were cut than should be."""
        kept = self._cuts.values()
        rows = sum(len(cut.rows) for cuts in kept for cut in cuts.values())
        if len(kept) <= CUT_CHUNKS:
            return len(kept) > 2 and rows > CUT_MOST
        return rows > CUT_ROWS or sum(map(len, kept)) > CUT_STREAMS

    def _extend(self, chunk: Chunk, stream: Stream, cut: Cut) -> None:
        full = chunk.full  # before what there is, which is all of it then
        numbers = self._numbers(chunk, stream)
        new = numbers[len(cut.seqs) :]
        cut.upto = len(chunk.data) if full else 0
        if new:
            first, times, data = chunk.first, chunk.times, chunk.data
            cut.extend([(first + at, times[at], bytes(data[at])) for at in new])

    def _state(self, chunks: list[Chunk], number: int, stream: Stream, framing: Framing) -> Pending:
        """Return what is pending in a stream where a chunk begins."""
        state, at = self._known(chunks, number, stream, framing)
        while at < number:
            chunk = chunks[at]
            if self._numbers(chunk, stream):
                cut = Cut(state)
                self._extend(chunk, stream, cut)
                state = cut.after()
            at += 1
            if chunk.dropped:  # its blocks may have held something else
                state = self._fresh(framing, torn=True)
            else:
                self._remember(chunks[at].first, stream, state)
        return state

    def _known(
        self, chunks: list[Chunk], number: int, stream: Stream, framing: Framing
    ) -> tuple[Pending, int]:
        """Return the state of a stream at the nearest place before a chunk where it can be
        known, and the number of the chunk that begins there."""
        states = self._states.get(stream, {})
        opening = stream[0], int(Kind.OPEN)
        if self._numbers(chunks[number], opening):
            return self._fresh(framing), number
        at = number
        while True:
            state = states.get(chunks[at].first)
            if state is not None and state.framing is framing:
                return state, at
            if not at:
                return self._fresh(framing, torn=self._first > 0), 0
            chunk = chunks[at - 1]
            cut = self._cuts.get(chunk.first, {}).get(stream)
            if cut is not None and cut.before.framing is framing and chunk.full:
                self._extend(chunk, stream, cut)
                return cut.after(), at
            at -= 1
            if self._numbers(chunk, opening):
                return self._fresh(framing), at
            fresh = self._fresh(framing, torn=True)
            if fresh.framer.joins and self._numbers(chunk, stream):
                cut = Cut(fresh)
                self._extend(chunk, stream, cut)
                if cut.found and not chunk.dropped:
                    return cut.after(), at + 1

    @staticmethod
    def _fresh(framing: Framing, torn: bool = False) -> Pending:
        return Pending(framing, framing.make(), torn)

    def _remember(self, first: int, stream: Stream, state: Pending) -> None:
        states = self._states.setdefault(stream, {})
        self._states.move_to_end(stream)
        if len(states) >= min(STATES, max(3, ALL_STATES // len(self._states))):
            kept = sorted(states)
            for place in kept[:1] if kept[0] < self._first else kept[1:-1:2]:
                del states[place]
        states[first] = state
        while len(self._states) > STREAMS:
            self._states.popitem(last=False)

    # -- messages ------------------------------------------------------------------------

    def build(self, chunks: list[Chunk], row: Row, most: int) -> Message | None:
        """Return a row as a message with its first bytes; None if it was dropped meanwhile."""
        chunk = chunks[row.chunk]
        if row.cut is None:
            raw = chunk.row(row.seq)
            message = None if chunk.dropped else self._whole(raw, most)
        else:
            message = self._joined(chunks, row, row.cut, most)
        return message

    def _whole(self, raw: Raw, most: int) -> Message:
        record = self._record_of(raw)
        return Message(
            record.seq, record.time, record.kind, record.client,
            record.data if len(record.data) <= most else record.data[:most],
            record.cast, record.queued, record.unsent, record.dropped, len(record.data),
        )  # fmt: skip

    def _joined(self, chunks: list[Chunk], row: Row, cut: Cut, most: int) -> Message | None:
        chunk, before, number = chunks[row.chunk], cut.before, row.number
        client, kind = divmod(chunk.heads[row.seq - chunk.first], KINDS)
        pending = number == len(cut.rows)
        end = cut.total if pending else cut.rows[number]
        begin = cut.rows[number - 1] if number else 0
        carried = not number and not cut.closed and before.length > 0
        at = bisect_right(cut.sums, begin)
        reads, length = row.at - at + 1, end - begin
        torn = False
        if carried:
            seq, offset, began = before.seq, before.offset, before.time
            reads, length = reads + before.reads, length + before.length
            torn = before.torn or seq < chunks[0].first
            if seq < chunks[0].first:
                seq, offset = chunks[0].first, 0
                length = end + self._length(chunks[: row.chunk], (client, kind))
        else:
            seq, began = cut.seqs[at], cut.times[at]
            offset = begin - (cut.sums[at - 1] if at else 0)
        odd = cut.odd.get(end, "")
        if pending:
            odd = self._unfinished(client, kind, cut)
        if torn or (not number and before.torn and not cut.closed and not before.length):
            odd = f"{TORN}, {odd}" if odd else TORN
        key = row.place, length, most
        whole = not odd and not pending
        known = self._beginnings.get(key) if whole else None
        if known is None:
            wanted = length if whole else min(length, most)
            data = self._bytes(chunks, (client, kind), seq, offset, wanted, row)
            if self._dropped(chunks, seq) or chunk.dropped:
                return None
            body = cut.framer.body(data) if whole else None
            known = data[:most], None if body is None or body == data else body[:most]
            if whole and length > LARGE >= most:
                self._beginnings[key] = known
                while len(self._beginnings) > LARGE_KNOWN:
                    self._beginnings.popitem(last=False)
        data, body = known
        time = cut.times[row.at]
        record = self._record_of((row.seq, time, client, kind, b""))
        return Message(
            row.seq, time, record.kind, client, data, None, record.queued, record.unsent,
            record.dropped, length, row.part, row.beside, reads, time - began, body, odd,
        )  # fmt: skip

    @staticmethod
    def _dropped(chunks: list[Chunk], seq: int) -> bool:
        """Say whether a record is in a chunk that was dropped while one looked."""
        number = bisect_right(chunks, seq, key=lambda chunk: chunk.first) - 1
        return number >= 0 and chunks[number].dropped

    def _unfinished(self, client: int, kind: int, cut: Cut) -> str:
        missing = cut.framer.missing()
        if missing == 0:
            return ""
        more = f", {size(missing)} missing" if missing else ""
        if self._ended(client, kind):
            return f"ended inside a message{more}"
        return f"incomplete{more}"

    def _bytes(
        self, chunks: list[Chunk], stream: Stream, seq: int, offset: int, length: int, row: Row
    ) -> bytes:
        """Return the bytes of a row, which begin at a place in its stream."""
        if seq == row.seq:
            chunk = chunks[row.chunk]
            return bytes(chunk.data[seq - chunk.first][offset : offset + length])
        parts: list[bytes] = []
        number = bisect_right(chunks, seq, key=lambda chunk: chunk.first) - 1
        while length > 0 and number < len(chunks):
            chunk = chunks[number]
            numbers = self._numbers(chunk, stream)
            first = bisect_left(numbers, seq - chunk.first)
            for place in range(first, len(numbers)):
                at = numbers[place]
                part = bytes(chunk.data[at][offset : offset + length])
                parts.append(part)
                length -= len(part)
                offset = 0
                if length <= 0:
                    break
            number += 1
        return b"".join(parts)

    def _length(self, chunks: list[Chunk], stream: Stream) -> int:
        """Return how many bytes of a stream are in chunks."""
        return sum(len(chunk.data[at]) for chunk in chunks for at in self._numbers(chunk, stream))
