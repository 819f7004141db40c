"""A bug of the screen costs what it costs, and nothing else."""

import asyncio
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from tcpmon.core.model import Kind
from tcpmon.ui.actions import Place, of
from tcpmon.ui.app import TcpmonApp
from tcpmon.ui.faults import FAILED, LINE, PLACES, REPORT, Faults, fenced
from tcpmon.ui.screens.choice import Choice
from tcpmon.ui.screens.client import ClientScreen
from tcpmon.ui.screens.compare import CompareScreen
from tcpmon.ui.screens.dialog import Dialog
from tcpmon.ui.screens.dialogue import DialogueScreen
from tcpmon.ui.screens.help import HelpScreen, HelpText
from tcpmon.ui.screens.jobs import JobsScreen
from tcpmon.ui.screens.limits import LimitsScreen
from tcpmon.ui.screens.listeners import ListenersScreen
from tcpmon.ui.screens.main import MainScreen
from tcpmon.ui.screens.message import MessageScreen
from tcpmon.ui.screens.plot import PlotScreen
from tcpmon.ui.screens.receipt import ReceiptScreen
from tcpmon.ui.screens.report import Report
from tcpmon.ui.screens.rules import RulesScreen
from tcpmon.ui.screens.rules_editor import RulesEditor
from tcpmon.ui.widgets.clients import ClientsPane
from tcpmon.ui.widgets.composer import Composer, ComposerInfo, ComposerInput
from tcpmon.ui.widgets.filterbar import FilterBar, FilterInput
from tcpmon.ui.widgets.footer import KeyFooter
from tcpmon.ui.widgets.lines import Lines
from tcpmon.ui.widgets.listing import Listing
from tcpmon.ui.widgets.messages import MessagesPane
from tcpmon.ui.widgets.pane import Pane
from tcpmon.ui.widgets.status import StatusBar
from tests.ui.fakes import FakeNode, a_client, a_record, look, text, until
from tests.ui.test_fence import hidden_in

TITLE = "─ A bug in tcpmon ─"
Part = type[Widget]


class Plant:
    """Puts bugs into methods, each of a kind of its own, and takes them out again."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self.raised: list[str] = []

    def __call__(self, part: type, name: str) -> None:
        bug = type(f"Bug_{name}", (Exception,), {"__module__": "builtins"})
        old = inspect.getattr_static(part, name)

        def method(*_: object, **__: object) -> Any:
            self.raised.append(name)
            raise bug("[/] [red] a\x1b]0;PWNED\x07b")

        new = property(method) if isinstance(old, property) else method
        self._monkeypatch.setattr(part, name, new)
        for kind, handlers in getattr(part, "_decorated_handlers", {}).items():  # those of `on`
            planted = [(method if one is old else one, selectors) for one, selectors in handlers]
            self._monkeypatch.setitem(part._decorated_handlers, kind, planted)  # type: ignore[attr-defined]

    def out(self) -> None:
        self._monkeypatch.undo()


@pytest.fixture
def plant() -> Iterator[Plant]:
    """Bugs of this test."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        yield Plant(monkeypatch)


@asynccontextmanager
async def an_app(
    kept: list[str] | None = None,
) -> AsyncIterator[tuple[TcpmonApp, Pilot[None], FakeNode]]:
    """The program, with a client and some messages. Its pilot does not mind bugs."""
    records = [*map(a_record, range(1, 8)), a_record(8, kind=Kind.TX)]
    node = FakeNode([a_client(1), a_client(2)], records)
    app = TcpmonApp(node, keep=bool if kept is None else kept.append)
    app.animation_level = "none"
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await pilot.pause()
        try:
            yield app, pilot, node
        finally:
            app._exception = None


def told(app: TcpmonApp) -> str:
    """Return what the report says, in one line."""
    return " ".join(str(app.screen.query_one("#told", Static).content).split())


async def goes_on(app: TcpmonApp, pilot: Pilot[None]) -> None:
    """The report can be left, and the program obeys keys as before."""
    await until(pilot, lambda: TITLE in text(app))
    await pilot.press("enter")
    await until(pilot, lambda: TITLE not in text(app))


