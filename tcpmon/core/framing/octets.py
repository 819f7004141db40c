"""Syslog over TCP: messages with their size in front, or lines, as each sender likes.

Source: RFC 6587 section 3.4. Servers tell the two apart by the first character, and so do we.
"""

import re

from tcpmon.core.framing import BadFrame
from tcpmon.core.framing.line import bare
from tcpmon.core.framing.measured import Measured, NotAHeader, shown

_COUNT_DIGITS = 10  # 4 GiB and more in one message of a log
_COUNT = re.compile(rb"(\d{1,10}) ")


class Octets(Measured):
    """Cuts behind as many octets as the count says; what begins with something else than a digit
    ends at its LF."""

    def __init__(self) -> None:
        super().__init__()
        self._in_line = False

    def feed(self, data: bytes, time: int) -> list[int]:
        if not self._in_line:
            return super().feed(data, time)
        end = data.find(b"\n") + 1
        self._in_line = not end
        if end in {0, len(data)}:
            return [end] if end else []
        try:
            return [end, *(end + more for more in super().feed(data[end:], time))]
        except BadFrame as bad:
            raise BadFrame([end, *(end + more for more in bad.ends)], bad.why) from None

    def cut(self, data: bytes, at: int, ends: list[int]) -> tuple[int, int]:
        size = len(data)
        while at < size:
            if not 0x30 <= data[at] <= 0x39:
                end = data.find(b"\n", at) + 1
                if not end:
                    self._in_line = True
                    return size, 0
            else:
                found = _COUNT.match(data, at)
                end = found.end() + int(found[1]) if found else _unfinished(data, at)
                if not end:
                    break
                if end > size:
                    return at, end
            ends.append(end)
            at = end
        return at, 0

    def body(self, message: bytes) -> bytes:
        count = _COUNT.match(message)
        return message[count.end() :] if count else bare(message)


def _unfinished(data: bytes, at: int) -> int:
    """Return 0 if there is the beginning of a count at a place."""
    count = data[at : at + _COUNT_DIGITS + 1]
    if count.isdigit() and len(count) <= _COUNT_DIGITS:
        return 0
    raise NotAHeader(f"a count and a space, not {shown(count)}")
