"""The parts of rules are plain values."""

from tcpmon.core.rules import Rules, parse


def test_empty() -> None:
    """No rules are those of an empty file."""
    assert parse("") == Rules()
