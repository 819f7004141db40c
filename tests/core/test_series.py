"""Series of messages."""

from array import array
from collections.abc import Callable
from math import inf

import pytest
from hypothesis import given, strategies as st
from msgspec.structs import replace

from tcpmon.core.model import Cast, Kind, Message
from tcpmon.core.numbers import LARGEST, parse
from tcpmon.core.series import (
    BINS,
    BUCKETS,
    FINEST,
    SHORTEST,
    Bucket,
    Figures,
    Gaps,
    Histogram,
    Series,
    bin_start,
)

SECOND = 1_000_000_000
START = 1_780_000_000 * SECOND

ticks = st.integers(0, 10**15)


def said(
    seq: int, time: int, kind: Kind = Kind.RX, client: int = 1, data: bytes = b"12345"
) -> Message:
    """A message of a client."""
    return Message(seq, time, kind, client, data, size=len(data))


def filled(*messages: Message, width: int = FINEST, client: int | None = None) -> Series:
    """A series of messages, and of the digits they begin with."""
    series = Series(width, parse(r"^-?\d+"), client)
    for message in messages:
        series.take(message)
    return series


def whole(series: Series) -> Bucket:
    """All that is in a series as one bucket."""
    width = series.width * 4 * BUCKETS
    start = (series.start or 0) // width * width
    joined = Bucket.at((0, 0))
    for bucket in series.columns(start, width, 2):
        if bucket:
            joined.join(bucket)
    return joined


def test_what_went_when() -> None:
    """Messages and bytes of both directions are in the column of their time, and the column
    knows its first message."""
    series = filled(
        said(1, START), said(2, START + SECOND - 1, Kind.TX, data=b"1234567"),
        said(3, START + SECOND), said(4, START + 3 * SECOND), width=SECOND,
    )  # fmt: skip
    first, second, nothing, last = series.columns(START, SECOND, 4)
    assert nothing is None
    assert first
    assert second
    assert last
    assert (first.rx.messages, first.rx.size, first.tx.messages, first.tx.size) == (1, 5, 1, 7)
    assert (second.rx.messages, second.tx.messages) == (1, 0)
    assert [bucket.place for bucket in (first, second, last)] == [(1, 0), (3, 0), (4, 0)]
    (both,) = series.columns(START, 2 * SECOND, 1)
    assert both
    assert (both.rx.messages, both.tx.messages, both.place) == (2, 1, (1, 0))


def test_looking_changes_nothing() -> None:
    """Columns may be joined with others: they are not the series' own."""
    series = filled(said(1, START), said(2, START + 1), width=SECOND)
    for _ in range(2):
        (column,) = series.columns(START, SECOND, 1)
        assert column
        assert column.rx.messages == 2
        column.rx.messages += 10
        column.rx.figures.take(5.0)


def test_events_are_no_messages() -> None:
    """What is no message is not counted."""
    series = filled(*(said(kind, START, kind) for kind in Kind if kind > Kind.CAST))
    assert series.start is None
    assert series.columns(START, SECOND, 2) == [None, None]


def test_what_goes_on_counts_when_it_is_whole() -> None:
    """A message whose end is still to come is not counted twice; one that will never be whole
    is counted."""
    begun = replace(said(1, START), odd="incomplete, 3 B missing")
    torn = replace(said(1, START), odd="its beginning is no longer kept, incomplete")
    never = replace(said(3, START), odd="ended inside a message")
    assert whole(filled(begun, torn, said(2, START), never)).rx.messages == 2


def test_a_broadcast() -> None:
    """A broadcast counts for each who was given it among all, and once for one of them; it is
    an answer only where one client is looked at."""
    cast = Message(2, START, Kind.CAST, 0, b"7 all", Cast(array("Q", [1, 2, 3])), size=5)
    ours = filled(said(1, START), cast)
    assert (whole(ours).tx.messages, whole(ours).tx.size) == (3, 15)
    assert whole(ours).tx.figures.count == 1
    assert ours.gaps.answer.count == 0
    one = filled(said(1, START), cast, client=1)
    assert (whole(one).tx.messages, whole(one).tx.size) == (1, 5)
    assert one.gaps.answer.count == 1


def test_a_body_is_looked_at() -> None:
    """The number is taken from what a message carries, the size is all of it."""
    message = Message(1, START, Kind.RX, 1, b"\x00\x0242", size=4, body=b"42")
    both = whole(filled(message))
    assert (both.rx.size, both.rx.figures.last) == (4, 42.0)


