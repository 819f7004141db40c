"""The text that rules are written in; the screen itself is tried with the rules screen."""

from tcpmon.core.rules import parse
from tcpmon.ui.screens.rules_editor import EXAMPLE


def test_the_example_can_be_followed() -> None:
    """What stands in an empty editor is a rule that works."""
    (rule,) = parse(EXAMPLE).rules
    assert rule.test is not None
    assert rule.test.match(b"PING\n", b"PING") is not None
