"""What is said of rules while they are written."""

import pytest

from tcpmon.core.rules import parse
from tcpmon.ui.screens.rules_editor import EXAMPLE, trial_lines
from tests.ui.fakes import a_client, a_record, a_row


def said(text: str, data: bytes | None = b"PING\n") -> str:
    """Return what is said of rules as text."""
    message = None if data is None else a_row(a_record(1, data), 4096)
    lines = trial_lines(text, message, a_client(1))
    return "\n".join("".join(part for part, _ in line) for line in lines)


def test_the_example_can_be_followed() -> None:
    """What stands in an empty editor is a rule that works."""
    assert len(parse(EXAMPLE).rules) == 1
    assert "PONG\\r\\n" in said(EXAMPLE)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "There are no rules."),
        ("[[rule]\n", "line 1"),
        ('x = 1\nname = "a\n', "line 2, column 10: a text has no quote at its end"),
        ("[[rule]]\ndo = ['fly']\n", "fly"),
        ("[[rule]]\ndo = ['send \\q']\n", "line 2"),
    ],
)
def test_mistakes_are_said_with_their_line(text: str, told: str) -> None:
    """An empty text, no TOML, an unknown step and a bad payload each have their words, and the
    line is said once."""
    assert told in said(text)
    assert said(text).partition("\n")[0].count("line ") <= 1


def test_without_a_message_it_says_how_to_get_one() -> None:
    """Nothing can be tried before a message is selected."""
    assert "Select a message" in said(EXAMPLE, None)


def test_what_a_peer_said_comes_out_escaped() -> None:
    """A message with control bytes does no harm to who tries it."""
    assert "\x1b" not in said("[[rule]]\ndo = ['echo']\n", b"\x1b[2J\n")
