"""What two byte strings have in common, in order, found in bounded time.

Equal beginnings and ends are set aside. What is between them is cut at blocks that both
have and, where no block is found and it is small, aligned byte by byte.
"""

from itertools import pairwise

from tcpmon.core.lcs import Pairs, common, rising

SHORT = 4
"""Fewer equal bytes than this between two differences may well be chance."""
SLICE = 1 << 18
"""Bytes to work on at once: a thread that waits for the interpreter waits 2 ms for them."""

Block = tuple[int, int, int]
"""(place in the left one, place in the right one, how many bytes are equal there)"""
_Gap = tuple[int, int, int, int]
"""(from, to) in the left one, (from, to) in the right one"""

_SMALL = 2048  # bytes of a gap that may be aligned byte by byte
_SHORT_GAP = 256  # bytes up to which half of a gap equal by position is no chance
_BLOCKS = ((16_384, 32, 32), (_SHORT_GAP, 12, 8))
"""(bytes of a gap at least, bytes of a block that is sought in both, how many are sought)"""
_DRIFT = 16_384  # bytes by which what belongs together may stand elsewhere
_WINDOW = 1 << 20  # bytes that are looked through for one block at most


def align(left: bytes, right: bytes) -> tuple[list[Block], bool]:
    """Return what is equal, in order, and whether there was time enough to find all of it.

    Where position by position most is equal already, nothing is said.
    """
    blocks, whole = _Search(left, right).run()
    return _settled(blocks, len(left), len(right)), whole


def differing(left: bytes, x: int, right: bytes, y: int, count: int) -> bytes:
    """Return so many bytes from two places on as one: 0 where they are equal."""
    one, other = left[x : x + count], right[y : y + count]
    if one == other:
        return bytes(count)
    return (int.from_bytes(one) ^ int.from_bytes(other)).to_bytes(count)


