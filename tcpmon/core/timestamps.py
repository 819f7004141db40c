"""Times as text: nanoseconds since 1970 to "12:00:04.121" and its kin.

The calendar comes in as a function, because time zones are the world's.
"""

from collections.abc import Callable
from typing import Protocol

SECOND = 1_000_000_000


class Calendar(Protocol):
    """What `time.localtime` and `time.gmtime` return."""

    @property
    def tm_year(self) -> int: ...
    @property
    def tm_mon(self) -> int: ...
    @property
    def tm_mday(self) -> int: ...
    @property
    def tm_hour(self) -> int: ...
    @property
    def tm_min(self) -> int: ...
    @property
    def tm_sec(self) -> int: ...


class Stamper:
    """Writes times. It remembers the last second, because most times share it.

    calendar: `time.localtime` or `time.gmtime`.
    """

    def __init__(self, calendar: Callable[[float], Calendar]) -> None:
        self._calendar = calendar
        self._second: int | None = None
        self._date = self._clock = ""

    def _turn_to(self, second: int) -> None:
        at = self._calendar(second)
        self._second = second
        self._date = f"{at.tm_year:04}-{at.tm_mon:02}-{at.tm_mday:02}"
        self._clock = f"{at.tm_hour:02}:{at.tm_min:02}:{at.tm_sec:02}"

    def clock(self, time: int) -> str:
        """Return "12:00:04.121"."""
        second, rest = divmod(time, SECOND)
        if second != self._second:
            self._turn_to(second)
        return f"{self._clock}.{rest // 1_000_000:03}"

    def date(self, time: int) -> str:
        """Return "2026-11-22 12:00:04.121"."""
        clock = self.clock(time)
        return f"{self._date} {clock}"

    def rfc3339(self, time: int) -> str:
        """Return "2026-11-22T12:00:04.121034Z", for a calendar in UTC. Source: RFC 3339."""
        second, rest = divmod(time, SECOND)
        if second != self._second:
            self._turn_to(second)
        return f"{self._date}T{self._clock}.{rest // 1000:06}Z"


def since(nanoseconds: int) -> str:
    """Return a span that lines up in a column: "+0.160", "+12.004", "+1:02:03"."""
    milliseconds = max(0, nanoseconds) // 1_000_000
    seconds, rest = divmod(milliseconds, 1000)
    if seconds < 60:
        return f"+{seconds}.{rest:03}"
    minutes, seconds = divmod(seconds, 60)
    if minutes < 60:
        return f"+{minutes}:{seconds:02}.{rest // 100}"
    hours, minutes = divmod(minutes, 60)
    return f"+{hours}:{minutes:02}:{seconds:02}" if hours < 100 else f"+{hours // 24}d{hours % 24}h"
