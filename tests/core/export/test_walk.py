"""Every message is met once, whole and in order, whatever comes and goes meanwhile."""

from array import array
from collections.abc import Callable

import pytest
from hypothesis import given, strategies as st

from tcpmon.core.commands import Command
from tcpmon.core.export import walk as module
from tcpmon.core.export.walk import Scope, Walk, gap
from tcpmon.core.model import (
    WHOLE,
    Ask,
    Cast,
    Kind,
    Lens,
    Message,
    Place,
    Record,
    Sifted,
    Span,
    View,
)
from tcpmon.core.node import R, whole
from tcpmon.core.playbook import Playbook
from tests.core.export.messages import a_message


def a_record(seq: int, data: bytes = b"hello\n", client: int = 1) -> Record:
    """A record of a client."""
    return Record(seq, seq, Kind.RX, client, data)


class Node:
    """A node that notes what it was asked, and to which things happen before it answers."""

    def __init__(self, records: list[Record], happens: Callable[["Node"], object] = bool) -> None:
        self.kept = records
        self.happens = happens
        self.lenses: list[Lens] = []
        self.counts: list[int] = []
        self.sifts = 0
        self.first = 0

    def drop(self, first: int) -> None:
        """Keep only the records from this one on."""
        self.first = first
        self.kept = [record for record in self.kept if record.seq >= first]

    def playbook(self) -> Playbook:
        return Playbook()

    def span(self) -> Span:
        return Span(self.first, self.kept[-1].seq + 1 if self.kept else self.first)

    def messages(self, start: Place, count: int, lens: Lens) -> list[Message]:
        self.happens(self)
        self.lenses.append(lens)
        self.counts.append(count)
        found = [
            Message(r.seq, r.time, r.kind, r.client, r.data[: lens.most], r.cast, size=len(r.data))
            for r in self.kept
            if (r.seq, 0) >= start and (lens.client in (None, r.client) or r.cast)
        ]
        return found[:count]

    def sift(self, lens: Lens, seconds: float) -> Sifted:
        self.sifts += 1
        return Sifted(0, 10 * self.sifts, self.sifts == 3)

    def view(self, ask: Ask) -> View:
        raise NotImplementedError

    def records(self, start: int, count: int, client: int | None = None) -> list[Record]:
        raise NotImplementedError

    async def do(self, command: Command[R]) -> R:
        raise NotImplementedError


def numbers(walk: Walk) -> list[int]:
    """Return which records a walk meets."""
    return [message.seq for message in walk]


def test_all_in_order_in_bounded_pages() -> None:
    """All that is kept is met, oldest first, and never more than a page is asked for."""
    node = Node([a_record(seq) for seq in range(1300)])
    walk = Walk(node, Scope())
    assert numbers(walk) == list(range(1300))
    assert max(node.counts) == module.PAGE
    assert (walk.looked, walk.total, walk.dropped) == (1300, 1300, 0)


def test_what_comes_later_is_not_met() -> None:
    """A walk ends where the records ended when it began, however fast others come."""

    def more(node: Node) -> None:
        node.kept += [a_record(node.kept[-1].seq + 1 + n) for n in range(600)]

    walk = Walk(Node([a_record(seq) for seq in range(700)], more), Scope())
    assert numbers(walk) == list(range(700))
    assert (walk.looked, walk.total, walk.dropped) == (700, 700, 0)


@given(st.integers(0, 3000), st.integers(1, 400))
def test_what_was_dropped_is_counted(count: int, dropped: int) -> None:
    """While the oldest are dropped, what is met and what is counted are all there were."""

    def drop(node: Node) -> None:
        node.kept += [a_record(node.kept[-1].seq + 1)]
        node.drop(min(node.first + 2 * dropped, node.kept[-1].seq))

    node = Node([a_record(seq) for seq in range(count)], drop if count else bool)
    walk = Walk(node, Scope())
    met = numbers(walk)
    assert met == sorted(set(met))
    assert len(met) + walk.dropped == count == walk.looked == walk.total


