"""What is looked for is found where it is, forwards and backwards."""

import pytest
from hypothesis import given, strategies as st

from tcpmon.core import search
from tcpmon.core.errors import BadPayload
from tcpmon.core.search import find, parse_sought

FEW = st.lists(st.sampled_from([0, 1]), max_size=40).map(bytes)


@pytest.mark.parametrize(
    ("text", "sought"),
    [
        ("OK", b"OK"), ("OK\\r\\n", b"OK\r\n"), ("01 02 fF", b"\1\2\xff"), ("0xff", b"\xff"),
        (" 0a  0b ", b"\n\x0b"), ('"01 02"', b"01 02"), ("ff", b"ff"), ("\\xff", b"\xff"),
        ("a b", b"a b"), ("é", "é".encode()), ('"', b'"'), ("0x01,0x02", b"\1\2"), (" a", b" a"),
    ],
)  # fmt: skip
def test_meanings(text: str, sought: bytes) -> None:
    """Pairs of hex digits are bytes, the rest is text, in quotes too."""
    assert parse_sought(text) == sought


@pytest.mark.parametrize("text", ["", '""', "\\q", "0xzz"])
def test_what_means_nothing(text: str) -> None:
    """What cannot be looked for is refused with a word that is safe to print."""
    with pytest.raises(BadPayload) as raised:
        parse_sought(text)
    assert str(raised.value).isprintable()


@given(FEW, FEW.filter(bool), st.integers(0, 39), st.integers(1, 7))
def test_found_as_by_hand(data: bytes, sought: bytes, at: int, block: int) -> None:
    """It is the nearest place behind the cursor, or before it, and then round the other end."""
    at = min(at, max(0, len(data) - 1))
    places = [n for n in range(len(data)) if data.startswith(sought, n)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "BLOCK", block)
        onwards = [n for n in places if n > at] + [n for n in places if n <= at]
        backwards = [n for n in places if n < at][::-1] + [n for n in places if n >= at][::-1]
        assert find(data, sought, at) == next(iter(onwards), -1)
        assert find(data, sought, at, backwards=True) == next(iter(backwards), -1)
