"""What two sequences have in common is as much as there is, and in order."""

from itertools import combinations, pairwise

import pytest
from hypothesis import given, strategies as st

from tcpmon.core.lcs import Pairs, common, rising

words = st.text("abc", max_size=12)


def longest(left: str, right: str) -> int:
    """The length of a longest common subsequence, by the book."""
    row = [0] * (len(right) + 1)
    for here in left:
        before = row
        row = [0]
        for at, there in enumerate(right):
            row.append(before[at] + 1 if here == there else max(before[at + 1], row[at]))
    return row[-1]


def rises(pairs: Pairs) -> bool:
    """Whether each pair is behind the one before on both sides."""
    return all(a < c and b < d for (a, b), (c, d) in pairwise(pairs))


@given(words, words)
def test_it_is_common_and_nothing_longer_is(left: str, right: str) -> None:
    """What is found is in both, in order, and there is no more of it."""
    pairs = common(left, right)
    assert rises(pairs)
    assert all(left[x] == right[y] for x, y in pairs)
    assert len(pairs) == longest(left, right)


@pytest.mark.parametrize(
    ("left", "right", "pairs"),
    [
        ("", "", []),
        ("abc", "", []),
        ("abc", "abc", [(0, 0), (1, 1), (2, 2)]),
        ("abc", "xbyc", [(1, 1), (2, 3)]),
        ("abc", "xyz", []),
    ],
)
def test_some(left: str, right: str, pairs: Pairs) -> None:
    """A few that can be seen at a glance."""
    assert common(left, right) == pairs


@given(st.lists(st.integers(0, 9), max_size=9))
def test_rising_is_the_longest_there_is(rights: list[int]) -> None:
    """No longer choice of the pairs rises on both sides."""
    pairs = list(enumerate(rights))
    found = rising(pairs)
    assert set(found) <= set(pairs)
    assert rises(found)
    assert not any(rises(list(more)) for more in combinations(pairs, len(found) + 1))
