"""What can be written is told where it is written."""

import pytest
from textual.widgets import Static, TextArea

from tcpmon.core.commands import Send
from tcpmon.core.playbook import Playbook
from tcpmon.ui.screens.reference import Reference, fold, of_payloads, of_rules
from tcpmon.ui.screens.rules_editor import RulesEditor
from tests.ui.fakes import SMALL, WIDE, FakeNode, a_client, a_screen, prose, text, until


@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_the_composer_tells_its_language(size: tuple[int, int]) -> None:
    """F1 shows what a payload may hold, from beginning to end, and what is written stays."""
    node = FakeNode([a_client(1)])
    async with a_screen(node, size) as (app, pilot):
        await pilot.press("s", *"half", "f1")
        await until(pilot, lambda: isinstance(app.screen, Reference))
        await until(pilot, lambda: "Text goes out as UTF-8" in text(app))
        await pilot.press("end")
        await until(pilot, lambda: "at most 16 MiB" in text(app))
        await pilot.press("escape", *" line", "enter")
        await until(pilot, lambda: bool(node.commands))
    assert node.commands == [Send(b"half line\n", (1,))]


async def test_the_editor_tells_what_rules_are() -> None:
    """F1 shows all that can stand in rules, payloads too, and goes back to the text."""
    node = FakeNode()
    node.plays = Playbook("", "[[rule]]\ndo = 'echo'\n")
    async with a_screen(node, SMALL) as (app, pilot):
        await pilot.press("R", "e")
        await until(pilot, lambda: isinstance(app.screen, RulesEditor))
        await pilot.press("f1")
        await until(pilot, lambda: "Rules stand in a TOML file" in text(app))
        page = app.screen.query_one(Static).visual
        for word in ("stop-reading 5s", "expect [within 10s]", "${crc16/modbus}", "[[rule]]"):
            assert word in str(page)
        await pilot.press("escape", "x")
        assert app.screen.query_one(TextArea).text.startswith("x[[rule]]")


def test_lines_are_broken_where_they_should() -> None:
    """A paragraph is filled anew, a second column goes on below itself, what fits stays."""
    wide = (
        "one two three four five six\nseven eight\n\n"
        "  ${a}  ${now}  the time of day, as it is told in UTC everywhere\n"
        "  ${uuid}       short"
    )
    assert fold(wide, 44).split("\n") == [
        "one two three four five six seven eight",
        "",
        "  ${a}  ${now}  the time of day, as it is",
        "                told in UTC everywhere",
        "  ${uuid}       short",
    ]
    assert fold(wide, 200) == wide.replace("\nseven", " seven")


@pytest.mark.parametrize("width", range(1, 120, 7))
def test_all_is_there_at_any_width(width: int) -> None:
    """No word is lost however narrow it is, and no line is too long where words fit."""
    for page in (of_payloads(), of_rules()):
        folded = fold(page._text, width)
        assert "".join(folded.split()) == "".join(page._text.split())
        assert width < 60 or max(map(len, folded.split("\n"))) <= width


async def test_a_narrow_screen_has_no_ragged_rows() -> None:
    """On 80 columns what explains a field stays in its column."""
    async with a_screen(FakeNode([a_client(1)]), SMALL) as (app, pilot):
        await pilot.press("s", "f1")
        await until(pilot, lambda: "JSON and a `$` go out as typed." in prose(app))
        await until(pilot, lambda: "\n│  front of a {" not in text(app))
        assert "front of a {" in text(app)
