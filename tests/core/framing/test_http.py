"""HTTP/1 messages end where their headers say."""

import pytest

from tcpmon.core.framing.http import Http
from tests.core.framing.trial import feed_all, garbage, pieces, trial

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
POST = b"POST /x HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello"
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "messages",
    [
        [GET, POST, GET, GET],
        [OK, b"HTTP/1.1 204 No Content\r\n\r\n", OK, b"HTTP/1.1 304\r\nContent-Length: 9\r\n\r\n"],
        [b"HTTP/1.1 100 Continue\r\n\r\n", OK, b"HTTP/1.0 200 \r\nContent-Length:0\r\n\r\n"],
        [CHUNKED + b"5\r\nhello\r\n0\r\n\r\n", OK],
        [CHUNKED + b'A;x=1;y="2"\r\n0123456789\r\n1 \r\nz\r\n000\r\nX-Sum: 1\r\n\r\n', OK],
        [POST.replace(b"\r\n\r\nhello", b"\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n0\r\n\r\n")],
        [b"GET / HTTP/1.1\nHost: a\n\n", b"HTTP/1.1 200 OK\nContent-Length: 1\n\nx"],
        [CHUNKED.replace(b"\r", b"") + b"1\na\n0\n\n"],
        [b"\r\n\r\n" + GET, b"\n" + OK],
        [b"POST / HTTP/1.1\r\nContent-Length: 2, 2\r\nContent-Length: 2\r\n\r\nab"],
        [OK.replace(b"\r\n\r\n", b"\r\nTransfer-Encoding: identity\r\n\r\n"), OK],
        [b"OPTIONS * HTTP/1.1\r\n\r\n", b"M-SEARCH /a b HTTP/1.1 \r\nX:\r\n\r\n"],
        [b"GET / HTTP/1.1\r\nUpgrade: h2c\r\nCookie: %s\r\n\r\n" % (b"c" * 300), GET],
        [b"CONNECT a:80 HTTP/1.1\r\n\r\n", GET],
        [b"GET / HTTP/1.1\r\nX-Content-Length: 9\r\nContent-Length : 9\r\n\r\n", GET],
    ],
)
def test_messages(messages: list[bytes]) -> None:
    """Bodies by length and by chunks, trailers, no bodies, LF alone, pipelined."""
    trial("http", *messages)


@pytest.mark.parametrize(
    ("rest", "missing"),
    [
        (b"G", None),
        (b"\r\n", None),
        (b"GET / HTTP/1.1\r\nHost", None),
        (POST[:-3], 3),
        (b"POST / HTTP/1.1\r\nContent-Length: 9999999999999999999\r\n\r\n", 10**19 - 1),
        (CHUNKED + b"5\r\nhel", None),
        (CHUNKED + b"0\r\n", None),
        (b"HTTP/1.1 200 OK\r\n\r\nuntil\r\n\r\nthe end", 0),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\nContent-Length: 2\r\n\r\nabc", 0),
    ],
)
def test_rest(rest: bytes, missing: int | None) -> None:
    """A body by length misses what it misses; one that says nothing goes on to the end."""
    trial("http", GET, rest=rest, missing=missing)


@pytest.mark.parametrize(
    ("rest", "why"),
    [
        (b"\x16\x03\x01", "a start line of HTTP/1, not \\x16\\x03\\x01"),
        (b"hello there\r\n", "a start line of HTTP/1, not hello there"),
        (b"GET /\r\n", "a start line"),
        (b"PRI * HTTP/2.0\r\n", "a start line"),
        (b"HTTP/1.1 OK\r\n", "a start line"),
        (b"a" * 33, "a start line"),
        (b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", "a Content-Length, not -1"),
        (b"POST / HTTP/1.1\r\nContent-Length:\r\n\r\n", "a Content-Length, not "),
        (b"POST / HTTP/1.1\r\nContent-Length: 1, 2\r\n\r\n", "two lengths, 1 and 2"),
        (CHUNKED + b"x\r\n", "the size of a chunk, not x"),
        (CHUNKED + b"11111111111111111\r\n", "the size of a chunk"),
        (CHUNKED + b"1\r\nab\r\n", "a line end behind a chunk, not b"),
    ],
)
def test_bad(rest: bytes, why: str) -> None:
    """What cannot be HTTP/1 is told, and what came before stands."""
    trial("http", GET, rest=rest, bad=why)


@pytest.mark.parametrize("place", [1, 9_000, 16_384, 17_010])
def test_long_start(place: int) -> None:
    """A start line may not be endless, however it comes."""
    line = b"GET /" + b"a" * 17_000 + b" HTTP/1.1\r\n\r\n"
    assert "a start line of HTTP/1, not GET /" in feed_all(Http(), pieces(line, [place])).why


@pytest.mark.parametrize(
    "first",
    [
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n",
        b"GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
        b"CONNECT a:443 HTTP/1.1\r\n\r\n",
    ],
)
def test_upgraded(first: bytes) -> None:
    """What follows an upgrade is another protocol, and said to be."""
    trial("http", first, rest=b"\x81\x85", bad="upgraded, what follows is not HTTP/1")


def test_long_lines() -> None:
    """A header of any size is read over, and little of it is kept."""
    framer = Http()
    assert framer.feed(b"GET / HTTP/1.1\r\nCookie: ", 0) == []
    for _ in range(100):
        assert framer.feed(b"c" * 100_000, 0) == []
    assert max(len(kept) for kept in vars(framer).values() if isinstance(kept, bytes)) <= 16_384
    assert framer.feed(b"\r\nContent-Length: 1\r\n\r\nxG", 0) == [24]


def test_garbage() -> None:
    """Whatever comes, nothing breaks."""
    garbage(
        "http",
        [b"GET / HTTP/1.1\r\n", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 204 -\r\n", b"\r\n", b"\n",
         b"\r", b"Content-Length: 3\r\n", b"Transfer-Encoding: chunked\r\n", b"3\r\nabc\r\n",
         b"0\r\n", b"G"],
    )  # fmt: skip
