"""What all framers with a size in front promise, tried with the simplest of them."""

import copy

import pytest

from tcpmon.core.framing import BadFrame
from tcpmon.core.framing.length import Length
from tcpmon.core.framing.measured import Measured, shown


def test_costs_nothing() -> None:
    """Of a message of 1 GiB only a number is kept, and what is missing is exact all the while."""
    framer = Length(4)
    assert framer.feed((1 << 30).to_bytes(4, "big"), 0) == []
    part = bytes(1 << 20)
    for count in range(1024):
        assert framer.missing() == (1 << 30) - (count << 20)
        ends = framer.feed(part, 0)
        assert ends == ([1 << 20] if count == 1023 else [])
    assert vars(copy.copy(framer)) == vars(framer)
    assert all(not isinstance(kept, bytes) or not kept for kept in vars(framer).values())


def test_header_in_parts() -> None:
    """Before its header is there, nobody knows what a message needs."""
    framer = Length(4)
    framer.feed(b"\0\0", 0)
    assert framer.missing() is None
    assert framer.feed(b"\0\1a\0", 0) == [3]
    assert framer.missing() is None


def test_bad_behind_good() -> None:
    """What ended before the mistake has ended, also where its header came in parts."""
    framer = Length(2, adjust=-2)
    assert framer.feed(b"\0", 0) == []
    with pytest.raises(BadFrame) as caught:
        framer.feed(b"\2\0\3a\0\1", 0)
    assert caught.value.ends == [1, 4]
    assert caught.value.why == "a length of 1 is too short, with 2 taken off"


def test_asks_its_kind() -> None:
    """What headers mean is for each kind to say."""
    with pytest.raises(NotImplementedError):
        Measured().feed(b"a", 0)


def test_shown() -> None:
    """What is shown of a peer's bytes is short and safe."""
    assert shown(b"\x1b[2J") == "\\x1b[2J"
    assert shown(b"a" * 17) == "a" * 16 + "…"
