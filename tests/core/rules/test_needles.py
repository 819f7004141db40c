"""Looking for many texts at once finds what looking for each of them does."""

from time import process_time

import pytest
from hypothesis import given, strategies as st

from tcpmon.core.rules.needles import Needles

TEXT = st.text("ab.[\xe9", max_size=30)
TEXTS = st.lists(st.text("ab.[\xe9", min_size=1, max_size=11), min_size=1, max_size=8)


@given(TEXTS, TEXT)
def test_as_one_by_one(wanted: list[str], text: str) -> None:
    """Also those that begin alike, overlap, end each other or hold what is special to patterns."""
    found = Needles(list(enumerate(wanted))).found_in(text)
    assert sorted(set(found)) == [whose for whose, each in enumerate(wanted) if each in text]


@pytest.mark.parametrize(
    "text", ["ab" * 40_000, "b" * 5_000, "b" * 5_000 + "aab", "ab" * 100, "b" + "a" * 4000 + "b"]
)
def test_where_much_is_found(text: str) -> None:
    """A long message, and one full of what is looked for, is no trouble."""
    wanted = [(0, "a" * 9), (1, "ab"), (2, "ba"), (3, "a" * 9 + "b"), (4, "c")]
    expected = [whose for whose, each in wanted if each in text]
    assert sorted(set(Needles(wanted).found_in(text))) == expected


def test_many_texts_are_soon_prepared() -> None:
    """Thousands of texts, alike or not, do not hold up who gives the rules."""
    wanted = ["a" * (n % 300 + 1) for n in range(1_000)] + [
        f"{n * 7919 % 99991:05}x" for n in range(2_000)
    ]
    begun = process_time()
    of_all = Needles(list(enumerate(wanted)))
    assert process_time() - begun < 1
    assert set(of_all.found_in("..00000x..")) == {1_000}


def test_cut_where_no_other_begins() -> None:
    """A text is looked for by so much of its begin that no other one begins within that."""
    assert set(Needles([(0, "state=ok"), (1, "key=")])._of) == {"state=o", "key="}
