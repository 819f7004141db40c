"""The rules on the screen: their counts, on and off, and where they are written."""

from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.widgets import Input, TextArea

from tcpmon.core.commands import Instruct, Switch
from tcpmon.core.errors import BadRules
from tcpmon.core.model import Kind
from tcpmon.core.playbook import Playbook, RuleState
from tcpmon.core.rules.reading import TEXT_MOST
from tcpmon.ui.screens.choice import Choice
from tcpmon.ui.screens.rules_editor import RulesEditor
from tests.ui.fakes import (
    NOW,
    SMALL,
    WIDE,
    FakeNode,
    a_client,
    a_record,
    a_screen,
    pane,
    prose,
    text,
    title,
    until,
)

TEXT = """\
[[rule]]
name = "ping"
text = "PING"
do = ['send PONG\\n']

[[rule]]
name = "bye"
text = "BYE"
do = ['close']
"""
BOOK = Playbook(
    "/tmp/device.toml", TEXT,
    (RuleState("ping", True, 1200, NOW, "", "text PING -> send PONG\\n"),
     RuleState("bye", False, 0, 0, "it takes too long")),
)  # fmt: skip


def a_node() -> FakeNode:
    """A node with two rules and one message."""
    node = FakeNode([a_client(1)], [a_record(1, b"a PING\n")])
    node.plays = BOOK
    node.answers |= {Instruct: None, Switch: None}
    return node


@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_each_rule_is_shown_with_its_hits(size: tuple[int, int]) -> None:
    """A rule stands with whether it is on, its hits, and its trouble; below, what the rules would
    do with the message; space turns one on or off."""
    node = a_node()
    async with a_screen(node, size) as (app, pilot):
        await pilot.press("R")
        await pilot.pause()
        rows = [" ".join(row.split()) for row in pane(app, "rules")]
        assert rows[1].startswith("▶ on ping 1,200")
        assert rows[2].startswith("off bye 0 never")
        assert "it takes" in rows[2]
        assert title(app, "chosen").strip() == "text PING -> send PONG\\n"
        tried = "\n".join(pane(app, "trial"))
        assert "tried on 7 B of #1: a PING\\n" in tried
        assert "PONG" in tried
        await pilot.press("down", "space")
        await until(pilot, lambda: node.commands != [])
        assert title(app, "chosen").strip() == "it takes too long"
        await pilot.press("escape")
    assert node.commands == [Switch(1, on=True)]


async def test_what_a_client_said_last_is_tried() -> None:
    """With the cursor on what was sent, or on an event, the message before it is tried."""
    node = a_node()
    node.kept += [a_record(2, b"not asked", client=2), a_record(3, b"PONG", Kind.TX)]
    async with a_screen(node) as (app, pilot):
        await pilot.press("2", "G", "R")
        await until(pilot, lambda: "tried on 7 B of #1: a PING" in text(app))


async def test_why_a_file_was_not_taken_is_told_whole() -> None:
    """What is wrong with the newer text is not cut off where the screen is narrow."""
    node = a_node()
    told = f"/tmp/device.toml: line 3: {'very ' * 16}wrong; write it so"
    node.plays = Playbook("/tmp/device.toml", TEXT, BOOK.rules, told)
    async with a_screen(node, SMALL) as (app, pilot):
        await pilot.press("R")
        await pilot.pause()
        shown = "".join(row.strip() for row in pane(app, "rules"))
        assert "wrong; write it so" in shown


async def test_without_rules_it_says_how_to_get_some() -> None:
    """An empty list names the keys that fill it."""
    async with a_screen(FakeNode()) as (app, pilot):
        await pilot.press("R")
        await pilot.pause()
        assert "No rules." in text(app)
        assert "takes a preset" in text(app)


async def test_edited_rules_are_in_force_and_in_their_file(tmp_path: Path) -> None:
    """What is written and taken is given to the node and written to the file it came from."""
    path = tmp_path / "device.toml"
    path.write_text(TEXT)
    node = a_node()
    node.plays = Playbook(str(path), TEXT, BOOK.rules)
    async with a_screen(node) as (app, pilot):
        await pilot.press("R", "e")
        await until(pilot, lambda: isinstance(app.screen, RulesEditor))
        changed = TEXT.replace("PONG", "HELLO")
        app.screen.query_one(TextArea).text = changed
        await pilot.press("ctrl+s")
        await until(pilot, lambda: path.read_text() == changed)
    assert node.commands == [Instruct(changed, str(path))]


