"""Amounts are short, line up, and read back as what they were."""

import re

import pytest
from hypothesis import assume, example, given, strategies as st

from tcpmon.core.errors import BadSize, BadTime
from tcpmon.core.escape import escape_text
from tcpmon.core.units import binary_size, delay, lasted, number, parse_size, parse_time, size, span
from tests.core.safety import refusal, unsafe_in

TB = 10**12


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("0", 0),
        ("65536", 65536),
        ("64b", 64),
        ("64k", 64_000),
        ("64K", 64_000),
        ("64kB", 64_000),
        ("64KiB", 65_536),
        ("64ki", 65_536),
        ("1.5MiB", 3 << 19),
        ("64MB", 64_000_000),
        (" 64 MiB ", 64 << 20),
        ("2g", 2 * 10**9),
        ("2GiB", 2 << 30),
        ("0.5k", 500),
    ],
)
def test_parse_size(text: str, count: int) -> None:
    """Units without an i are powers of ten, those with an i of two."""
    assert parse_size(text) == count


@pytest.mark.parametrize(
    "text",
    ["", "k", "-1", "+1", "1e3", "1_000", "1,5k", "1.", ".5k", "64 T", "64 MiBs", "٣", "inf"],
)
def test_parse_size_refuses(text: str) -> None:
    """What is no amount of bytes is named, and an example given."""
    with pytest.raises(BadSize) as caught:
        parse_size(text)
    assert f"'{text}'" in caught.value.message
    assert "64MiB" in caught.value.hint


@given(st.text())
@example("9" * 400)
def test_any_text_is_a_size_or_a_plain_mistake(text: str) -> None:
    """Whatever is typed gives an amount that is not negative, or a BadSize."""
    assert refusal(parse_size, text, BadSize) is not None or parse_size(text) >= 0


@given(st.text())
@example("\u0301")
def test_every_refusal_is_safe_to_print(text: str) -> None:
    """Nothing that was typed reaches the terminal raw by way of the refusal."""
    assert unsafe_in(str(refusal(parse_size, text, BadSize))) == []


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0.0), ("90", 90.0), ("90s", 90.0), (" 90 s ", 90.0), ("1.5m", 90.0), ("2min", 120.0),
        ("2h", 7200.0), ("1d", 86_400.0), ("250ms", 0.25), ("0.5", 0.5), ("9d", 777_600.0),
    ],
)  # fmt: skip
def test_parse_time(text: str, seconds: float) -> None:
    """A number without a unit is seconds."""
    assert parse_time(text) == pytest.approx(seconds)


@pytest.mark.parametrize(
    "text",
    ["", "s", "-1", "+1", "1e3", "1_000", "1,5s", "1.", ".5s", "5 M", "5 sec", "1m30s", "٣", "inf",
     "nan", "1234567890", "1\n2s"],
)  # fmt: skip
def test_parse_time_refuses(text: str) -> None:
    """What is no span of time is named, safely, and an example given."""
    with pytest.raises(BadTime) as caught:
        parse_time(text)
    assert f"'{escape_text(text)}'" in caught.value.message
    assert "90s" in caught.value.hint


@given(st.text())
@example("9" * 400)
def test_any_text_is_a_time_or_a_plain_mistake(text: str) -> None:
    """Whatever is typed gives a span of time that is not negative, or a safe BadTime."""
    error = refusal(parse_time, text, BadTime)
    if error is None:
        assert 0 <= parse_time(text) < float("inf")
    else:
        assert unsafe_in(str(error)) == []


@given(st.integers(0, 10**18))
@example(2**53 + 1)
def test_a_number_of_bytes_is_taken_exactly(count: int) -> None:
    """A plain number is that number, however large."""
    assert parse_size(str(count)) == count


@given(st.integers(0, 10**6))
@example(2010)
def test_a_decimal_is_taken_exactly(count: int) -> None:
    """A decimal that comes out at a whole number of bytes is that number."""
    assert parse_size(f"{count // 1000}.{count % 1000:03}k") == count


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (0.4, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (12_400, "12.4 kB"),
        (99_940, "99.9 kB"),
        (99_960, "100 kB"),
        (999_400, "999 kB"),
        (999_600, "1.0 MB"),
        (3_900_000, "3.9 MB"),
        (1_200_000_000, "1.2 GB"),
        (1 * TB, "1.0 TB"),
    ],
)
def test_size(count: float, text: str) -> None:
    """Bytes are written in powers of ten, with one decimal while that says something."""
    assert size(count) == text


