"""Numbers are written as it says."""

import pytest
from hypothesis import given, strategies as st

from tcpmon.core.errors import BadPayload
from tcpmon.core.payload.numerals import numeral


@pytest.mark.parametrize(
    ("word", "number", "data", "size"),
    [
        ("%d", 300, b"300", None),
        ("%5d", 300, b"  300", None),
        ("%05d", 300, b"00300", None),
        ("%x", 300, b"12c", None),
        ("%04X", 300, b"012C", None),
        ("*%02X", 10, b"*0A", None),
        ("hex", 300, b"012c", None),
        ("HEX", 10, b"0A", None),
        ("u8", 10, b"\n", 1),
        ("u16be", 300, b"\1\x2c", 2),
        ("u16le", 300, b"\x2c\1", 2),
        ("u24be", 300, b"\0\1\x2c", 3),
        ("u64le", 300, b"\x2c\1\0\0\0\0\0\0", 8),
        ("varint", 0, b"\0", None),
        ("varint", 321, b"\xc1\2", None),
    ],
)
def test_numeral(word: str, number: int, data: bytes, size: int | None) -> None:
    """Each way to write gives what it is called, and knows its size if it has one."""
    way = numeral(word, 0)
    assert way is not None
    assert (way.write(number), way.size) == (data, size)


@pytest.mark.parametrize(
    ("word", "data", "size"),
    [
        ("be", b"\1\x2c", 2),
        ("le", b"\x2c\1", 2),
        ("hex", b"012c", 4),
        ("HEX", b"012C", 4),
        ("u32be", b"\0\0\1\x2c", 4),
        ("*%04x", b"*012c", 5),
        ("%05d", b"00300", 5),
        ("%3d", b"300", None),
    ],
)
def test_a_number_with_a_width_of_its_own(word: str, data: bytes, size: int | None) -> None:
    """What takes two bytes is written in as many, and its size is known where it never varies."""
    way = numeral(word, 0, 2)
    assert way is not None
    assert (way.write(300), way.size) == (data, size)


@pytest.mark.parametrize("word", ["name", "u", "8", "only", "UTC"])
def test_other_words(word: str) -> None:
    """A word that says nothing of numbers is left to others."""
    assert numeral(word, 0) is None


@pytest.mark.parametrize(
    ("word", "natural", "message"),
    [
        ("u16", 0, "which byte goes first?; write u16be or u16le"),
        ("u12be", 0, "u12 is not a width; there is u8, u16be"),
        ("u0", 0, "u0 is not a width"),
        ("u72be", 0, "u72 is not a width"),
        ("u8", 2, "it takes 16 bits, not 8"),
        ("be", 0, "be of how many bytes?; for example u16be"),
        ("%s", 0, "%s does not write a number; there is %05d"),
        ("%d%d", 0, "%d%d does not write a number"),
        ("\ud800%d", 0, "half a surrogate pair is not a character"),
    ],
)
def test_mistakes(word: str, natural: int, message: str) -> None:
    """What is nearly a way to write is told, with its place."""
    with pytest.raises(BadPayload, match=r"^") as caught:
        numeral(word, 5, natural)
    assert str(caught.value).startswith(message)
    assert caught.value.place == 5


@given(st.integers(0, 1 << 64))
def test_a_varint_is_read_again(number: int) -> None:
    """Its lowest seven bits come first, and all bytes but the last have the highest bit set."""
    way = numeral("varint", 0)
    assert way is not None
    data = way.write(number)
    assert sum((byte & 0x7F) << 7 * place for place, byte in enumerate(data)) == number
    assert [byte >> 7 for byte in data] == [1] * (len(data) - 1) + [0]
