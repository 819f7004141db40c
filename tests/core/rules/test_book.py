"""The quick look finds what trying every rule would, the second time and the third as well."""

import pytest
from hypothesis import given, strategies as st
from msgspec.structs import replace

from tcpmon.core.rules import Book, book, parse
from tcpmon.core.rules.matching import Fits, MessageTest
from tcpmon.core.rules.model import Groups, Rule

TESTS = (
    "text = 'ab'", "text = 'B'", "equals = 'ab'", "equals = ''", "equals = 'ab\\r\\n'",
    "starts = 'a'", "starts = '\\x01a'", "ends = 'b'", "ends = '\\n'", "regex = 'a+b'",
    "regex = '(?i)AB+|c'", "regex = '^(?:ab){2}$'", "hex = '61 ??'", "hex = '?1 ... 62'",
    "hex = '(one:1) 61'", "once = true", "text = 'É'",
)  # fmt: skip
RULES = parse(
    "".join(f"[[rule]]\n{test}\ndo = 'send ${{0}}'\ngo_on = true\n" for test in TESTS)
).rules
BOOK = Book(RULES)

PARTS = st.lists(st.sampled_from([b"a", b"b", b"B", b"c", b"\1", b"\xc3\xa9"]), max_size=6)
MESSAGES = st.tuples(
    PARTS.map(b"".join), st.sampled_from([b"", b"\n", b"\r\n"]), st.sampled_from([b"", b"\1"])
)
Found = list[tuple[int, Groups]]


def slowly(rules: tuple[Rule, ...], data: bytes, content: bytes) -> Found:
    tested = [(rule.test or MessageTest()).match(data, content) for rule in rules]
    return [(index, found) for index, found in enumerate(tested) if found is not None]


def quickly(of: Book, data: bytes, content: bytes) -> Found:
    return [(index, found) for index, _, found in of.candidates(data, content)]


@given(MESSAGES)
def test_as_one_by_one(message: tuple[bytes, bytes, bytes]) -> None:
    """All rules that fit are found, in order, with what they capture; whatever is around it, and
    however often it is said."""
    content, end, head = message
    for data in (head + content + end, b"decoded", head + content + end):
        for _ in range(3):
            assert quickly(BOOK, data, content) == slowly(RULES, data, content)


@pytest.mark.parametrize(
    ("end", "fits"), [(b"", True), (b"\r\n", True), (b"\n\n", True), (b"\r\n\r\n", False)]
)
def test_one_line_end(end: bytes, fits: bool) -> None:
    """What is equal but for its line end has one, however the rule is asked."""
    rules = parse("[[rule]]\nequals = 'ab'\ndo = 'echo'\n").rules
    said = b"ab" + end
    assert bool(quickly(Book(rules), said, said)) is bool(slowly(rules, said, said)) is fits


@given(
    st.lists(MESSAGES, max_size=8),
    st.lists(st.sampled_from(RULES), max_size=6),
    st.lists(st.booleans(), min_size=6, max_size=6),
    st.sets(st.integers(0, 5)),
)
def test_up_to_the_end(
    messages: list[tuple[bytes, bytes, bytes]], some: list[Rule], go_on: list[bool], off: set[int]
) -> None:
    """Behind a rule that keeps all others from acting none is asked; those that are off never."""
    rules = tuple(replace(rule, go_on=on) for rule, on in zip(some, go_on, strict=False))
    quick = Book(rules, off)
    for content, end, head in messages:
        expected = []
        for index, found in slowly(rules, head + content + end, content):
            if index not in off:
                expected.append((index, found))
                if not rules[index].go_on and not rules[index].once:
                    break
        assert quickly(quick, head + content + end, content) == expected


def test_what_is_of_no_use() -> None:
    """What a pattern captures is told to a rule that says it again, or that may."""
    test = "[[rule]]\nregex = 'a(?P<x>.)'\ngo_on = true\ndo = "
    rules = parse("".join(test + do for do in ("'echo'\n", "['close', 'note ${x}']\n"))).rules
    for _ in range(3):
        found = quickly(Book(rules), b"ab", b"ab")
        assert found == [(0, {}), (1, {"0": b"ab", "1": b"b", "x": b"b"})]


def test_of_messages_only() -> None:
    """Rules of other times are no candidates, and keep their place."""
    rules = parse("[[rule]]\nwhen='connect'\ndo='close'\n[[rule]]\ndo='echo'").rules
    assert [index for index, *_ in Book(rules).candidates(b"x", b"x")] == [1]


def test_lazily() -> None:
    """A rule behind one that fits is not asked before that is dealt with."""
    rules = parse(
        "[[rule]]\ntext = 'a'\nonce = true\ndo = 'echo'\n[[rule]]\nregex = '(a|aa)+$'\ndo = 'echo'"
    )
    data = b"a" * 60 + b"b"
    for _ in range(5):
        assert next(iter(Book(rules.rules).candidates(data, data)))[0] == 0
    test = rules.rules[1].test
    assert test is not None
    assert not test.trouble


def test_what_took_too_long_is_asked_again() -> None:
    """That a pattern found nothing in time is not remembered: the machine may have been busy."""
    rules = parse("[[rule]]\nregex = '(a|aa)+$'\ndo = 'echo'").rules
    slow, data = Book(rules), b"a" * 60 + b"b"
    test = rules[0].test
    assert isinstance(test, Fits)
    for _ in range(5):
        assert not list(slow.candidates(data, data))
    assert test.failed == 3
    assert "takes too long" in test.trouble


def test_many_rules_fit() -> None:
    """What many rules fit is looked up each time: to remember that for many messages takes room."""
    rules = parse("[[rule]]\ntext = 'a'\ngo_on = true\ndo = 'echo'\n" * 20).rules
    many, data = Book(rules), b"a"
    for _ in range(3):
        assert len(list(many.candidates(data, data))) == 20
    assert not many._known


def test_little_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Short messages that come again are looked up, so many at most, and others are not kept."""
    monkeypatch.setattr(book, "KNOWN_MOST", 8)
    once, again, kept = (b"%d" % n for n in range(100)), b"again", Book(RULES)
    for data in (*once, b"x" * 1_000, b"x" * 1_000):
        list(kept.candidates(data, data))
    for _ in range(2):
        list(kept.candidates(again, again))
    assert kept.candidates(again, again) is kept.candidates(again, again)
    assert kept.candidates(b"99", b"99") is not kept.candidates(b"99", b"99")
    for number in range(1_000, 1_100):
        for _ in range(2):
            list(kept.candidates(b"%d" % number, b"%d" % number))
    assert len(kept._known) <= 8
