"""The rules that answer clients: which have acted, and what they would do with a message."""

import asyncio
import time
from collections.abc import Iterable
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen

from tcpmon import files, rulesfile
from tcpmon.core.commands import Instruct, Switch
from tcpmon.core.errors import BadRules, CannotWrite, InputError, TcpmonError
from tcpmon.core.escape import escape_text
from tcpmon.core.model import Client, Kind, Lens, Message
from tcpmon.core.node import Node, whole
from tcpmon.core.playbook import Playbook, RuleState
from tcpmon.core.rules.reading import TEXT_MOST
from tcpmon.core.timestamps import Stamper
from tcpmon.core.units import number
from tcpmon.ui.actions import Place
from tcpmon.ui.bindings import bindings
from tcpmon.ui.render import Line, fit, fit_address, wrap
from tcpmon.ui.screens.choice import Choice
from tcpmon.ui.screens.dialog import Dialog
from tcpmon.ui.screens.pick import Pick
from tcpmon.ui.screens.rules_editor import RulesEditor
from tcpmon.ui.widgets.footer import KeyFooter
from tcpmon.ui.widgets.lines import Lines
from tcpmon.ui.widgets.listing import Listing
from tcpmon.ui.widgets.trial import Trial

LOOK_SECONDS = 0.5
LOOKED_AT = 200  # messages before the log's among which one is that a client has said
TROUBLE_LINES = 4  # of what is wrong with the script
_stamp = Stamper(time.localtime)


def heard(node: Node, message: Message | None) -> Message | None:
    """Return a message if a client has said it, else what was said last before it, by the same
    client where it has one."""
    if message is None or message.kind is Kind.RX:
        return message
    client = message.client or None
    before = node.messages(message.place, -LOOKED_AT, Lens(client, most=0))
    places = (each.place for each in reversed(before) if each.kind is Kind.RX)
    place = next(places, None)
    return whole(node, place, client) if place else None


class RulesScreen(Screen[None]):
    """The rules above, what they would do with one message below."""

    CSS_PATH = "rules.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings(Place.RULES)
    AUTO_FOCUS = "#rules"

    def __init__(self, node: Node, message: Message | None, client: Client | None) -> None:
        """message: what is tried on the rules, client: whose it is."""
        super().__init__()
        self._node = node
        self._message = message
        self._client = client
        self._rules = RulesPane("rules")
        self._chosen = Chosen("chosen")
        self._trial = Trial(message, client)
        self._tried: str | None = None  # the text whose trial is shown

    def compose(self) -> ComposeResult:
        """Two panes, between them all of the selected rule, and the keys."""
        yield self._rules
        yield self._chosen
        yield self._trial
        yield KeyFooter("footer", Place.RULES)

    def on_mount(self) -> None:
        """Begin to look."""
        self._look()
        self.set_interval(LOOK_SECONDS, self._look)

    def _look(self) -> None:
        book = self._node.playbook()
        self._rules.book = book
        self._rules.show(book.rules)
        self._choose()
        if book.text != self._tried:
            self._tried = book.text
            self._trial.read(book.text)

    def _choose(self) -> None:
        self._chosen.rule = self._rules.selected
        self._chosen.repaint()

    def on_click(self) -> None:
        """Another rule may be selected."""
        self._choose()

    def action_up(self) -> None:
        """One row up in the pane that has the focus."""
        self._pane.scroll_rows(-1)
        self._choose()

    def action_down(self) -> None:
        """One row down in the pane that has the focus."""
        self._pane.scroll_rows(1)
        self._choose()

    @property
    def _pane(self) -> "Trial | RulesPane":
        return self._trial if self._trial.has_focus else self._rules

    def action_next_pane(self) -> None:
        """To the other pane."""
        self.focus_next()

    async def action_switch(self) -> None:
        """Turn the selected rule on or off, unless another one is in its place by now."""
        rule, place = self._rules.selected, self._rules.place
        names = [each.name for each in self._node.playbook().rules]
        if rule is not None and names[place : place + 1] == [rule.name]:
            await self._do(Switch(place, not rule.on))
        else:
            self._look()

    async def _do(self, command: Instruct | Switch) -> bool:
        try:
            await self._node.do(command)
        except TcpmonError as error:
            self.notify(str(error), severity="error")
            return False
        finally:
            self._look()
        return True

    @work
    async def action_edit(self) -> None:
        """Write the rules, as they stand in their file: what is wrong there can be mended here."""
        book = self._node.playbook()
        there = await _text_in(book.source) if book.source else None
        await self._edit(book.text if there is None else there, book.source)

    async def _edit(self, text: str, source: str) -> None:
        if self.app.screen is not self:
            return  # the key was pressed twice before a screen could be drawn
        editor = RulesEditor(text, source, self._rules.place, self._message, self._client)
        written = await self.app.push_screen_wait(editor)
        if written is not None and await self._do(Instruct(written, source)):
            await self._keep(written, source, text)

    async def _keep(self, text: str, path: str, before: str | None = None) -> None:
        """Write rules to their file. before: what stood in it, as far as is known."""
        if not path:
            self.notify("in force; not in a file yet: w writes them to one")
            return
        there = await _text_in(path)
        is_gone = there is None and rulesfile.stamp(path) is None
        if not is_gone and there not in (before, text) and not await self._may_replace(path):
            self.notify("in force, but not in the file", severity="warning")
            return
        try:
            await asyncio.to_thread(rulesfile.write, path, text)
        except CannotWrite as error:
            self.notify(f"in force, but not in the file: {error}", severity="error")
        else:
            self.notify(f"in force, and written to {escape_text(path)}")

    async def _may_replace(self, path: str) -> bool:
        """Ask about a file that somebody else has written to."""
        question = "The file has been changed meanwhile"
        options = {"y": "Write over it"}
        choice = Choice(question, [path], options, "Leave the file as it is")
        answer = await self.app.push_screen_wait(choice)
        return answer != ""

    @work
    async def action_write(self) -> None:
        """Write the rules to a file, which they belong to from then on."""
        text = self._node.playbook().text
        path = await self.app.push_screen_wait(
            Dialog("Write the rules to", "write", "~/device.toml", _new_file, str)
        )
        if path is not None and await self._do(Instruct(text, path)):
            await self._keep(text, path)

    @work
    async def action_preset(self) -> None:
        """Begin with rules that are there already."""
        from tcpmon import presets

        options = {name: f"{name:<8} {presets.about(name)}" for name in presets.names()}
        name = await self.app.push_screen_wait(Pick("Begin with", options, ""))
        if name is not None:
            await self._edit(presets.text(name), "")

    def action_close(self) -> None:
        """Back to the clients."""
        self.dismiss()


