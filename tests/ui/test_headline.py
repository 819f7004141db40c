"""What is told of a message above its bytes."""

import pytest

from tcpmon.core.model import Kind, Message
from tcpmon.ui.headline import has_body, headline
from tests.ui.fakes import NOW, SECOND


def told(message: Message, name: str = "", raw: bool = False, width: int = 76) -> list[str]:
    """Return the lines as a person reads them, without the date."""
    lines = headline(message, name, NOW - SECOND * 147 // 1000, raw, width)
    return ["".join(text for text, _ in line).rstrip() for line in lines]


def a_message(**changes: object) -> Message:
    """Seventy bytes of client 2."""
    fields = {"seq": 9, "time": NOW, "kind": Kind.RX, "client": 2, "data": b"x" * 70, "size": 70}
    return Message(**(fields | changes))  # type: ignore[arg-type]


def test_one_line() -> None:
    """Whose it is, which way it went, its size, and when, also since the one before."""
    (line,) = told(a_message(), "gps-0417")
    assert line.startswith("#2 gps-0417  RX  70 B  20")
    assert line.endswith("  +0.147 after the one before")
    assert "after" not in "".join(text for text, _ in headline(a_message(), "", None, False, 76)[0])


@pytest.mark.parametrize(
    ("changes", "raw", "line"),
    [
        ({"reads": 3, "lasted": SECOND * 412 // 1000}, False, "3 reads over 0.4 s"),
        ({"beside": 3, "part": 1}, False, "2 of 3 that ended in one read"),
        ({"odd": "incomplete, 100 B missing"}, False, "incomplete, 100 B missing"),
        ({"body": b"y" * 66}, False, "its body of 66 B, b: all of it"),
        ({"body": b"y" * 66}, True, "all of it, b: its body of 66 B"),
        ({"kind": Kind.TX, "unsent": 1}, False, "unsent"),
    ],
)
def test_a_second_line(changes: dict[str, object], raw: bool, line: str) -> None:
    """How it was made up is told only where there is something to tell."""
    first, *rest = told(a_message(**changes), raw=raw)
    assert line in (" ".join(rest) or first)


def test_it_fits() -> None:
    """A long name is cut, in a narrow pane the line is, and what hides in a name is seen."""
    assert all(len(line) <= 40 for line in told(a_message(reads=2), "n" * 99, width=40))
    (line,) = told(a_message(), "n" * 99 + "\u202e", width=160)
    assert f"#2 {'n' * 23}…  RX" in line
    assert "\\u{202e}" in told(a_message(), "a\u202e")[0]


def test_a_body_is_one_only_if_it_differs() -> None:
    """A body that is all of the message is none to be looked at by itself."""
    assert not has_body(a_message())
    assert not has_body(a_message(body=b"x" * 70))
    assert has_body(a_message(body=b""))
