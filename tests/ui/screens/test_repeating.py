"""What to repeat is read with care, and said in words."""

import pytest
from textual import events

from tcpmon.core.commands import Repeat
from tcpmon.core.errors import InputError
from tcpmon.ui.screens.repeating import PayloadInput, RepeatScreen, read, told
from tests.ui.fakes import SMALL, WIDE, FakeNode, a_client, a_screen, text


@pytest.mark.parametrize(
    ("every", "times", "repeat", "words"),
    [
        ("500ms", "20", Repeat("x", None, 0.5, 20),
         "20 times, every 0.5 s: at once, and the last after 9.5 s"),
        ("1m", "", Repeat("x", None, 60.0), "at once and then every 60.0 s, until it is "),
        (" 2 ", " 1 ", Repeat("x", None, 2.0, 1), "once, at once"),
        ("1ms", "1000000000", Repeat("x", None, 0.001, 1_000_000_000), "1,000,000,000 times, "),
    ],
)  # fmt: skip
def test_read(every: str, times: str, repeat: Repeat, words: str) -> None:
    """How often and how many times is read, and said in words."""
    assert read("x", every, times, None) == repeat
    assert told(repeat).startswith(words)


@pytest.mark.parametrize(
    ("written", "every", "times", "why"),
    [
        ("", "1s", "", "there is nothing to send"),
        ("ab\\q", "1s", "", "character 3: \\q is not an escape"),
        ("x", "", "", "'' is not a span of time"),
        ("x", "0", "", "that is too often; 1ms is the least"),
        ("x", "100us", "", "that is too often"),
        ("x", "1s", "0", "from 1 to 1,000,000,000 times"),
        ("x", "1s", "-1", "how many times is a number"),
        ("x", "1s", "²", "how many times is a number"),
        ("x", "1s", "9" * 5000, "how many times is a number"),
    ],
)
def test_what_means_nothing(written: str, every: str, times: str, why: str) -> None:
    """What cannot be repeated is told in one sentence."""
    with pytest.raises(InputError) as caught:
        read(written, every, times, None)
    assert str(caught.value).startswith(why)


@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_a_payload_is_repeated(size: tuple[int, int]) -> None:
    """r asks what, how often and how many times, and says what that means; from the composer what
    is written is there already, and the composer is empty once the job has begun."""
    node = FakeNode([a_client(1), a_client(2)])
    async with a_screen(node, size) as (app, pilot):
        await pilot.press("r", *"PI")
        app.screen.query_one(PayloadInput).post_message(events.Paste("NG\x1b\r\nX"))
        await pilot.pause()
        assert app.screen.query_one(PayloadInput).value == "PING\\x1b\\nX\\n"
        await pilot.press(*["backspace"] * 7)
        assert "Repeat to #1 127.0.0.1:40001" in text(app)
        assert "at once and then every 1.0 s, until it is stopped: J" in text(app)
        await pilot.press("tab", *["backspace"] * 2, *"x", "enter")
        assert isinstance(app.screen, RepeatScreen)
        assert "'x' is not a span of time" in text(app)
        await pilot.press("backspace", *"500ms", "tab", *"20", "enter")
        await pilot.pause()
        assert node.commands == [Repeat("PING\\n", (1,), 0.5, 20)]
        assert "job #1 to #1 127.0.0.1:40001" in text(app)
        await pilot.press("b", "ctrl+t", *"01 ff", "ctrl+o")
        await pilot.pause()
        assert "Repeat to 2 clients" in text(app)
        await pilot.press("escape", "ctrl+o", "enter")
        await pilot.pause()
        assert node.commands[1:] == [Repeat("\\x01\\xff", None, 1.0)]
        await pilot.press("ctrl+t", *"a\\q", "ctrl+o")
        await pilot.pause()
        assert "character 2: \\q is not an escape" in text(app)