@given(st.floats(0, 999 * TB) | st.integers(0, 999 * TB))
@example(100 * TB)
def test_size_fits_its_column(count: float) -> None:
    """An amount of bytes takes at most seven characters."""
    assert len(size(count)) <= 7


UNITS = {"B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "TB": TB}


@given(st.floats(0, 999 * TB))
def test_size_is_near(count: float) -> None:
    """An amount is never shown more than five in a hundred, or half a byte, off."""
    shown, unit = size(count).split(" ")
    assert float(shown) * UNITS[unit] == pytest.approx(count, rel=0.051, abs=0.5)


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1 KiB"),
        (1536, "1.5 KiB"),
        (64 << 20, "64 MiB"),
        (3 << 19, "1.5 MiB"),
        (2 << 30, "2 GiB"),
    ],
)
def test_binary_size(count: int, text: str) -> None:
    """A limit is shown as it was set, and can be set as it is shown."""
    assert binary_size(count) == text
    assert parse_size(text) == count


@pytest.mark.parametrize(("count", "text"), [(0, "0"), (999, "999"), (1204, "1,204")])
def test_number(count: int, text: str) -> None:
    """A count has its thousands apart."""
    assert number(count) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-1, "0.0s"),
        (0, "0.0s"),
        (0.2, "0.2s"),
        (9.9, "9.9s"),
        (10, "10s"),
        (41.9, "41s"),
        (59.9, "59s"),
        (60, "1m00"),
        (3599, "59m59"),
        (3600, "1h00m"),
        (4320, "1h12m"),
        (86_399, "23h59m"),
        (86_400, "1d00h"),
        (273_600, "3d04h"),
        (100 * 86_400, "100d"),
    ],
)
def test_span(seconds: float, text: str) -> None:
    """A span of time is written in its two largest units, rounded down like a clock."""
    assert span(seconds) == text


@given(st.floats(0, 1e9))
def test_span_fits_its_column(seconds: float) -> None:
    """A span of time takes at most six characters."""
    assert len(span(seconds)) <= 6


SPAN = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:([\d.]+)s?)?")


def read(text: str) -> float:
    """Return the seconds that a person reads in a span."""
    match = SPAN.fullmatch(text)
    assert match
    parts = zip(match.groups(default="0"), (86_400, 3600, 60, 1), strict=True)
    return sum(float(part) * scale for part, scale in parts)


@given(st.floats(0, 200) | st.floats(0, 1e9), st.floats(0, 200))
@example(9.9, 0.06)
def test_span_never_runs_backwards(seconds: float, later: float) -> None:
    """As time goes on, what is shown never reads as less."""
    assume(seconds + later < 1e9)
    assert read(span(seconds)) <= read(span(seconds + later))


@pytest.mark.parametrize(
    ("microseconds", "text"),
    [
        (0, "0us"),
        (24, "24us"),
        (999, "999us"),
        (1000, "1.0ms"),
        (1249, "1.2ms"),
        (9_949, "9.9ms"),
        (9_950, "10ms"),
        (999_499, "999ms"),
        (999_500, "1.0s"),
        (120_000_000, "120s"),
        (2**32 - 1, "4295s"),
    ],
)
def test_delay(microseconds: int, text: str) -> None:
    """A delay takes five characters, as much of it as matters."""
    assert delay(microseconds) == text


@given(st.integers(0, 2**32 - 1))
def test_a_delay_is_short(microseconds: int) -> None:
    """No delay that a kernel tells of is wider than its column."""
    assert len(delay(microseconds)) <= 5


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0.0 ms"),
        (0.0004, "0.4 ms"),
        (0.012, "12 ms"),
        (0.1, "0.1 s"),
        (0.3, "0.3 s"),
        (5.34, "5.3 s"),
        (119, "119.0 s"),
        (120, "2 min"),
        (720, "12 min"),
        (7200, "2.0 h"),
        (90_000, "25.0 h"),
    ],
)
def test_lasted(seconds: float, text: str) -> None:
    """How long something lasted is written for a sentence."""
    assert lasted(seconds) == text
