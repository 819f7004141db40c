"""The rows around any place are those of the plain way, whatever is kept and has been looked at."""

from collections import defaultdict
from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from tcpmon.core.cutting.stream import LIMIT, OVER, Framing
from tcpmon.core.cutting.window import TORN, Row, Stream, Window
from tcpmon.core.framing import Framer
from tcpmon.core.model import Kind, Lens, Message, Place, Record
from tcpmon.core.store import CHUNK_BYTES, Chunk, Raw, Store
from tests.core.cutting.framers import Counted, Lines, Made, Read, Returns, Silences, straight

ALL = 10_000
KINDS: list[type[Framer] | None] = [None, Lines, Returns, Counted, Silences]
FRAMINGS = {kind: Made(kind) for kind in KINDS}
WORDS = st.sampled_from([b"\n", b"\r", b"\0", b"\1", b"\3", b"\xff", b"ab"])
DATA = st.lists(WORDS, min_size=1, max_size=5).map(b"".join)
SAID = st.tuples(st.integers(1, 3), st.sampled_from([Kind.RX, Kind.RX, Kind.TX, Kind.INFO]), DATA)


@pytest.fixture(autouse=True, scope="module")
def small() -> object:
    """Chunks of a few records, and messages that are too long soon."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tcpmon.core.store.CHUNK_BYTES", 400)
        patch.setattr("tcpmon.core.cutting.stream.LIMIT", 9)
        patch.setattr("tests.core.cutting.framers.LIMIT", 9)
        patch.setattr("tcpmon.core.cutting.window.STATES", 3)
        patch.setattr("tcpmon.core.cutting.window.CUT_CHUNKS", 3)
        patch.setattr("tcpmon.core.cutting.window.CUT_ROWS", 9)
        patch.setattr("tcpmon.core.cutting.window.CUT_MOST", 12)
        yield


class Log:
    """A store, a window on it, and all that was said."""

    def __init__(self, keep: int, kinds: list[type[Framer] | None]) -> None:
        self.store = Store(keep)
        self.kinds = dict(enumerate(kinds, 1))
        self.window = Window(
            self.store, self.framing, lambda client, kind: False, self.record, nullcontext()
        )
        self.said: list[tuple[int, int, Kind, bytes]] = []

    def framing(self, client: int) -> Framing:
        return FRAMINGS[self.kinds[client]]

    @staticmethod
    def record(raw: Raw) -> Record:
        seq, time, client, kind, data = raw
        return Record(seq, time, Kind(kind), client, data)

    def say(self, client: int, kind: Kind, data: bytes) -> None:
        if kind is Kind.INFO:
            client = 0
        elif not any(who == client for _, who, _, _ in self.said):
            self._keep(client, Kind.OPEN, b"")
        self._keep(client, kind, data)

    def _keep(self, client: int, kind: Kind, data: bytes) -> None:
        seq = len(self.said)
        self.said.append((seq, client, kind, data))
        self.store.append(3 * seq, client, kind, data)
        self.store.settle()

    def expected(self, client: int | None = None) -> list[tuple[Place, bytes]]:
        """Return all rows there have been, in order."""
        streams: defaultdict[tuple[int, Kind], list[Read]] = defaultdict(list)
        rows: dict[int, list[bytes]] = defaultdict(list)
        for seq, who, kind, data in self.said:
            if kind > Kind.TX or self.kinds[who] is None:
                if client in (None, who):
                    rows[seq].append(data)
            else:
                streams[who, kind].append((seq, 3 * seq, data))
        for (who, _), reads in streams.items():
            framer = self.kinds[who]
            assert framer is not None
            for last, data, _, _ in straight(framer, reads) if client in (None, who) else ():
                rows[last].append(data)
        return [((seq, part), data) for seq in sorted(rows) for part, data in enumerate(rows[seq])]


def told(messages: list[Message]) -> list[tuple[Place, bytes]]:
    return [(message.place, message.data) for message in messages]


CASES = st.tuples(
    st.lists(st.sampled_from(KINDS), min_size=3, max_size=3),
    st.lists(SAID, min_size=1, max_size=60),
)


@settings(deadline=None, max_examples=40)
@given(case=CASES, looks=st.lists(st.integers(0, 60), max_size=6), places=st.data())
def test_all_that_is_kept(
    case: tuple[list[type[Framer] | None], list[tuple[int, Kind, bytes]]],
    looks: list[int],
    places: st.DataObject,
) -> None:
    """Where nothing is dropped every row is there, forwards, backwards and for one client."""
    kinds, steps = case
    log = Log(1 << 20, kinds)
    for number, (client, kind, data) in enumerate(steps):
        log.say(client, kind, data)
        if number in looks:
            log.window.messages((len(log.said), 0), -3, Lens())
    for scope in (None, 1, 2, 3):
        expected = log.expected(scope)
        lens = Lens(scope)
        assert told(log.window.messages((0, 0), ALL, lens)) == expected
        assert told(log.window.messages((len(log.said), 0), -ALL, lens)) == expected
        place = places.draw(st.tuples(st.integers(0, len(log.said)), st.integers(0, 3)))
        count = places.draw(st.integers(1, 5))
        after = [row for row in expected if row[0] >= place]
        before = [row for row in expected if row[0] < place]
        assert told(log.window.messages(place, count, lens)) == after[:count]
        assert told(log.window.messages(place, -count, lens)) == before[-count:]


@settings(deadline=None, max_examples=40)
@given(case=CASES)
def test_what_was_dropped(
    case: tuple[list[type[Framer] | None], list[tuple[int, Kind, bytes]]],
) -> None:
    """Who looks all the time sees every message whose bytes are kept, though the beginning of
    its stream is not; and never a byte twice."""
    kinds, steps = case
    log = Log(1200, kinds)
    for client, kind, data in steps:
        log.say(client, kind, data)
        log.window.messages((0, 0), ALL, Lens())
    first = log.store.first
    rows = log.window.messages((0, 0), ALL, Lens())
    found = told(rows)
    whole = [row.place for row in rows if not row.odd.startswith(TORN)]
    expected = log.expected()
    assert [row for row in found if row[0] in whole] == [row for row in expected if row[0] in whole]
    assert {place for place, _ in found} == {place for place, _ in expected if place[0] >= first}


@settings(deadline=None, max_examples=40)
@given(case=CASES, kind=st.sampled_from(KINDS))
def test_cut_anew(
    case: tuple[list[type[Framer] | None], list[tuple[int, Kind, bytes]]],
    kind: type[Framer] | None,
) -> None:
    """Another choice cuts what is kept as if it had been there from the beginning."""
    kinds, steps = case
    log = Log(1 << 20, kinds)
    for client, kind_, data in steps:
        log.say(client, kind_, data)
    log.window.messages((0, 0), ALL, Lens())
    log.kinds = dict.fromkeys(log.kinds, kind)
    log.window.recut()
    assert told(log.window.messages((0, 0), ALL, Lens())) == log.expected()


def test_what_a_message_tells() -> None:
    """A message knows of how many reads it is, how long they took, and what is wrong."""
    log = Log(1 << 20, [Counted, Lines, None])
    log.say(1, Kind.RX, b"\3a")
    log.say(1, Kind.RX, b"b")
    log.say(1, Kind.RX, b"c\0\1d\xff??")
    log.say(1, Kind.RX, b"\5xy")
    messages = log.window.messages((1, 0), ALL, Lens(most=2))
    assert [(m.size, m.reads, m.lasted, m.part, m.beside, m.odd) for m in messages] == [
        (4, 3, 6, 0, 4, ""),
        (1, 1, 0, 1, 4, ""),
        (2, 1, 0, 2, 4, ""),
        (3, 1, 0, 3, 4, "255 is no length: shown as read"),
        (3, 1, 0, 0, 1, "incomplete, 3 B missing"),
    ]
    assert [(m.data, m.body) for m in messages[:3]] == [
        (b"\3a", b"ab"),
        (b"\0", b""),
        (b"\1d", b"d"),
    ]


def test_a_large_message() -> None:
    """No more of it is put together than was asked for."""
    log = Log(1 << 20, [None, None, None])
    log.say(1, Kind.RX, bytes(10_000))
    (message,) = log.window.messages((1, 0), 1, Lens(most=16))
    assert (message.data, message.size) == (bytes(16), 10_000)


# -- one story at a time, with the limits that hold ---------------------------------------


@pytest.fixture
def real(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks and messages may be as long as they may be."""
    monkeypatch.setattr("tcpmon.core.store.CHUNK_BYTES", CHUNK_BYTES)
    monkeypatch.setattr("tcpmon.core.cutting.stream.LIMIT", LIMIT)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Row]:
    """The rows that are made."""
    rows: list[Row] = []

    def make(*parts: Any) -> Row:
        rows.append(Row(*parts))
        return rows[-1]

    monkeypatch.setattr("tcpmon.core.cutting.window.Row", make)
    return rows