@pytest.mark.parametrize(
    ("place", "seen", "end", "first", "missing"),
    [
        ((0, 0), [0, 1, 2], 3, 0, 0),
        ((0, 0), [4, 5], 6, 0, 0),  # those before are of others
        ((0, 0), [4, 5], 6, 4, 4),
        ((0, 0), [4, 5], 6, 3, 3),
        ((0, 0), [0, 1, 7], 8, 7, 5),  # they went while the page was read
        ((0, 0), [0, 1], 8, 9, 6),
        ((0, 0), [], 10, 20, 10),
        ((3, 1), [4], 5, 9, 0),
        ((3, 2), [3, 3, 4], 5, 9, 0),  # several messages end in one record
        ((3, 1), [], 5, 9, 1),
    ],
)
def test_gap(place: Place, seen: list[int], end: int, first: int, missing: int) -> None:
    """Only records that are gone and were not seen count."""
    assert gap(place, [a_message(b"", seq=seq) for seq in seen], end, first) == missing


def test_large_ones_are_asked_for_alone() -> None:
    """A page holds the beginnings; a message that is longer comes whole, and by itself."""
    node = Node([a_record(0, b"x" * module.MOST), a_record(1, b"y" * 100_000), a_record(2)])
    walk = Walk(node, Scope(Lens(1)))
    assert [len(message.data) for message in walk] == [module.MOST, 100_000, 6]
    asked = [(count, lens.most) for count, lens in zip(node.counts, node.lenses, strict=True)]
    assert asked[:2] == [(module.PAGE, module.MOST), (1, WHOLE)]
    assert all(count == 1 or most == module.MOST for count, most in asked)


def test_a_large_one_that_went_meanwhile_is_counted() -> None:
    """A message that was dropped between its beginning and the rest is not met half."""

    def drop(node: Node) -> None:
        if len(node.counts) == 1:
            node.drop(2)

    node = Node([a_record(0), a_record(1, b"y" * 100_000), a_record(2)], drop)
    walk = Walk(node, Scope())
    assert numbers(walk) == [0, 2]
    assert walk.dropped == 1


@pytest.mark.parametrize(
    ("scope", "met"),
    [
        (Scope(), [0, 1, 2, 3, 4, 5]),
        (Scope(first=3), [3, 4, 5]),
        (Scope(first=99), []),
        (Scope(Lens(2)), [1, 3, 4]),
        (Scope(clients=frozenset((2, 3))), [1, 2, 4]),
        (Scope(clients=frozenset((1, 8))), [0, 3, 5]),
        (Scope(clients=frozenset((9,))), []),
        (Scope(only=(2, 0)), [2]),
        (Scope(only=(7, 0)), []),
        (Scope(only=(2, 1)), []),
    ],
)
def test_only_what_is_meant(scope: Scope, met: list[int]) -> None:
    """A scope is a client, or some, or what is after a record, or one message."""
    records = [a_record(seq, client=client) for seq, client in enumerate((1, 2, 3, 0, 2, 1))]
    records[3] = Record(3, 0, Kind.CAST, 0, b"all", Cast(array("I", (1, 8))))
    assert numbers(Walk(Node(records), scope)) == met


def test_a_single_one_that_is_gone_is_counted() -> None:
    """The one message that was meant was dropped: that is told, too."""
    walk = Walk(Node([a_record(5)]), Scope(only=(2, 0)))
    assert (numbers(walk), walk.dropped) == ([], 1)


def test_a_filter_is_applied_to_all_first() -> None:
    """The node looks at all messages before the first is taken, since until then it does not
    know which ones match."""
    node = Node([a_record(0)])
    walk = Walk(node, Scope(Lens(filter="hello")))
    assert numbers(walk) == [0]
    assert (node.sifts, walk.sifted) == (3, 30)


@pytest.mark.parametrize("filter_", ["", "hello"])
def test_it_stops(filter_: str) -> None:
    """A walk that is stopped ends with its page, or in the middle of looking for matches."""
    node = Node([a_record(seq) for seq in range(2000)])
    walk = Walk(node, Scope(Lens(filter=filter_)))
    if filter_:
        walk.stopped = True
    met = 0
    for _ in walk:
        met += 1
        walk.stopped = True
    assert met == (0 if filter_ else module.PAGE)


def test_one_message() -> None:
    """One message is had whole by its place, or not at all."""
    node = Node([a_record(3, b"y" * 100_000), a_record(5)])
    found = whole(node, (3, 0), None)
    assert found is not None
    assert len(found.data) == found.size == 100_000
    assert whole(node, (4, 0), None) is None
    assert whole(node, (6, 0), None) is None