async def test_a_mistake_in_the_file_is_mended_there(tmp_path: Path) -> None:
    """What is edited is what stands in the file, though the rules of before are in force."""
    path = tmp_path / "device.toml"
    path.write_text("[[rule]\n")
    node = a_node()
    node.plays = Playbook(str(path), TEXT, BOOK.rules, "line 1: odd")
    async with a_screen(node) as (app, pilot):
        await pilot.press("R", "e")
        await until(pilot, lambda: isinstance(app.screen, RulesEditor))
        assert app.screen.query_one(TextArea).text == "[[rule]\n"
        shown = app.screen.query_one(TextArea).border_title
        assert str(shown) == f"Rules in {path}"


@pytest.mark.parametrize("data", [b"\xff", b"#" * (TEXT_MOST + 1)])
async def test_a_file_that_is_none_of_rules_is_not_lost(tmp_path: Path, data: bytes) -> None:
    """What cannot be shown in the editor is not written over without a question either."""
    path = tmp_path / "device.toml"
    path.write_bytes(data)
    node = a_node()
    node.plays = Playbook(str(path), TEXT, BOOK.rules)
    async with a_screen(node) as (app, pilot):
        await pilot.press("R", "e")
        await until(pilot, lambda: isinstance(app.screen, RulesEditor))
        assert app.screen.query_one(TextArea).text == TEXT
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, Choice))
        await pilot.press("escape")
        await until(pilot, lambda: "in force, " in prose(app))
    assert path.read_bytes() == data


@pytest.mark.parametrize("key", ["escape", "y"])
async def test_what_somebody_else_wrote_is_not_lost(tmp_path: Path, key: str) -> None:
    """A file that was changed while the rules were edited is written over only if one says so."""
    path = tmp_path / "device.toml"
    path.write_text(TEXT)
    node = a_node()
    node.plays = Playbook(str(path), TEXT, BOOK.rules)
    mine, theirs = TEXT.replace("PONG", "HELLO"), TEXT.replace("PONG", "BYE")
    async with a_screen(node) as (app, pilot):
        await pilot.press("R", "e")
        await until(pilot, lambda: isinstance(app.screen, RulesEditor))
        path.write_text(theirs)
        app.screen.query_one(TextArea).text = mine
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, Choice))
        await pilot.press(key)
        await until(pilot, lambda: "in force, " in prose(app))
    assert node.commands == [Instruct(mine, str(path))]
    assert path.read_text() == (mine if key == "y" else theirs)


async def test_a_mistake_is_told_and_stays_to_be_mended() -> None:
    """Rules that cannot be followed are not taken: the place is shown, and the cursor is there."""
    node = a_node()
    async with a_screen(node) as (app, pilot):
        await pilot.press("R", "e")
        await until(pilot, lambda: isinstance(app.screen, RulesEditor))
        area = app.screen.query_one(TextArea)
        area.text = "\n\n[[rule]]\ntxet = 'PING'\ndo = ['echo']\n"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "line 4" in "\n".join(pane(app, "trial")))
        assert area.cursor_location[0] == 3
        await pilot.press("escape", "escape")
        await pilot.pause()
        assert isinstance(app.screen, RulesEditor)  # the question was answered by going on
        await pilot.press("escape", "y")
        await until(pilot, lambda: not isinstance(app.screen, RulesEditor))
    assert node.commands == []


async def test_the_node_may_refuse_rules() -> None:
    """A refusal is shown, and nothing is written."""
    node = a_node()
    node.answers[Instruct] = BadRules("rule 1 is odd", 1)
    node.plays = Playbook("/nowhere/device.toml", TEXT, BOOK.rules)
    async with a_screen(node) as (app, pilot):
        await pilot.press("R", "e")
        await until(pilot, lambda: isinstance(app.screen, RulesEditor))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "rule 1 is odd" in text(app))


