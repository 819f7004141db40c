"""A body is joined, unpacked and read, and never more of it than is promised."""

import gzip
import zlib

import pytest
from hypothesis import given, strategies as st

from tcpmon.core.decoding import FIELDS, UNPACKED
from tcpmon.core.decoding.http_body import dechunked, form, unpacked
from tests.core.decoding.trial import flat


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=5), st.binary(max_size=5))
def test_dechunked(chunks: list[bytes], behind: bytes) -> None:
    """What was sent in chunks comes out as it was, and ends where the last one does."""
    sent = b"".join(b"%x;x=y\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"
    assert dechunked(b"?" + sent + behind, 1, 1 + len(sent + behind)) == (
        b"".join(chunks), 1 + len(sent), "",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("sent", "body", "why"),
    [
        (b"3\r\nab", b"ab", "a chunk is not complete"),
        (b"3\r\nabc\r\n", b"abc", "there should be more chunks"),
        (b"3\r\nabc\r\nhello\r\n", b"abc", "byte 8 should be the length of a chunk"),
        (b"ffffffffffffffffffff\r\nabc", b"abc", "a chunk is not complete"),
        (b"1\r\na\r\n" * 3000, b"a" * 2000, "more than 2,000 chunks"),
        (b"1\na\n0\nA: b\r\n\r\n", b"a", ""),
    ],
)
def test_chunks_that_are_wrong(sent: bytes, body: bytes, why: str) -> None:
    """What there was before is given, with the reason why it is not all."""
    found, end, told = dechunked(sent, 0, len(sent))
    assert found == body
    assert why in told
    assert bool(why) == bool(told)
    assert end <= len(sent)


@pytest.mark.parametrize(
    ("data", "how", "plain", "note"),
    [
        (gzip.compress(b"abc", mtime=0), b"gzip", b"abc", ""),
        (gzip.compress(b"abc", mtime=0), b"x-gzip", b"abc", ""),
        (zlib.compress(b"abc"), b"deflate", b"abc", ""),
        (zlib.compress(b"abc")[2:-4], b"deflate", b"abc", ""),
        (
            gzip.compress(b"abc" * 99, mtime=0)[:-9],
            b"gzip",
            None,
            "the end of the compressed body is missing",
        ),
        (b"abc", b"gzip", None, "the body is not compressed as it says"),
        (b"abc", b"zstd", None, "its content coding is not known"),
    ],
)
def test_unpacked(data: bytes, how: bytes, plain: bytes | None, note: str) -> None:
    """The codings that Python knows are undone, the others named."""
    found, told = unpacked(data, how)
    assert told == note
    assert found == plain or (plain is None and b"abc".startswith((found or b"abc")[:3]))


def test_bomb() -> None:
    """Of 8 MiB in 8 KiB only the first is unpacked, and of the next one nothing."""
    data = gzip.compress(b"\0" * (8 << 20))
    plain, note = unpacked(data, b"gzip")
    assert plain == b"\0" * UNPACKED
    assert note
    assert unpacked(data, b"gzip", 0) == (None, note)


def test_form() -> None:
    """A form has names, values and their bytes; nothing between two & is nothing."""
    data = b"&a=1&&n%C3%A9=x+%1b&empty&"
    found = form(data)
    assert [(field.name, field.value) for field in found.fields] == [
        ("a", "1"), ("né", "x \\x1b"), ("empty", ""),
    ]  # fmt: skip
    assert next(data[field.start : field.end] for field in flat(found.fields)) == b"a=1"
    assert found.note == ""


def test_long_form() -> None:
    """It has as many fields as anything."""
    found = form(b"a=1&" * 5000)
    assert (len(found.fields), found.note) == (FIELDS, f"there are more than {FIELDS:,} fields")
