"""What payloads are put together from when they are sent: pieces that stand one behind another.

A length of what follows and a checksum of what is before stand among the others; the lengths
are known first, from the last to the first, since a checksum is over them too.
"""

from collections.abc import Callable, Sequence
from itertools import groupby

from msgspec import Struct

from tcpmon.core.checksums import Checksum
from tcpmon.core.errors import BadPayload
from tcpmon.core.payload.facts import MOST, Filling, too_big
from tcpmon.core.payload.numerals import Numeral

Make = Callable[[Filling], bytes]

SHARE = 10  # joining bytes costs a thousandth of a CRC over them
EACH = 4  # what a piece costs, however small


class Piece(Struct, frozen=True):
    """make: returns its bytes. fixed: whether these are always the same; personal: whether they
    may differ from one client to the next."""

    make: Make
    fixed: bool = False
    personal: bool = False


class Written(Struct, frozen=True):
    """How a number that is computed is written. more: what is added to it."""

    numeral: Numeral
    shown: str
    place: int
    more: int = 0

    def write(self, number: int) -> bytes:
        """Return it in bytes. Raises BadPayload."""
        number += self.more
        if number < 0:
            raise BadPayload(f"{number} is less than nothing", self.place)
        try:
            return self.numeral.write(number)
        except OverflowError:
            wrong = f"{number} does not fit {self.shown}"
            raise BadPayload(wrong, self.place, "take a wider one") from None


class Length(Struct, frozen=True):
    """The length of all that follows."""

    written: Written


class Check(Struct, frozen=True):
    """The checksum of all that is before."""

    checksum: Checksum
    written: Written

    def over(self, data: bytes, filling: Filling) -> bytes:
        """Return it for bytes. Raises BadPayload."""
        filling.spend(len(data), self.written.place)
        return self.written.write(self.checksum.of(data))


Part = Piece | Length | Check


def constant(data: bytes) -> Piece:
    """Return the piece that is always these bytes."""
    return Piece(lambda filling: data, fixed=True)


def join(parts: Sequence[Part], place: int, filling: Filling) -> Piece:
    """Return parts as one piece; what is fixed is made at once. place: where they begin. Raises
    BadPayload."""
    parts = _merged(parts, place, filling)
    pieces = [part for part in parts if isinstance(part, Piece)]
    if len(parts) == 1 and pieces:
        return pieces[0]
    makers = tuple(piece.make for piece in pieces)
    make = _plain(makers, place) if len(pieces) == len(parts) else _computed(parts, place)
    if all(piece.fixed for piece in pieces):
        return constant(make(filling))
    return Piece(make, personal=any(piece.personal for piece in pieces))


def _merged(parts: Sequence[Part], place: int, filling: Filling) -> list[Part]:
    """Return parts with those that are fixed and stand together made one."""
    merged: list[Part] = []
    for _, group in groupby(parts, lambda part: isinstance(part, Piece) and part.fixed):
        together = list(group)
        makers = [part.make for part in together if isinstance(part, Piece) and part.fixed]
        if len(makers) > 1:
            merged.append(constant(_plain(makers, place)(filling)))
        else:
            merged += together
    return merged


def _plain(makers: Sequence[Make], place: int) -> Make:
    cost = EACH * (1 + len(makers))

    def make(filling: Filling) -> bytes:
        data, total = [], 0
        for one in makers:
            made = one(filling)
            total += len(made)
            if total > MOST:
                raise too_big(place)
            data.append(made)
        filling.spend(cost + (total >> SHARE), place)
        return b"".join(data)

    return make


def _computed(parts: Sequence[Part], place: int) -> Make:
    _sizes_known(parts)

    def make(filling: Filling) -> bytes:
        made = [part.make(filling) if isinstance(part, Piece) else b"" for part in parts]
        following = 0
        for at in range(len(parts) - 1, -1, -1):
            part = parts[at]
            if isinstance(part, Length):
                made[at] = part.written.write(following)
            following += (part.written.numeral.size or 0) if isinstance(part, Check) else 0
            following += len(made[at])
            if following > MOST:
                raise too_big(place)
        data = bytearray()
        for at, part in enumerate(parts):
            data += part.over(bytes(data), filling) if isinstance(part, Check) else made[at]
        filling.spend(EACH * len(parts) + (len(data) >> SHARE), place)
        return bytes(data)

    return make


def _sizes_known(parts: Sequence[Part]) -> None:
    """Raise BadPayload if a length comes before a checksum of which no length is known."""
    counted = False
    for part in parts:
        counted = counted or isinstance(part, Length)
        if counted and isinstance(part, Check) and part.written.numeral.size is None:
            wrong = "how long this is is not known before the length in front of it"
            raise BadPayload(wrong, part.written.place, "write it as be, le, hex or %03d")
