"""Differences are all told, once, and the way a person would mark them."""

import random
import time

import pytest
from hypothesis import given, strategies as st

from tcpmon.core.compare import PLACES, Differences, Match, compare

few = st.lists(st.sampled_from(b"ab\0"), max_size=60).map(bytes)
payloads = st.one_of(st.binary(max_size=60), few)
SIGNS = {Match.EQUAL: "=", Match.CHANGED: "~", Match.LEFT: "<", Match.RIGHT: ">"}


def sides(found: Differences, left: bytes, right: bytes) -> list[str]:
    """The runs of a comparison as text: "=hel ~l/x >o"."""
    told = []
    for run in found.runs:
        here = left[run.left : run.left + run.count].decode("latin-1")
        there = right[run.right : run.right + run.count].decode("latin-1")
        texts = {Match.CHANGED: f"{here}/{there}", Match.RIGHT: there}
        told.append(SIGNS[run.match] + texts.get(run.match, here))
    return told


@pytest.mark.parametrize(
    ("left", "right", "runs", "sentence"),
    [
        ("", "", [], "no difference"),
        ("abc", "abc", ["=abc"], "no difference"),
        ("", "abc", [">abc"], "1 place differs, 3 B; right is 3 B longer"),
        ("abc", "", ["<abc"], "1 place differs, 3 B; left is 3 B longer"),
        ("hello", "hallo", ["=h", "~e/a", "=llo"], "1 place differs, 1 B"),
        ("x=1,y=22", "x=12,y=23", ["=x=1", ">2", "=,y=2", "~2/3"],
         "2 places differ, 2 B; right is 1 B longer"),
        ("a,b,c", "a1,b1,c1", ["=a", ">1", "=,b", ">1", "=,c", ">1"],
         "3 places differ, 3 B; right is 3 B longer"),
        ("seq=0007 ok", "seq=0019 ok", ["=seq=00", "~07/19", "= ok"], "1 place differs, 2 B"),
        ("one thing", "quite another", ["~one thi/quite an", ">othe", "~ng/r"], ""),
        ("Host: a\r\nEnd", "Host: a\r\nAccept: x\r\nEnd",
         ["=Host: a\r\n", ">Accept: x\r\n", "=End"], "1 place differs, 11 B; right is 11 B longer"),
    ],
)  # fmt: skip
def test_some(left: str, right: str, runs: list[str], sentence: str) -> None:
    """A few that can be seen at a glance."""
    found = compare(left.encode(), right.encode())
    if sentence:
        assert sides(found, left.encode(), right.encode()) == runs
        assert found.sentence == sentence
    else:
        assert len(found.places) == 1, sides(found, left.encode(), right.encode())


@given(payloads, payloads)
def test_the_runs_are_both_messages(left: bytes, right: bytes) -> None:
    """Read along one side, the runs are that message, byte for byte; equal ones are equal."""
    found = compare(left, right)
    x = y = at = 0
    for start, run in zip(found.starts, found.runs, strict=True):
        assert (run.left, run.right, start) == (x, y, at)
        x += run.count if run.match is not Match.RIGHT else 0
        y += run.count if run.match is not Match.LEFT else 0
        at += run.count
        if run.match is Match.EQUAL:
            assert left[run.left : x] == right[run.right : y]
    assert (x, y, at) == (len(left), len(right), found.end)


@given(payloads, payloads, st.integers(0, 70), st.integers(0, 70))
def test_positions(left: bytes, right: bytes, begin: int, end: int) -> None:
    """Every byte has one position, whichever part is asked for, and what differs is counted."""
    found = compare(left, right)
    every = list(found.positions(0, found.end))
    assert [x for x, _ in every if x >= 0] == list(range(len(left)))
    assert [y for _, y in every if y >= 0] == list(range(len(right)))
    assert list(found.positions(begin, end)) == every[begin:end]
    differ = [x < 0 or y < 0 or left[x] != right[y] for x, y in every]
    assert sum(differ) == found.count
    inside = {at for place in found.places for at in range(*place)}
    assert {at for at, differs in enumerate(differ) if differs} <= inside
    assert found.differs(begin, end) == bool(inside & set(range(begin, end)))
    assert found.longer == len(left) - len(right)


@given(payloads, payloads)
def test_places_are_apart(left: bytes, right: bytes) -> None:
    """Between two places something is equal, and there is a place only where something differs."""
    found = compare(left, right)
    ends = [-1, *(end for _, end in found.places)]
    assert all(begin > end for (begin, _), end in zip(found.places, ends, strict=False))
    assert bool(found.places) == (left != right)


@given(payloads, payloads)
def test_swapped_is_mirrored(left: bytes, right: bytes) -> None:
    """Swapped, it tells the same of the other side, and swapped twice it is as before."""
    found = compare(left, right)
    mirrored = found.mirrored()
    assert mirrored.mirrored() == found
    assert list(mirrored.positions(0, found.end)) == [
        (y, x) for x, y in found.positions(0, found.end)
    ]
    assert mirrored.count == found.count


def test_what_cannot_be_aligned_says_so() -> None:
    """Noise of different length is compared position by position, with a word about it."""
    dice = random.Random(3)
    found = compare(dice.randbytes(100_000), dice.randbytes(200_000))
    assert not found.aligned
    assert found.sentence.endswith("right is 100 kB longer; in part only position by position")


def test_more_places_than_anybody_reads_are_one() -> None:
    """Beyond some thousand differences the rest is one place, every byte of it still counted."""
    count = PLACES + 1000
    left, right = b"\0\0\0\0\0\1" * count, b"\0\0\0\0\0\2" * count
    found = compare(left, right)
    assert len(found.places) == PLACES
    assert found.count == count
    assert found.places[-1][1] == len(left)
    assert not found.aligned


@pytest.mark.parametrize("size", [1 << 20, 8 << 20])
def test_the_work_has_a_bound(size: int) -> None:
    """Where every other byte differs, a mebibyte still takes a fraction of a second."""
    before = time.thread_time()
    found = compare(b"\0\1" * (size // 2), b"\0\2" * (size // 2))
    assert found.count == size // 2
    assert time.thread_time() - before < 1.0
