"""How streams are cut into messages: a list to choose from, and a line to say it exactly."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tcpmon.core.commands import Cut
from tcpmon.core.errors import BadFraming
from tcpmon.core.framing.kinds import KINDS, Kind, kind_of
from tcpmon.core.framing.spec import parse
from tcpmon.core.model import Client, View
from tcpmon.ui.framed import listener_of
from tcpmon.ui.render import Line, fit
from tcpmon.ui.widgets.line_input import LineInput
from tcpmon.ui.widgets.listing import Listing

NAME = 11  # cells
ROOMY = 70  # cells from which a kind's example is shown too


class Whom:
    """For whom it holds. title: as people say it; cut: the command without a framing; framing:
    what holds now, "" for what holds for others."""

    def __init__(self, title: str, cut: Cut, framing: str) -> None:
        self.title = title
        self.cut = cut
        self.framing = framing


def choices(view: View, client: Client | None, all_first: bool) -> list[Whom]:
    """Return for whom it may be chosen, from what is looked at outwards."""
    framed = view.framed
    whom: list[Whom] = []
    listener = listener_of(view, client)
    if client is not None:
        title = f"client #{client.id} {client.peer}"
        whom.append(Whom(title, Cut("", client=client.id), framed.clients.get(client.id, "")))
    for one in view.listeners:
        if len(view.listeners) > 1 and listener in (None, one.id):
            title = f"all who come in by {one.addresses[0]}"
            framing = framed.listeners.get(one.id, "")
            whom.append(Whom(title, Cut("", listener=one.id), framing))
    everyone = Whom("all other clients" if whom else "all clients", Cut(""), framed.default)
    return [everyone, *whom] if all_first else [*whom, everyone]


class FramingScreen(ModalScreen[Cut | None]):
    """Asks how to cut, and for whom; the answer is the command, None for nothing."""

    CSS_PATH = "framing.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", show=False),
        Binding("tab", "whom(1)", show=False, priority=True),
        Binding("shift+tab", "whom(-1)", show=False, priority=True),
        Binding("up", "kind(-1)", show=False, priority=True),
        Binding("down", "kind(1)", show=False, priority=True),
        Binding("pageup", "kind(-8)", show=False, priority=True),
        Binding("pagedown", "kind(8)", show=False, priority=True),
    ]

    def __init__(self, whom: Sequence[Whom]) -> None:
        super().__init__()
        self._whom = whom
        self._at = 0
        self._kinds = Kinds("kinds", self._choose)
        self._input = LineInput(compact=True, id="framing-input")
        self._told = Static("", markup=False, id="framing-told")

    def compose(self) -> ComposeResult:
        """The list, the line, and what it means."""
        with Vertical(id="framing") as box:
            box.border_title = "Cut into messages"
            whom = "tab for whom   " if len(self._whom) > 1 else ""
            box.border_subtitle = f"enter choose   {whom}esc cancel"
            yield self._kinds
            yield self._input
            yield self._told

    def on_mount(self) -> None:
        """Begin with what holds now."""
        self.set_focus(self._input)
        self.call_after_refresh(self._show)

    def _show(self) -> None:
        framing = self._whom[self._at].framing
        self._kinds.show(KINDS)
        if kind := kind_of(framing):
            self._kinds.go_to(kind.name)
        self._write(framing)
        self._input.select_all()  # what is typed takes its place

    def _write(self, text: str) -> None:
        self._input.value = text
        self._input.cursor_position = len(text)
        self._tell()

    def _tell(self) -> None:
        whom = self._whom[self._at]
        text, error = self._input.value, ""
        try:
            if text:
                parse(text)
        except BadFraming as bad:
            error = str(bad)
        place = "" if len(self._whom) == 1 else f"  ({self._at + 1} of {len(self._whom)}, tab)"
        self._told.update(Content(f"for {whom.title}{place}\n{error or self._meaning(text)}"))

    def _meaning(self, text: str) -> str:
        if not text:
            cut = self._whom[self._at].cut
            return "by read" if cut.client is cut.listener is None else "as for the others"
        kind = kind_of(text)
        options = f"; {kind.options}" if kind and kind.options else ""
        return f"{kind.what}{options}" if kind else ""

    def _choose(self, kind: Kind) -> None:
        self._write(kind.example)

    def on_input_changed(self) -> None:
        """Say what is wrong with it at once."""
        self._tell()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go on with what can be cut by."""
        cut = self._whom[self._at].cut
        try:
            framing = str(parse(event.value)) if event.value else ""
        except BadFraming:
            self.app.bell()
            return
        self.dismiss(Cut(framing, cut.client, cut.listener))

    def action_whom(self, step: int) -> None:
        """For somebody else; what was written already goes along."""
        written = self._input.value != self._whom[self._at].framing
        self._at = (self._at + step) % len(self._whom)
        if written:
            self._tell()
        else:
            self._show()

    def action_kind(self, rows: int) -> None:
        """Another kind, as its example has it."""
        self._kinds.scroll_rows(rows)
        if kind := self._kinds.selected:
            self._choose(kind)


class Kinds(Listing[Kind]):
    """All ways there are, a line each."""

    can_focus = False

    def __init__(self, id: str, choose: Callable[[Kind], None]) -> None:
        super().__init__(id)
        self._choose = choose

    def title(self) -> tuple[Line, Line]:
        return [("ways to cut", "title")], []

    def heading(self) -> list[Line]:
        return []

    def row(self, item: Kind) -> Line:
        room = self.body_width - NAME - 4
        line: Line = [(fit(item.name, NAME), "note")]
        if room < ROOMY:
            return [*line, (fit(item.what, room), "")]
        return [*line, (fit(item.what, room // 2), ""), (" ", ""), (item.example, "dim")]

    def go_to(self, name: str) -> None:
        """Put the cursor on a kind."""
        names = [kind.name for kind in self.items]
        if name in names:
            self.scroll_rows(names.index(name) - self._cursor)

    def click_row(self, row: int, column: int, double: bool) -> None:
        """Choose a kind."""
        super().click_row(row, column, double)
        if self.selected:
            self._choose(self.selected)
