"""The parts of rules are plain values."""

import pytest

from tcpmon.core.rules import Rules, parse


def test_empty() -> None:
    """No rules are those of an empty file."""
    assert parse("") == Rules()


@pytest.mark.parametrize(
    ("steps", "captures"),
    [
        ("'echo'", False),
        ("['send a', 'drip 1 every 1s b', 'expect any', 'note c', 'close']", False),
        ("['echo', 'expect starts a', 'mark ${0}']", True),
        ("'send ${now}'", True),
    ],
)
def test_captures(steps: str, captures: bool) -> None:
    """Only what is made when it is sent may depend on what a message was."""
    assert parse(f"[[rule]]\ndo = {steps}").rules[0].captures == captures


def test_plain() -> None:
    """A rule that is on for all and for ever says so."""
    for more, plain in (
        ("", True),
        ("nth = 2", False),
        ("once = true", False),
        ("for = 'x'", False),
    ):
        assert parse(f"[[rule]]\n{more}\ndo = 'echo'").rules[0].plain == plain
