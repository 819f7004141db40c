"""Bytes that were a point in time are told as that, and none out of sensible years."""

import re
import struct
from datetime import UTC, datetime

import pytest
from hypothesis import given, strategies as st

from tcpmon.core.dates import EARLIEST, LATEST, SECOND, dates

NOON = 1_795_348_804  # 2026-11-22 12:00:04 UTC
TICKS = (NOON + 11_644_473_600) * 10_000_000 + 1_210_349


def told(data: bytes) -> dict[str, str]:
    """Return all dates by their names."""
    return {date.name: date.text for date in dates(data, 0)}


@pytest.mark.parametrize(
    ("data", "name", "text"),
    [
        (struct.pack("<I", NOON), "Unix s 32 le", "2026-11-22 12:00:04"),
        (struct.pack(">I", NOON), "Unix s 32 be", "2026-11-22 12:00:04"),
        (struct.pack(">Q", NOON), "Unix s 64 be", "2026-11-22 12:00:04"),
        (struct.pack("<Q", NOON * 1000 + 121), "Unix ms 64 le", "2026-11-22 12:00:04.121"),
        (struct.pack(">Q", NOON * 10**6 + 7), "Unix us 64 be", "2026-11-22 12:00:04.000007"),
        (struct.pack("<Q", NOON * 10**9 + 9), "Unix ns 64 le", "2026-11-22 12:00:04.000000009"),
        (struct.pack("<Q", TICKS), "FILETIME 64 le", "2026-11-22 12:00:04.1210349"),
        (struct.pack(">II", NOON + 2_208_988_800, 1 << 31), "NTP 64 be",
         "2026-11-22 12:00:04.500000"),
        (struct.pack("<HH", 12 << 11 | 0 << 5 | 2, 46 << 9 | 11 << 5 | 22), "DOS 32 le",
         "2026-11-22 12:00:04"),
    ],
)  # fmt: skip
def test_each_form(data: bytes, name: str, text: str) -> None:
    """Every form is read, with the digits that it has."""
    assert told(data)[name] == text


@pytest.mark.parametrize(
    "dos",
    [
        (12 << 11, 46 << 9 | 13 << 5 | 1), (12 << 11, 46 << 9 | 2 << 5 | 30),
        (12 << 11, 46 << 9 | 1 << 5), (24 << 11, 46 << 9 | 1 << 5 | 1),
        (60 << 5, 46 << 9 | 1 << 5 | 1), (30, 46 << 9 | 1 << 5 | 1), (0, 9 << 9 | 1 << 5 | 1),
        (0, 120 << 9 | 1 << 5 | 1),
    ],
)  # fmt: skip
def test_dates_of_dos_exist(dos: tuple[int, int]) -> None:
    """A month 13, a 30th of February, an hour 24 and years out of range are no dates."""
    assert "DOS 32 le" not in told(struct.pack("<HH", *dos))


@given(st.integers(0, 2**64 - 1))
def test_years(value: int) -> None:
    """Only what lies from 1990 to 2100 is told, and all of that, right to the second."""
    seconds = value % (1 << 32)
    text = told(struct.pack("<I", seconds)).get("Unix s 32 le")
    if EARLIEST <= seconds * SECOND < LATEST:
        assert text == f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S}"
    else:
        assert text is None
    for date in told(struct.pack("<Q", value)).values():
        assert re.fullmatch(r"(199\d|20\d\d)-[01]\d-[0-3]\d [0-2]\d:[0-5]\d:[0-5]\d(\.\d+)?", date)


@pytest.mark.parametrize("size", range(9))
def test_few_bytes(size: int) -> None:
    """Where too few bytes are left nothing is made up."""
    found = dates(b"xx" + struct.pack("<Q", NOON)[:size], 2)
    assert {date.bits for date in found} == (
        {32, 64} if size == 8 else {32} if size >= 4 else set()
    )
