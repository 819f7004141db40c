"""The message before and behind, over whatever lies between."""

from itertools import pairwise
from operator import attrgetter

import pytest

from tcpmon.core.model import Kind, Lens, Message, Place
from tcpmon.core.node import whole
from tcpmon.ui import neighbours
from tcpmon.ui.neighbours import Step, TooFar, neighbour
from tests.ui.fakes import NOW, FakeNode


class Node(FakeNode):
    """A node of messages, several of which may end in one record."""

    def __init__(self, log: list[Message]) -> None:
        super().__init__()
        self.log = log
        self.asked: list[tuple[int, int]] = []

    def messages(self, start: Place, count: int, lens: Lens) -> list[Message]:
        self.asked.append((count, lens.most))
        if count < 0:
            return [message for message in self.log if message.place < start][count:]
        return [message for message in self.log if message.place >= start][:count]


def a_message(seq: int, part: int = 0, kind: Kind = Kind.RX) -> Message:
    """A message of one byte."""
    return Message(seq, NOW, kind, 1, b"x", part=part)


def test_parts_of_a_record_are_neighbours() -> None:
    """Messages that end in one record are stepped through one by one, there and back."""
    places = [(1, 0), (2, 0), (2, 1), (2, 2), (5, 0)]
    node = Node([a_message(*place) for place in places])
    for one, other in pairwise(places):
        assert attrgetter("place")(neighbour(node, one, 1, Lens())) == other
        assert attrgetter("place")(neighbour(node, other, -1, Lens())) == one
    assert neighbour(node, (5, 0), 1, Lens()) is None
    assert neighbour(node, (1, 0), -1, Lens()) is None
    assert {most for _, most in node.asked} == {0}, "no bytes are asked for"


@pytest.mark.parametrize("step", [1, -1])
def test_the_search_has_an_end(step: Step, monkeypatch: pytest.MonkeyPatch) -> None:
    """Events are passed by the page, and no more than so many pages of them."""
    monkeypatch.setattr(neighbours, "PAGE", 7)
    monkeypatch.setattr(neighbours, "PAGES", 5)
    log = [a_message(n, kind=Kind.INFO) for n in range(1, 100)]
    node = Node([a_message(0), *log, a_message(100)])
    with pytest.raises(TooFar, match="no message in 35 events"):
        neighbour(node, (50, 0), step, Lens())
    assert node.asked == [(7 * step, 0)] * 5
    found = neighbour(node, (50 + 20 * step, 0), step, Lens())
    assert found is not None
    assert found.seq == 50 + 50 * step


def test_all_of_a_message() -> None:
    """The message of a place is looked up again, and nothing else in its place."""
    node = Node([a_message(5, 1)])
    assert whole(node, (5, 1), None) is node.log[0]
    for place in ((5, 0), (6, 0)):
        assert whole(node, place, None) is None