async def _text_in(path: str) -> str | None:
    """Return what a rules file says, None if that cannot be read, or is too long to be rules: it
    would hold up the screen."""
    try:
        text = await asyncio.to_thread(rulesfile.read, path)
    except BadRules:
        return None
    return text if len(text) <= TEXT_MOST else None


def _new_file(text: str) -> str:
    """Return the path of a file that is not there yet. Raises InputError."""
    try:
        path = files.expanded(text)
        found = files.look(path)
    except CannotWrite as error:
        raise InputError(error.message, error.hint) from None
    if found is not files.Found.NOTHING:
        raise InputError(f"{escape_text(path)} is there already", "choose another name")
    return path


class RulesPane(Listing[RuleState]):
    """One rule a row."""

    book = Playbook()

    @property
    def place(self) -> int:
        """Which rule is selected, counted from 0."""
        return self._cursor

    def title(self) -> tuple[Line, Line]:
        """Say where the rules come from."""
        source = escape_text(self.book.source) or "in no file yet"
        return [("Rules", "title")], [(source, "dim")] if self.book.text else []

    def heading(self) -> list[Line]:
        """Name the columns, and say what is wrong, or that there is nothing."""
        lines: list[Line] = []
        if self.book.trouble:
            lines += self._errors(f"not taken: {self.book.trouble}")
        if self.book.script:
            lines += self._script()
        if not self.items:
            keys: Line = [
                ("e", "key"),
                (" writes one, ", ""),
                ("p", "key"),
                (" takes a preset.", ""),
            ]
            return [*lines, [], [("No rules. ", "warn"), *keys]]
        return [*lines, [(f"  {'':<4} {'Rule':<24}{'Hits':>12}  Last", "heading")]]

    def _script(self) -> list[Line]:
        """Name the script, and say what is wrong with it."""
        book = self.book
        name = fit_address(escape_text(book.script), self.body_width - 8)
        trouble = self._errors(book.script_trouble) if book.script_trouble else []
        return [[("Script ", "heading"), (name, "dim")], *trouble]

    def _errors(self, text: str) -> list[Line]:
        lines = wrap(text, self.body_width)[:TROUBLE_LINES]
        return [[(part, "error") for part, _ in line] for line in lines]

    def row(self, item: RuleState) -> Line:
        """Return whether it is on, how often it has acted, and what is wrong with it."""
        word: Line = [("on   ", "good")] if item.on else [("off  ", "dim")]
        at = _stamp.clock(item.at).partition(".")[0] if item.at else "never"
        name = fit(escape_text(item.name), 24)
        line: Line = [*word, (name, ""), (f"{number(item.hits):>12}", ""), (f"  {at:<9}", "dim")]
        told, style = (item.trouble, "warn") if item.trouble else (item.shown, "dim")
        return [*line, (fit(told, max(1, self.body_width - 56)), style)]


class Chosen(Lines):
    """All that is said of one rule."""

    rule: RuleState | None = None

    def compose_lines(self) -> Iterable[tuple[Line, str]]:
        """Return what is wrong with it, then when it acts and what it does."""
        if self.rule is not None:
            for text, style in ((self.rule.trouble, "warn"), (self.rule.shown, "dim")):
                for line in wrap(text, self.size.width - 4) if text else ():
                    yield [("  ", ""), *((part, style) for part, _ in line)], ""
