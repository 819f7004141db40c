"""Two conversations beside each other: which messages of one answer to which of the other.

Messages that are equal hold the alignment together; what is between them is paired where it
has the same shape, or resembles. All of it is done in bounded time, whatever was said.
"""

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence

from msgspec import Struct

from tcpmon.core.alignment import differing
from tcpmon.core.compare import Match
from tcpmon.core.lcs import Pairs, common, rising
from tcpmon.core.model import Place
from tcpmon.core.units import counted, number


class Said(Struct, frozen=True, gc=False):
    """A message of a conversation.

    sent: by us. since: nanoseconds since the connection was opened. head: how it begins; size:
    bytes of all of it.
    """

    place: Place
    sent: bool
    since: int
    size: int
    head: bytes


class Pair(Struct, frozen=True, gc=False):
    """Two messages that stand beside each other, by their numbers; -1 where there is none."""

    match: Match
    left: int
    right: int

    @property
    def mirrored(self) -> "Pair":
        """As it is when the sides are swapped."""
        return Pair(self.match.mirrored, self.right, self.left)


def sentence(pairs: Iterable[Pair]) -> str:
    """In one line: "12 equal, 3 similar, 1 only left"."""
    found = Counter(pair.match for pair in pairs)
    words = {
        Match.EQUAL: "equal",
        Match.CHANGED: "similar",
        Match.LEFT: "only left",
        Match.RIGHT: "only right",
    }
    told = [f"{number(found[match])} {word}" for match, word in words.items() if found[match]]
    return ", ".join(told) or counted(0, "message")


_ALIGNED = 2048  # messages of each side that are aligned at once
_RESEMBLANCES = (
    12_000  # pairs that are looked into, 20 µs each, if position by position is not enough
)
_AHEAD = 6  # messages that are looked at beyond one that resembles nothing
_SHAPED = 256  # bytes of a message that make its shape
_LOOKED = 96  # bytes of a message that are looked at to see what it resembles
_DIGITS = re.compile(rb"\d+")

_Gap = tuple[int, int, int, int]
"""(from, to) in the left one, (from, to) in the right one"""


def align(left: Sequence[Said], right: Sequence[Said]) -> tuple[list[Pair], bool]:
    """Return how two conversations go together, in order, with every message of both once, and
    whether there was time enough to see of all that are not equal what they resemble."""
    equal = _matched(*_numbered(left, right, _content), [(0, len(left), 0, len(right))])
    shaped = _numbered(left, right, _shape)
    similar = equal + _matched(*shaped, _between(equal, len(left), len(right)))
    similar.sort()
    looks = _Looks(left, right)
    for gap in _between(similar, len(left), len(right)):
        looks.pair(gap)
    return _told(left, right, sorted(similar + looks.found)), looks.rest > 0


def _content(said: Said) -> Hashable:
    return said.sent, said.size, said.head


def _shape(said: Said) -> Hashable:
    """Return what is alike in messages that differ only in numbers written as digits."""
    return said.sent, _DIGITS.sub(b"0", said.head[:_SHAPED])


def _numbered(
    left: Sequence[Said], right: Sequence[Said], key: Callable[[Said], Hashable]
) -> tuple[list[int], list[int]]:
    """Return a number for each message, the same for those with the same key."""
    known: dict[Hashable, int] = {}
    numbered = [
        [known.setdefault(key(said), len(known)) for said in side] for side in (left, right)
    ]
    return numbered[0], numbered[1]


def _between(pairs: Pairs, left: int, right: int) -> list[_Gap]:
    """Return what is between pairs, before the first and behind the last, where both have some."""
    gaps: list[_Gap] = []
    x0 = y0 = 0
    for x, y in [*pairs, (left, right)]:
        if x > x0 and y > y0:
            gaps.append((x0, x, y0, y))
        x0, y0 = x + 1, y + 1
    return gaps


def _matched(left: list[int], right: list[int], gaps: list[_Gap]) -> Pairs:
    """Return which numbers of gaps go together: those that are in each once, then the others."""
    found: Pairs = []
    for gap in gaps:
        firm = _unique(left, right, gap)
        found += firm
        x0, x1, y0, y1 = gap
        inner = _between([(x - x0, y - y0) for x, y in firm], x1 - x0, y1 - y0)
        for a0, a1, b0, b1 in inner:
            found += _common(left, right, (x0 + a0, x0 + a1, y0 + b0, y0 + b1))
    return sorted(found)


