"""What is done, as it is written."""

import pytest

from tcpmon.core.payload import parse as payload
from tcpmon.core.rules import model
from tcpmon.core.rules.steps import Wrong, read_step


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("send OK\\r\\n", model.Send(payload("OK\\r\\n"))),
        ("send  x ", model.Send(payload(" x "))),
        ("drip 4 every 100ms a b", model.Drip(payload("a b"), 4, 0.1)), ("echo", model.Echo()),
        ("delay 200ms", model.Delay(0.2)), ("close", model.Close()), ("reset ", model.Reset()),
        ("half-close", model.HalfClose()), ("ban", model.Ban(0.0)), ("ban 10m", model.Ban(600.0)),
        ("stop-reading 5s", model.StopReading(5.0)), ("name x", model.Call(payload("x"))),
        ("note x", model.Note(payload("x"))), ("mark x", model.Mark(payload("x"))),
    ],
)  # fmt: skip
def test_steps(text: str, step: model.Step) -> None:
    """Every verb means what it says; of the blanks before a payload one is not its own."""
    assert read_step(text, (), model.When.MESSAGE, True) == step


def test_expect() -> None:
    """What is expected is a test, with a time or without."""
    step = read_step("expect within 10s starts ACK ", (), model.When.CONNECT, False)
    assert isinstance(step, model.Expect)
    assert (step.seconds, step.shown) == (10.0, "within 10s starts ACK")
    assert step.test.match(b"ACK 1", b"ACK 1") is not None
    assert step.test.match(b"ACK", b"ACK") is None


def test_skip_to() -> None:
    """It is read as `expect` is, and passes over what does not fit."""
    expected = read_step("expect within 10s equals .", (), model.When.MESSAGE, True)
    step = read_step("skip-to within 10s equals .", (), model.When.MESSAGE, True)
    assert isinstance(step, model.Expect)
    assert isinstance(expected, model.Expect)
    assert (step.skips, expected.skips) == (True, False)
    assert (step.seconds, step.shown) == (10.0, expected.shown)


def test_place() -> None:
    """What is wrong within a test or a payload is at its own place."""
    with pytest.raises(Wrong) as error:
        read_step("expect within 1s regex a(", (), model.When.MESSAGE, True)
    assert error.value.place == 24
