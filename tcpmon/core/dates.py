"""Bytes that may be a point in time, as the formats that are met on wires write it.

Almost any four bytes are some second of some year, so only what lies from 1990 to 2100 is
told. All in UTC, but for DOS's, which has no zone.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from msgspec import Struct

SECOND = 1_000_000_000
EARLIEST = 631_152_000 * SECOND
"""1990, in nanoseconds since 1970."""
LATEST = 4_102_444_800 * SECOND
"""2100."""
NTP_EPOCH = 2_208_988_800
"""Seconds from 1900 to 1970. Source: RFC 868; RFC 5905, figure 4."""
FILETIME_EPOCH = 11_644_473_600
"""Seconds from 1601 to 1970. Source: Microsoft, FILETIME structure."""

Order = Literal["little", "big"]
ORDERS: tuple[Order, ...] = ("little", "big")

_START = datetime(1970, 1, 1, tzinfo=UTC)
_UNIX = (("ns", 1, 9), ("us", 1_000, 6), ("ms", 1_000_000, 3), ("s", SECOND, 0))


class Date(Struct, frozen=True):
    """A point in time that bytes may mean. form: "Unix ms"; bits: how many it takes."""

    form: str
    bits: int
    order: Order
    text: str

    @property
    def name(self) -> str:
        """As it is shown: "Unix s 32 le"."""
        return f"{self.form} {self.bits} {'le' if self.order == 'little' else 'be'}"


def dates(data: bytes, at: int) -> list[Date]:
    """Return which points in time the bytes at a place may be, what is least likely to be so by
    chance first."""
    return [date for date in _candidates(data[at : at + 8]) if date.text]


def _candidates(part: bytes) -> Iterator[Date]:
    whole = len(part) == 8
    for form, scale, digits in _UNIX if whole else ():
        for order in ORDERS:
            nanoseconds = int.from_bytes(part, order) * scale
            yield Date(f"Unix {form}", 64, order, _text(nanoseconds, digits))
    if whole:
        # Source: Microsoft, FILETIME structure: hundreds of nanoseconds since 1601.
        ticks = int.from_bytes(part, "little") - FILETIME_EPOCH * 10_000_000
        yield Date("FILETIME", 64, "little", _text(ticks * 100, 7))
        # Source: RFC 5905, section 6: seconds since 1900 and their fraction.
        seconds, fraction = divmod(int.from_bytes(part, "big"), 1 << 32)
        nanoseconds = (seconds - NTP_EPOCH) * SECOND + (fraction * SECOND >> 32)
        yield Date("NTP", 64, "big", _text(nanoseconds, 6))
    if len(part) >= 4:
        for order in ORDERS:
            seconds = int.from_bytes(part[:4], order)
            yield Date("Unix s", 32, order, _text(seconds * SECOND, 0))
        yield Date("DOS", 32, "little", _dos(int.from_bytes(part[:4], "little")))


def _text(nanoseconds: int, digits: int) -> str:
    if not EARLIEST <= nanoseconds < LATEST:
        return ""
    seconds, rest = divmod(nanoseconds, SECOND)
    text = f"{_START + timedelta(seconds=seconds):%Y-%m-%d %H:%M:%S}"
    return f"{text}.{rest:09}"[: len(text) + 1 + digits] if digits else text


def _dos(value: int) -> str:
    """Return a date and time of FAT. Source: Microsoft, DosDateTimeToFileTime."""
    day, time = value >> 16, value & 0xFFFF
    year, month, day = 1980 + (day >> 9), day >> 5 & 15, day & 31
    hour, minute, second = time >> 11, time >> 5 & 63, (time & 31) * 2
    if not 1990 <= year < 2100 or hour > 23 or minute > 59 or second > 59:
        return ""
    try:
        return f"{date(year, month, day)} {hour:02}:{minute:02}:{second:02}"
    except ValueError:
        return ""
