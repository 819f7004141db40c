"""Lines end in LF, CRLF or CR, whichever comes, and a CRLF is one end however it is cut."""

import pytest

from tcpmon.core.framing.line import Line
from tests.core.framing.trial import garbage, trial


@pytest.mark.parametrize(
    ("lines", "bodies"),
    [
        ([b"hello\n", b"world\n"], [b"hello", b"world"]),
        ([b"hello\r\n", b"world\r\n"], [b"hello", b"world"]),
        ([b"a\r", b"b\r\n", b"c\n"], [b"a", b"b", b"c"]),
        ([b"\n", b"\n", b"\r\n", b"\r\n", b"\n"], [b""] * 5),
        ([b"\r", b"\r", b"\r\n"], [b""] * 3),
        ([b"\xff\x00\x0b\x0c\x1c\x85\xe2\x80\xa8\n"], [b"\xff\x00\x0b\x0c\x1c\x85\xe2\x80\xa8"]),
    ],
)
def test_lines(lines: list[bytes], bodies: list[bytes]) -> None:
    """An end belongs to its line, and only LF, CR and CRLF are ends."""
    trial("line", *lines, bodies=bodies)


def test_rest() -> None:
    """A line without an end is not complete; behind a CR it may well be."""
    trial("line", b"a\n", rest=b"bcd", missing=None, bodies=[b"a"])
    trial("line", b"a\n", rest=b"bcd\r", missing=0, bodies=[b"a"])


def test_held() -> None:
    """What follows a CR tells whether its line had ended before."""
    framer = Line()
    assert framer.feed(b"a\r", 0) == []
    assert framer.feed(b"b\rc\n", 0) == [0, 2, 4]
    assert framer.feed(b"d\r", 0) == []
    assert framer.feed(b"\ne", 0) == [1]


def test_garbage() -> None:
    """Any bytes are lines."""
    garbage("line", [b"\r", b"\n", b"\r\n", b"ab"])
