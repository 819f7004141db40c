"""SLIP packets, and what they share with others between flag bytes.

Source: RFC 1055. END is 0xc0; within a packet 0xdb 0xdc stands for it, and 0xdb 0xdd for 0xdb.
"""

import re
from typing import ClassVar


class Flagged:
    """Cuts behind every flag byte that follows something else.

    Flags that stand together, or at the beginning, flush the line and say nothing: they belong
    to the message behind them, so that there are no empty ones.
    """

    joins: ClassVar[bool] = True
    timed: ClassVar[bool] = False
    flag: ClassVar[bytes]

    def __init__(self) -> None:
        self._begun = False

    def feed(self, data: bytes, time: int) -> list[int]:
        flag = self.flag[0]
        ends = [match.end() for match in re.finditer(self.flag, data)]
        if self.flag * 2 in data:
            ends = [end for end in ends if end == 1 or data[end - 2] != flag]
        if data[0] == flag and not self._begun:
            ends.pop(0)
        self._begun = data[-1] != flag
        return ends

    def missing(self) -> int | None:
        return None if self._begun else 0

    def body(self, message: bytes) -> bytes:
        return message.strip(self.flag)


class Slip(Flagged):
    """Cuts behind every END."""

    flag: ClassVar[bytes] = b"\xc0"

    def body(self, message: bytes) -> bytes:
        packet = super().body(message)
        return packet.replace(b"\xdb\xdc", b"\xc0").replace(b"\xdb\xdd", b"\xdb")