async def test_rules_without_a_file_can_get_one(tmp_path: Path) -> None:
    """w asks for a new file, refuses one that is there, and writes the rules to it."""
    node, path = a_node(), tmp_path / "new.toml"
    node.plays = Playbook("", TEXT, BOOK.rules)
    async with a_screen(node) as (app, pilot):
        await pilot.press("R", "w")
        await pilot.pause()
        app.screen.query_one(Input).value = str(tmp_path)
        await until(pilot, lambda: "directory" in text(app))
        app.screen.query_one(Input).value = str(path)
        await pilot.press("enter")
        await until(pilot, path.exists)
    assert path.read_text() == TEXT
    assert node.commands == [Instruct(TEXT, str(path))]


@pytest.mark.parametrize(
    ("source", "told"), [("/tmp/device.toml", "/tmp/device.toml"), ("", "in no file yet")]
)
async def test_where_rules_come_from(source: str, told: str) -> None:
    """The title names the file, or says that there is none: they are a preset, or typed."""
    node = a_node()
    node.plays = replace(BOOK, source=source)
    async with a_screen(node) as (app, pilot):
        await pilot.press("R")
        await pilot.pause()
        assert title(app, "rules").rstrip(" ─╮").endswith(told)


async def test_a_preset_is_where_one_begins() -> None:
    """p offers the presets; the one taken is there to be changed, and then in force."""
    node = FakeNode()
    node.answers[Instruct] = None
    async with a_screen(node) as (app, pilot):
        await pilot.press("R", "p")
        await pilot.pause()
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, RulesEditor))
        written = app.screen.query_one(TextArea).text
        assert "[[rule]]" in written
        await pilot.press("ctrl+s")
        await until(pilot, lambda: node.commands != [])
    assert node.commands == [Instruct(written)]


@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_a_script_that_is_in_trouble(size: tuple[int, int]) -> None:
    """The script is named, and what is wrong with it can be read to its end."""
    node = FakeNode()
    trouble = f"on_message failed: {'x' * 90} line 7 in on_message: the end"
    node.plays = Playbook(script=f"/home/{'me/' * 60}my.py", script_trouble=trouble)
    async with a_screen(node, size) as (app, pilot):
        await pilot.press("R")
        await pilot.pause()
        rows = [row.strip() for row in pane(app, "rules")]
        assert rows[0].startswith("Script …")
        assert rows[0].endswith("/my.py")
        assert trouble.replace(" ", "") in "".join(rows[1:4]).replace(" ", "")
        assert "No rules." in text(app)


async def test_a_script_that_is_well() -> None:
    """A script without trouble is named, and no more."""
    node = FakeNode()
    node.plays = Playbook(script="/home/me/my.py")
    async with a_screen(node) as (app, pilot):
        await pilot.press("R")
        await pilot.pause()
        assert [row.strip() for row in pane(app, "rules")[:2]] == ["Script /home/me/my.py", ""]


async def test_a_key_means_the_rule_that_is_shown() -> None:
    """Rules that were read anew since they were drawn are shown before any of them is switched."""
    node = a_node()
    async with a_screen(node) as (app, pilot):
        await pilot.press("R")
        await pilot.pause()
        node.plays = Playbook(BOOK.source, TEXT, BOOK.rules[::-1])
        await pilot.press("space")
        await until(pilot, lambda: "▶ off bye" in prose(app))
        assert node.commands == []
        await pilot.press("space")
        await until(pilot, lambda: node.commands == [Switch(0, on=True)])


async def test_one_editor_is_enough() -> None:
    """A key that comes twice before the editor is there opens it once."""
    node = a_node()
    async with a_screen(node) as (app, pilot):
        await pilot.press("R")
        await pilot.pause()
        rules = app.screen
        await rules.run_action("edit")
        await rules.run_action("edit")
        editing = [worker for worker in app.workers if worker.node is rules]
        assert len(editing) == 2
        await until(pilot, lambda: sum(worker.is_finished for worker in editing) == 1)
        assert [type(screen) for screen in app.screen_stack].count(RulesEditor) == 1
