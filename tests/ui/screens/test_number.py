"""Asking for a number."""

from textual.pilot import Pilot
from textual.widgets import Input

from tcpmon.core.numbers import Number
from tcpmon.ui.app import TcpmonApp
from tcpmon.ui.screens.number import NumberDialog
from tests.ui.fakes import FakeNode, a_screen, text

SAMPLE = [b"temp=20.5 \x00\x07", b"hello", b"temp=21.5 \x01\x07"]


async def asked(
    app: TcpmonApp, pilot: Pilot[None], past: list[str], sample: list[bytes] = SAMPLE
) -> list[Number | None]:
    """Ask, and return where the answer will be."""
    answers: list[Number | None] = []
    app.push_screen(NumberDialog(sample, past), answers.append)
    await pilot.pause()
    return answers


TRIED = [
    (r"temp=([-\d.]+)", "21.5 is the newest; in 2 of 3"),
    ("u16be@10", "263 is the newest; in 2 of 3"),
    ("u64be@90", "no number in the newest 3 messages"),
    ("temp=(", "character 7: missing )"),
    ("u16@4", "write u16be@4 or u16le@4"),
]


async def test_it_is_tried_at_once() -> None:
    """While it is written it is tried on the newest messages, and what is wrong is told with
    its place; of nothing there is nothing to tell."""
    async with a_screen(FakeNode()) as (app, pilot):
        await asked(app, pilot, [])
        for written, told in TRIED:
            app.screen.query_one(Input).value = written
            await pilot.pause()
            assert told in text(app)
            app.screen.query_one(Input).value = ""
            await pilot.pause()
            assert told not in text(app)


async def test_a_slow_pattern_is_told() -> None:
    """A pattern that would take for ever does not hold up the keys."""
    async with a_screen(FakeNode()) as (app, pilot):
        await asked(app, pilot, [], [b"a" * 9999] * 32)
        app.screen.query_one(Input).value = r"(a|aa)+\d$"
        await pilot.pause()
        assert "takes too long" in text(app)


async def test_with_nothing_to_try_it_on() -> None:
    """Before the first message it can be written, too."""
    async with a_screen(FakeNode()) as (app, pilot):
        answers = await asked(app, pilot, [], [])
        app.screen.query_one(Input).value = "u8@0"
        await pilot.pause()
        assert "no message to try it on" in text(app)
        await pilot.press("enter")
        await pilot.pause()
        assert answers[0]
        assert answers[0].text == "u8@0"


async def test_what_was_written_before() -> None:
    """The newest one is there, the others are one key away, and escape changes nothing."""
    async with a_screen(FakeNode()) as (app, pilot):
        answers = await asked(app, pilot, ["u8@0", "u8@1"])
        seen = []
        for key in ("", "up", "up", "down", "down"):
            if key:
                await pilot.press(key)
            await pilot.pause()
            seen.append(app.screen.query_one(Input).value)
        assert seen == ["u8@0", "u8@1", "u8@1", "u8@0", "u8@0"]
        await pilot.press("escape")
        await pilot.pause()
        assert answers == [None]


async def test_nothing_was_written_before() -> None:
    """Without anything to go back to, the keys do no harm, and an error keeps it open."""
    async with a_screen(FakeNode()) as (app, pilot):
        answers = await asked(app, pilot, [])
        await pilot.press("up", "down", "(", "enter")
        await pilot.pause()
        assert isinstance(app.screen, NumberDialog)
        assert answers == []
