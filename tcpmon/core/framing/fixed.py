"""Messages of one size."""

from typing import ClassVar


class Fixed:
    """Cuts every `size` bytes."""

    joins: ClassVar[bool] = False
    timed: ClassVar[bool] = False

    def __init__(self, size: int) -> None:
        self._size = size
        self._left = size

    def feed(self, data: bytes, time: int) -> list[int]:
        ends = list(range(self._left, len(data) + 1, self._size))
        behind = len(data) - ends[-1] if ends else len(data) + self._size - self._left
        self._left = self._size - behind
        return ends

    def missing(self) -> int | None:
        return self._left

    def body(self, message: bytes) -> bytes:
        return message
