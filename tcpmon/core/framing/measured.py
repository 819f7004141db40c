"""What all framers have in common whose messages begin with their size."""

from typing import ClassVar

from tcpmon.core.escape import escape
from tcpmon.core.framing import BadFrame


class NotAHeader(Exception):  # not an error of ours: it becomes a BadFrame
    """The bytes cannot be the header of a message. Its text says why, safe to print."""


class Measured:
    """Keeps how many bytes of the last message are still to come, or the beginning of a header
    that is not complete, which a header's own size bounds; never more."""

    joins: ClassVar[bool] = False
    timed: ClassVar[bool] = False

    def __init__(self) -> None:
        self._left = 0
        self._head = b""

    def cut(self, data: bytes, at: int, ends: list[int]) -> tuple[int, int]:
        """Append the ends of the complete messages that begin at `at`.

        Returns where the incomplete one begins, and where it will end: 0 as long as its header is
        not complete. Raises NotAHeader; what was appended holds.
        """
        raise NotImplementedError

    def feed(self, data: bytes, time: int) -> list[int]:
        left = self._left
        if left > len(data):
            self._left = left - len(data)
            return []
        ends = [left] if left else []
        shift = len(self._head)
        if shift:
            data = self._head + data
        try:
            at, end = self.cut(data, left, ends)
        except NotAHeader as wrong:
            raise BadFrame([end - shift for end in ends], str(wrong)) from None
        self._left = end - len(data) if end else 0
        self._head = b"" if end else data[at:]
        return [end - shift for end in ends] if shift else ends

    def missing(self) -> int | None:
        return self._left or None

    def body(self, message: bytes) -> bytes:
        return message


def shown(data: bytes) -> str:
    """Return the first bytes of data for a sentence that says what is wrong with them."""
    return escape(data[:16]) + ("…" if len(data) > 16 else "")
