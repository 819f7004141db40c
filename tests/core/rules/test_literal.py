"""What a pattern cannot do without."""

import re

import pytest
from hypothesis import given, strategies as st

from tcpmon.core.rules.literal import needle


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        (rb"LOGIN \d+", b"login "), (rb"a|b", None), (rb"(?:abc)?de", b"de"), (rb".*", None),
        (rb"(?P<x>abc)+", b"abc"), (rb"(?i)HeLLo", b"hello"), (rb"x{3}", None),
        (rb"(?=abc)..", None),
        (rb"^GET /$", b"get /"), (rb"(", None), (rb"(?>abc)d", b"abc"), (rb"(?!abc)ab", b"ab"),
    ],
)  # fmt: skip
def test_needle(pattern: bytes, found: bytes | None) -> None:
    """It is the longest literal that must be there, in lower case."""
    assert needle(pattern) == found


@given(st.from_regex(rb"[ab(]?(ab|(ba)+|a{2,3}b?)c?[.]?[)]?", fullmatch=True), st.binary())
def test_is_necessary(pattern: bytes, data: bytes) -> None:
    """Nothing that a pattern is found in lacks it."""
    try:
        match = re.compile(pattern).search(data)
    except re.error:
        return
    assert match is None or (needle(pattern) or b"") in data.lower()
