"""COBS packets come out as they were put in; what is none comes out as it came."""

import pytest
from hypothesis import example, given, strategies as st

from tcpmon.core.framing.cobs import Cobs
from tests.core.framing.trial import garbage, trial


def stuffed(packet: bytes) -> bytes:
    """Return a packet as the paper encodes it."""
    blocks = b""
    for part in packet.split(b"\0"):
        rest = part
        while len(rest) >= 254:
            blocks, rest = blocks + b"\xff" + rest[:254], rest[254:]
        blocks += bytes([len(rest) + 1]) + rest
    return blocks


@pytest.mark.parametrize(
    ("packet", "body"),
    [
        (b"\x01\x01", b"\0"),
        (b"\x01\x01\x01", b"\0\0"),
        (b"\x03\x11\x22\x02\x33", b"\x11\x22\0\x33"),
        (b"\x05\x11\x22\x33\x44", b"\x11\x22\x33\x44"),
        (b"\x02\x11\x01\x01\x01", b"\x11\0\0\0"),
        (b"\xff" + b"a" * 254, b"a" * 254),
        (b"\xff" + b"a" * 254 + b"\x02b", b"a" * 254 + b"b"),
        (b"\x01", b""),
        (b"\x05ab", b"\x05ab"),
        (b"\x02a\0b", b"\x02a\0b"),
    ],
)
def test_body(packet: bytes, body: bytes) -> None:
    """The examples that everybody gives; a code that points too far, or a zero
    inside, is no packet."""
    assert Cobs().body(packet + b"\0") == body


@given(st.binary() | st.integers(250, 520).map(lambda size: b"a" * size))
@example(b"a" * 254 + b"\0" + b"b" * 508)
def test_any_body(packet: bytes) -> None:
    """What was stuffed by the paper is there again."""
    assert Cobs().body(stuffed(packet) + b"\0") == packet


def test_large() -> None:
    """A packet that is too large for one is not unpacked, whatever its codes."""
    packet = b"\x01" * ((1 << 18) + 1)
    assert Cobs().body(packet + b"\0") == packet


def test_packets() -> None:
    """A zero ends a packet; zeros alone are none."""
    trial("cobs", b"\x02a\0", b"\0\0\x01\x01\0", bodies=[b"a", b"\0"])
    trial("cobs", b"\x02a\0", rest=b"\x02", missing=None, bodies=[b"a"])


def test_garbage() -> None:
    """Any bytes are packets of a kind."""
    garbage("cobs", [b"\0", b"\0\0", b"\x01", b"\x02a"])
