"""Formats without a mark are known by reading to the end, and doubted where they are short."""

import pytest

from tcpmon.core.decoding.msgpack import Msgpack

A = b"\x81\xa1a\x01"


@pytest.mark.parametrize(
    ("data", "rate"),
    [
        (A, 0.9),
        (A + A, 0.9),
        (A * 1000, 0.9),
        (b"\x81\xa1\x07\x01", 0.4),
        (b"\x93\x01\x02\x03", 0.4),
        (b"\x99" + b"\x01" * 9, 0.5),
        (b"\x91\x01\x07", 0.1),
        (A + b"\x07", 0.9),
        (A[:-1], 0.0),
        (A + b"\xc1", 0.0),
        (b"\x80", 0.0),
        (b"", 0.0),
    ],
)
def test_rate_values(data: bytes, rate: float) -> None:
    """A map with names is likely; few bytes, or one value behind the other, may be chance; what
    does not read to its end is something else."""
    assert Msgpack().rate(data) == rate