PLACES_BY_KEYS = {
    Place.MAIN: (MainScreen, []),
    Place.COMPOSER: (ComposerInput, ["s"]),
    Place.FILTER: (FilterInput, ["slash"]),
    Place.MESSAGE: (MessageScreen, ["2", "enter"]),
    Place.LISTENERS: (ListenersScreen, ["l"]),
    Place.CLIENT: (ClientScreen, ["i"]),
    Place.LIMITS: (LimitsScreen, ["L"]),
    Place.JOBS: (JobsScreen, ["J"]),
    Place.PLOT: (PlotScreen, ["P"]),
    Place.COMPARE: (CompareScreen, ["2", "v", "k", "v"]),
    Place.DIALOGUE: (DialogueScreen, ["space", "space", "v"]),
    Place.RECEIPT: (ReceiptScreen, ["2", "W"]),
    Place.RULES: (RulesScreen, ["R"]),
    Place.EDITOR: (RulesEditor, ["R", "e"]),
}


@pytest.mark.parametrize("place", Place)
async def test_an_action_that_fails(place: Place, plant: Plant) -> None:
    """Whatever key it is: the person is told and goes on, and nothing is drawn that acts."""
    part, keys = PLACES_BY_KEYS[place]
    async with an_app() as (app, pilot, _):
        await pilot.press(*keys)
        await pilot.pause()
        for action in of(place):
            if action.id == "palette":  # whose key is Textual's own
                continue
            plant(part, f"action_{action.method}")
            await pilot.press(action.keys[0])
            await until(pilot, lambda: TITLE in text(app))
            assert f"Bug_action_{action.method}: [/] [red] a\\x1b]0;PWNED\\x07b in" in told(app)
            plant.out()
            await goes_on(app, pilot)
        assert not app._exit


HANDLERS = [
    (part, name)
    for part in (
        ClientsPane, Lines, Pane, KeyFooter, Composer, ComposerInput, MainScreen, MessageScreen,
        ListenersScreen, Dialog, HelpScreen, HelpText, Choice, ClientScreen, LimitsScreen, Listing,
        FilterBar, FilterInput,
    )
    for name, value in vars(part).items()
    if name == "compose" or name.startswith("on_") or hasattr(value, "_textual_on")
]  # fmt: skip


KEYS: dict[type, str] = {
    **dict.fromkeys((ListenersScreen, Dialog, Listing), "l a 9 enter escape escape escape"),
    **dict.fromkeys((HelpScreen, HelpText), "question_mark escape escape"),
    MessageScreen: "2 enter escape escape",
    ClientScreen: "i escape escape",
    LimitsScreen: "L d 9 enter escape escape escape",
    Choice: "D tab enter escape escape",
    **dict.fromkeys((FilterBar, FilterInput), "slash x"),
}
_EVERYWHERE = "2 enter escape 1 enter escape slash 1 enter s h enter f2 ctrl+r escape"


def deeds(pilot: Pilot[None], part: type) -> Iterator[Callable[[], Awaitable[object]]]:
    """Return what makes every handler of a widget run, step by step."""
    press, screen = pilot.press, pilot.app.screen
    yield partial(pilot.resize_terminal, 100, 30)
    for key in KEYS.get(part, _EVERYWHERE).split():
        yield partial(press, key)
    pilot.app.post_message(events.Paste("pasted"))
    yield partial(press, "escape")
    pane = screen.query_one("#clients")
    for kind in (events.MouseScrollDown, events.MouseScrollUp):
        pane.post_message(kind(pane, 1, 1, 0, 0, 0, False, False, False))
    yield partial(pilot.mouse_down, "#clients", (99, 2))
    yield partial(pilot.hover, "#clients", (99, 3))
    yield partial(pilot.mouse_up, "#clients", (99, 3))
    yield partial(pilot.click, "#clients", (10, 3))
    yield partial(pilot.click, "#footer", (5, 0))


@pytest.mark.parametrize(
    ("part", "name"), HANDLERS, ids=lambda part: getattr(part, "__name__", part)
)
async def test_a_handler_that_fails(part: type, name: str, plant: Plant) -> None:
    """Whatever fails: it is reported, and when it works again so does all."""
    kept: list[str] = []
    plant(part, name)
    async with an_app(kept) as (app, pilot, _):
        for deed in deeds(pilot, part):
            await pilot.pause()
            if plant.raised:
                break
            await deed()
        await until(pilot, lambda: f"Bug_{name}" in "".join(kept))
        plant.out()
        await goes_on(app, pilot)
        while len(app.screen_stack) > 1 or isinstance(app.focused, ComposerInput | FilterInput):
            await pilot.press("escape")
            await pilot.pause()
        await pilot.press("question_mark")
        await until(pilot, lambda: "─ Keys ─" in text(app))
        assert not app._exit
    assert len([report for report in kept if f"Bug_{name}" in report]) == 1


