"""What two byte strings have in common is found, whatever they are, and soon."""

import random
import time
from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from tcpmon.core.alignment import SLICE, align, differing

MIB = 1 << 20
DICE = random.Random(7)
NOISE = DICE.randbytes(MIB)
few = st.lists(st.sampled_from(b"ab\0"), max_size=80).map(bytes)
payloads = st.one_of(st.binary(max_size=80), few)


def edited(data: bytes, count: int) -> bytes:
    """Data with about so many insertions, deletions and changes, evenly spread."""
    parts, step = [], len(data) // count
    for number, at in enumerate(range(0, len(data), step)):
        part = data[at : at + step]
        parts.append((b"+" + part, part[1:], b"~" + part[1:])[number % 3])
    return b"".join(parts)


@given(payloads, payloads)
def test_blocks_are_equal_and_in_order(left: bytes, right: bytes) -> None:
    """Each block is the same bytes on both sides, behind the block before."""
    blocks, whole = align(left, right)
    assert whole
    assert all(left[x : x + n] == right[y : y + n] and n for x, y, n in blocks)
    assert all(x + n <= a and y + n <= b for (x, y, n), (a, b, _) in pairwise(blocks))
    assert all(x + n <= len(left) and y + n <= len(right) for x, y, n in blocks)


@given(payloads, payloads, payloads)
def test_equal_beginnings_and_ends_are_kept(head: bytes, middle: bytes, tail: bytes) -> None:
    """What was put in is all that is not equal."""
    blocks, _ = align(head + tail, head + middle + tail)
    assert sum(count for _, _, count in blocks) == len(head + tail)


@pytest.mark.parametrize("count", [1, 20, 300])
def test_scattered_edits_of_a_mebibyte_are_all_found(count: int) -> None:
    """All but the edited bytes of 1 MiB is found to be equal, or is by its position."""
    other = edited(NOISE, count)
    blocks, whole = align(NOISE, other)
    assert whole
    equal = sum(size for _, _, size in blocks)
    gaps = pairwise([(0, 0, 0), *blocks, (MIB, len(other), 0)])
    for (x, y, size), (a, b, _) in gaps:
        both = min(a - x, b - y) - size
        equal += differing(NOISE, x + size, other, y + size, both).count(0)
    assert MIB - equal <= 2 * count


def test_what_repeats_is_aligned_too() -> None:
    """In the same line again and again, an insertion is still only an insertion."""
    line = b"hello\n" * 20_000
    blocks, whole = align(line + line, b"x" + line + b"yy" + line + b"z")
    assert whole
    assert sum(count for _, _, count in blocks) >= 2 * len(line) - 6


def test_what_repeats_does_not_slip() -> None:
    """In what repeats, a changed byte and an inserted one are no more than that."""
    left = b"abcdefgh" * 10_000
    right = left[:20_000] + b"!" + left[20_001:60_000] + b"!" + left[60_000:]
    blocks, whole = align(left, right)
    assert whole
    assert sum(count for _, _, count in blocks) == len(left) - 1


def test_a_part_that_moved_far_is_not_sought_for_ever() -> None:
    """What there is no time for is given up, and that is said."""
    blocks, whole = align(NOISE, DICE.randbytes(MIB - 5))
    assert (blocks, whole) == ([], False)


WORST = {
    "noise": (NOISE, DICE.randbytes(MIB)),
    "noise, not as long": (NOISE, DICE.randbytes(MIB - 9)),
    "two letters": (bytes(DICE.choices(b"ab", k=MIB)), bytes(DICE.choices(b"ab", k=MIB - 5))),
    "two letters apart": (b"a" * MIB, b"b" + b"a" * (MIB - 1) + b"b"),
    "halves": (b"a" * MIB + b"b" * MIB, b"b" * MIB + b"a" * MIB + b"c"),
    "many edits": (NOISE, edited(NOISE, 20_000)),
    "shuffled": (NOISE, b"".join(NOISE[at : at + 512] for at in range(MIB - 512, -1, -512))),
}


@pytest.mark.parametrize("name", WORST)
def test_the_work_has_a_bound(name: str) -> None:
    """Whatever the bytes are, 1 MiB each takes a fraction of a second of the processor."""
    before = time.thread_time()
    align(*WORST[name])
    assert time.thread_time() - before < 0.8


def test_differing_bytes_are_not_zero() -> None:
    """Position by position, 0 stands where both are equal."""
    assert differing(b"abcd", 1, b"xbxd", 1, 3) == bytes([0, ord("c") ^ ord("x"), 0])
    assert differing(b"abcd", 0, b"abcd", 0, 4) == bytes(4)


@pytest.mark.parametrize("count", [0, 1, 31, 32, 33, 1000, SLICE - 1, SLICE, 3 * SLICE + 17])
def test_long_equal_stretches_are_measured_exactly(count: int) -> None:
    """However much is equal at the beginning and at the end, it is all of it, and no more."""
    same = (NOISE * 2)[:count]
    blocks, _ = align(same + b"L" + same, same + b"R" + same)
    wanted = [(0, 0, count), (count + 1, count + 1, count)] if count else []
    assert blocks == wanted
