"""Two conversations on the screen, of any length."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot

from tcpmon.core.dialogue import Said, align
from tcpmon.ui import dialogues
from tcpmon.ui.dialogues import Dialogue
from tcpmon.ui.render import Line
from tcpmon.ui.widgets import dialogue as widget
from tcpmon.ui.widgets.dialogue import HEAD, DialoguePane
from tests.ui.fakes import SMALL, Show, pane


class Watched(DialoguePane):
    """Two conversations, and which pairs were opened."""

    def __init__(self) -> None:
        super().__init__("dialogue", ("#1 gps", "#2 plc"))
        self.opened: list[tuple[Said | None, Said | None]] = []

    def on_dialogue_pane_opened(self, message: DialoguePane.Opened) -> None:
        self.opened.append((message.left, message.right))


Shown = tuple[Show, Watched, Pilot[None]]


def said(words: list[bytes]) -> list[Said]:
    """A conversation in which we say nothing."""
    return [Said((at, 0), False, at * 1_000_000, len(d), d) for at, d in enumerate(words)]


@asynccontextmanager
async def a_dialogue(left: list[bytes], right: list[bytes], note: str = "") -> AsyncIterator[Shown]:
    """Two conversations side by side on a screen of their own."""
    here, there = said(left), said(right)
    app = Show(Watched())
    async with app.run_test(size=SMALL) as pilot:
        shown = app.query_one(Watched)
        shown.show(Dialogue(here, there, align(here, there)[0], ("#1 gps", "#2 plc"), (1, 2), note))
        await pilot.pause()
        yield app, shown, pilot


def cursor(app: Show) -> str:
    """The row under the cursor."""
    (row,) = [row for row in pane(app, "dialogue") if row.startswith("▶")]
    return row


async def test_it_says_whose_and_how_alike() -> None:
    """Names, a line that sums it up, what was left out, and a row for each pair."""
    note = "only the newest 3 and 2"
    async with a_dialogue([b"a", b"b", b"c"], [b"a", b"c"], note) as (app, _, _pilot):
        shown = pane(app, "dialogue")
        assert shown[0].split() == ["#1", "gps", "#2", "plc"]
        assert shown[1].strip() == "2 equal, 1 only left"
        assert shown[2].strip() == note
        assert len([row for row in shown[HEAD:] if row]) == 3


async def test_the_next_difference_is_a_key_away() -> None:
    """n and N go from one row that is not equal to the next, however far that is."""
    left = [b"message %d" % at for at in range(3000)]
    right = left[:1000] + left[1001:2500] + [b"unlike all others"] + left[2500:]
    async with a_dialogue(left, right) as (app, shown, pilot):
        for step, text, found in ((1, "message 1000", True), (1, "unlike", True), (1, "", False),
                                  (-1, "message 1000", True), (-1, "", False)):  # fmt: skip
            assert shown.step(step) is found
            await pilot.pause()
            assert text in cursor(app)


async def test_only_what_is_seen_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of very many pairs the rows of a screenful are made."""
    made = 0

    def counted(*args: object) -> Line:
        nonlocal made
        made += 1
        return pair_line(*args)  # type: ignore[arg-type]

    pair_line = dialogues.pair_line
    monkeypatch.setattr(widget, "pair_line", counted)
    left = [b"message %d" % at for at in range(20_000)]
    async with a_dialogue(left, left) as (app, shown, pilot):
        shown.jump(1.0)
        await pilot.pause()
        assert "message 19999" in cursor(app)
        shown.page(-1)
        await pilot.pause()
        assert made <= 4 * SMALL[1]
        assert shown.position()[1] <= 1.0


async def test_swapped_sides_change_places() -> None:
    """s: left becomes right, and what only one has changes its sign."""
    async with a_dialogue([b"a", b"b"], [b"a"]) as (app, shown, pilot):
        shown.swap()
        await pilot.pause()
        assert pane(app, "dialogue")[0].split() == ["#2", "plc", "#1", "gps"]
        assert pane(app, "dialogue")[1].strip() == "1 equal, 1 only right"


async def test_a_row_is_chosen_by_the_mouse() -> None:
    """A click selects a pair, a second one opens it."""
    async with a_dialogue([b"a", b"b"], [b"a", b"b"]) as (app, shown, pilot):
        shown.click_row(HEAD + 1, 0, double=False)
        await pilot.pause()
        assert " b " in cursor(app)
        assert shown.opened == []
        for row in (HEAD + 1, HEAD + 9, 0):
            shown.click_row(row, 0, double=True)
        await pilot.pause()
        assert [(a and a.head, b and b.head) for a, b in shown.opened] == [(b"b", b"b")]


async def test_until_it_is_known_it_waits() -> None:
    """Before the messages are read it says so, and no key breaks anything."""
    app = Show(DialoguePane("dialogue", ("#1", "#2")))
    async with app.run_test(size=SMALL) as pilot:
        shown = app.query_one(DialoguePane)
        shown.swap()
        shown.jump(1.0)
        shown.open_selected()
        assert not shown.step(1)
        await pilot.pause()
        assert pane(app, "dialogue")[1].strip() == "reading …"
        shown.wait("comparing …")
        await pilot.pause()
        assert pane(app, "dialogue")[1].strip() == "comparing …"


async def test_nothing_was_said() -> None:
    """Two silent clients are told to be."""
    async with a_dialogue([], []) as (app, shown, _):
        assert pane(app, "dialogue")[1].strip() == "0 messages"
        assert not shown.step(1)
        assert not shown.step(-1)
