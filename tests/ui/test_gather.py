"""Reading kept messages into series."""

import time
from itertools import count

import pytest
from msgspec.structs import replace

from tcpmon.core.model import Kind, Lens, Message, Place, Record
from tcpmon.core.numbers import parse
from tcpmon.core.series import FINEST
from tcpmon.ui.gather import PAGE, Gather, Gathers
from tcpmon.ui.stretch import NARROWEST, Stretch, Window
from tests.ui.fakes import NOW, FakeNode, a_record

MILLISECOND = 1_000_000
MANY = 3 * PAGE + 7


class Counting(FakeNode):
    """A node that knows what it was asked for."""

    def __init__(self, records: list[Record]) -> None:
        super().__init__(None, records)
        self.pages: list[tuple[Place, int, Lens]] = []

    def messages(self, start: Place, count: int, lens: Lens) -> list[Message]:
        self.pages.append((start, count, lens))
        return super().messages(start, count, lens)


def a_node(count: int = MANY, apart: int = 1) -> Counting:
    """A node with messages of three clients, so many milliseconds apart."""
    records = [a_record(seq, b"%d" % seq, client=1 + seq % 3) for seq in range(count)]
    return Counting([replace(r, time=NOW + r.seq * apart * MILLISECOND) for r in records])


def total(read: Gather) -> int:
    """How many messages are in its series."""
    width = read.series.width
    start = (read.series.start or 0) // width * width
    buckets = read.series.columns(start, width, 4096)
    return sum(bucket.rx.messages for bucket in buckets if bucket)


def finish(read: Gather) -> Gather:
    """Read to the end."""
    while True:
        read.step(1.0)
        if not read.behind:
            return read


def test_all_is_read() -> None:
    """Every message is read once, by pages, and no more of each than is needed."""
    node = a_node()
    assert total(finish(Gather(node, None))) == MANY
    assert {count for _, count, _ in node.pages} == {PAGE}
    assert {lens.most for _, _, lens in node.pages} == {1}
    node.pages.clear()
    finish(Gather(node, None, parse("u16be@4")))
    assert {lens.most for _, _, lens in node.pages} == {6}


def test_it_ends_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """A step takes no longer than it may, but for a page; the next goes on from there."""
    clock = count()
    monkeypatch.setattr(time, "monotonic", lambda: float(next(clock)))
    read = Gather(a_node(), None)
    assert read.progress == 0
    read.step(1.5)
    assert (total(read), read.behind) == (PAGE, True)
    assert 0.3 < read.progress < 0.4
    read.step(1.5)
    assert total(read) == 2 * PAGE


def test_what_comes_is_read() -> None:
    """What is said later is read later, and nothing twice."""
    node = a_node(10)
    read = finish(Gather(node, None))
    assert 0.8 < read.progress <= 1
    node.kept += [a_record(seq) for seq in range(10, 15)]
    assert total(finish(read)) == 15


def test_of_one_client() -> None:
    """Only what concerns a client is read."""
    assert total(finish(Gather(a_node(9), 2))) == 3


@pytest.mark.parametrize(("start", "end"), [(0, 50), (1000, 1010), (1500, None), (5000, 6000)])
def test_a_stretch(start: int, end: int | None) -> None:
    """Of a stretch of time all is read that is in it; what lies before it costs next to
    nothing."""
    node = a_node()
    until = None if end is None else NOW + end * MILLISECOND
    read = finish(Gather(node, None, None, NOW + start * MILLISECOND, until))
    assert total(read) == len(range(MANY)[start:end])
    seqs = [place[0] for place, count, _ in node.pages if count == PAGE]
    assert seqs
    assert min(seqs) >= min(start, MANY)
    assert sum(count == 1 for _, count, _ in node.pages) <= 12


def test_parts_of_a_record_are_read_once() -> None:
    """Messages that end in the same record are each read, and none again."""

    class Cut(FakeNode):
        def messages(self, start: Place, count: int, lens: Lens) -> list[Message]:
            places = [(seq, part) for seq in range(4) for part in range(400)]
            return [
                Message(seq, NOW, Kind.RX, 1, b"x", size=1, part=part)
                for seq, part in places
                if (seq, part) >= start
            ][:count]

    assert total(finish(Gather(Cut(None, [a_record(0), a_record(3)]), None))) == 1600


def looked(gathers: Gathers, stretch: Stretch, exact: bool = False) -> tuple[Gather, Window]:
    """Look at a stretch, as the screen does, and read what that needs."""
    known = gathers.all.series
    window = stretch.window(60, known.start or NOW, NOW + 15 * 1000 * MILLISECOND, NARROWEST)
    found = gathers.of(stretch, window, exact)
    while gathers.behind():
        for read in gathers.due():
            read.step(1.0)
    return found, window


def test_what_is_known_is_not_read_again() -> None:
    """All is read once; closer, only what is in view, and only where all is too coarse."""
    gathers = Gathers(a_node(apart=10), None, None)
    stretch = Stretch()
    assert looked(gathers, stretch)[0] is gathers.all
    stretch.zoom(closer=True)
    assert looked(gathers, stretch)[0] is gathers.all
    for _ in range(6):
        stretch.zoom(closer=True)
    near, window = looked(gathers, stretch)
    assert near is not gathers.all
    assert (near.start, near.end) == (window.start, None)
    assert near.series.width == max(FINEST, window.width // 8)
    assert looked(gathers, stretch)[0] is near
    stretch.move(-0.25)
    further, window = looked(gathers, stretch)
    assert further is not near
    assert (further.start, further.end) == (window.start, window.end)


def test_what_is_in_view_is_read_first() -> None:
    """While a stretch is read, nothing else is; then both go on with what comes."""
    gathers = Gathers(a_node(), None, None)
    stretch = Stretch()
    looked(gathers, stretch)
    stretch.zoom(closer=True)
    window = stretch.window(60, NOW, NOW + MANY * MILLISECOND, NARROWEST)
    near = gathers.of(stretch, window, exact=True)
    assert gathers.due() == [near]
    finish(near)
    assert gathers.due() == [near, gathers.all]
    assert not gathers.behind()


def test_gaps_are_of_the_stretch() -> None:
    """What cannot be taken apart by time is read anew for each stretch, and only for that."""
    gathers = Gathers(a_node(), None, None)
    stretch = Stretch()
    looked(gathers, stretch)
    stretch.move(-0.25)
    near, window = looked(gathers, stretch, exact=True)
    assert near is not gathers.all
    inside = [r for r in range(MANY) if window.start <= NOW + r * MILLISECOND < window.end]
    assert near.series.gaps.between.count == len(inside) - 3
    assert looked(gathers, stretch, exact=True)[0] is near
    stretch.zoom(closer=True)
    assert looked(gathers, stretch, exact=True)[0] is not near
