"""HTTP is told by its first line and what it carries."""

import gzip
import zlib

import pytest

from tcpmon.core.decoding import NotDecoded
from tcpmon.core.decoding.http import Http
from tests.core.decoding.trial import flat, part, told

HTTP = Http()


def response(body: bytes, *headers: bytes) -> bytes:
    """Return a response with a body of known length."""
    lines = [b"HTTP/1.1 200 OK", *headers, b"Content-Length: %d" % len(body), b"", body]
    return b"\r\n".join(lines)


CHUNKED = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n[1,\r\n2;x=y\r\n2]\r\n0\r\n\r\n"
)
JSON = b"Content-Type: application/json; charset=utf-8"


@pytest.mark.parametrize(
    ("data", "summary"),
    [
        (b"GET /a?b=1 HTTP/1.1\r\nHost: x.org\r\n\r\n", "GET /a?b=1, x.org"),
        (b"OPTIONS * HTTP/1.0\r\n\r\n", "OPTIONS *"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", "204 No Content"),
        (b"HTTP/1.1 404\r\nContent-Length: 0\r\n\r\n", "404"),
        (response(b"hello"), "200 OK, body of 5 B"),
        (response(b'{"id": 7}', JSON), "200 OK, application/json 9 B: {id: 7}"),
        (response(b"<a>b</a>", b"Content-Type: text/xml"), "200 OK, text/xml 8 B: a: b"),
        (b"HTTP/1.0 200 OK\r\n\r\nto the end", "200 OK, body of 10 B"),
        (b"GET / HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\n", "GET /; GET /b"),
        (b"GET / HTTP/1.1\nA: b\n\n", "GET /"),
        (b"\r\nGET /\xc3\xa9\x80 HTTP/1.1\r\n\r\n", "GET /é\\x80"),
        (response(b"a=1&b=x+y%21&c", b"Content-Type: application/x-www-form-urlencoded"),
         "200 OK, application/x-www-form-urlencoded 14 B: {a: 1, b: x y!, c: }"),
        (response(gzip.compress(b"[1, 2]", mtime=0), b"Content-Encoding: gzip"),
         "200 OK, body of 26 B: [1, 2]"),
        (CHUNKED + b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n",
         "200 OK, body of 5 B: [1, 2]; 304 Not Modified"),
    ],
)  # fmt: skip
def test_summary(data: bytes, summary: str) -> None:
    """The line says what was asked or answered, and what the body holds."""
    decoded = HTTP.decode(data)
    assert (decoded.summary, decoded.note) == (summary, "")
    assert HTTP.rate(data.lstrip()) == 1.0


def test_fields() -> None:
    """Headers have their names, a body its parts, and all of them their bytes."""
    data = response(b'{"id": 7}', JSON)
    decoded = HTTP.decode(data)
    assert told(decoded) == {
        "version": "HTTP/1.1", "status": "200", "reason": "OK", "headers": "2",
        "Content-Type": "application/json; charset=utf-8", "Content-Length": "9",
        "body": "{id: 7}", "id": "7",
    }  # fmt: skip
    assert part(decoded, "Content-Type", data) == b"application/json; charset=utf-8"
    assert part(decoded, "body", data) == b'{"id": 7}'
    assert part(decoded, "id", data) == b"7"


@pytest.mark.parametrize(
    "pack", [gzip.compress, zlib.compress, lambda data: zlib.compress(data)[2:-4]]
)
def test_unpacked(pack: object) -> None:
    """What was compressed has no bytes of its own; its body has."""
    assert callable(pack)
    body = pack(b'{"id": 7}')
    name = b"gzip" if body[:2] == b"\x1f\x8b" else b"deflate"
    data = response(body, b"Content-Encoding: " + name)
    decoded = HTTP.decode(data)
    assert decoded.summary.endswith(": {id: 7}")
    assert [field.start for field in flat(decoded.fields) if field.name == "id"] == [-1]
    assert part(decoded, "body", data) == body


@pytest.mark.parametrize(
    ("data", "note"),
    [
        (b"GET / HTTP/1.1\r\nHost: x", "the end is missing: it stops in the headers"),
        (b"GET / HTTP/1.1\r\nnonsense\r\n\r\n", "byte 16 should begin a header"),
        (response(b"hello")[:-2], "the end is missing: 2 more bytes should follow"),
        (response(b'{"a": [1, 2')[:-1], "the end is missing"),
        (b"PUT / HTTP/1.1\r\nContent-Length: -5\r\n\r\nabc", "its content-length is not a number"),
        (response(b"abc", b"Content-Encoding: br"), "its content coding is not known"),
        (response(b"abc", b"Content-Encoding: gzip"), "the body is not compressed as it says"),
        (response(gzip.compress(b"\0" * (3 << 20)), b"Content-Encoding: gzip"),
         "no more than 1 MiB are unpacked"),
        (b"GET / HTTP/1.1\r\n" + b"a:b\r\n" * 1500 + b"\r\n", "there are more than 1000 headers"),
        (b"GET / HTTP/1.1\r\n\r\nhello\r\n", "from byte 18 on it is something else"),
    ],
)  # fmt: skip
def test_notes(data: bytes, note: str) -> None:
    """It is said why what is shown is not all."""
    decoded = HTTP.decode(data)
    assert decoded.summary
    assert decoded.note.startswith(note)


@pytest.mark.parametrize(
    "data", [b"", b"GET", b"GET / HTTP/2.0\r\n", b"hello\r\n", b"HTTP/1.1 OK\r\n"]
)
def test_refused(data: bytes) -> None:
    """Without a first line of HTTP it is none."""
    with pytest.raises(NotDecoded):
        HTTP.decode(data)


@pytest.mark.parametrize(
    ("data", "rate"),
    [(b"GET /index", 0.6), (b"HTTP/1.1 2", 0.6), (b"GET the door\r\n", 0.0), (b"HELLO\r\n", 0.0)],
)
def test_rate(data: bytes, rate: float) -> None:
    """The beginning of a first line is likely to be one."""
    assert HTTP.rate(data) == rate
