"""Messages that end in the same few bytes."""

import re
from typing import ClassVar


class Delimiter:
    """Cuts behind every delimiter, from left to right: of `|||` with `||` the first two."""

    timed: ClassVar[bool] = False

    def __init__(self, delimiter: bytes) -> None:
        self._delimiter = delimiter
        self._pattern = re.compile(re.escape(delimiter))
        self._tail = b""
        # One that can overlap itself is found elsewhere by a framer that begins within it.
        self.joins = not any(
            delimiter.startswith(delimiter[place:]) for place in range(1, len(delimiter))
        )

    def feed(self, data: bytes, time: int) -> list[int]:
        shift = len(self._tail)
        if shift:
            data = self._tail + data
        ends = [match.end() for match in self._pattern.finditer(data)]
        rest = max(ends[-1] if ends else 0, len(data) - len(self._delimiter) + 1)
        self._tail = data[rest:]
        return [end - shift for end in ends] if shift else ends

    def missing(self) -> int | None:
        return None

    def whole(self, data: bytes) -> bytes | None:
        end = len(data) - len(self._delimiter)
        return data[:end] if 0 <= end == data.find(self._delimiter) else None

    def body(self, message: bytes) -> bytes:
        return message.removesuffix(self._delimiter)
