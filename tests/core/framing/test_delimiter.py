"""The same bytes end every message, found wherever reads are cut."""

import pytest

from tcpmon.core.framing.delimiter import Delimiter
from tests.core.framing.trial import garbage, trial


@pytest.mark.parametrize(
    ("spec", "messages", "bodies"),
    [
        ("line:lf", [b"a\r\n", b"\n", b"b\n"], [b"a\r", b"", b"b"]),
        ("line:crlf", [b"a\nb\rc\r\n", b"\r\n", b"\r\r\n"], [b"a\nb\rc", b"", b"\r"]),
        ("line:cr", [b"a\r", b"\nb\r"], [b"a", b"\nb"]),
        ("delimiter:\\x00", [b"one\0", b"\0", b"two\0"], [b"one", b"", b"two"]),
        ("delimiter:||", [b"a||", b"|b||", b"||"], [b"a", b"|b", b""]),
        ("delimiter:abab", [b"abab", b"abxabab"], [b"", b"abx"]),
        ("delimiter:END", [b"EENDEND"[:4], b"END", b"ENEND"], [b"E", b"", b"EN"]),
        ("delimiter:,:=", [b"x,:="], [b"x"]),
    ],
)
def test_messages(spec: str, messages: list[bytes], bodies: list[bytes]) -> None:
    """A delimiter belongs to its message and not to what it carries; the leftmost one counts."""
    trial(spec, *messages, bodies=bodies)


def test_rest() -> None:
    """What has no delimiter yet is not complete, even with half of one."""
    trial("delimiter:||", b"a||", rest=b"b|", missing=None, bodies=[b"a"])


def test_joins() -> None:
    """One that can overlap itself cannot be looked for from anywhere."""
    assert Delimiter(b"\r\n").joins
    assert Delimiter(b"\0").joins
    assert not Delimiter(b"||").joins
    assert not Delimiter(b"abcab").joins


@pytest.mark.parametrize("text", ["||", "aab", "\\r\\n"])
def test_garbage(text: str) -> None:
    """Any bytes are cut alike, however they come."""
    garbage(f"delimiter:{text}", [b"|", b"||", b"a", b"aa", b"b", b"\r", b"\n"])
