"""The ring of records agrees with a plain list of all that happened, cut at its start."""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

import pytest
from hypothesis import example, given, strategies as st

from tcpmon.core.model import Cast, Kind, Span
from tcpmon.core.store import OVERHEAD, Chunk, Raw, Store, head

CHUNK_BYTES = 400
BLOCK_BYTES = 128
ALL = 1_000_000

# Their heads hold one another's bytes at other places, so a search by bytes must not be misled.
CLIENTS = (0x1, 0x100, 0x10000, 0x1000000, 0x1010101)


@pytest.fixture(autouse=True, scope="module")
def small_chunks() -> Iterator[None]:
    """Chunks of three or four records, so that a few steps fill and drop several."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tcpmon.core.store.CHUNK_BYTES", CHUNK_BYTES)
        patch.setattr("tcpmon.core.store.BLOCK_BYTES", BLOCK_BYTES)
        patch.setattr("tcpmon.core.store.BLOCK_LEAST", BLOCK_BYTES)
        patch.setattr("tcpmon.core.store.ROOM_LEAST", 32)
        patch.setattr("tcpmon.core.store.COPIED", 16)
        yield


@dataclass(frozen=True)
class Happen:
    """One record, kept by `append`."""

    client: int
    kind: Kind
    data: bytes


@dataclass(frozen=True)
class Flow:
    """Payloads kept by way of `columns`."""

    client: int
    data: list[bytes]


@dataclass(frozen=True)
class Large:
    """A payload that is read into the store's room, as much of it as fits."""

    client: int
    data: bytes


@dataclass(frozen=True)
class Broadcast:
    """One payload for several."""

    clients: set[int]
    data: bytes


@dataclass(frozen=True)
class Settle:
    """The end of a turn."""


Step = Happen | Flow | Large | Broadcast | Settle

DATA = st.binary(max_size=60)
CLIENT = st.sampled_from(CLIENTS)
STEPS = st.lists(
    st.one_of(
        st.builds(Happen, CLIENT, st.sampled_from([k for k in Kind if k != Kind.CAST]), DATA),
        st.builds(Happen, st.just(0), st.sampled_from([Kind.INFO, Kind.WARN]), DATA),
        st.builds(Flow, CLIENT, st.lists(DATA, min_size=1, max_size=5)),
        st.builds(Broadcast, st.sets(CLIENT, min_size=1), DATA),
        st.builds(Flow, CLIENT, st.just([bytes(3 * CHUNK_BYTES)])),
        st.builds(Settle),
        st.builds(Settle),
    ),
    min_size=12,
    max_size=50,
)
MIXED = st.lists(
    st.one_of(
        st.builds(Large, CLIENT, st.binary(min_size=1, max_size=150)),
        st.builds(Large, CLIENT, st.binary(min_size=1, max_size=150)),
        st.builds(Happen, CLIENT, st.sampled_from([Kind.RX, Kind.OPEN]), DATA),
        st.builds(Settle),
    ),
    min_size=12,
    max_size=80,
)
LIMITS = st.sampled_from([0, 300, 1_000, 3_000, ALL])


class Trial:
    """A store, and beside it the list of all that happened."""

    def __init__(self, limit_bytes: int, steps: list[Step] | None = None) -> None:
        self.store = Store(limit_bytes)
        self.happened: list[Raw] = []
        self.casts: dict[int, Cast] = {}
        for step in steps or []:
            self.take(step)

    def take(self, step: Step) -> None:
        match step:
            case Happen(client, kind, data):
                self.store.append(self._note(client, kind, data), client, kind, data)
            case Flow(client, payloads):
                time, heads, payload = self.store.columns()
                for data in payloads:
                    time(self._note(client, Kind.RX, data))
                    heads(head(client, Kind.RX))
                    payload(data)
                self.store.weigh(sum(map(len, payloads)))
            case Large(client, data):
                room = self.store.room(100)
                data = data[: len(room)]
                room[: len(data)] = data
                self.store.keep(self._note(client, Kind.RX, data), client, Kind.RX, len(data))
            case Broadcast(clients, data):
                cast = self.casts[len(self.happened)] = Cast(array("I", sorted(clients)))
                self.store.append_cast(self._note(0, Kind.CAST, data), data, cast)
            case Settle():
                self.store.settle()
            case _:
                assert_never(step)

    def _note(self, client: int, kind: Kind, data: bytes) -> int:
        seq = len(self.happened)
        time = 1_000 + 7 * seq
        self.happened.append((seq, time, client, kind, data))
        return time

    @property
    def kept(self) -> list[Raw]:
        return self.happened[self.store.first :]

    @property
    def weight(self) -> int:
        payload = sum(OVERHEAD + len(data) for *_, data in self.kept)
        casts = [cast for seq, cast in self.casts.items() if seq >= self.store.first]
        return payload + sum(4 * len(cast.receivers) for cast in casts)

    def concerning(self, client: int | None) -> list[Raw]:
        return [
            raw
            for raw in self.kept
            if client in (None, raw[2]) or client in self.casts.get(raw[0], ())
        ]


