"""Amounts as people write them: bytes, rates, spans of time."""

import re

from tcpmon.core.errors import BadSize, BadTime
from tcpmon.core.escape import escape_text

_SCALE = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "ki": 2**10, "mi": 2**20, "gi": 2**30}
_SIZE = re.compile(r"(\d{1,30})(?:\.(\d{1,30}))?\s*(|[kmg]i?)b?", re.ASCII | re.IGNORECASE)


def parse_size(text: str) -> int:
    """Return bytes from "65536", "64k", "64MB" (powers of ten) or "64MiB" (of two).

    Raises BadSize.
    """
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise BadSize(f"'{escape_text(text)}' is not a size", "write for example 64MiB")
    whole, part, unit = match[1], match[2] or "", match[3].lower()
    return int(int(whole + part) * _SCALE[unit] // 10 ** len(part))


_TIMES = {
    "": 1.0,
    "s": 1.0,
    "us": 1e-6,
    "ms": 0.001,
    "m": 60.0,
    "min": 60.0,
    "h": 3600.0,
    "d": 86400.0,
}
_TIME = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)\s*(|us|ms|s|m|min|h|d)", re.ASCII)


def parse_time(text: str) -> float:
    """Return seconds from "90", "90s", "1.5m", "2h", "1d" or "250ms".

    Raises BadTime.
    """
    match = _TIME.fullmatch(text.strip())
    if match is None:
        raise BadTime(f"'{escape_text(text)}' is not a span of time", "write for example 90s or 5m")
    return float(match[1]) * _TIMES[match[2]]


def parse_patience(text: str) -> float:
    """Return how long something may take, as `parse_time` reads it; 0 is for ever.

    Raises BadTime for less than a second too: who looks once a second would not see it.
    """
    seconds = parse_time(text)
    if 0 < seconds < 1:
        raise BadTime(f"{escape_text(text)} is too short", "1s is the least, 0 is never")
    return seconds


def size(count: float) -> str:
    """Return bytes in at most seven characters: "999 B", "12.4 kB", "1.2 MB"."""
    if count < 999.5:
        return f"{count:.0f} B"
    for unit in ("kB", "MB", "GB", "TB"):
        count /= 1000
        if count < 99.95:
            return f"{count:.1f} {unit}"
        if count < 999.5:
            return f"{count:.0f} {unit}"
    return f"{count / 1000:.0f} PB"


def binary_size(count: int) -> str:
    """Return a limit as it is set: "64 MiB", "1.5 MiB"."""
    for unit, scale in (("TiB", 2**40), ("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10)):
        if count >= scale:
            return f"{count / scale:.4g} {unit}"
    return f"{count} B"


def number(count: int) -> str:
    """Return a count with its thousands apart: "1,204"."""
    return f"{count:,}"


def counted(count: int, noun: str) -> str:
    """Return a count with its noun: "1 client", "1,204 clients"."""
    return f"{number(count)} {noun}{'' if count == 1 else 's'}"


def span(seconds: float) -> str:
    """Return a span of time in at most six characters: "0.2s", "41s", "1h12m", "12d04h"."""
    seconds = max(0.0, seconds)
    if seconds < 10:
        return f"{int(seconds * 10) / 10:.1f}s"
    if seconds < 60:
        return f"{int(seconds)}s"
    minutes, hours, days = int(seconds) // 60, int(seconds) // 3600, int(seconds) // 86400
    if minutes < 60:
        return f"{minutes}m{int(seconds) % 60:02}"
    if hours < 24:
        return f"{hours}h{minutes % 60:02}m"
    return f"{days}d{hours % 24:02}h" if days < 100 else f"{days}d"


def delay(microseconds: int) -> str:
    """Return a delay in at most five characters, up to an hour: "24us", "1.2ms", "45ms", "1.3s"."""
    for unit, scale in (("us", 1), ("ms", 1000), ("s", 1_000_000)):
        amount = microseconds / scale
        if amount < 9.95 and scale > 1:
            return f"{amount:.1f}{unit}"
        if amount < 999.5:
            return f"{amount:.0f}{unit}"
    return f"{amount:.0f}s"


def lasted(seconds: float) -> str:
    """Return how long something lasted, for a sentence: "12 ms", "5.3 s", "12 min"."""
    if seconds < 0.1:
        return f"{seconds * 1000:.0f} ms" if seconds >= 0.01 else f"{seconds * 1000:.1f} ms"
    if seconds < 120:
        return f"{seconds:.1f} s"
    if seconds < 7200:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
