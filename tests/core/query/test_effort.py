"""What is searched for without a clock is found, or not, in no time whatever it is searched in."""

import pytest

from tcpmon.core.query.effort import LENGTHS, sure_length
from tcpmon.core.query.patterns import Pattern

NEVER = [
    r"(a|aa)+$", r"(a*)*b", r"(?:ab?)+c", r"(a)\1", r"(?=a+)b", r"(?!a)b", "a?" * 22 + "b",
    "(?:a|a){22}b", "a+a+a+a+b", r"(a)?(?(1)b|c)", "(", "(?:a+b){e<=1}",
]  # fmt: skip
SURE = [
    (r"id=(?P<id>\d+);", 1024), (r"GET (\S+) HTTP/1\.[01]", 512), ("^(?:ab){2}$", 1024),
    (r"(?i)a|b{3}|[^c]d", 1024), ("a+a+[bc]", 64), ("(?:ab)*?(?:ab)+[bc]", 128),
    ("a{30}.{2,}[bc]", 1024), ("(?:a|b|ab){3}c", 1024), (r"\w+\w+[;:]", 64),
]  # fmt: skip


@pytest.mark.parametrize("pattern", NEVER)
def test_not_without_a_clock(pattern: str) -> None:
    """What may try for years, looks around or back, or is no pattern, is sure at no length."""
    assert sure_length(pattern.encode()) == 0


@pytest.mark.parametrize(("pattern", "length"), SURE)
def test_in_no_time(pattern: str, length: int) -> None:
    """Up to so many bytes there are few enough steps in the worst that can be sent."""
    assert sure_length(pattern.encode()) == length


def test_found_at_any_length() -> None:
    """Where a clock is needed it finds the same."""
    pattern = Pattern(rb"a+a+[bc]", "x")
    for size in (*LENGTHS, 5_000):
        found = pattern.search(b"x" * size + b"aac" + b"y" * size)
        assert found is not None
        assert found[0] == b"aac"
