"""Scrolling through what nobody has counted: every line once, whatever is above or below."""

import pytest
from hypothesis import given, strategies as st

from tcpmon.core.model import Lens, Message
from tcpmon.ui.reel import Reel, Spot
from tests.ui.fakes import CuttingNode, FakeNode, a_record

HEIGHT = 5


def a_reel(node: FakeNode, heights: list[int] | None = None) -> Reel:
    """A reel of a node's messages, each as high as it says."""
    reel = Reel(node, lambda message: heights[message.seq] if heights else 1)
    reel.look()
    return reel


def spots(lines: "list[tuple[Message, int]]") -> list[Spot]:
    return [(message.place, line) for message, line in lines]


@given(st.lists(st.integers(1, 7), min_size=1, max_size=12), st.data())
def test_lines_above_and_below(heights: list[int], data: st.DataObject) -> None:
    """So many lines up or down is so many lines, through messages of any height."""
    reel = a_reel(FakeNode(records=[a_record(seq) for seq in range(len(heights))]), heights)
    every = [((seq, 0), line) for seq, height in enumerate(heights) for line in range(height)]
    assert spots(list(reel.lines(every[0], len(every)))) == every
    at = data.draw(st.integers(0, len(every) - 1))
    count = data.draw(st.integers(0, len(every) + 3))
    assert reel.up_from(every[at], count) == every[max(0, at - count)]
    assert reel.up_from(reel.end, count) == ([*every, reel.end])[max(0, len(every) - count)]
    below = every[at + count] if at + count < len(every) else None
    assert reel.down_from(every[at], count) == below
    assert spots(list(reel.lines(every[at], HEIGHT))) == every[at : at + HEIGHT]


def test_what_was_dropped_takes_no_lines_along() -> None:
    """Where the message at the top is gone, the next one is shown from its first line on."""
    node = FakeNode(records=[a_record(seq) for seq in range(4)])
    reel = a_reel(node, [4, 3, 3, 3])
    del node.kept[0]
    reel.look()
    assert spots(list(reel.lines(((0, 0), 2), 3))) == [((1, 0), 0), ((1, 0), 1), ((1, 0), 2)]


def test_what_has_gone_on_takes_no_lines_along() -> None:
    """A row that was not complete stands elsewhere once it is: the next one begins at its top."""
    node = CuttingNode(framing="line")
    node.say(b"first ")
    reel = Reel(node, lambda message: 3)
    reel.look()
    top = (0, 0), 2
    assert spots(list(reel.lines(top, 1))) == [top]
    node.say(b"line\n")
    reel.look()
    assert spots(list(reel.lines(top, 3))) == [((1, 0), 0), ((1, 0), 1), ((1, 0), 2)]


def test_what_was_cleared_is_not_there() -> None:
    """Nothing before the floor is above or below anything, or near it."""
    reel = a_reel(FakeNode(records=[a_record(seq) for seq in range(10)]))
    reel.floor = 7
    assert [message.seq for message in reel.before((9, 0), 5)] == [7, 8]
    assert [message.seq for message in reel.at((2, 0), 2)] == [7, 8]
    assert reel.up_from(((8, 0), 0), 5) == ((7, 0), 0)
    reel.floor = 10
    assert reel.near((3, 0)) is None
    assert reel.up_from(reel.end, 5) == reel.end


@pytest.mark.parametrize(
    ("place", "found"),
    [((2, 1), (2, 1)), ((2, 2), (2, 1)), ((1, 5), (1, 0)), ((3, 1), (3, 0)), ((9, 0), (3, 0))],
)
def test_near(place: tuple[int, int], found: tuple[int, int]) -> None:
    """What is no longer there was the last of its record, or else the end has moved."""
    node = CuttingNode(framing="line")
    for data in (b"0\n", b"1\n", b"2\n2\n", b"3\n"):
        node.say(data)
    reel = a_reel(node)
    message = reel.near(place)
    assert message is not None
    assert message.place == found


def test_near_with_a_filter() -> None:
    """What is hidden is not near: the next one that is shown is, or the last one."""
    node = FakeNode(records=[a_record(seq, b"even" if seq % 4 == 0 else b"") for seq in range(10)])
    reel = a_reel(node)
    reel.lens = Lens(filter="even")
    node.sift(reel.lens, 1)
    found = [reel.near((seq, 0)) for seq in range(10)]
    assert [row.seq if row else None for row in found] == [0, 4, 4, 4, 4, 8, 8, 8, 8, 8]
