"""A silence ends a message, as on serial lines and their converters."""

from typing import ClassVar


class Gap:
    """Joins reads until nothing came for a while: `gap` nanoseconds."""

    joins: ClassVar[bool] = True
    timed: ClassVar[bool] = True

    def __init__(self, gap: int) -> None:
        self._gap = gap
        self._last: int | None = None

    def feed(self, data: bytes, time: int) -> list[int]:
        last, self._last = self._last, time
        return [0] if last is not None and time - last >= self._gap else []

    def missing(self) -> int | None:
        return 0

    def body(self, message: bytes) -> bytes:
        return message