def rows_of(log: Log, most: int = 64) -> list[Message]:
    """Return what there is of payload."""
    return [row for row in log.window.messages((0, 0), ALL, Lens(most=most)) if row.kind <= Kind.TX]


@pytest.mark.usefixtures("real")
def test_a_message_in_three_reads() -> None:
    """It is a row where it is by now, and at last one where its last byte came."""
    log = Log(1 << 20, [Counted, None, None])
    seen = []
    for part in (b"\5a", b"bc", b"de"):
        log.say(1, Kind.RX, part)
        seen += [(row.place, row.size, row.reads, row.odd) for row in rows_of(log)]
    assert seen == [
        ((1, 0), 2, 1, "incomplete, 4 B missing"),
        ((2, 0), 4, 2, "incomplete, 2 B missing"),
        ((3, 0), 6, 3, ""),
    ]
    (row,) = rows_of(log)
    assert (row.data, row.body, row.lasted) == (b"\5abcde", b"abcde", 6)
    assert rows_of(log, most=3)[0].body == b"abc"


@pytest.mark.usefixtures("real")
def test_what_is_left_when_a_client_leaves() -> None:
    """A message that its end cut off says so, with what is missing."""
    log = Log(1 << 20, [Counted, Lines, Returns])
    log.window = Window(log.store, log.framing, lambda *_: True, log.record, nullcontext())
    log.say(1, Kind.RX, b"\1a\3b")
    log.say(2, Kind.TX, b"half a li")
    log.say(3, Kind.RX, b"line\r")
    assert [(row.data, row.odd) for row in rows_of(log)] == [
        (b"\1a", ""),
        (b"\3b", "ended inside a message, 2 B missing"),
        (b"half a li", "ended inside a message"),
        (b"line\r", ""),
    ]


