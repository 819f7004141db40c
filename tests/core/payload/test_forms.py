"""What is typed is read in one form, text or hex, and refused with the place of the mistake."""

import pytest
from hypothesis import given, strategies as st

from tcpmon.core.errors import BadPayload
from tcpmon.core.payload import LineEnd, parse_hex
from tests.core.safety import refusal, unsafe_in


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("01 a2 FF", b"\x01\xa2\xff"),
        ("0x01,0x02", b"\1\2"),
        ("0X01, 0X02;", b"\1\2"),
        ("01:02-03_04", b"\1\2\3\4"),
        (r"\x01\x02 \x03", b"\1\2\3"),
        ("0102 0x0304", b"\1\2\3\4"),
        ("1 f 0x2", b"\x01\x0f\x02"),
        ("\t01\n02 ", b"\1\2"),
        ("", b""),
    ],
)
def test_parse_hex(text: str, data: bytes) -> None:
    """Hex is read in every usual spelling, mixed too."""
    assert parse_hex(text) == data


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("01 xy", 3, "xy is not hex"),
        ("0x", 0, "0x is not hex"),
        ("01 0x0g", 3, "0x0g is not hex"),
        (r"\x1", 0, r"\\x1 is not hex"),
        ("01 123", 3, "123 has a digit too few or too many"),
        ("0x123", 0, "123 has a digit too few or too many"),
        ("a\x1b[2J", 0, r"a\x1b[2J is not hex"),
        ("٣", 0, "٣ is not hex"),
    ],
)
def test_parse_hex_says_what_is_wrong_and_where(text: str, place: int, message: str) -> None:
    """The first word that is not hex is named, with its place."""
    with pytest.raises(BadPayload) as caught:
        parse_hex(text)
    assert (caught.value.place, caught.value.message) == (place, message)


@given(st.binary(), st.sampled_from(" ,;:-_"), st.integers(1, 8))
def test_a_hex_dump_is_read_again(data: bytes, separator: str, group: int) -> None:
    """Bytes written in hex, however grouped and separated, are those bytes."""
    assert parse_hex(data.hex(separator, group)) == data


@given(st.text() | st.text("0aF xX\\,-"))
def test_any_text_is_hex_or_a_plain_mistake(text: str) -> None:
    """Whatever is typed gives bytes, or a BadPayload that points into it and is safe to print."""
    error = refusal(parse_hex, text, BadPayload)
    assert error is None or 0 <= error.place < len(text)
    assert unsafe_in(str(error)) == []


def test_line_ends_go_round() -> None:
    """Going on from any line end comes past every other and back to it."""
    for start in LineEnd:
        seen = [start]
        while (end := seen[-1].following) != start:
            assert end not in seen
            seen.append(end)
        assert set(seen) == set(LineEnd)
