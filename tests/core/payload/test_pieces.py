"""What stands before and behind is counted and checked, in whatever order it stands."""

import pytest
from hypothesis import given, strategies as st

from tcpmon.core.checksums import find
from tcpmon.core.errors import BadPayload
from tcpmon.core.payload import MOST, Facts, parse


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("${length u8}", b"\0"),
        ("${xor}", b"\0"),
        ("ab${length u8}cd", b"ab\2cd"),
        ("${length u8}${length u8}a", b"\2\1a"),
        ("${length}${length}" + "a" * 9, b"109aaaaaaaaa"),
        ("a${xor}b${xor}", b"aab" + b"b"),
        ("${length u8}a${xor}", b"\2ac"),
        ("${length u8}a${xor hex}", b"\3a62"),
        ("${length u8}${length u8: ab${xor}}c", b"\5\3ab\3c"),
        ("x${length u8: ${length u8}a${xor hex}}", b"x\4\3a62"),
    ],
)
def test_around(text: str, data: bytes) -> None:
    """A length is of all that follows in its body, checksums too; a checksum of all before it,
    lengths too."""
    assert parse(text).fixed == data


@given(st.lists(st.sampled_from(["len", "crc", "ab", "${client.name}"]), max_size=8))
def test_every_length_and_checksum_is_right(words: list[str]) -> None:
    """In any mixture, each number is right for the bytes that came out in the end."""
    spelled = {"len": "${length u32be}", "crc": "${crc16/usb be}"}
    made = parse("".join(spelled.get(word, word) for word in words)).fill(Facts(name="n" * 300))
    crc = find("crc16/usb")
    assert crc is not None
    place = 0
    for word in words:
        if word == "len":
            assert int.from_bytes(made[place : place + 4]) == len(made) - place - 4
        if word == "crc":
            assert int.from_bytes(made[place : place + 2]) == crc.of(made[:place])
        place += {"len": 4, "crc": 2, "ab": 2}.get(word, 300)
    assert place == len(made)


@pytest.mark.parametrize("form", ["%d", "varint", "%02d"])
def test_a_length_is_not_of_what_nobody_knows_yet(form: str) -> None:
    """A checksum whose own length varies cannot stand behind a length; in front of it it can."""
    with pytest.raises(BadPayload, match="not known before the length in front of it") as caught:
        parse("${length u8}${xor " + form + "}")
    assert caught.value.place == 18
    assert parse("a${xor " + form + "}${length u8}").fixed


@pytest.mark.parametrize("text", ["${message}${xor}", "a${message}", "${message}${length u8}"])
def test_no_more_than_a_payload_may_be(text: str) -> None:
    """What comes out of many pieces is bounded as well."""
    with pytest.raises(BadPayload, match=r"16 MiB|too long"):
        parse(text).fill(Facts(message=bytes(MOST)))