@pytest.mark.usefixtures("real")
def test_over_the_limit() -> None:
    """Beyond 1 MiB a message is shown as it was read; the next one is whole again."""
    log = Log(1 << 24, [Lines, None, None])
    part = b"x" * 300_000
    for data in (*[part] * 5, b"the end\n", b"again\n"):
        log.say(1, Kind.RX, data)
    rows = [(row.size, row.reads, row.odd) for row in rows_of(log)]
    assert rows == [
        (1_200_000, 4, OVER),
        (300_000, 1, OVER),
        (8, 1, OVER),
        (6, 1, ""),
    ]


@pytest.mark.usefixtures("real")
def test_who_came_later_is_not_torn() -> None:
    """A client that came when others had been dropped is whole from its beginning."""
    log = Log(3 << 20, [None, Lines])
    for _ in range(40):
        log.say(1, Kind.RX, bytes(100_000))
    assert log.store.first > 1
    log.say(2, Kind.RX, b"whole\n")
    rows = [row for row in rows_of(log) if row.client == 2 and row.kind is Kind.RX]
    assert [(row.data, row.odd) for row in rows] == [(b"whole\n", "")]


@pytest.mark.usefixtures("real")
def test_a_torn_beginning() -> None:
    """What began in records that were dropped is told to be torn, and what came behind it, where
    the framing can find its way, is whole."""
    log = Log(3 << 20, [Lines, Counted, None])
    log.say(1, Kind.RX, b"its beginning ")
    for _ in range(40):
        log.say(3, Kind.RX, bytes(100_000))
    assert log.store.first > 1
    log.say(1, Kind.RX, b"is gone\nwhole\n")
    rows = [row for row in rows_of(log) if row.client == 1]
    assert [(row.data, row.odd) for row in rows] == [(b"is gone\n", TORN), (b"whole\n", "")]


@pytest.mark.usefixtures("real")
def test_while_somebody_writes() -> None:
    """A chunk that is filled while one looks loses none of its rows, then or later."""
    log = Log(1 << 24, [Lines, None, None])
    for _ in range(10):
        log.say(1, Kind.RX, b"x")
    numbers = Window._numbers

    def slow(self: Window, chunk: Chunk, stream: Stream) -> Sequence[int]:
        found = list(numbers(self, chunk, stream))
        patch.undo()
        for number in range(15_000):
            log.say(1, Kind.RX, b"%d\n" % number)
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Window, "_numbers", slow)
        rows_of(log)
    assert log.store.chunks[0].full
    assert len(log.window.messages((1, 0), 20_000, Lens())) == 15_000


@pytest.mark.usefixtures("real")
def test_a_client_is_found_again_quickly() -> None:
    """Who has nothing in a full chunk is looked for there once, not at every look."""
    log = Log(1 << 26, [None, None, None])
    for number in range(60_000):
        log.say(1 + number % 2, Kind.RX, b"x")
    assert log.window.messages((len(log.said), 0), -5, Lens(3)) == []
    chunks = log.window.look()
    for chunk in chunks:
        assert log.window.concerning(chunk, 3) is log.window.concerning(chunk, 3)


def test_a_read_of_many_messages_costs_what_is_shown(made: list[Row]) -> None:
    """Of a read that holds thousands of messages, as many as are asked for are made rows of."""
    log = Log(1 << 20, [Lines, None, None])
    log.say(1, Kind.RX, b"\n" * 5_000)
    middle = 1, 2_500
    after = log.window.messages(middle, 3, Lens())
    before = log.window.messages(middle, -3, Lens())
    assert [row.place[1] for row in [*before, *after]] == [*range(2_497, 2_503)]
    assert len(made) <= 8


def test_what_is_remembered_of_many_small_messages_is_bounded() -> None:
    """However many rows the chunks have that were looked at, those of a few are remembered."""
    log = Log(1 << 20, [Lines, None, None])
    for _ in range(40):
        log.say(1, Kind.RX, b"\n" * 20)
    assert len(log.window.look()) > 5
    for seq in range(40, 0, -1):
        log.window.messages((seq, 0), 1, Lens())
        assert len(log.window._cuts) <= 2
