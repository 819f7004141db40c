"""The line in which a filter is typed."""

from collections.abc import Callable, Coroutine, Iterable
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.app import App
from textual.pilot import Pilot

from tcpmon.core.query.keys import KEYS
from tcpmon.ui.screens import main
from tcpmon.ui.widgets.filterbar import FilterBar
from tests.core.safety import unsafe_in
from tests.ui.fakes import SMALL, WIDE, Show, lines

NAMES = ["gps-1", "gps-22", "meter", "\x1b[2J", "two words"]
Told = list[str | None]


class Bar(Show):
    """A filter bar, and all that it has told: filters, and None when it was left."""

    CSS_PATH = Path(main.__file__).with_suffix(".tcss")

    def __init__(self) -> None:
        self.bar = FilterBar("filter", self.seen)
        super().__init__(self.bar)
        self.told: Told = []

    def seen(self, what: str) -> Iterable[str]:
        return NAMES if what == "name" else ["1", "2"]

    def on_filter_bar_left(self) -> None:
        self.told.append(None)

    @property
    def value(self) -> str:
        """What is typed."""
        return self.bar.input.value


Try = Callable[[Bar, Pilot[None]], Coroutine[Any, Any, None]]


async def tried(attempt: Try, size: tuple[int, int] = SMALL, filter: str = "") -> None:
    """Try something on a bar that was opened."""
    app = Bar()
    async with app.run_test(size=size) as pilot:
        app.bar.open(filter, app.told.append)
        await pilot.pause()
        await attempt(app, pilot)


async def typed(pilot: Pilot[None], *keys: str) -> None:
    """Press keys and wait until all is shown."""
    await pilot.press(*keys)
    await pilot.pause()
    await pilot.pause()


def underlined(app: App[None]) -> str:
    """Return what is underlined."""
    strips = app.screen._compositor.render_strips()
    return "".join(s.text for strip in strips for s in strip if s.style and s.style.underline)


async def test_each_filter_that_can_be_read_is_told() -> None:
    """What is typed is told at every key as long as it is a filter; else the last one holds."""

    async def attempt(app: Bar, pilot: Pilot[None]) -> None:
        await typed(pilot, *"a len>5")
        assert app.told == ["a", "a ", "a l", "a le", "a len", "a len>5"]
        await typed(pilot, "backspace")
        assert app.told[6:] == []
        await typed(pilot, "backspace")
        assert app.told[6:] == ["a len"]

    await tried(attempt)


@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_a_mistake_is_underlined_and_told_with_a_hint(size: tuple[int, int]) -> None:
    """What is wrong stands at the right, its place is underlined, and what would be right is
    told where there is room."""

    async def attempt(app: Bar, pilot: Pilot[None]) -> None:
        await typed(pilot, *"gps len>many")
        line = lines(app)[0]
        assert line.startswith(" / gps len>many ")
        assert "len needs an amount of bytes; for example len>100" in line
        assert ("character 9: len needs" in line) is (size == WIDE)
        assert underlined(app).startswith("many")
        await typed(pilot, *["left"] * 3)
        assert "many" in lines(app)[0]

    await tried(attempt, size)


async def test_a_long_text_has_room_beside_a_long_mistake() -> None:
    """Neither what is typed nor what is wrong with it takes the whole line, however narrow."""

    async def attempt(app: Bar, pilot: Pilot[None]) -> None:
        await typed(pilot, *("gps | " * 20), *"kind:nonsense")
        line = lines(app)[0]
        assert "kind:nonsense" in line
        assert "no kind 'no" in line
        assert len(line) == 80

    await tried(attempt)


async def test_enter_keeps_a_filter_and_leaves() -> None:
    """Enter leaves with what holds; with a mistake it shows where that is, and stays."""

    async def attempt(app: Bar, pilot: Pilot[None]) -> None:
        await typed(pilot, *"dir:x", "enter")
        assert app.told == ["d", "di", "dir"]
        assert app.bar.input.cursor_position == 4
        assert app.bar.display
        await typed(pilot, "delete", *"rx", "enter")
        assert app.told[-2:] == ["dir:rx", None]
        assert not app.bar.display

    await tried(attempt)


async def test_escape_clears_the_filter_and_leaves() -> None:
    """Escape leaves without a filter, also from one that was there before."""

    async def attempt(app: Bar, pilot: Pilot[None]) -> None:
        assert "gps" in lines(app)[0]
        await typed(pilot, "escape")
        assert app.told == ["", None]
        app.bar.open("", app.told.append)
        await typed(pilot, "escape")
        assert app.told == ["", None, None]

    await tried(attempt, filter="gps")


async def test_tab_completes_keys_and_then_values() -> None:
    """Tab puts in the first that fits, and again the next, round and round."""

    async def attempt(app: Bar, pilot: Pilot[None]) -> None:
        seen = []
        for keys in (*"!st", "tab"), ("tab",), ("tab",), ("tab",), ("tab",), ("tab",), ("tab",):
            await typed(pilot, *keys)
            seen.append(app.value)
        states = ["open", "half", "closing", "closed", "reset", "open"]
        assert seen == ["!state:", *(f"!state:{state}" for state in states)]
        await typed(pilot, *" nam", "tab", "g", "tab")
        assert app.value == "!state:open name:gps-1"
        await typed(pilot, "tab")
        assert app.value == "!state:open name:gps-22"
        await typed(pilot, *" client:", "tab", "tab", "tab")
        assert app.value == "!state:open name:gps-22 client:1"

    await tried(attempt)