QUERIES = st.lists(
    st.tuples(st.integers(-3, 80), st.integers(-20, 20), st.none() | CLIENT), min_size=8
)


@given(LIMITS, STEPS, QUERIES)
@example(ALL, [Flow(0x1000000, [b""]), Flow(0x1010101, [b""])], [(0, 1, 0x1010101)])
def test_a_window_of_what_is_kept(
    limit: int, steps: list[Step], queries: list[tuple[int, int, int | None]]
) -> None:
    """Any window, forwards or backwards, of all or one client, is what the list has there."""
    trial = Trial(limit, steps)
    for start, count, client in queries:
        rows = trial.concerning(client)
        if count >= 0:
            expected = [raw for raw in rows if raw[0] >= start][:count]
        else:
            expected = [raw for raw in rows if raw[0] < start][count:]
        assert trial.store.rows(start, count, client) == expected


@given(LIMITS, STEPS, st.integers(-3, 80))
def test_everything_since(limit: int, steps: list[Step], start: int) -> None:
    """A consumer that takes all records, or all events, gets each once and in order."""
    trial = Trial(limit, steps)
    expected = [raw for raw in trial.kept if raw[0] >= start]
    events = [raw for raw in expected if raw[3] not in (Kind.RX, Kind.TX, Kind.CAST)]
    assert list(trial.store.since(start)) == expected
    assert list(trial.store.since(start, events_only=True)) == events


@given(LIMITS, STEPS)
def test_who_a_cast_was_for(limit: int, steps: list[Step]) -> None:
    """A number finds its broadcast while that is kept, and otherwise nothing."""
    trial = Trial(limit, steps)
    for seq in range(len(trial.happened) + 2):
        expected = trial.casts.get(seq) if seq >= trial.store.first else None
        assert trial.store.cast(seq) is expected


@given(LIMITS, STEPS)
def test_nothing_is_dropped_uncounted(limit: int, steps: list[Step]) -> None:
    """What is kept and what was dropped make up all that happened, to the byte."""
    trial = Trial(limit, steps)
    store, happened = trial.store, len(trial.happened)
    assert store.span == Span(store.first, store.end) == Span(store.first, happened)
    assert len(store.rows(0, ALL)) == happened - store.first
    assert store.kept_bytes == trial.weight


@given(LIMITS, STEPS)
def test_settling_keeps_the_limit(limit: int, steps: list[Step]) -> None:
    """A turn ends within the limit, or with less than one chunk; only it drops, only if it
    must, only the oldest, and it says so."""
    trial = Trial(limit)
    store = trial.store
    for step in [*steps, Settle()]:
        first, before = store.first, store.kept_bytes
        if isinstance(step, Settle):
            dropped = store.settle()
            assert store.kept_bytes <= limit or store.kept_bytes < CHUNK_BYTES
            assert store.kept_bytes == trial.weight
            assert dropped is (store.first > first)
            assert store.first == first or before > limit
        else:
            trial.take(step)
            assert store.first == first


@given(st.lists(DATA, min_size=20))
def test_no_more_is_dropped_than_must_be(payloads: list[bytes]) -> None:
    """Settled after each record, a store keeps its limit but for less than a chunk."""
    limit = 1_000
    store = Store(limit)
    for data in payloads:
        store.append(0, 1, Kind.RX, data)
        store.settle()
    chunk = CHUNK_BYTES + OVERHEAD + max(map(len, payloads))
    assert store.first == 0 or store.kept_bytes > limit - chunk


@given(LIMITS, MIXED, QUERIES)
def test_large_payloads_are_kept_like_small_ones(
    limit: int, steps: list[Step], queries: list[tuple[int, int, int | None]]
) -> None:
    """Wherever a payload was read to, any window of what is kept gives back its bytes."""
    test_a_window_of_what_is_kept.hypothesis.inner_test(limit, steps, queries)  # type: ignore[attr-defined]
    test_everything_since.hypothesis.inner_test(limit, steps, 0)  # type: ignore[attr-defined]


