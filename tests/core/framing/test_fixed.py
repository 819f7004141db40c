"""Messages of one size are counted off."""

import pytest

from tests.core.framing.trial import garbage, trial


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_messages(size: int) -> None:
    """Every so many bytes a message ends."""
    trial(f"fixed:{size}", *[b"abcdefg"[:size]] * 3)


def test_rest() -> None:
    """What is missing is told."""
    trial("fixed:4", b"abcd", rest=b"e", missing=3)
    trial("fixed:1GiB", rest=b"e", missing=(1 << 30) - 1)


def test_garbage() -> None:
    """Any bytes can be counted."""
    garbage("fixed:3", [b"abc"])
