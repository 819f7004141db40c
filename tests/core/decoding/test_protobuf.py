"""Protobuf is told by numbers, since its names are elsewhere."""

import struct

import pytest

from tcpmon.core.decoding import DEPTH, NotDecoded
from tcpmon.core.decoding.protobuf import Protobuf
from tests.core.decoding.trial import part, told

PROTOBUF = Protobuf()


def sized(number: int, body: bytes) -> bytes:
    """Return a field of fewer than 128 bytes."""
    return bytes([number << 3 | 2, len(body)]) + body


@pytest.mark.parametrize(
    ("data", "summary"),
    [
        (b"\x08\x96\x01", "{1: 150}"),
        (b"\x08" + b"\xff" * 9 + b"\x01", "{1: -1}"),
        (sized(2, b"testing"), '{2: "testing"}'),
        (sized(2, "é\n".encode()), '{2: "é\\n"}'),
        (sized(2, b""), '{2: ""}'),
        (sized(3, b"\x08\x96\x01"), "{3: {…}}"),
        (sized(3, b"\x07\xff"), "{3: 07 ff}"),
        (b"\x0d" + struct.pack("<f", 1.5), "{1: 1.5 or 1069547520}"),
        (b"\x09" + struct.pack("<d", -0.1), "{1: -0.1 or 13815242216921733530}"),
        (b"\x0d\x07\0\0\0", "{1: 7}"),
        (b"\x08\x01" * 9, "{" + "1: 1, " * 8 + "…}"),
    ],
)
def test_summary(data: bytes, summary: str) -> None:
    """Each wire type is read as what makes sense of it."""
    decoded = PROTOBUF.decode(data)
    assert (decoded.summary, decoded.note) == (summary, "")


def test_nested() -> None:
    """A message in a message is opened, and each field has its bytes."""
    inner = b"\x08\x07" + sized(2, b"\xff\xfe")
    data = b"\x10\x05" + sized(3, inner)
    decoded = PROTOBUF.decode(data)
    assert told(decoded) == {"2": "5", "3": "message, 2 fields", "1": "7"}
    assert part(decoded, "1", data) == b"\x08\x07"
    assert part(decoded, "3", data) == sized(3, inner)


@pytest.mark.parametrize(
    ("data", "note"),
    [
        (b"\x08\x01\x12\x05ab", "the end is missing: 3 more bytes should follow"),
        (b"\x08\x01\x10", "the end is missing: 1 more byte should follow"),
        (b"\x08\x01\x0b", "byte 2 is not how a field begins"),
        (b"\x08\x01\x00", "byte 2 is not how a field begins"),
        (b"\x08\x01\x08" + b"\xff" * 11, "byte 3 begins a number of more than ten bytes"),
    ],
)
def test_notes(data: bytes, note: str) -> None:
    """It is said why what is shown is not all."""
    decoded = PROTOBUF.decode(data)
    assert (told(decoded), decoded.note) == ({"1": "1"}, note)


def test_deep() -> None:
    """What is nested too deep is not followed."""
    message = b"\x08\x96\x01"
    for _ in range(38):
        message = sized(1, message)
    assert PROTOBUF.decode(message).note == f"it is nested deeper than {DEPTH} levels"


@pytest.mark.parametrize("data", [b"", b"\x00", b"\x0b\x01", b"\xff" * 12, b"\x04"])
def test_refused(data: bytes) -> None:
    """A field has a number and one of four types."""
    with pytest.raises(NotDecoded):
        PROTOBUF.decode(data)


@pytest.mark.parametrize(
    ("data", "rate"),
    [
        (b"\x08\x96\x01", 0.5),
        (b"\x08\x96", 0.0),
        (b"hello\n", 0.0),
        (b"\x08\x01" * 5000, 0.2),
        (b"\xf8\x7f\x01", 0.0),
        (b"", 0.0),
    ],
)
def test_rate(data: bytes, rate: float) -> None:
    """It has no mark, so it is never more than half sure; text can be a message by chance."""
    assert PROTOBUF.rate(data) == rate