@given(LIMITS, MIXED)
def test_blocks_are_counted_and_used_again(limit: int, steps: list[Step]) -> None:
    """A turn ends within the limit or with a chunk, what is kept and the spare room for more
    of it counted together; all blocks that there are belong to a chunk or are spare."""
    trial = Trial(limit)
    store = trial.store
    for step in [*steps, Settle()]:
        trial.take(step)
        if isinstance(step, Settle):
            spare = len(store._spare) * BLOCK_BYTES
            assert spare <= max(BLOCK_BYTES, limit // 4)
            assert store.kept_bytes <= limit or len(store._chunks) == 1
            used = [id(block) for chunk in store._chunks for block in chunk.blocks]
            assert not {id(block) for block in store._spare} & set(used)


def test_a_store_under_large_payloads_does_not_grow() -> None:
    """When the limit is reached, no block is made any more."""
    trial = Trial(4_000)
    for number in range(400):
        trial.take(Large(1, bytes([number % 256]) * 100))
        trial.take(Settle())
        if number == 200:
            known = {id(block) for chunk in trial.store._chunks for block in chunk.blocks}
            known |= {id(block) for block in trial.store._spare}
    now = {id(block) for chunk in trial.store._chunks for block in chunk.blocks}
    assert now <= known


def test_what_is_dropped_while_it_is_read_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader never gets bytes of a block that is used again already."""
    trial = Trial(1_000, [Large(1, b"a" * 100), Settle(), Large(1, b"b" * 100), Settle()])
    look = Chunk.row

    def slowly(chunk: Chunk, seq: int) -> Raw:
        monkeypatch.setattr(Chunk, "row", look)
        for _ in range(40):
            trial.take(Large(1, b"c" * 100))
            trial.take(Settle())
        return look(chunk, seq)

    monkeypatch.setattr(Chunk, "row", slowly)
    rows = trial.store.rows(0, ALL)
    assert rows == [raw for raw in trial.happened if raw in rows]
    assert trial.store.first > 0


class Onlooker(int):
    """A client's number that looks at the store while it is being written down."""

    store: Store
    seen: list[list[Raw]]

    def __mul__(self, other: int, /) -> int:
        self.seen = [
            self.store.rows(0, ALL),
            self.store.rows(ALL, -ALL),
            self.store.rows(0, ALL, 1),
            list(self.store.since(0)),
            list(self.store.since(0, events_only=True)),
        ]
        return int(self) * other


@pytest.mark.parametrize("kind", [Kind.RX, Kind.CLOSE])
def test_a_reader_never_sees_half_a_record(kind: Kind) -> None:
    """Who reads while a record is being written sees those before it and no part of it."""
    store = Store(ALL)
    store.append(5, 1, Kind.OPEN, b"first")
    onlooker = Onlooker(1)
    onlooker.store = store
    store.append(6, onlooker, kind, b"second")
    assert onlooker.seen == [[(0, 5, 1, Kind.OPEN, b"first")]] * 5


def test_half_is_kept_from_now_on_when_memory_is_short() -> None:
    """Shrinking lets go of half and of the room for more, and what comes is kept as before."""
    store = Store(64 << 20)
    for number in range(20):
        store.room(1 << 20)[:] = bytes([number]) * len(store.room(1 << 20))
        store.keep(0, 1, Kind.RX, len(store.room(1 << 20)))
        store.settle()
    before = store.kept_bytes
    store.shrink()
    store.settle()
    assert before / 4 < store.kept_bytes <= before / 2
    assert store.rows(store.end, -1)[0][4][:1] == b"\x13"
    store.append(0, 1, Kind.RX, b"more")
    store.settle()
    assert store.rows(store.end, -1)[0][4] == b"more"
    for _ in range(5):
        store.shrink()
        store.settle()
    assert store.limit_bytes == CHUNK_BYTES
    assert store.rows(store.end, -1)[0][4] == b"more"


def test_half_a_record_is_none_after_memory_ran_out() -> None:
    """What came after it has its own time and client again."""
    store = Store(ALL)
    store.append(5, 1, Kind.RX, b"before")
    keep_time, keep_head, _ = store.columns()
    keep_time(6)
    keep_head(head(2, Kind.RX))
    store.shrink()
    store.append(7, 3, Kind.RX, b"after")
    assert store.rows(0, ALL) == [(0, 5, 1, Kind.RX, b"before"), (1, 7, 3, Kind.RX, b"after")]