async def test_tab_completes_where_the_cursor_is() -> None:
    """What stands behind the cursor stays; where nothing fits, nothing happens."""

    async def attempt(app: Bar, pilot: Pilot[None]) -> None:
        await typed(pilot, *["left"] * 4, "tab")
        assert app.value == "dir: gps"
        assert app.bar.input.cursor_position == 4
        await typed(pilot, "end", "tab")
        assert app.value == "dir: gps"

    await tried(attempt, filter="di gps")


async def test_what_may_follow_is_shown() -> None:
    """While a word is typed that may become something, that stands at the right, and nothing
    that could not stand in a terminal."""

    async def attempt(app: Bar, pilot: Pilot[None]) -> None:
        await typed(pilot, *"re")
        assert lines(app)[0].rstrip().endswith("tab retr> reads>")
        await typed(pilot, *["backspace"] * 2, *"name:")
        assert lines(app)[0].rstrip().endswith("tab name:gps-1 name:gps-22 name:meter")
        await typed(pilot, *["backspace"] * 5)
        assert "tab" not in lines(app)[0]

    await tried(attempt)


async def test_tab_on_nothing_offers_every_key() -> None:
    """On an empty line tab goes through all keys there are."""

    async def attempt(app: Bar, pilot: Pilot[None]) -> None:
        seen = set()
        for _ in KEYS:
            await typed(pilot, "tab")
            seen.add(app.value[:-1])
        assert seen == {key.name for key in KEYS}

    await tried(attempt)


async def test_earlier_filters_come_back() -> None:
    """Up and down go through what was kept; what is being typed is not lost."""

    async def attempt(app: Bar, pilot: Pilot[None]) -> None:
        for filter in ("one", "two", "two"):
            app.bar.open("", app.told.append)
            await typed(pilot, *filter, "enter")
        app.bar.open("", app.told.append)
        await typed(pilot, *"new")
        seen = []
        for key in ("up", "up", "up", "down", "down", "down"):
            await typed(pilot, key)
            seen.append(app.value)
        assert seen == ["two", "one", "one", "two", "new", "new"]
        assert app.told[-1] == "new"

    await tried(attempt)


async def test_a_note_says_what_the_filter_does() -> None:
    """The owner's note stands at the right while there is nothing more urgent."""

    async def attempt(app: Bar, pilot: Pilot[None]) -> None:
        app.bar.tell("5 of 14 shown")
        await pilot.pause()
        assert lines(app)[0].rstrip().endswith("5 of 14 shown")
        await typed(pilot, *"(a")
        assert "this ( is not closed; for the text itself" in lines(app)[0]
        await typed(pilot, ")")
        app.bar.tell("1 of 14 shown", "warn")
        await pilot.pause()
        assert lines(app)[0].rstrip().endswith("1 of 14 shown")

    await tried(attempt)


async def test_it_may_be_for_finding() -> None:
    """With another title it is a line for finding."""

    async def attempt(app: Bar, pilot: Pilot[None]) -> None:
        app.bar.open("gps", app.told.append, "find")
        await pilot.pause()
        assert lines(app)[0].startswith(" find gps ")

    await tried(attempt)


async def test_what_is_pasted_cannot_be_seen_wrongly() -> None:
    """Pasted lines become one, and what could not be seen becomes an escape that finds it."""

    async def attempt(app: Bar, pilot: Pilot[None]) -> None:
        app.bar.input.post_message(events.Paste('a\r\nb\x1b[2J "\u202e"'))
        await pilot.pause()
        await pilot.pause()
        assert app.value == 'a b\\x1b[2J "\\u{202e}"'
        assert app.told[-1] == app.value
        assert unsafe_in(lines(app)[0]) == []

    await tried(attempt)


async def test_it_gives_way_to_what_takes_the_focus() -> None:
    """It is gone when something else on the screen has the focus, but not with the terminal's."""

    async def attempt(app: Bar, pilot: Pilot[None]) -> None:
        app.bar.attend(None)
        app.bar.attend(app.bar.input)
        assert app.bar.display
        app.bar.attend(app.bar)
        assert not app.bar.display

    await tried(attempt)


async def test_a_name_stands_for_a_saved_filter() -> None:
    """It is completed like a key, what it stands for is told, and an unknown one is an error."""
    held: list[str] = []
    bar = FilterBar(
        "filter", lambda what: ["quiet"] if what == "filter" else [], {"quiet": "a | b"}
    )
    async with Show(bar).run_test() as pilot:
        bar.open("", held.append)
        await pilot.press("@", "q", "tab")
        await pilot.pause()
        assert bar.input.value == "@quiet"
        assert held[-1] == "(a | b)"
        await pilot.press("x")
        await pilot.pause()
        assert bar.error is not None
        assert held[-1] == "(a | b)"
