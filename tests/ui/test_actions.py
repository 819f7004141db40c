"""The one list of actions is sound: each can be pressed, done, read and found."""

from collections import Counter
from itertools import chain

import pytest
from textual._xterm_parser import XTermParser
from textual.dom import DOMNode
from textual.events import Key
from textual.geometry import Size
from textual.keys import Keys

from tcpmon.ui.actions import ACTIONS, Action, Group, Place, of, shown_key
from tcpmon.ui.screens.client import ClientScreen
from tcpmon.ui.screens.compare import CompareScreen
from tcpmon.ui.screens.dialogue import DialogueScreen
from tcpmon.ui.screens.jobs import JobsScreen
from tcpmon.ui.screens.limits import LimitsScreen
from tcpmon.ui.screens.listeners import ListenersScreen
from tcpmon.ui.screens.main import MainScreen
from tcpmon.ui.screens.message import MessageScreen
from tcpmon.ui.screens.plot import PlotScreen
from tcpmon.ui.screens.receipt import ReceiptScreen
from tcpmon.ui.screens.rules import RulesScreen
from tcpmon.ui.screens.rules_editor import RulesEditor
from tcpmon.ui.widgets.composer import ComposerInput
from tcpmon.ui.widgets.filterbar import FilterInput
from tcpmon.ui.widgets.footer import ALWAYS, KeyFooter

DOERS: dict[Place, type[DOMNode]] = {
    Place.MAIN: MainScreen,
    Place.MESSAGE: MessageScreen,
    Place.CLIENT: ClientScreen,
    Place.PLOT: PlotScreen,
    Place.COMPARE: CompareScreen,
    Place.DIALOGUE: DialogueScreen,
    Place.LISTENERS: ListenersScreen,
    Place.LIMITS: LimitsScreen,
    Place.RECEIPT: ReceiptScreen,
    Place.JOBS: JobsScreen,
    Place.RULES: RulesScreen,
    Place.EDITOR: RulesEditor,
    Place.COMPOSER: ComposerInput,
    Place.FILTER: FilterInput,
}
PANES = ("clients", "messages")
NAMED_KEYS = {key.value for key in Keys}
HELP = 56  # cells that the help screen has for it in 80
LABEL = 14  # cells of the footer for one action


def name(action: Action) -> str:
    """Return which action it is, for a test's name."""
    return f"{action.place}:{action.id}"


every_action = pytest.mark.parametrize("action", ACTIONS, ids=name)
every_place = pytest.mark.parametrize("place", Place)


def pressed(character: str) -> list[str]:
    """Return what Textual calls the key that sends a character."""
    return [event.key for event in XTermParser().feed(character) if isinstance(event, Key)]


PRINTABLE = set(chain.from_iterable(pressed(chr(code)) for code in range(0x21, 0x7F)))


@every_place
def test_ids_are_unique(place: Place) -> None:
    """No two actions of a place have the same name."""
    assert [id for id, count in Counter(a.id for a in of(place)).items() if count > 1] == []


@every_place
def test_keys_are_unique(place: Place) -> None:
    """No two actions of a place have the same key, and no action has a key twice."""
    keys = Counter(chain.from_iterable(action.keys for action in of(place)))
    assert [key for key, count in keys.items() if count > 1] == []


@every_place
def test_every_place_has_actions(place: Place) -> None:
    """Every place has actions, in the order of the list."""
    assert of(place) == [action for action in ACTIONS if action.place is place] != []


@every_action
def test_every_action_can_be_done(action: Action) -> None:
    """What the list says can be done has its method where the list says it is."""
    assert callable(getattr(DOERS[action.place], f"action_{action.method}", None))


@every_action
def test_every_action_is_described(action: Action) -> None:
    """Every action has keys, and something to read in the footer, the palette and the help."""
    assert action.keys
    assert action.id == action.id.lower().replace(" ", "-")
    for text in (action.label, action.title, action.help):
        assert text.strip() == text != ""
        assert text.isprintable()


@every_action
def test_texts_fit_their_places(action: Action) -> None:
    """No help is longer than the help screen's line, and no label than the footer bears."""
    assert len(action.help) <= HELP
    assert len(action.label) <= LABEL
    assert not action.help.endswith(".")


@every_action
def test_keys_can_be_pressed(action: Action) -> None:
    """Every key is called as Textual calls it when it is pressed."""
    for key in action.keys:
        *modifiers, base = key.split("+")
        assert set(modifiers) <= {"ctrl", "shift", "alt"}
        assert base in PRINTABLE or key in NAMED_KEYS, key
        assert modifiers or base.islower() or len(base) == 1, key


@pytest.mark.parametrize("group", Group)
def test_every_heading_has_actions(group: Group) -> None:
    """No heading of the help screen stands over nothing."""
    assert [action for action in ACTIONS if action.group is group]


@every_action
def test_titles_of_the_palette_are_unique(action: Action) -> None:
    """What stands in the palette works on the main screen and can be told apart."""
    if action.palette:
        assert action.place is Place.MAIN
        assert [other.title for other in ACTIONS if other.palette].count(action.title) == 1


def footer(place: Place, pane: str, width: int) -> tuple[str, set[str]]:
    """Return the footer of a place and pane in so many cells, and which actions it shows."""

    class Footer(KeyFooter):
        size = Size(width, 1)

    shown = Footer("footer", place)
    shown.pane = pane
    ((line, _),) = list(shown.compose_lines())
    return "".join(text for text, _ in line), {action.id for _, _, action in shown._spots}


@every_action
def test_footer_actions_fit_somewhere(action: Action) -> None:
    """What is meant for the footer is there on a wide screen, at least with its own pane."""
    if action.footer:
        shown = [footer(action.place, pane, 160)[1] for pane in (action.pane, *PANES, "")]
        assert action.id in shown[0]


@every_action
def test_the_way_out_is_always_in_the_footer(action: Action) -> None:
    """Help, commands and the way out are in the footer of a small screen too."""
    if action.footer >= ALWAYS:
        panes = ["", *PANES] if action.place is Place.MAIN else [""]
        assert all(action.id in footer(action.place, pane, 60)[1] for pane in panes)


@every_action
def test_an_action_names_a_pane_that_exists(action: Action) -> None:
    """An action that belongs to a pane belongs to one there is, and it can be seen there."""
    assert action.pane in ("", *PANES)
    assert not action.pane or (action.place is Place.MAIN and action.footer)


@pytest.mark.parametrize("place", Place)
def test_footer_ranks_are_unique(place: Place) -> None:
    """No two actions of a place leave the footer at the same time."""
    ranks = Counter(action.footer for action in of(place) if action.footer)
    assert [rank for rank, count in ranks.items() if count > 1] == []


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("a", "a"), ("G", "G"), ("f", "f"), ("F", "F"), ("1", "1"), ("f1", "F1"), ("f12", "F12"),
        ("ctrl+p", "^p"), ("ctrl+q", "^q"), ("escape", "esc"), ("question_mark", "?"),
        ("asterisk", "*"), ("left_square_bracket", "["), ("up", "↑"), ("shift+tab", "⇧tab"),
        ("enter", "enter"), ("home", "home"),
    ],
)  # fmt: skip
def test_shown_key(key: str, shown: str) -> None:
    """A key is shown as people write it."""
    assert shown_key(key) == shown


@every_action
def test_shown_keys_can_be_read(action: Action) -> None:
    """No key is shown by a name that only Textual knows."""
    assert action.shown_key == shown_key(action.keys[0])
    for key in map(shown_key, action.keys):
        assert "_" not in key
        assert key == "+" or "+" not in key
        assert 0 < len(key) <= 6
