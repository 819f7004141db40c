"""A silence ends a message, and only that."""

import copy

from tcpmon.core.framing.gap import Gap

MS = 1_000_000


def test_gap() -> None:
    """What comes after a silence tells that the message before had ended."""
    framer = Gap(50 * MS)
    assert framer.timed
    assert framer.joins
    assert framer.feed(b"ab", 0) == []
    assert framer.feed(b"cd", 49 * MS) == []
    assert framer.feed(b"ef", 99 * MS) == [0]
    assert framer.feed(b"gh", 1000 * MS) == [0]
    assert framer.missing() == 0
    assert framer.body(b"ab\n") == b"ab\n"


def test_first() -> None:
    """Nothing ends before the first byte, whatever the time."""
    assert Gap(1).feed(b"a", 10**18) == []


def test_clock_set_back() -> None:
    """A clock that was set back is no silence."""
    framer = Gap(50 * MS)
    framer.feed(b"a", 1000 * MS)
    assert framer.feed(b"b", 0) == []
    assert framer.feed(b"c", 10 * MS) == []
    assert framer.feed(b"d", 60 * MS) == [0]


def test_copy() -> None:
    """A copy goes on by itself."""
    framer = Gap(50 * MS)
    framer.feed(b"a", 0)
    twin = copy.copy(framer)
    assert framer.feed(b"b", 40 * MS) == []
    assert twin.feed(b"b", 60 * MS) == [0]
    assert framer.feed(b"c", 60 * MS) == []
