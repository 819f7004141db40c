"""What rules would do, worked out beside the screen."""

import threading
from collections.abc import Iterator

import pytest

from tcpmon.core.playbook import Playbook
from tcpmon.ui.screens.rules_editor import EXAMPLE
from tcpmon.ui.widgets.trial import trial_lines
from tests.ui.fakes import FakeNode, a_client, a_record, a_row, a_screen, text, until


def said(text: str, data: bytes | None = b"PING\n") -> str:
    """Return what is said of rules as text."""
    message = None if data is None else a_row(a_record(1, data), 4096)
    lines = trial_lines(text, message, a_client(1))
    return "\n".join("".join(part for part, _ in line) for line in lines)


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


async def test_the_screen_goes_on_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    """While rules are tried for long the screen says so and takes keys; who leaves it does not
    wait, and the rest is not tried."""
    gate = threading.Event()
    whole: list[bool] = []

    def slowly(*arguments: object) -> Iterator[str]:
        yield "first"
        gate.wait(10)
        yield "second"
        whole.append(True)
        yield "third"

    monkeypatch.setattr("tcpmon.ui.widgets.trial.trial", slowly)
    node = FakeNode([a_client(1)], [a_record(1, b"a PING\n")])
    node.plays = Playbook("", "[[rule]]\ndo = ['echo']\n")
    async with a_screen(node) as (app, pilot):
        await pilot.press("R")
        await until(pilot, lambda: "trying …" in text(app))
        await pilot.press("escape", "R")
        await until(pilot, lambda: "trying …" in text(app))
        gate.set()
        await until(pilot, lambda: "third" in text(app))
    assert whole == [True]