PICTURES = {
    StatusBar: ("compose_lines", "render_line", "render_lines", "show"),
    ClientsPane: ("rows", "title", "position", "show"),
    MessagesPane: ("rows", "title", "position", "sync"),
    ComposerInfo: ("compose_lines", "render_lines"),
    ComposerInput: ("render_line", "render_lines"),
    KeyFooter: ("compose_lines", "render_line"),
    Pane: ("compose_lines",),
    Lines: ("_strip", "_style"),
}
UNSEEN = {"show", "sync"}
"""These leave the picture as it was."""


def paint(main: Screen[Any]) -> None:
    """Paint everything anew."""
    for widget in main.query("*"):
        if isinstance(widget, Lines):
            with fenced(widget):
                widget.forget_styles()
        widget.refresh()


@pytest.mark.parametrize("part", PICTURES, ids=lambda part: part.__name__)
async def test_a_picture_that_fails(part: Part, plant: Plant) -> None:
    """One line stands in its place, the rest of the screen goes on, and it comes back by
    itself; however often it is painted, it is reported once."""
    kept: list[str] = []
    async with an_app(kept) as (app, pilot, node):
        main = app.screen
        for number, name in enumerate(PICTURES[part]):
            plant(part, name)
            for _ in range(5):
                paint(main)
                await pilot.pause()
            await goes_on(app, pilot)
            node.clients.append(a_client(3 + number))
            node.kept.append(a_record(9 + number, b"news %d" % number))
            await look(app, pilot)
            shown = text(app)
            assert (FAILED in shown) == (name not in UNSEEN)
            assert part in (ClientsPane, Pane, Lines) or f"127.0.0.1:{40003 + number}" in shown
            assert part in (MessagesPane, Pane, Lines) or f"news {number}" in shown
            assert part in (StatusBar, Lines) or f"{3 + number} clients" in shown
            plant.out()
            paint(main)
            await until(pilot, lambda: FAILED not in text(app))
            assert len(plant.raised) > 3
            assert len([report for report in kept if f"Bug_{name}" in report]) == 1


# -- elsewhere than in a widget --------------------------------------------------------


def explode() -> None:
    raise ValueError("boom")


async def explode_later() -> None:
    raise ValueError("boom")


STRIKES: dict[str, Callable[[TcpmonApp], object]] = {
    "timer": lambda app: app.screen.set_timer(0.001, explode),
    "worker": lambda app: app.run_worker(explode_later()),
    "worker thread": lambda app: app.run_worker(explode, thread=True),
    "called later": lambda app: app.call_later(explode),
    "called next": lambda app: app.screen.call_next(explode),
    "after a refresh": lambda app: app.screen.call_after_refresh(explode),
    "callback of the loop": lambda _: asyncio.get_running_loop().call_soon(explode),
    "command of the palette": lambda app: app.screen.call_later(explode),
}


@pytest.mark.parametrize("strike", STRIKES.values(), ids=STRIKES)
async def test_a_bug_that_strikes_elsewhere(strike: Callable[[TcpmonApp], object]) -> None:
    """Also where no widget is at work, a bug is told, and the program goes on."""
    kept: list[str] = []
    async with an_app(kept) as (app, pilot, _):
        strike(app)
        await until(pilot, lambda: TITLE in text(app))
        assert told(app).startswith("ValueError: boom in explode")
        assert "Traceback" in kept[0]
        await goes_on(app, pilot)
        strike(app)
        await pilot.pause(0.05)
        assert (TITLE in text(app), len(kept), app._exit) == (False, 1, False)


async def test_several_bugs_are_one_report() -> None:
    """A bug that comes while another is told is told beside it, and one key leaves them all."""
    async with an_app() as (app, pilot, _):
        for number in range(9):
            app._handle_exception(an_error(number, f"bug {number}"))
        await until(pilot, lambda: "ValueError: bug 8" in text(app))
        assert told(app).startswith("5 before, and ValueError: bug 5 in <module>")
        await goes_on(app, pilot)


