"""What to write to a file, how, and where to; then how far that is."""

import asyncio
import os
import time
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from tcpmon.core.errors import CannotWrite
from tcpmon.core.escape import escape_text
from tcpmon.core.export.walk import Scope
from tcpmon.core.node import Node
from tcpmon.files import Found, expanded
from tcpmon.ui.exporting import SUFFIXES, Export, Form, Order
from tcpmon.ui.screens.choice import Choice
from tcpmon.ui.widgets.line_input import LineInput
from tcpmon.ui.widgets.one_of import OneOf

if TYPE_CHECKING:
    from textual.timer import Timer

LOOK_SECONDS = 0.1
_FORMS = {
    Form.TEXT: "text, a line for each, as tcpmon serve writes them",
    Form.DUMP: "hex dump, with date, client and direction",
    Form.JSONL: "JSON lines, as tcpmon serve --format jsonl writes them",
    Form.RAW: "raw bytes, what came and what went apart",
}


class What(Struct, frozen=True):
    """Something to export, as a person calls it."""

    label: str
    scope: Scope


def default_name(suffix: str) -> str:
    """Return a name that tells when: "tcpmon-2026-11-23-091402.txt"."""
    return time.strftime("tcpmon-%Y-%m-%d-%H%M%S") + suffix


class ExportScreen(ModalScreen[str]):
    """Asks, and writes. The answer is what was done, "" for nothing.

    What goes wrong is told here, with all that was typed still there.
    """

    CSS_PATH = "export.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "write", show=False),
        Binding("escape", "leave", show=False),
    ]
    AUTO_FOCUS = "#what"

    def __init__(self, node: Node, whats: list[What]) -> None:
        super().__init__()
        self._node = node
        self._whats = whats
        self._forms = list(_FORMS)
        self._what = OneOf("what", "What", [what.label for what in whats])
        self._form = OneOf("form", "Form", list(_FORMS.values()))
        self._file = LineInput(default_name(SUFFIXES[Form.TEXT]), compact=True, id="name")
        self._told = Static("", markup=False, id="told")
        self._export: Export | None = None
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """Three questions, and a line to be told."""
        with Vertical(id="export") as box:
            box.border_title = "Export"
            box.border_subtitle = "enter write   tab next   esc cancel"
            yield self._what
            yield self._form
            yield Static("File", id="file")
            yield self._file
            yield self._told

    def on_mount(self) -> None:
        """Say where it will go."""
        self._say_where()

    # -- the questions ---------------------------------------------------------------

    @property
    def _chosen_form(self) -> Form:
        return self._forms[self._form.chosen]

    def _order(self) -> Order:
        scope = self._whats[self._what.chosen].scope
        return Order(scope, self._chosen_form, expanded(self._file.value))

    def on_one_of_chosen(self) -> None:
        """A name that ends as one of our forms does ends as the chosen one."""
        stem, suffix = os.path.splitext(self._file.value)
        if suffix in SUFFIXES.values():
            self._file.value = stem + SUFFIXES[self._chosen_form]
        self._say_where()

    def on_input_changed(self) -> None:
        """Say where it will go."""
        self._say_where()

    def _say_where(self) -> None:
        if self._export is not None:
            return
        try:
            order = self._order()
        except CannotWrite as error:
            self._say(str(error))
            return
        folder, name = os.path.split(order.path)
        names = " and ".join(os.path.basename(path) for path in order.paths.values())
        if order.is_folder:
            names = f"a folder {name}, in it for each client a file .rx and one .tx"
        self._say(f"{escape_text(names)}, in {escape_text(folder)}; only you can read it")

    def _say(self, text: str, wrong: bool = False) -> None:
        self._told.update(text)
        self._told.set_class(wrong, "-wrong")

    # -- writing -----------------------------------------------------------------------

    def on_input_submitted(self) -> None:
        """Enter writes, wherever it is pressed."""
        self.action_write()

    def action_leave(self) -> None:
        """Stop, or go back."""
        if self._export is not None:
            self._export.stop()
        else:
            self.dismiss("")

    def action_write(self) -> None:
        """Write it, unless that is under way."""
        if self._export is None:
            self._write()

    @work(exclusive=True)
    async def _write(self) -> None:
        try:
            order = self._order()
            there = await asyncio.to_thread(order.look)
            over = there is not Found.NOTHING
            if over and not await self._is_wanted(order, there):
                return
            self._begin(Export(self._node, order, over))
            if done := await self._run():
                self.dismiss(done)
        except CannotWrite as error:
            self._say(f"{error}", wrong=True)

    async def _is_wanted(self, order: Order, there: Found) -> bool:
        verb = "Overwrite" if there is Found.FILE else "Write into"
        names = [escape_text(path) for path in order.paths.values()]
        question = f"{verb} {there}?"
        choice = Choice(question, names, {"y": verb}, safe="Another name")
        if await self.app.push_screen_wait(choice):
            return True
        self._file.focus()
        return False

    def _begin(self, export: Export) -> None:
        self._export = export
        for widget in (self._what, self._form, self._file):
            widget.disabled = True
        self._timer = self.set_interval(LOOK_SECONDS, lambda: self._say(export.progress))

    async def _run(self) -> str:
        """Return what was done, "" if it was stopped. Raises CannotWrite."""
        export = self._export
        assert export is not None
        try:
            await asyncio.to_thread(export.run)
        except asyncio.CancelledError:  # the program ends
            export.stop()
            raise
        finally:
            self._end()
        if export.stopped:
            self._say("stopped; nothing was written")
            return ""
        return export.outcome

    def _end(self) -> None:
        self._export = None
        if self._timer is not None:
            self._timer.stop()
        for widget in (self._what, self._form, self._file):
            widget.disabled = False
        self._file.focus()
