"""Frames between host and child, however the stream is cut."""

from typing import Any

import pytest
from hypothesis import given, strategies as st

from tcpmon.script.wire import Frames, frame, utf8

ITEMS = st.lists(st.lists(st.integers(0, 9) | st.binary() | st.text(), min_size=1, max_size=3))


@given(st.lists(ITEMS, max_size=4), st.integers(1, 50))
def test_round_trip(frames: list[list[list[Any]]], step: int) -> None:
    """What is framed is found again, in order, in pieces of any size."""
    stream = b"".join(map(frame, frames))
    finder = Frames()
    pieces = [stream[at : at + step] for at in range(0, len(stream), step)]
    found = [item for piece in pieces for item in finder.feed(piece)]
    assert found == [item for items in frames for item in items]


@pytest.mark.parametrize("garbage", [b"\xff" * 8, b"\1\0\0\0\xc1", b"\1\0\0\0\5"])
def test_garbage(garbage: bytes) -> None:
    """What is no frame is an error, and not waited for."""
    with pytest.raises(ValueError, match=r"."):
        list(Frames().feed(garbage))


@given(st.text(st.characters()))
def test_utf8(text: str) -> None:
    """Any text can be framed."""
    assert list(Frames().feed(frame([[utf8(text + "\udc80")]]))) == [[utf8(text + "\udc80")]]
