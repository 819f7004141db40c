"""What is typed is one tree or refused with the place; what is written is read again."""

import pytest
from hypothesis import given, strategies as st

from tcpmon.core.errors import BadFilter
from tcpmon.core.query.syntax import (
    DEEPEST,
    LONGEST,
    And,
    Not,
    Or,
    Term,
    Tree,
    joined,
    read,
    written,
)
from tests.core.query.examples import FILTERS
from tests.core.safety import refusal

A, B, C = Term("a"), Term("b"), Term("c")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", None),
        (" \t", None),
        ("a", A),
        (" a  b ", And((A, B))),
        ("a and b AND c", And((A, B, C))),
        ("a|b", Or((A, B))),
        ("a or b | c", Or((A, B, C))),
        ("a b | c", Or((And((A, B)), C))),
        ("a (b | c)", And((A, Or((B, C))))),
        ("(a b) c", And((A, B, C))),
        ("((a))", A),
        ("!a -b not c", And((Not(A), Not(B), Not(C)))),
        ("!(a b)", Not(And((A, B)))),
        ("!!a", Not(Not(A))),
        ("a-b!", Term("a-b!")),
        ('"and" "a b" "\\"" "\\\\"', And((Term("and"), Term("a b"), Term('"'), Term("\\\\")))),
        ("android", Term("android")),
        ('a"b"', And((A, B))),
        ("/a b\\/c/", Term("a b\\/c", is_pattern=True)),
        ("text:/x/", Term("x", "text", ":", is_pattern=True)),
        ("Name:/x/", Term("/x/", "name", ":")),
        ("len>=1", Term("1", "len", ">=")),
        ("on:[::1]:80", Term("[::1]:80", "on", ":")),
        ("10.0.0.7:80", Term("10.0.0.7:80")),
        ("12:04", Term("12:04")),
        ("hex:24 47 ?? 5? cafe", And((Term("24 47 ?? 5?", "hex", ":"), Term("cafe")))),
        ('hex:"24" ad', And((Term("24", "hex", ":"), Term("ad")))),
        ("(hex:24 ad)", Term("24 ad", "hex", ":")),
        ("hex:24 ?? | ad", Or((Term("24 ??", "hex", ":"), Term("ad")))),
    ],
)
def test_read(text: str, tree: Tree | None) -> None:
    """Side by side binds closer than |, ! closest; words stand for signs, quotes for neither."""
    assert read(text)[0] == tree


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("a |", 3, "a term is missing after |"),
        ("| a", 0, "a term is missing before it"),
        ("a and and b", 6, "a term is missing after and"),
        ("a or", 4, "a term is missing after or"),
        ("!", 1, "a term is missing after !"),
        ("()", 1, "a term is missing after ("),
        ("a (b", 2, "this ( is not closed"),
        ("a) b", 1, "no ( belongs to this )"),
        ('a "b', 2, 'this " is not closed'),
        ("/b", 0, "this / is not closed"),
        ("/b/c", 3, "something follows the / that ends the pattern"),
        ("x <5", 2, "nothing stands before this to compare"),
        ("len!=5", 3, "!= is not known"),
        ("(" * (DEEPEST + 1) + "a", DEEPEST, "nested more than 32 deep"),
        ("!" * (DEEPEST + 1) + "a", DEEPEST, "nested more than 32 deep"),
        ("a" * (LONGEST + 1), LONGEST, "a filter has at most 1,000 characters"),
    ],
)
def test_says_what_is_wrong_and_where(text: str, place: int, message: str) -> None:
    """What cannot be read is refused with the place of the mistake, and what to do."""
    with pytest.raises(BadFilter) as caught:
        read(text)
    assert (caught.value.place, caught.value.message) == (place, message)
    assert caught.value.hint


def test_tells_where_terms_are() -> None:
    """Each term is told with its place and that of its value, behind quotes and slashes."""
    terms = read('a name:"b" !text:/c/ name:')[1]
    assert [(start, place) for _, start, place in terms] == [(0, 0), (2, 8), (12, 18), (21, 26)]


def test_many_terms_are_no_depth() -> None:
    """As many terms as there is room for may stand side by side."""
    tree = read("a " * (LONGEST // 2))[0]
    assert isinstance(tree, And)
    assert len(tree.parts) == LONGEST // 2
    assert read(written(tree)[:LONGEST])[0] == tree


@given(FILTERS | st.text())
def test_what_is_written_is_read_again(text: str) -> None:
    """Any text gives a tree that reads the same when it is written, or a BadFilter inside it."""
    error = refusal(read, text, BadFilter)
    if error is None:
        tree, terms = read(text)
        again = read(written(tree))
        assert again[0] == tree
        assert [term for term, *_ in again[1]] == [term for term, *_ in terms]
    else:
        assert 0 <= error.place <= len(text)


TERMS = st.builds(Term, st.text(min_size=1).filter(lambda text: "\\" not in text))
TREES = st.recursive(
    TERMS,
    lambda trees: (
        st.builds(Not, trees)
        | st.builds(joined, st.sampled_from([And, Or]), st.lists(trees, min_size=1, max_size=4))
    ),
    max_leaves=6,
)


@given(TREES)
def test_any_tree_can_be_written(tree: Tree) -> None:
    """Whatever text stands in a tree, it comes back from its writing as that text."""
    text = written(tree)
    if len(text) <= LONGEST:
        assert read(text)[0] == tree
