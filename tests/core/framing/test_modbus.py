"""Modbus/TCP, by its MBAP header."""

import pytest

from tests.core.framing.trial import garbage, trial

READ = bytes.fromhex("000100000006110300 6b0003")
ANSWER = bytes.fromhex("000100000009110306022b00000064")


def test_messages() -> None:
    """Requests and responses, the shortest and the longest."""
    longest = b"\0\2\0\0\0\xfe" + bytes(254)
    trial("modbus", READ, ANSWER, b"\0\3\0\0\0\2\x11\x03", longest)


@pytest.mark.parametrize(("rest", "missing"), [(READ[:5], None), (READ[:6], 6), (READ[:11], 1)])
def test_rest(rest: bytes, missing: int | None) -> None:
    """What is missing is exact once the length is there."""
    trial("modbus", READ, rest=rest, missing=missing)


@pytest.mark.parametrize(
    ("rest", "why"),
    [
        ("000100010006", "protocol 1, and Modbus is 0"),
        ("000100000001", "a length of 1, and"),
        ("000100000000", "a length of 0, and"),
        ("0001000000ff", "a length of 255, and"),
        ("00010000ffff", "a length of 65535, and"),
    ],
)
def test_bad(rest: str, why: str) -> None:
    """Another protocol, or a length that Modbus has not, is no Modbus."""
    trial("modbus", READ, rest=bytes.fromhex(rest), bad=why)


def test_garbage() -> None:
    """Whatever comes, nothing breaks."""
    garbage("modbus", [READ, READ[:6], b"\0\0", b"\0\1\0\0\0\2", b"\0\1\0\0\0\2ab"])
