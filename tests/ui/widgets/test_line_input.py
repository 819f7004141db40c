"""A line to write in."""

import asyncio

from textual import events

from tcpmon.ui.widgets.line_input import LineInput
from tests.ui.fakes import Show


async def test_keys_are_taken_in_their_order() -> None:
    """Where the app is busy meanwhile, a letter behind a backspace is there after it."""
    line = LineInput()
    async with Show(line).run_test() as pilot:
        line.value = "abc"
        line.focus()
        line.cursor_position = 3
        await pilot.pause()
        app = pilot.app

        async def busy() -> None:
            await asyncio.sleep(0.05)

        app.call_later(busy)
        for key, character in (("backspace", None), ("backspace", None), ("x", "x"), ("left", None),
                               ("y", "y")):  # fmt: skip
            line.post_message(events.Key(key, character))
        await pilot.pause(0.1)
        assert line.value == "ayx"


async def test_what_it_does_not_know_goes_on() -> None:
    """A key that is none of its own reaches whoever is around it."""
    line = LineInput()
    heard: list[str] = []

    class Around(Show):
        def on_key(self, event: events.Key) -> None:
            heard.append(event.key)

    async with Around(line).run_test() as pilot:
        line.focus()
        await pilot.press("f5", "a", "enter")
    assert heard == ["f5"]
