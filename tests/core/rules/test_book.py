"""The quick look finds what trying every rule would."""

from hypothesis import given, strategies as st

from tcpmon.core.rules import Book, parse
from tcpmon.core.rules.matching import MessageTest

TESTS = (
    "text = 'ab'", "text = 'B'", "equals = 'ab'", "equals = ''", "equals = 'ab\\r\\n'",
    "starts = 'a'", "starts = '\\x01a'", "ends = 'b'", "ends = '\\n'", "regex = 'a+b'",
    "regex = '(?i)AB+|c'", "regex = '^(?:ab){2}$'", "hex = '61 ??'", "hex = '?1 ... 62'",
    "hex = '(one:1) 61'", "once = true", "text = 'É'",
)  # fmt: skip
RULES = parse("".join(f"[[rule]]\n{test}\ndo = 'echo'\n" for test in TESTS)).rules
BOOK = Book(RULES)

PARTS = st.lists(st.sampled_from([b"a", b"b", b"B", b"c", b"\1", b"\xc3\xa9"]), max_size=6)


@given(PARTS.map(b"".join), st.sampled_from([b"", b"\n", b"\r\n"]), st.sampled_from([b"", b"\1"]))
def test_as_one_by_one(content: bytes, end: bytes, head: bytes) -> None:
    """All rules that fit are found, in order, with what they capture; whatever is around it."""
    for data in (head + content + end, b"decoded"):
        tested = [(rule.test or MessageTest()).match(data, content) for rule in RULES]
        slow = [(index, found) for index, found in enumerate(tested) if found is not None]
        assert [(index, found) for index, _, found in BOOK.candidates(data, content)] == slow


def test_of_messages_only() -> None:
    """Rules of other times are no candidates, and keep their place."""
    rules = parse("[[rule]]\nwhen='connect'\ndo='close'\n[[rule]]\ndo='echo'").rules
    assert [index for index, *_ in Book(rules).candidates(b"x", b"x")] == [1]


def test_lazily() -> None:
    """A rule behind one that fits is not asked before that is dealt with."""
    rules = parse("[[rule]]\ntext = 'a'\ndo = 'echo'\n[[rule]]\nregex = '(a|aa)+$'\ndo = 'echo'")
    data = b"a" * 60 + b"b"
    for _ in range(5):
        assert next(Book(rules.rules).candidates(data, data))[0] == 0
    test = rules.rules[1].test
    assert test is not None
    assert not test.trouble
