"""Reading bytes field by field: a place that moves on, and what was found so far.

Whatever ends the reading, the bytes or the bounds, what was found before it stays. A
decoder that reads by means of a Sheet needs no bounds of its own, as long as each turn of
its loops takes a byte or adds a field.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Literal

from tcpmon.core.decoding import DEPTH, FIELDS, UNPACKED, Decoded, Field, NotDecoded
from tcpmon.core.decoding.values import counted, cut, named, shown

NOTHING = re.compile(rb"")
_IN_SUMMARY = 16  # messages that the line for many of them tells


class Stop(Exception):  # not an error of ours: there is no more that can be read
    """The rest is not read. Its text says why, safe to print."""


class Group:
    """What holds other fields; its value may be found after them."""

    __slots__ = ("value",)

    def __init__(self, value: str) -> None:
        self.value = value


class Sheet:
    """One message that is being read.

    place, end: the next byte, and where reading ends: behind the last byte, or of a part that
    says how long it is. summary: "" until the bytes are taken to be what is looked for.
    found: the fields of the group that is open. unpackable: how many bytes may still be unpacked.
    """

    __slots__ = (
        "_bounded",
        "_deep",
        "_room",
        "data",
        "end",
        "found",
        "notes",
        "place",
        "summary",
        "unpackable",
    )

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.place = 0
        self.end = len(data)
        self.summary = ""
        self.notes: list[str] = []
        self.found: list[Field] = []
        self.unpackable = UNPACKED
        self._room = FIELDS
        self._deep = 0
        self._bounded = False  # whether something says that `end` is one

    @property
    def left(self) -> int:
        """How many bytes there are still to read."""
        return self.end - self.place

    def short(self, size: int) -> Stop:
        """Return what to raise where `size` bytes are to be read and so many are not there."""
        if self._bounded:
            return Stop(f"before byte {self.place} something is longer than what it is in")
        missing = counted(size - self.left, "more byte")
        return Stop(f"the end is missing: {missing} should follow")

    def take(self, size: int) -> bytes:
        """Return the next bytes, exactly so many."""
        if size > self.end - self.place:
            raise self.short(size)
        start = self.place
        self.place = start + size
        return self.data[start : self.place]

    def peek(self, size: int) -> bytes:
        """Return the next bytes, as many of them as there are, and stay."""
        return self.data[self.place : min(self.end, self.place + size)]

    def number(self, size: int, order: Literal["big", "little"] = "big") -> int:
        """Return the next bytes as an unsigned number."""
        return int.from_bytes(self.take(size), order)

    def match(self, pattern: re.Pattern[bytes]) -> bytes | None:
        """Return what stands here by the pattern, and go behind it; None if nothing does."""
        match = pattern.match(self.data, self.place, self.end)
        if match is None:
            return None
        self.place = match.end()
        return match.group()

    def line(self) -> bytes:
        """Return the bytes up to CR LF or LF, and go behind it; all of them if there is none."""
        found = self.data.find(b"\n", self.place, self.end)
        line = self.take((found + 1 if found >= 0 else self.end) - self.place)
        return line.removesuffix(b"\n").removesuffix(b"\r")

    def add(self, name: str, value: str, start: int, end: int = -1) -> None:
        """Add a field; it ends at the place where we are if no end is given."""
        self.spend()
        self.found.append(Field(name, cut(value), start, self.place if end < 0 else end))

    def add_number(self, name: str, size: int, words: dict[int, str] | None = None) -> int:
        """Read a number of so many bytes and add it, with its meaning where words are given."""
        start = self.place
        number = self.number(size)
        self.add(name, str(number) if words is None else named(number, words, "unknown"), start)
        return number

    def add_bytes(self, name: str, size: int, show: Callable[[bytes], str] = shown) -> bytes:
        """Read so many bytes and add them."""
        start = self.place
        data = self.take(size)
        self.add(name, show(data), start)
        return data

    def spend(self, fields: int = 1) -> None:
        """Count fields that are about to be added. Raises Stop when there are too many."""
        if self._room < fields:
            raise Stop(f"there are more than {FIELDS:,} fields")
        self._room -= fields

    @contextmanager
    def group(self, name: str, value: str = "", start: int = -1) -> Iterator[Group]:
        """Put the fields that are added meanwhile into one, which begins here or at start."""
        self.spend()
        group = Group(value)
        begin = self.place if start < 0 else start
        outer, self.found = self.found, []
        self._deep += 1
        try:
            if self._deep > DEPTH:
                raise Stop(f"it is nested deeper than {DEPTH} levels")
            yield group
        finally:
            self._deep -= 1
            parts, self.found = tuple(self.found), outer
            outer.append(Field(name, cut(group.value), begin, self.place, parts))

    @contextmanager
    def within(self, size: int) -> Iterator[None]:
        """Read in the next so many bytes only; what is left of them is added as "rest"."""
        outer, was_bounded = self.end, self._bounded
        missing = size - self.left
        self._bounded = was_bounded or missing <= 0
        self.end = min(outer, self.place + size)
        try:
            yield
            if self.left:
                self.add_bytes("rest", self.left)
            if missing > 0:
                raise self.short(missing)
        finally:
            self.end, self._bounded = outer, was_bounded

    def embed(self, inner: Decoded, at: int) -> None:
        """Add the fields of what is inside of this one and was decoded by itself.

        at: where its bytes begin in ours; -1 if ours do not hold them as they are.
        """
        if inner.note:
            self.notes.append(inner.note)
        for field in inner.fields:
            self.spend(_count(field))
            self.found.append(_moved(field, at))

    def messages(
        self,
        read: Callable[["Sheet"], None],
        between: re.Pattern[bytes] = NOTHING,
        most: int = FIELDS,
    ) -> None:
        """Read one message behind the other, each a group if there are several.

        read: reads one, and sets the summary as soon as it is sure that it is one. It raises
        NotDecoded if it is none, and Stop where it ends too early. between: what may stand
        in front of each and at the end. most: how many are read.
        """
        found: list[Field] = []
        self.match(between)
        while self.place < self.end:
            if self._room <= 0 or len(found) >= most:
                told = f"{FIELDS:,} fields" if self._room <= 0 else f"{most:,} messages"
                self.notes.append(f"there are more than {told}")
                break
            start = self.place
            why = self._one(read)
            if self.summary:
                self._room -= 1
                parts = tuple(self.found)
                found.append(Field("message", cut(self.summary), start, self.place, parts))
            elif not found:
                raise NotDecoded(why or "there is nothing in it")
            self.found = []
            if why or self.place == start:
                self.notes.append(why)
                break
            self.match(between)
        self._gather(found)

    def _one(self, read: Callable[["Sheet"], None]) -> str:
        """Read a message; return why reading ended there, "" if it did not."""
        self.summary = ""
        start = self.place
        try:
            read(self)
        except Stop as stop:
            return str(stop)
        except NotDecoded as wrong:
            self.found, self.summary, self.place = [], "", start
            return f"from byte {start} on it is something else: {wrong}" if start else str(wrong)
        return ""

    def _gather(self, found: list[Field]) -> None:
        if not found:
            raise NotDecoded("there is nothing in it")
        if len(found) == 1:
            self.found = list(found[0].parts)
            self.summary = found[0].value
            return
        self.found = [
            Field(f"message {place}", field.value, field.start, field.end, field.parts)
            for place, field in enumerate(found, 1)
        ]
        told = [field.value for field in found[:_IN_SUMMARY]]
        self.summary = cut("; ".join(told + ["…"] * (len(found) > _IN_SUMMARY)))

    def decoded(self) -> Decoded:
        """Return what was found."""
        notes = dict.fromkeys(note for note in self.notes if note)
        return Decoded(self.summary, tuple(self.found), cut("; ".join(notes)))


def read(
    data: bytes,
    one: Callable[[Sheet], None],
    between: re.Pattern[bytes] = NOTHING,
    most: int = FIELDS,
) -> Decoded:
    """Return what the messages in the bytes say, see `Sheet.messages`. Raises NotDecoded."""
    sheet = Sheet(data)
    sheet.messages(one, between, most)
    return sheet.decoded()


def _count(field: Field) -> int:
    return 1 + sum(map(_count, field.parts))


def _moved(field: Field, by: int) -> Field:
    placed = by >= 0 and field.start >= 0
    start, end = (field.start + by, field.end + by) if placed else (-1, -1)
    return Field(field.name, field.value, start, end, _all_moved(field.parts, by))


def _all_moved(fields: Sequence[Field], by: int) -> tuple[Field, ...]:
    return tuple(_moved(field, by) for field in fields)
