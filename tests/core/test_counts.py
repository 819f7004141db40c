"""What a pattern asks for by its counts is known before anything is compiled."""

import pytest

from tcpmon.core.counts import COUNT, UNROLLED, too_much


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        r"temp=([-\d.]+)",
        "a{1000}",
        "a{,1000}",
        r"a\{5000}",
        "[{]5000}",
        "(a{100}){100}",
        ")a{9}",
    ],
)
def test_what_is_not_too_much(pattern: str) -> None:
    """Counts of a size that people write are no trouble, and what only looks like one is none."""
    assert too_much(pattern) is None


@pytest.mark.parametrize(
    ("pattern", "place"),
    [
        (f"a{{{COUNT + 1}}}", 1),
        ("ab{2,5000}", 2),
        ("((a{1000}){1000}){1000}", 10),
        ("(a{150}b{150}){150}", 14),
        ("a{1000}" * (UNROLLED // 1000) + "a", 7 * UNROLLED // 1000),
    ],
)
def test_what_is_too_much(pattern: str, place: int) -> None:
    """A large count, or counts that come to much together, are told with their place."""
    wrong = too_much(pattern)
    assert wrong is not None
    assert wrong.place == place
