"""MQTT control packets, by their fixed header."""

import pytest

from tests.core.framing.trial import garbage, trial

CONNECT = bytes.fromhex("101000044d5154540402003c000464657631")


def test_packets() -> None:
    """What mosquitto_pub sends: CONNECT, then PUBLISH and DISCONNECT in one read."""
    trial("mqtt", CONNECT, b"\x30\x07\x00\x03a/bhi", b"\xe0\x00")


def test_long() -> None:
    """A remaining length may have four bytes; not all of them need be used."""
    trial("mqtt", b"\x30\xc8\x01" + b"p" * 200, b"\xd0\x80\x80\x80\x00", b"\xf0\x00")


@pytest.mark.parametrize(
    ("rest", "missing"),
    [
        (b"\x30", None),
        (b"\x30\x80", None),
        (b"\x30\x05ab", 3),
        (b"\x30\xff\xff\xff\x7f", 268_435_455),
    ],
)
def test_rest(rest: bytes, missing: int | None) -> None:
    """What is missing is exact once the remaining length is there."""
    trial("mqtt", b"\xc0\x00", rest=rest, missing=missing)


@pytest.mark.parametrize(
    ("rest", "why"),
    [
        (b"\x00\x00", "type 0"),
        (b"\x0f", "type 0"),
        (b"\x30\x80\x80\x80\x80\x01", "a varint of more than 4 bytes"),
    ],
)
def test_bad(rest: bytes, why: str) -> None:
    """A reserved type, and a length that is too long, are no MQTT."""
    trial("mqtt", b"\xc0\x00", rest=rest, bad=why)


def test_garbage() -> None:
    """Whatever comes, nothing breaks."""
    garbage("mqtt", [b"\x30", b"\x10\x02ab", b"\xe0\x00", b"\x30\x80", b"\x01"])
