"""Conversations stand beside each other as a person would lay them."""

import random
import time
from collections.abc import Sequence

import pytest
from hypothesis import given, strategies as st

from tcpmon.core.compare import Match
from tcpmon.core.dialogue import Pair, Said, align, half_equal, half_shared, sentence

texts = st.lists(st.sampled_from(["a", "b", "id=1", "id=2", "quite another thing"]), max_size=12)


def said(words: Sequence[str]) -> list[Said]:
    """A conversation: what begins with a > is sent by us."""
    return [
        Said((at, 0), word.startswith(">"), at * 1000, len(word), word.encode())
        for at, word in enumerate(words)
    ]


def told(left: Sequence[str], right: Sequence[str]) -> list[tuple[str, str, str]]:
    """How two conversations go together, as text."""
    return [
        (
            pair.match.value,
            left[pair.left] if pair.left >= 0 else "",
            right[pair.right] if pair.right >= 0 else "",
        )
        for pair in align(said(left), said(right))[0]
    ]


DICE = random.Random(5)
EQUAL, CHANGED, LEFT, RIGHT = (match.value for match in Match)


@pytest.mark.parametrize(
    ("left", "right", "wanted"),
    [
        ([], [], []),
        (["hi", ">ho"], ["hi", ">ho"], [(EQUAL, "hi", "hi"), (EQUAL, ">ho", ">ho")]),
        (["hi"], [], [(LEFT, "hi", "")]),
        ([], [">hi"], [(RIGHT, "", ">hi")]),
        (["hello", "temp=21.5", ">ok"], ["hello", "temp=2.25", ">ok"],
         [(EQUAL, "hello", "hello"), (CHANGED, "temp=21.5", "temp=2.25"), (EQUAL, ">ok", ">ok")]),
        (["a", "b", "c"], ["a", "c"], [(EQUAL, "a", "a"), (LEFT, "b", ""), (EQUAL, "c", "c")]),
        (["GET /a"], [">GET /a"], [(LEFT, "GET /a", ""), (RIGHT, "", ">GET /a")]),
        (["x" * 20 + "1", "unlike"], ["what is this", "x" * 20 + "y"],
         [(RIGHT, "", "what is this"), (CHANGED, "x" * 20 + "1", "x" * 20 + "y"),
          (LEFT, "unlike", "")]),
    ],
)  # fmt: skip
def test_some(left: list[str], right: list[str], wanted: list[tuple[str, str, str]]) -> None:
    """Equal ones hold it together, those that differ in numbers or a little stand side by side."""
    assert told(left, right) == wanted


@given(texts, texts)
def test_every_message_is_there_once_and_in_order(left: list[str], right: list[str]) -> None:
    """Read along one side, it is that conversation; equal pairs are equal, others are not."""
    pairs, whole = align(said(left), said(right))
    assert whole
    assert [pair.left for pair in pairs if pair.left >= 0] == list(range(len(left)))
    assert [pair.right for pair in pairs if pair.right >= 0] == list(range(len(right)))
    for pair in pairs:
        both = pair.left >= 0 and pair.right >= 0
        assert both == (pair.match in (Match.EQUAL, Match.CHANGED))
        assert not both or (left[pair.left] == right[pair.right]) == (pair.match is Match.EQUAL)
        assert pair.mirrored.mirrored == pair


@given(texts)
def test_what_is_equal_to_itself_is_all_equal(words: list[str]) -> None:
    """A conversation beside itself has no difference, however it repeats itself."""
    assert all(pair.match is Match.EQUAL for pair in align(said(words), said(words))[0])


def test_a_long_message_is_equal_only_if_its_size_is() -> None:
    """Of messages that begin alike those of another size are similar, not equal."""
    one, other = (
        Said((0, 0), False, 0, 5000, b"x" * 4096),
        Said((0, 0), False, 0, 6000, b"x" * 4096),
    )
    assert align([one], [other]) == ([Pair(Match.CHANGED, 0, 0)], True)


@pytest.mark.parametrize(
    ("left", "right", "alike"),
    [
        (b"", b"", True), (b"", b"a", False), (b"A1\n", b"A2\n", True),
        (b"\1\2\3\4", b"\1\2\3\5", True), (b"abcd", b"wxyz", False),
        (b'{"seq":9,"t":1.5}', b'{"seq":10,"t":1.25}', True), (b"ab", b"ba", False),
    ],
)  # fmt: skip
def test_what_resembles(left: bytes, right: bytes, alike: bool) -> None:
    """Half of it at the same place, or half of it at all, makes two messages similar."""
    assert (half_equal(left, right) or half_shared(left, right)) is alike
    assert (half_equal(right, left) or half_shared(right, left)) is alike


def test_what_there_is_no_time_for_is_told() -> None:
    """Where very many resemble nothing, it is said that not all was looked at."""
    left, right = (
        said(["".join(DICE.choices("abcdefgh", k=20)) for _ in range(3000)]) for _ in range(2)
    )
    assert not align(left, right)[1]


COUNT = 20_000


@pytest.mark.parametrize(
    "words",
    [
        lambda: ["".join(DICE.choices("abcdefgh", k=40)) for _ in range(COUNT)],
        lambda: DICE.choices("ab", k=COUNT),
        lambda: [f"id={DICE.randint(0, 1 << 30)}" for _ in range(COUNT)],
    ],
    ids=["unlike", "two words", "numbers"],
)
def test_the_work_has_a_bound(words: "type[list[str]]") -> None:
    """Whatever was said, conversations of 20,000 messages take seconds at the very most."""
    left, right = said(words()), said(words()[5:])
    before = time.thread_time()
    pairs, _ = align(left, right)
    assert time.thread_time() - before < 3.0
    assert sum(pair.left >= 0 for pair in pairs) == COUNT


def test_the_sentence_counts_what_there_is() -> None:
    """Only what there is is told."""
    pairs, _ = align(said(["a", "b", "id=1"]), said(["a", "id=2"]))
    assert sentence(pairs) == "1 equal, 1 similar, 1 only left"
    assert sentence([]) == "0 messages"
