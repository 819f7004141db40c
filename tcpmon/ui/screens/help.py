"""All keys, made from the one list of actions."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen

from tcpmon.core.escape import escape_hidden
from tcpmon.ui.actions import ACTIONS, Action, Group, shown_key
from tcpmon.ui.render import Line, cells_of, fit
from tcpmon.ui.saved import key_of
from tcpmon.ui.widgets.lines import Lines

COLUMN = 66  # cells that one column of help takes


class HelpScreen(ModalScreen[None]):
    """Every key and what it does. messages: payloads by name, which have keys too."""

    CSS_PATH = "help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1,enter", "dismiss", show=False),
        Binding("k", "scroll(-1)", show=False),
        Binding("j", "scroll(1)", show=False),
    ]

    def __init__(self, messages: Mapping[str, str] = MappingProxyType({})) -> None:
        super().__init__()
        self._messages = messages

    def compose(self) -> ComposeResult:
        """One scrolling page."""
        with VerticalScroll(id="help") as box:
            box.border_title = "Keys"
            box.border_subtitle = "esc close"
            yield HelpText("help-text", self._messages)

    def action_scroll(self, lines: int) -> None:
        """By lines."""
        self.query_one("#help").scroll_relative(y=lines, animate=False)


class HelpText(Lines):
    """The table of keys, in as many columns as there is room for."""

    def __init__(self, id: str, messages: Mapping[str, str]) -> None:
        super().__init__(id)
        self._messages = messages

    def on_mount(self) -> None:
        """Take as many lines as it needs."""
        self._fit()

    def on_resize(self) -> None:
        """Lay it out anew."""
        self._fit()

    def _fit(self) -> None:
        self.styles.height = len(list(self.compose_lines()))

    def compose_lines(self) -> Iterable[tuple[Line, str]]:
        """Return the page."""
        width = self.size.width
        blocks = [_block(group) for group in Group]
        if self._messages:
            blocks.append(_saved(self._messages))
        if width < 2 * COLUMN:
            lines = [line for block in blocks for line in block]
        else:
            half = width // 2
            total = sum(map(len, blocks))
            left: list[Line] = []
            while blocks and len(left) + len(blocks[0]) // 2 < total // 2:
                left += blocks.pop(0)
            right = [line for block in blocks for line in block]
            rows = max(len(left), len(right))
            left += [[]] * (rows - len(left))
            right += [[]] * (rows - len(right))
            lines = [[*one, (" " * (half - cells_of(one)), ""), *two]
                     for one, two in zip(left, right, strict=True)]  # fmt: skip
        return [(line, "") for line in lines]


def _block(group: Group) -> list[Line]:
    actions = [action for action in ACTIONS if action.group is group]
    return [[(group, "title")], *(_row(action) for action in actions), []]


def _saved(messages: Mapping[str, str]) -> list[Line]:
    rows: list[Line] = [[("Saved messages", "title")]]
    for place, (name, text) in enumerate(messages.items()):
        told = fit(f"{escape_hidden(name)}  {escape_hidden(text[:COLUMN])}", COLUMN - 14).rstrip()
        rows.append([(f" {key_of(place):<11} ", "key"), (told, "")])
    return [*rows, []]


def _row(action: Action) -> Line:
    keys = " ".join(map(shown_key, action.keys))
    return [(f" {keys:<11} ", "key"), (action.help, "")]