def _unique(left: list[int], right: list[int], gap: _Gap) -> Pairs:
    x0, x1, y0, y1 = gap
    here, there = Counter(left[x0:x1]), Counter(right[y0:y1])
    where = {right[y]: y for y in range(y0, y1) if there[right[y]] == 1}
    once = [(x, where[left[x]]) for x in range(x0, x1) if here[left[x]] == 1 and left[x] in where]
    return rising(once)


def _common(left: list[int], right: list[int], gap: _Gap) -> Pairs:
    x0, x1, y0, y1 = gap
    found: Pairs = []
    while x0 < x1 and y0 < y1 and left[x0] == right[y0]:
        found.append((x0, y0))
        x0, y0 = x0 + 1, y0 + 1
    while x0 < x1 and y0 < y1 and left[x1 - 1] == right[y1 - 1]:
        x1, y1 = x1 - 1, y1 - 1
        found.append((x1, y1))
    # Of what is too long to be aligned in one, the first parts of both, the second, and so on.
    parts = -(-max(x1 - x0, y1 - y0) // _ALIGNED)
    for part in range(parts):
        a0, a1 = (x0 + (x1 - x0) * (part + more) // parts for more in (0, 1))
        b0, b1 = (y0 + (y1 - y0) * (part + more) // parts for more in (0, 1))
        found += [(a0 + x, b0 + y) for x, y in common(left[a0:a1], right[b0:b1])]
    return found


class _Looks:
    """Pairs what resembles, as long as there is time for it."""

    def __init__(self, left: Sequence[Said], right: Sequence[Said]) -> None:
        self._left = left
        self._right = right
        self.rest = _RESEMBLANCES
        self.found: Pairs = []

    def pair(self, gap: _Gap) -> None:
        """Pair what is in a gap: the next two that resemble, with as few as can be left out."""
        x, x1, y, y1 = gap
        while x < x1 and y < y1:
            for skipped in range(_AHEAD + 1):
                step = self._next(x, y, skipped, x1, y1)
                if step:
                    x, y = step
                    self.found.append(step)
                    break
            x, y = x + 1, y + 1

    def _next(self, x: int, y: int, skipped: int, x1: int, y1: int) -> tuple[int, int] | None:
        for ahead in range(skipped + 1):
            a, b = x + ahead, y + skipped - ahead
            if a < x1 and b < y1 and self._resemble(self._left[a], self._right[b]):
                return a, b
        return None

    def _resemble(self, left: Said, right: Said) -> bool:
        if left.sent != right.sent or not self.rest:
            return False
        one, other = left.head[:_LOOKED], right.head[:_LOOKED]
        if half_equal(one, other):
            return True
        self.rest -= 1
        return half_shared(one, other)


def half_equal(left: bytes, right: bytes) -> bool:
    """Say whether two messages are the same in half of their positions."""
    shorter = min(len(left), len(right))
    equal = differing(left, 0, right, 0, shorter).count(0)
    return 2 * equal >= max(len(left), len(right))


def half_shared(left: bytes, right: bytes) -> bool:
    """Say whether half of what two messages are made of is in both, wherever it stands."""
    here, there = _pieces(left), _pieces(right)
    return 2 * len(here & there) >= max(len(here), len(there), 1)


def _pieces(data: bytes) -> set[bytes]:
    return {data[at : at + 3] for at in range(len(data) - 2)}


def _told(left: Sequence[Said], right: Sequence[Said], pairs: Pairs) -> list[Pair]:
    told: list[Pair] = []
    x0 = y0 = 0
    for x, y in [*pairs, (len(left), len(right))]:
        told += [Pair(Match.LEFT, at, -1) for at in range(x0, x)]
        told += [Pair(Match.RIGHT, -1, at) for at in range(y0, y)]
        x0, y0 = x + 1, y + 1
        if x < len(left):
            same = _content(left[x]) == _content(right[y])
            told.append(Pair(Match.EQUAL if same else Match.CHANGED, x, y))
    return told
