"""Lines, whichever way they end: LF, CRLF or CR, each as it comes."""

from itertools import accumulate
from typing import ClassVar

CR, LF = 13, 10
LONG = 1024
"""In a longer read there are mostly several lines, which need not be found twice."""


class Line:
    """Cuts behind every line end; a CRLF is one. A line's end belongs to it.

    A CR ends its line only once something else than LF has followed: until then the line is held,
    and may well be complete.
    """

    joins: ClassVar[bool] = True
    timed: ClassVar[bool] = False

    def __init__(self) -> None:
        self._held = False

    def feed(self, data: bytes, time: int) -> list[int]:
        # bytes.splitlines knows these three ends only, unlike that of str.
        ends = list(accumulate(map(len, data.splitlines(keepends=True))))
        if data[-1] != LF:
            ends.pop()
        if self._held and data[0] != LF:
            ends.insert(0, 0)
        self._held = data[-1] == CR
        return ends

    def missing(self) -> int | None:
        return 0 if self._held else None

    @staticmethod
    def whole(data: bytes) -> bytes | None:
        if len(data) > LONG:
            return None
        lines = data.splitlines()
        return lines[0] if len(lines) == 1 and data[-1] == LF else None

    def body(self, message: bytes) -> bytes:
        return bare(message)


def bare(line: bytes) -> bytes:
    """Return a line without its end."""
    if line.endswith(b"\r\n"):
        return line[:-2]
    return line[:-1] if line.endswith((b"\n", b"\r")) else line