async def test_the_report_can_end_the_program() -> None:
    """^q in the report quits, after asking while clients are connected."""
    async with an_app() as (app, pilot, _):
        app.call_later(explode)
        await until(pilot, lambda: TITLE in text(app))
        await pilot.press("ctrl+q")
        await until(pilot, lambda: "Quit?" in text(app))
        await pilot.press("y")
        await until(pilot, lambda: app._exit)
        assert app.return_code == 0


@pytest.mark.parametrize("name", ["compose", "__init__", "render", "add", "_told"])
async def test_a_report_that_fails_is_the_end(name: str, plant: Plant) -> None:
    """What cannot even be told ends the program, as a bug, with all that is known."""
    left: list[int] = []
    async with an_app() as (app, pilot, _):
        app._on_leaving = lambda: left.append(1)
        plant(Report, name)
        app.call_later(explode)
        if name == "add":
            await until(pilot, lambda: TITLE in text(app))
            app.call_later(explode_later)
        await until(pilot, lambda: app._exit)
        plant.out()
    assert (app.return_code, bool(left)) == (70, True)
    assert "ValueError: boom" in app.faults.summary()
    assert f"Bug_{name}" in app.faults.summary()


async def test_what_is_printed_is_kept() -> None:
    """A print, a warning, a log line and a thread's last words are kept, each text once."""
    kept: list[str] = []
    async with an_app(kept) as (app, pilot, _):
        app._capture_stderr.write("a\x1b]0;PWNED\x07b\n")
        app._capture_stdout.write("c\n")
        await until(pilot, lambda: len(kept) == 1)
        await asyncio.to_thread(app._capture_stderr.write, "from a thread\n")
        await until(pilot, lambda: len(kept) == 2)
        app._capture_stderr.write("from a thread\n")
        assert app.faults.summary().endswith("from a thread\n(2 times)")
        assert TITLE not in text(app)
    assert kept == ["a\\x1b]0;PWNED\\x07b\nc", "from a thread"]


# -- what is known of them -------------------------------------------------------------


def an_error(number: int = 0, message: object = "") -> Exception:
    """An error that has been raised in a line of its own."""
    try:
        exec("\n" * number + "raise ValueError(message)", {"message": message})
    except ValueError as error:
        return error
    raise AssertionError


def test_a_place_is_told_once_and_counted() -> None:
    """The same line of code is one fault, another line is another."""
    kept: list[str] = []
    faults = Faults(kept.append)
    lines = [faults.raised(an_error(number)) for number in (1, 2, 1, 1)]
    assert [bool(line) for line in lines] == [True, True, False, False]
    assert len(kept) == 2
    assert "(3 times)" in faults.summary()


def test_a_flood_of_faults_is_bounded() -> None:
    """However many places fail, so many are kept; of the others it is said how many."""
    kept: list[str] = []
    faults = Faults(kept.append)
    for number in range(PLACES + 7):
        faults.raised(an_error(number))
    assert len(kept) == PLACES
    assert faults.summary().endswith("and 7 more in other places")


@pytest.mark.parametrize(
    "message", ["x" * 1_000_000, "\x1b]0;PWNED\x07\x9b\u202e\u2028\r" * 9999, "\n" * 9999]
)
def test_what_an_error_quotes_does_no_harm(message: str) -> None:
    """A whole payload in an error is cut, and nothing of it acts or is hidden."""
    kept: list[str] = []
    faults = Faults(kept.append)
    line = faults.raised(an_error(0, message))
    assert len(line) < 12 * LINE
    assert len(kept[0]) < 12 * REPORT
    for said in (line, *kept[0].split("\n"), *faults.summary().split("\n")):
        assert hidden_in(said) == []


def test_an_error_that_cannot_be_told() -> None:
    """An error whose own text raises is told all the same."""

    class Odd(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    assert Faults(print).raised(Odd()).startswith("tests.ui.test_faults.")


def test_nothing_wrong_is_nothing_to_tell() -> None:
    """A session without a bug ends without a word."""
    assert Faults(print).summary() == ""