@given(st.lists(st.tuples(ticks, st.booleans(), st.integers(-99, 99)), min_size=1, max_size=60))
def test_merging_loses_nothing(heard: list[tuple[int, bool, int]]) -> None:
    """However far apart times are and in whatever order they come, buckets stay few and hold
    all that was said."""
    series = Series(1, parse("-?[0-9]+"))
    for seq, (time, received, value) in enumerate(heard):
        kind = Kind.RX if received else Kind.TX
        series.take(said(seq, time, kind, data=b"%d" % value))
        assert len(series._buckets) <= BUCKETS
    total = whole(series)
    for wanted, flow in ((True, total.rx), (False, total.tx)):
        values = [value for _, received, value in heard if received is wanted]
        assert flow.messages == flow.figures.count == len(values)
        assert flow.figures.total == sum(values)
        assert flow.figures.low == min(values, default=inf)
        assert flow.figures.high == max(values, default=-inf)
    times = [time for time, _, _ in heard]
    assert series.start is not None
    assert series.start <= min(times)
    assert max(times) < series.start + BUCKETS * series.width
    assert series.width & (series.width - 1) == 0


def test_the_last_is_the_last() -> None:
    """Also of joined buckets the last number is that of the latest one."""
    late = [said(seq, START + seq * SECOND, data=b"%d" % seq) for seq in range(3 * BUCKETS)]
    series = filled(*late, width=SECOND)
    assert series.width == 4 * SECOND
    assert whole(series).rx.figures.last == 3 * BUCKETS - 1


def test_figures() -> None:
    """Lowest, highest, mean and last are told, and how many held no number."""
    figures = Figures()
    for value in (3.0, None, -1.0, 4.0):
        figures.take(value)
    assert (figures.low, figures.high, figures.mean, figures.last) == (-1.0, 4.0, 2.0, 4.0)
    assert (figures.count, figures.without) == (3, 1)
    before = figures.last
    figures.join(Figures(without=2))
    assert (figures.last, figures.without) == (before, 3)
    assert Figures().mean == 0


@given(st.lists(st.floats(-LARGEST, LARGEST), min_size=1))
def test_the_mean_is_between(values: list[float]) -> None:
    """A mean lies between the lowest and the highest, however rounded."""
    figures = Figures()
    for value in values:
        figures.take(value)
    assert figures.low <= figures.mean <= figures.high


Talk = list[tuple[str, int]]


@pytest.mark.parametrize(
    ("talk", "between", "answers", "replies"),
    [
        ([("rx", 0), ("rx", 5), ("rx", 7)], 2, 0, 0),
        ([("rx", 0), ("tx", 3), ("rx", 9)], 1, 1, 1),
        ([("tx", 0), ("rx", 3)], 0, 0, 1),
        ([("rx", 0), ("tx", 1), ("tx", 2), ("rx", 4)], 1, 1, 1),
        ([("tx", 0), ("tx", 1)], 0, 0, 0),
        ([("rx", 5), ("rx", 4)], 0, 0, 0),
    ],
    ids=["one talks", "one answers", "we begin", "two answers", "nobody answers", "clock set back"],
)
def test_gaps(talk: Talk, between: int, answers: int, replies: int) -> None:
    """Gaps are between received messages, from a request to the answer, and back."""
    gaps = Gaps()
    for seq, (kind, time) in enumerate(talk):
        gaps.take(1, kind == "rx", START + time, (seq, 0))
    assert (gaps.between.count, gaps.answer.count, gaps.reply.count) == (between, answers, replies)


def test_each_client_by_itself() -> None:
    """What one client says does not end the silence of another."""
    series = filled(said(1, START, client=1), said(2, START + SECOND, client=2),
                    said(3, START + 2 * SECOND, client=1))  # fmt: skip
    assert (series.gaps.between.count, series.gaps.between.low) == (1, 2 * SECOND)


def test_who_left_is_forgotten() -> None:
    """Of those who left nothing is kept, however many they are."""
    series = filled()
    for client in range(1, 2000):
        series.take(said(2 * client, START + client, client=client))
        series.take(said(2 * client + 1, START + client, Kind.CLOSE, client, b""))
    assert series.gaps._before == {}


@given(st.integers(0, 10**15))
def test_a_gap_is_in_its_bin(gap: int) -> None:
    """Each gap is counted in the bin of its length, the shortest and longest at the ends."""
    histogram = Histogram.empty()
    histogram.take(gap, (7, 1))
    bin = histogram.counts.index(1)
    assert histogram.places[bin] == (7, 1)
    assert bin == 0 or bin_start(bin) * 0.999 <= gap
    assert bin == BINS - 1 or gap <= bin_start(bin + 1) * 1.001
    assert histogram.median == histogram.low == histogram.high == gap


@pytest.mark.parametrize(
    ("gaps", "check"),
    [
        ([], lambda median: median == 0),
        ([SHORTEST] * 9 + [SECOND], lambda median: median == SHORTEST),
        ([SECOND] * 9 + [SHORTEST], lambda median: 0.6 * SECOND < median <= SECOND),
    ],
    ids=["none", "short ones", "long ones"],
)
def test_the_median(gaps: list[int], check: Callable[[int], bool]) -> None:
    """Half of the gaps reach the median, as exact as bins are."""
    histogram = Histogram.empty()
    for gap in gaps:
        histogram.take(gap, (0, 0))
    assert check(histogram.median)
