"""Small framers, each odd in a way of its own, and what they say of a whole stream at once."""

import copy
from collections.abc import Sequence

from tcpmon.core.cutting.stream import LIMIT, OVER
from tcpmon.core.framing import BadFrame, Framer


class Lines:
    """Lines that end in LF."""

    joins, timed = True, False

    def feed(self, data: bytes, time: int) -> list[int]:
        return [at + 1 for at, byte in enumerate(data) if byte == 10]

    def missing(self) -> int | None:
        return None

    def body(self, message: bytes) -> bytes:
        return message


class Returns:
    """Lines that end in CR or CRLF: whether LF belongs to one only the next byte tells."""

    joins, timed = True, False

    def __init__(self) -> None:
        self._waits = False

    def feed(self, data: bytes, time: int) -> list[int]:
        ends: list[int] = []
        for at, byte in enumerate(data):
            if self._waits:
                ends.append(at + (byte == 10))
            self._waits = byte == 13
        return ends

    def missing(self) -> int | None:
        return 0 if self._waits else None

    def body(self, message: bytes) -> bytes:
        return message


class Counted:
    """A byte that says how many follow; 255 is no such byte."""

    joins, timed = False, False

    def __init__(self) -> None:
        self._left = 0

    def feed(self, data: bytes, time: int) -> list[int]:
        ends: list[int] = []
        at = 0
        while at < len(data):
            if not self._left:
                if data[at] == 255:
                    raise BadFrame(ends, "255 is no length")
                self._left = data[at] + 1
            step = min(self._left, len(data) - at)
            self._left -= step
            at += step
            if not self._left:
                ends.append(at)
        return ends

    def missing(self) -> int | None:
        return self._left or None

    def body(self, message: bytes) -> bytes:
        return message[1:]


class Silences:
    """A silence of 5 ns ends a message."""

    joins, timed = True, True

    def __init__(self) -> None:
        self._at: int | None = None

    def feed(self, data: bytes, time: int) -> list[int]:
        before, self._at = self._at, time
        return [0] if before is not None and time - before >= 5 else []

    def missing(self) -> int | None:
        return 0

    def body(self, message: bytes) -> bytes:
        return message


class Made:
    """A framing that makes framers of one kind; None for a row a read."""

    def __init__(self, kind: type[Framer] | None) -> None:
        self._kind = kind

    @property
    def by_read(self) -> bool:
        return self._kind is None

    def make(self) -> Framer:
        assert self._kind
        return self._kind()


Read = tuple[int, int, bytes]
"""(seq, time, data)"""
Expected = tuple[int, bytes, int, str]
"""(seq of the record that it ends in, its bytes, of how many reads, what is odd)"""


def straight(kind: type[Framer], reads: Sequence[Read]) -> list[Expected]:
    """Return the rows of a stream, read by read and without any cleverness."""
    framer = kind()
    begun: list[Read] = []  # of the row that is not complete
    behind = 0  # bytes since the last message ended
    rows: list[Expected] = []

    def end_row(odd: str) -> None:
        nonlocal begun
        if begun:
            rows.append((begun[-1][0], b"".join(part for _, _, part in begun), len(begun), odd))
        begun = []

    for seq, time, data in reads:
        why, place = "", 0
        try:
            ends = framer.feed(data, time)
        except BadFrame as bad:
            ends, why = bad.ends, bad.why
            framer = kind()
        for end in ends:
            behind += end - place
            if end > place:
                begun.append((seq, time, data[place:end]))
            end_row(OVER if behind > LIMIT else "")
            behind, place = 0, end
        if place < len(data):
            begun.append((seq, time, data[place:]))
            behind += len(data) - place
        if why:
            end_row(f"{why}: shown as read")
            behind = 0
        elif behind > LIMIT:
            end_row(OVER)
    missing = copy.copy(framer).missing()
    end_row("" if missing == 0 else f"incomplete, {missing} B missing" if missing else "incomplete")
    return rows
