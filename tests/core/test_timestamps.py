"""Times are cut, never rounded, and the remembered second is never the wrong one."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from tcpmon.core.timestamps import SECOND, Stamper, since

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NOON = 1_795_348_804 * SECOND  # 2026-11-22 12:00:04 UTC

TIMES = st.integers(0, 2**63 - 1) | st.integers(NOON, NOON + 3 * SECOND)


@pytest.mark.parametrize(
    ("at", "clock", "date", "rfc3339"),
    [
        (0, "00:00:00.000", "1970-01-01 00:00:00.000", "1970-01-01T00:00:00.000000Z"),
        (
            NOON + 121_034_999,
            "12:00:04.121",
            "2026-11-22 12:00:04.121",
            "2026-11-22T12:00:04.121034Z",
        ),
        (
            NOON + SECOND - 1,
            "12:00:04.999",
            "2026-11-22 12:00:04.999",
            "2026-11-22T12:00:04.999999Z",
        ),
        (
            951_827_696 * SECOND,
            "12:34:56.000",
            "2000-02-29 12:34:56.000",
            "2000-02-29T12:34:56.000000Z",
        ),
    ],
)
def test_stamps(at: int, clock: str, date: str, rfc3339: str) -> None:
    """A time is written to the millisecond for people and to the microsecond for programs."""
    stamper = Stamper(time.gmtime)
    assert stamper.clock(at) == clock
    assert stamper.date(at) == date
    assert stamper.rfc3339(at) == rfc3339


@given(TIMES)
def test_rfc3339_is_read_as_the_same_microsecond(at: int) -> None:
    """What a program parses is the time of the record, cut to the microsecond."""
    parsed = datetime.fromisoformat(Stamper(time.gmtime).rfc3339(at))
    assert parsed == EPOCH + timedelta(microseconds=at // 1000)


@given(st.lists(TIMES))
def test_memory_changes_nothing(times: list[int]) -> None:
    """One stamper writes times in any order like a new one for each."""
    one = Stamper(time.gmtime)
    for at in times:
        assert one.clock(at) == Stamper(time.gmtime).clock(at)
        assert one.date(at) == Stamper(time.gmtime).date(at)
        assert one.rfc3339(at) == Stamper(time.gmtime).rfc3339(at)


def test_the_calendar_is_the_callers() -> None:
    """Times are written in the zone of the calendar that was given."""
    east = Stamper(lambda second: time.gmtime(second + 3600))
    assert east.date(NOON) == "2026-11-22 13:00:04.000"


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [
        (-1, "+0.000"),
        (0, "+0.000"),
        (160, "+0.160"),
        (12_004, "+12.004"),
        (59_999, "+59.999"),
        (60_000, "+1:00.0"),
        (3_599_999, "+59:59.9"),
        (3_600_000, "+1:00:00"),
        (3_723_999, "+1:02:03"),
        (359_999_999, "+99:59:59"),
        (360_000_000, "+4d4h"),
    ],
)
def test_since(milliseconds: int, text: str) -> None:
    """A span is written finely while it is short, cut and never rounded up."""
    assert since(milliseconds * 1_000_000) == text
    assert since(milliseconds * 1_000_000 + 999_999) == text
