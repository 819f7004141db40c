"""Text comes out in the encoding that was chosen, and what is no text as bytes."""

import pytest
from hypothesis import given, strategies as st

from tcpmon.core.decoding.text import ENCODINGS, TEXT_BYTES, decode_text
from tests.core.safety import unsafe_in


@pytest.mark.parametrize(
    ("data", "encoding", "lines"),
    [
        (b"a\r\nb\rc\nd", "UTF-8", ["a\\r\\n", "b\\r", "c\\n", "d"]),
        ("é€\n".encode(), "UTF-8", ["é€\\n"]),
        (b"a\xffb\\u{dc41}", "UTF-8", ["a\\xffb\\\\u{dc41}"]),
        (b"\xe9\x1b[2J", "Latin-1", ["é\\x1b[2J"]),
        (b"\x81\xc9\xcd\xbb", "CP437 (DOS)", ["ü╔═╗"]),
        ("hé\n".encode("utf-16-le"), "UTF-16 LE", ["hé\\n"]),
        ("hé\n".encode("utf-16-be"), "UTF-16 BE", ["hé\\n"]),
        (b"h\0A", "UTF-16 LE", ["h\\x41"]),
        (b"\0\xd8h\0", "UTF-16 LE", ["\\x00\\xd8h"]),
        (b"\xc8\x85\x93\x93\x96\x15\x5a", "EBCDIC 037", ["Hello\\u{85}", "!"]),
        (b"\x4f", "EBCDIC 500", ["!"]),
        ("日本".encode("shift_jis") + b"\x81", "Shift JIS", ["日本\\x81"]),
        (b"", "UTF-8", []),
        ("\u202e".encode(), "UTF-8", ["\\u{202e}"]),
    ],
)
def test_decode_text(data: bytes, encoding: str, lines: list[str]) -> None:
    """Each encoding has its letters; a line keeps its end, as an escape."""
    assert decode_text(data, encoding) == lines


@given(st.binary(max_size=60), st.sampled_from(list(ENCODINGS)))
def test_safe(data: bytes, encoding: str) -> None:
    """Whatever the bytes and the encoding, what comes out can be shown."""
    assert [unsafe_in(line) for line in decode_text(data, encoding) if unsafe_in(line)] == []


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_bounded(encoding: str) -> None:
    """No more than 64 KiB are read."""
    for byte in (b"\x81", b"\n", b"\0"):
        lines = decode_text(byte * (2 * TEXT_BYTES), encoding)
        assert lines == decode_text(byte * TEXT_BYTES, encoding)
