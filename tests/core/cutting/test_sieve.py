"""What a filter finds, bit by bit, is what it would find in all rows at once."""

import itertools

import pytest
from hypothesis import given, settings, strategies as st

from tcpmon.core.cutting.sieve import Sieve
from tcpmon.core.cutting.window import Row, Rows
from tcpmon.core.framing import Framer
from tcpmon.core.model import Kind, Lens, Sifted
from tcpmon.core.query import parse
from tests.core.cutting.framers import Lines
from tests.core.cutting.test_window import ALL, CASES, Log, told

FILTERS = ["ab", "len>2", "dir:tx", "kind:info", "client:2", "hex:00 01", "!ab", "ab | len<2",
           "client:1 len>1", "/[ab]+/"]  # fmt: skip


@pytest.fixture(autouse=True, scope="module")
def small() -> object:
    """Chunks of a few records, messages that are too long soon, and small slices of work."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tcpmon.core.store.CHUNK_BYTES", 400)
        patch.setattr("tcpmon.core.cutting.stream.LIMIT", 9)
        patch.setattr("tcpmon.core.cutting.sieve.SLICE", 3)
        yield


def a_sieve(log: Log, text: str, client: int | None = None) -> Sieve:
    whole = not any(log.kinds.values())
    return Sieve(log.window, client, parse(text), whole, lambda client: None)


def at_once(sieve: Sieve) -> Sifted:
    return sieve.step(ALL, lambda: 0.0, 0)


@settings(deadline=None, max_examples=60)
@given(
    case=CASES,
    text=st.sampled_from(FILTERS),
    client=st.sampled_from([None, 1, 2]),
    looks=st.lists(st.integers(0, 60), max_size=6),
    keep=st.sampled_from([1200, 1 << 20]),
)
def test_what_is_found(
    case: tuple[list[type[Framer] | None], list[tuple[int, Kind, bytes]]],
    text: str,
    client: int | None,
    looks: list[int],
    keep: int,
) -> None:
    """However often it is asked, and however little it does at a time, with rows that come,
    grow and are dropped meanwhile."""
    kinds, steps = case
    log = Log(keep, kinds)
    sieve = a_sieve(log, text, client)
    for number, (who, kind, data) in enumerate(steps):
        log.say(who, kind, data)
        if number in looks:
            sieve.step(0, itertools.count().__next__, 0)
    sifted = at_once(sieve)
    query = parse(text)
    rows = log.window.messages((0, 0), ALL, Lens(client))
    expected = [row for row in rows if query.message(row, None, 0)]
    assert told(sieve.messages((0, 0), ALL, 4096)) == told(expected)
    assert sifted.done
    assert (sifted.found, sifted.looked) == (len(expected), len(rows))
    assert sifted.upto == log.store.end
    middle = (log.store.first + len(log.said)) // 2, 0
    after = [row for row in expected if row.place >= middle]
    before = [row for row in expected if row.place < middle]
    assert told(sieve.messages(middle, 2, 4096)) == told(after[:2])
    assert told(sieve.messages(middle, -2, 4096)) == told(before[-2:])


def test_it_stops_when_its_time_is_over() -> None:
    """A slice of work is a few records, and the next one goes on behind them."""
    log = Log(1 << 20, [None, None, None])
    for number in range(10):
        log.say(1, Kind.RX, b"ab %d" % number)
    sieve = a_sieve(log, "ab")
    looked, found = [0], 0
    while not (sifted := sieve.step(0, itertools.count().__next__, 0)).done:
        assert sifted.found >= found
        looked.append(sifted.looked)
        found = sifted.found
    assert all(0 < after - before <= 3 for before, after in itertools.pairwise(looked))
    assert (sifted.looked, sifted.found) == (11, 10)


def test_a_read_without_what_is_sought_is_passed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of thousands of messages in a read that cannot match, none is looked at by itself, but for
    the first, which may have begun before, and the last, which may go on."""
    log = Log(1 << 20, [Lines, None, None])
    log.say(1, Kind.RX, b"\n" * 5_000)
    asked: list[int] = []
    make = Rows.row

    def row(rows: Rows, part: int) -> Row:
        asked.append(part)
        return make(rows, part)

    monkeypatch.setattr(Rows, "row", row)
    assert at_once(a_sieve(log, "text:ab")).looked == 5_001
    assert set(asked) <= {0, 4_999}