class _Search:
    """One search, and what it may still cost: each limit stands for 30 ms or so in all."""

    def __init__(self, left: bytes, right: bytes) -> None:
        self._left = left
        self._right = right
        self._aligned = 20_000  # bytes of both sides, byte by byte
        self._sampled = 12_000  # blocks
        self._sought = 1 << 23  # bytes that are looked through for blocks

    def run(self) -> tuple[list[Block], bool]:
        """Return what is equal, in order, and whether that is all."""
        here, there = len(self._left), len(self._right)
        head = self._equal(0, 0, min(here, there))
        tail = self._equal(here, there, min(here, there) - head, backwards=True)
        blocks: list[Block] = [(0, 0, head), (here - tail, there - tail, tail)]
        gaps = [(head, here - tail, head, there - tail)]
        whole = True
        while gaps:
            found = self._within(gaps.pop())
            if found is None:
                whole = False
                continue
            blocks += found[0]
            gaps += found[1]
        return sorted(block for block in blocks if block[2]), whole

    def _within(self, gap: _Gap) -> tuple[list[Block], list[_Gap]] | None:
        """Return what is equal in a gap and which gaps remain; None if that is not known."""
        x0, x1, y0, y1 = gap
        here, there = x1 - x0, y1 - y0
        if not here or not there or (here == there and self._is_alike(x0, y0, here)):
            return [], []
        for least, length, count in _BLOCKS:
            if min(here, there) >= least and (anchors := self._anchors(gap, length, count)):
                return self._grown(gap, anchors, length)
        if max(here, there) > _SMALL or self._aligned < here + there:
            return None
        self._aligned -= here + there
        return _joined(common(self._left[x0:x1], self._right[y0:y1]), x0, y0), []

    def _is_alike(self, x: int, y: int, count: int) -> bool:
        """Say whether position by position most is equal. Of much, a part is looked at."""
        step = count >> 14 | 1
        one, other = self._left[x : x + count : step], self._right[y : y + count : step]
        unlike = len(one) - differing(one, 0, other, 0, len(one)).count(0)
        return unlike * (2 if count <= _SHORT_GAP else 16) <= len(one)

    def _equal(self, x: int, y: int, most: int, backwards: bool = False) -> int:
        """Return how many bytes are equal from two places on, or before them."""
        count, step, grows = 0, 32, True
        while step and count < most:
            some = min(step, most - count)
            at = -count - some if backwards else count
            if self._left[x + at : x + at + some] == self._right[y + at : y + at + some]:
                count += some
                step = min(step * 2, SLICE) if grows else step
            else:
                grows, step = False, some // 2
        return count

    def _anchors(self, gap: _Gap, length: int, count: int) -> Pairs:
        """Return where evenly spread blocks of a gap are on the other side: as far from its
        beginning, or from its end. Only if few are, they are sought around there."""
        x0, x1, y0, y1 = gap
        shifts = [y0 - x0, y1 - x1]
        step = max(1, (x1 - x0 - length) // (count - 1))
        blocks = [(x, self._left[x : x + length]) for x in range(x0, x1 - length + 1, step)]
        blocks = [(x, block) for x, block in blocks if block.count(block[0]) < length]  # padding
        self._sampled -= len(blocks)
        if self._sampled < 0:
            return []
        found = [(x, self._expect(x, block, shifts, gap)) for x, block in blocks]
        if 4 * sum(y >= 0 for _, y in found) < len(found):
            found = []
            for x, block in blocks:
                y = self._expect(x, block, shifts, gap)
                y = y if y >= 0 else self._seek(block, x + shifts[0], x + shifts[1], gap)
                found.append((x, y))
                shifts[2:] = [y - x] if y >= 0 else shifts[2:]  # what follows has moved as far
        return rising([(x, y) for x, y in found if y >= 0])

    def _expect(self, x: int, block: bytes, shifts: list[int], gap: _Gap) -> int:
        """Return where a block is if it has moved by one of these; -1 for nowhere."""
        places = (x + shift for shift in shifts)
        low, high = gap[2], gap[3] - len(block)
        here = (y for y in places if low <= y <= high and self._right.startswith(block, y))
        return next(here, -1)

    def _seek(self, block: bytes, likely: int, other: int, gap: _Gap) -> int:
        """Return where a block is around two places, best behind the first; -1 for nowhere."""
        low = max(gap[2], min(likely, other) - _DRIFT)
        high = min(gap[3], max(likely, other) + len(block) + _DRIFT)
        if high - low > min(_WINDOW, self._sought):
            return -1
        for begin in (max(gap[2], likely), low):
            y = self._right.find(block, begin, high)
            self._sought -= (high if y < 0 else y) - begin
            if y >= 0:
                return y
        return -1

    def _grown(self, gap: _Gap, anchors: Pairs, length: int) -> tuple[list[Block], list[_Gap]]:
        """Return blocks as long as they are equal around anchors, and the gaps between them."""
        x0, x1, y0, y1 = gap
        blocks: list[Block] = []
        gaps: list[_Gap] = []
        for x, y in anchors:
            if x < x0 or y < y0:
                continue  # the block before has taken it in
            back = self._equal(x, y, min(x - x0, y - y0), backwards=True)
            on = self._equal(x + length, y + length, min(x1 - x, y1 - y) - length)
            blocks.append((x - back, y - back, back + length + on))
            gaps.append((x0, x - back, y0, y - back))
            x0, y0 = x + length + on, y + length + on
        return blocks, [*gaps, (x0, x1, y0, y1)]


def _joined(pairs: Pairs, x0: int, y0: int) -> list[Block]:
    blocks: list[Block] = []
    for x, y in pairs:
        at, to, count = blocks[-1] if blocks else (0, 0, 0)
        if count and (x0 + x - at, y0 + y - to) == (count, count):
            blocks[-1] = (at, to, count + 1)
        else:
            blocks.append((x0 + x, y0 + y, 1))
    return blocks


def _settled(blocks: list[Block], left: int, right: int) -> list[Block]:
    """Leave out what is equal by chance: a few bytes between two larger differences."""
    kept: list[Block] = [(0, 0, 0)]
    for block, after in pairwise([*blocks, (left, right, 0)]):
        kept.append(block)
        while len(kept) > 1 and _is_chance(kept[-2], kept[-1], after):
            kept.pop()
    return kept[1:]


def _is_chance(before: Block, block: Block, after: Block) -> bool:
    count = block[2]
    gaps = [max(b[0] - a[0], b[1] - a[1]) - a[2] for a, b in ((before, block), (block, after))]
    if count < SHORT and 3 * count < sum(gaps) and min(gaps):
        return True
    return count < 2 * SHORT and count < min(gaps)
