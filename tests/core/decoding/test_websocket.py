"""A frame is told by its kind, and its payload without the mask."""

import pytest

from tcpmon.core.decoding import NotDecoded
from tcpmon.core.decoding.websocket import WebSocket
from tests.core.decoding.trial import flat, part, told

WEBSOCKET = WebSocket()
MASK = b"\x37\xfa\x21\x3d"


def masked(first: int, payload: bytes) -> bytes:
    """Return a client's frame of fewer than 126 bytes."""
    body = bytes(byte ^ MASK[place % 4] for place, byte in enumerate(payload))
    return bytes([first, 0x80 | len(payload)]) + MASK + body


@pytest.mark.parametrize(
    ("data", "summary"),
    [
        (b"\x81\x05Hello", "text, 5 B: Hello"),
        (bytes.fromhex("818537fa213d7f9f4d5158"), "text, 5 B: Hello"),
        (b"\x01\x03Hel\x80\x02lo", "text, 3 B: Hel; continuation, 2 B: lo"),
        (b"\x82\x02\0\xff", "binary, 2 B"),
        (b"\x82\x7e\1\0" + b"a" * 256, "binary, 256 B"),
        (b"\x82\x7f\0\0\0\0\0\1\0\0" + b"a" * 65536, "binary, 65.5 kB"),
        (b"\x89\0", "ping, 0 B"),
        (masked(0x8A, b"Hello"), "pong, 5 B: Hello"),
        (b"\x88\2\3\xe8", "close, 2 B: 1000, normal"),
        (masked(0x88, b"\x0f\xa0\x1bbye"), "close, 6 B: 4000 \\x1bbye"),
        (b"\x88\0", "close, 0 B"),
        (masked(0x81, b'{"id": 7}'), "text, 9 B: {id: 7}"),
        (b"\x81\x09" + b'{"id": 7}', "text, 9 B: {id: 7}"),
    ],
)
def test_summary(data: bytes, summary: str) -> None:
    """The examples of RFC 6455, section 5.7, and some more."""
    decoded = WEBSOCKET.decode(data)
    assert (decoded.summary, decoded.note) == (summary, "")


def test_fields() -> None:
    """Under a mask the parts of a payload are nowhere in the bytes; without one they are."""
    data = masked(0x81, b'{"id": 7}')
    decoded = WEBSOCKET.decode(data)
    assert told(decoded) == {
        "flags": "final", "kind": "1, text", "length": "9, masked", "mask": "37 fa 21 3d",
        "payload": "{id: 7}", "id": "7",
    }  # fmt: skip
    assert part(decoded, "payload", data) == data[6:]
    assert [field.start for field in flat(decoded.fields) if field.name == "id"] == [-1]
    plain = b"\x81\x09" + b'{"id": 7}'
    assert part(WEBSOCKET.decode(plain), "id", plain) == b"7"
    assert told(WEBSOCKET.decode(b"\xf1\1a"))["flags"] == "final, RSV1 (compressed), RSV2, RSV3"


@pytest.mark.parametrize(
    ("data", "note"),
    [
        (b"\x81\x05Hel", "the end is missing: 2 more bytes should follow"),
        (b"\x82\x7f" + b"\xff" * 8 + b"abc", "the end is missing"),
        (b"\x81\1a\x8f\0", "from byte 3 on it is something else"),
    ],
)
def test_notes(data: bytes, note: str) -> None:
    """It is said where a frame ends too early, or is none."""
    decoded = WEBSOCKET.decode(data)
    assert decoded.summary
    assert decoded.note.startswith(note)


@pytest.mark.parametrize("data", [b"", b"\x81", b"\x83\0", b"\x81\x7e\1"])
def test_refused(data: bytes) -> None:
    """A frame has a kind that there is, and a length."""
    with pytest.raises(NotDecoded):
        WEBSOCKET.decode(data)


@pytest.mark.parametrize(
    ("data", "rate"),
    [
        (b"\x81\x05Hello", 0.75),
        (masked(0x81, b"Hello") + b"\x89\0", 0.75),
        (b"\x81\x7e\7\xd1" + "é".encode() * 1000 + b"a", 0.75),
        (b"\x81\x05H\xffllo", 0.0),
        (b"\x81\x05H\0llo", 0.0),
        (b"\x81\x05Hello!", 0.0),
        (b"\x81\x05Hell", 0.0),
        (b"\x82\2ab", 0.45),
        (masked(0x89, b"a"), 0.5),
        (b"\x88\2\3\xe8", 0.8),
        (b"\x88\2\0\1", 0.0),
        (b"\x89\x7e\0\0", 0.0),
        (b"\xc9\0", 0.0),
        (b"\x81\1a" * 1000, 0.75),
        (b"", 0.0),
    ],
)
def test_rate(data: bytes, rate: float) -> None:
    """Frames must fill the bytes, and text must be text."""
    assert WEBSOCKET.rate(data) == rate
