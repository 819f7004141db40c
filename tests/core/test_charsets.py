"""In every encoding every byte is shown, once, and safely."""

import pytest
from hypothesis import given, strategies as st

from tcpmon.core.charsets import LINE_ENDS, Encoding, characters, start_near
from tcpmon.core.escape import escape
from tests.ui.test_fence import hidden_in

WIDE = st.text(max_size=30).map(lambda text: text.encode("utf-16-le", "surrogatepass"))
DATA = st.binary(max_size=80) | WIDE
encodings = pytest.mark.parametrize("encoding", Encoding)


@encodings
@given(DATA)
def test_nothing_is_lost(encoding: Encoding, data: bytes) -> None:
    """The sizes of the characters add up to the bytes, and what is shown hides nothing."""
    texts, sizes = characters(data, encoding)
    assert len(texts) == len(sizes)
    assert sum(sizes) == len(data)
    assert all(size > 0 for size in sizes)
    assert hidden_in("".join(texts)) == []


@given(st.binary(max_size=80) | st.text(max_size=40).map(str.encode))
def test_utf8_is_as_everywhere(data: bytes) -> None:
    """In UTF-8 the text is the very text that the log and the clipboard have."""
    assert "".join(characters(data, Encoding.UTF8)[0]) == escape(data)


@pytest.mark.parametrize(
    ("encoding", "codec", "text"),
    [
        (Encoding.LATIN1, "latin-1", "caf\xe9"),
        (Encoding.CP437, "cp437", "┌──┐ é"),
        (Encoding.UTF16LE, "utf-16-le", "héllo €"),
        (Encoding.UTF16BE, "utf-16-be", "héllo € 😀"),
        (Encoding.EBCDIC, "cp037", "HELLO 123"),
        (Encoding.SHIFT_JIS, "shift_jis", "日本語 abc ｱ"),
    ],
)
def test_what_was_written_is_read(encoding: Encoding, codec: str, text: str) -> None:
    """Text of each encoding is read as such, each character with its bytes."""
    texts, sizes = characters(text.encode(codec), encoding)
    assert "".join(texts) == text
    assert sizes == [len(character.encode(codec)) for character in text]


@pytest.mark.parametrize(
    ("encoding", "data", "texts"),
    [
        (Encoding.UTF16LE, b"a\0\x00\xd8b\0", ["a", "\\x00\\xd8", "b"]),
        (Encoding.UTF16BE, b"\0a\0", ["a", "\\x00"]),
        (Encoding.SHIFT_JIS, b"\x81", ["\\x81"]),
        (Encoding.SHIFT_JIS, b"\x81\x0a\x93\xfa\x81", ["\\x81", "\\n", "日", "\\x81"]),
        (Encoding.UTF8, b"\xc3(\xed\xa0\x80", ["\\xc3", "(", "\\xed", "\\xa0", "\\x80"]),
        (Encoding.UTF8, b"$ ${a}", ["$", " ", "\\$", "{", "a", "}"]),
    ],
)
def test_what_is_no_text(encoding: Encoding, data: bytes, texts: list[str]) -> None:
    """Bytes that are no character are escaped one by one, and reading goes on behind them."""
    assert characters(data, encoding)[0] == texts


def test_line_ends() -> None:
    """LF ends a line in each encoding, and so does NEL, which EBCDIC writes instead."""
    assert characters("\n".encode("utf-16-be"), Encoding.UTF16BE)[0][0] in LINE_ENDS
    assert characters(b"\x15", Encoding.EBCDIC)[0][0] in LINE_ENDS
    assert characters(b"\\n", Encoding.UTF8)[0] == ["\\\\", "n"]


@given(st.text(min_size=1, max_size=20), st.integers(0, 90))
def test_a_cut_is_moved_to_the_start_of_a_character(text: str, at: int) -> None:
    """A cut in UTF-8 and UTF-16 goes through no character's units."""
    data = text.encode()
    start = start_near(data, min(at, len(data)), Encoding.UTF8)
    assert data[:start].decode() + data[start:].decode() == text
    wide = text.encode("utf-16-le")
    assert start_near(wide, min(at, len(wide)), Encoding.UTF16LE) % 2 == 0


@given(st.binary(max_size=20), st.integers(0, 20), st.sampled_from(Encoding))
def test_a_cut_is_never_far(data: bytes, at: int, encoding: Encoding) -> None:
    """Whatever the bytes, the cut is where it was wanted, or up to three bytes before."""
    assert 0 <= max(0, at - 3) <= start_near(data, at, encoding) <= at


def test_all_encodings_are_a_key_apart() -> None:
    """Going on from one leads to all, and back."""
    encoding, seen = Encoding.UTF8, []
    for _ in Encoding:
        seen.append(encoding)
        encoding = encoding.following
    assert seen == list(Encoding)
    assert encoding is Encoding.UTF8
