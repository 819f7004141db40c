"""The screen one works in: clients above, messages below, and a line to write in.

It holds the widgets together and says which of them an action means; what the
actions are is in `actions`, what takes more than a keystroke in `errands`.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.events import DescendantBlur, DescendantFocus, Resize
from textual.screen import Screen
from textual.widget import Widget

from tcpmon.core.commands import Flag, How
from tcpmon.core.model import Ask, Client, Kind, View
from tcpmon.core.node import Node, look_up
from tcpmon.ui import framed
from tcpmon.ui.actions import Place
from tcpmon.ui.aim import Aim
from tcpmon.ui.bindings import bindings
from tcpmon.ui.client_rows import title
from tcpmon.ui.clipboard import Clipboard
from tcpmon.ui.feed import Feed
from tcpmon.ui.log_lines import copied
from tcpmon.ui.memory import Memory
from tcpmon.ui.saved import bind_keys
from tcpmon.ui.screens.comparer import Comparer
from tcpmon.ui.screens.errands import Errands
from tcpmon.ui.screens.searching import Searching
from tcpmon.ui.screens.talking import Talking
from tcpmon.ui.widgets.clients import ClientsPane
from tcpmon.ui.widgets.composer import Composer, ComposerInput, Targets
from tcpmon.ui.widgets.filterbar import FilterBar, FilterInput
from tcpmon.ui.widgets.footer import KeyFooter
from tcpmon.ui.widgets.messages import MessagesPane
from tcpmon.ui.widgets.status import StatusBar

if TYPE_CHECKING:
    from tcpmon.core.history import Written
    from tcpmon.ui.screens.listeners import Failure

ROOMY = 32  # rows from which the composer is always there

_PLACES: dict[type[Widget | None], Place] = {
    ComposerInput: Place.COMPOSER,
    FilterInput: Place.FILTER,
}


class MainScreen(Screen[None]):
    """Clients, messages, composer."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(Place.MAIN)
    AUTO_FOCUS = "#clients"
    ALLOW_IN_MAXIMIZED_VIEW = "#status, #filter, #footer"

    def __init__(
        self,
        node: Node,
        clipboard: Clipboard,
        answer: str,
        hints: bool = True,
        filters: Mapping[str, str] = MappingProxyType({}),
        messages: Mapping[str, str] = MappingProxyType({}),
        history: bool = False,
    ) -> None:
        """answer: how the node answers reads, for the first line. hints: whether what was noticed
        is told at first. filters: what `@name` stands for. messages: payloads by name. history:
        whether what is sent is kept for the next time."""
        super().__init__()
        self._node = node
        self._clipboard = clipboard
        self._status = StatusBar("status", answer)
        self._clients = ClientsPane("clients", self._ask)
        self._messages = MessagesPane("messages", node, self._title_of)
        self._clients.hints = self._messages.hints = hints
        self._aim_of = Aim(node, self._find, lambda: self._feed.view)
        self._memory = Memory(self._warn) if history else None
        keep = self._memory.keep if self._memory else bool
        self._composer = Composer("composer", self._aim_of.title, keep, self._find)
        self._footer = KeyFooter("footer", Place.MAIN)
        shows = (self._show_status, self._show_clients, self._show_messages, self._retitle_composer)
        self._feed = Feed(node, self, self._clients.ask, shows, self._show_status)
        self._searching = Searching(self, node, self._clients, self._messages, filters)
        self._errands = Errands(self, node, self._title_of, self._ask)
        self._talking = Talking(
            self, self._errands, self._aim_of, self._composer, messages, filters, self._write_to
        )
        self._comparer = Comparer(self, node, self._title_of, clipboard, self._status.pin)
        self._failures: list[Failure] = []
        self._followed = True  # before the pause
        self._saved_messages = messages
        bind_keys(self._bindings)
        self._numbers: list[str] = []  # that were plotted, the newest first
        self._paused_at = 0  # the end of the records then
        self._drafts: dict[Targets, Written] = {}  # what was left unsent, for whom

    def compose(self) -> ComposeResult:
        """From the top down."""
        yield self._status
        yield self._clients
        yield self._searching.bar
        yield self._messages
        yield self._composer
        yield self._footer

    def on_mount(self) -> None:
        """Begin to look."""
        self._feed.start()
        if self._memory is not None:
            self.run_worker(self._talking.remembers(self._memory))

    def _warn(self, text: str) -> None:
        self.notify(text, severity="warning")

    def on_resize(self, event: Resize) -> None:
        """Keep the composer open where there is room for it."""
        self.set_class(event.size.height >= ROOMY, "-roomy")

    def _ask(self) -> None:
        self._feed.ask()

    def _show_clients(self, view: View) -> None:
        self._clients.show(view)
        self.set_class(not view.count + view.hidden, "-empty")
        self._searching.tell(view)

    def _show_messages(self, view: View) -> None:
        if not self._feed.paused:
            scope = self._messages.scope
            needed = scope is not None and view.framed.listeners
            client = self._find(scope) if needed and scope else None
            self._messages.framing = framed.shown(view, scope, client)
            self._messages.sync()

    def _show_status(self, _: View | None = None) -> None:
        news = self._node.span().end - self._paused_at if self._feed.paused else None
        self._status.show(self._feed.view, news)

    def _find(self, client: int) -> Client | None:
        """Look among the rows that are shown, and then in the whole table."""
        found = next((row for row in self._feed.view.rows if row.id == client), None)
        if found is None and (view := look_up(self._node, client, self._clients.ask())):
            found = view.rows[0]
        return found

    def _title_of(self, client: int) -> str:
        return title(client, self._find(client))

    # -- focus ------------------------------------------------------------------------

    @on(DescendantFocus)
    @on(DescendantBlur)
    def _refocus(self) -> None:
        focused = self.focused
        self.set_class(isinstance(focused, ComposerInput), "-writing")
        self._searching.bar.attend(focused)
        place = _PLACES.get(type(focused), Place.MAIN)
        pane = focused.id if focused and focused.id and place is Place.MAIN else ""
        self._footer.focus_on(place, pane)

    @property
    def _pane(self) -> ClientsPane | MessagesPane:
        return self._messages if self.focused is self._messages else self._clients

    def _go(self, widget: Widget) -> None:
        if self.maximized is not None and self.maximized is not widget:
            self.minimize()
        self.set_focus(widget)

    def _step(self, step: int) -> None:
        panes: list[Widget] = [self._clients, self._messages]
        if self.has_class("-roomy") and self.maximized is None:
            panes.append(self._composer.input)
        place = panes.index(self.focused) if self.focused in panes else 0
        target = panes[(place + step) % len(panes)]
        if target is self._composer.input:
            self.action_composer_pane()
        else:
            self._go(target)

    def action_next_pane(self) -> None:
        self._step(1)

    def action_previous_pane(self) -> None:
        self._step(-1)

    def action_clients_pane(self) -> None:
        self._go(self._clients)

    def action_messages_pane(self) -> None:
        self._go(self._messages)

    def action_composer_pane(self) -> None:
        """As it stands, whichever pane has the focus."""
        if targets := self._chosen("send to", self._clients.cursor):
            self._write_to(targets)

    # -- moving -----------------------------------------------------------------------

    def action_up(self) -> None:
        self._pane.move(-1)

    def action_down(self) -> None:
        self._pane.move(1)

    def action_page_up(self) -> None:
        self._pane.page(-1)

    def action_page_down(self) -> None:
        self._pane.page(1)

    def action_first(self) -> None:
        self._pane.edge(last=False)

    def action_last(self) -> None:
        self._pane.edge(last=True)

    def action_open(self) -> None:
        self._pane.open_selected()

    @on(ClientsPane.Opened)
    def _open_client(self, message: ClientsPane.Opened) -> None:
        if self.maximized is self._clients:
            self.minimize()
        self._messages.set_scope(message.client)

    @on(MessagesPane.Opened)
    def _open_message(self, message: MessagesPane.Opened) -> None:
        from tcpmon.ui.screens.message import MessageScreen

        lens = self._messages.lens
        self.app.push_screen(MessageScreen(self._node, message.record, lens, self._clipboard))

    def action_back(self) -> None:
        """Undo the newest of what narrows the view."""
        if self._comparer.forget():
            return
        if self.maximized is not None:
            self.minimize()
        elif self._searching.back():
            pass
        elif self._messages.scope is not None:
            self._messages.set_scope(None)
        elif self._messages.floor:
            self._messages.unclear()
        elif self._clients.marked:
            self._clients.set_marks(())
        elif not self._messages.follow:
            self._messages.set_follow(True)

    # -- writing ----------------------------------------------------------------------

    def _aim(self, targets: Targets) -> None:
        """Say who is written to. What was written for others is kept for them."""
        composer = self._composer
        if targets == composer.targets:
            composer.retitle()
            return
        if composer.input.value:
            self._drafts[composer.targets] = composer.written
        composer.put(self._drafts.pop(targets, composer.blank))
        client = self._find(targets[0]) if targets and isinstance(targets, tuple) else None
        composer.aim(targets, client.listener if client else "")

    @on(ClientsPane.Moved)
    def _retitle_composer(self, _: object = None) -> None:
        if isinstance(self.focused, ComposerInput):
            self._composer.retitle()
        else:
            self._aim(self._clients.targets())

    def _write_to(self, targets: Targets) -> None:
        if self.maximized is not None:
            self.minimize()
        self._aim(targets)
        self.add_class("-writing")
        self.set_focus(self._composer.input)

    @property
    def _looked_at(self) -> int | None:
        """The client of the row in the pane that has the focus."""
        if self._pane is self._clients:
            return self._clients.cursor
        record = self._messages.selected
        return (record.client if record else 0) or self._messages.scope

    def _chosen(self, purpose: str, client: int | None) -> tuple[int, ...]:
        """Return who is marked, or else the client, which is in view then if it has the cursor."""
        if self._clients.marked:
            return self._clients.targets()
        if client is None:
            self.notify(f"nobody to {purpose}", severity="warning")
            return ()
        if client == self._clients.cursor:
            self._clients.reveal()
        return (client,)

    def action_examine(self) -> None:
        """Everything known of the client one looks at."""
        client = self._looked_at
        if client is None or self._find(client) is None:
            self.notify("no client to look at", severity="warning")
            return
        from tcpmon.ui.screens.client import ClientScreen

        hints = self._clients.hints
        self.app.push_screen(ClientScreen(self._node, client, self._clipboard, hints))

    def action_send(self) -> None:
        if targets := self._chosen("send to", self._looked_at or self._clients.cursor):
            self._write_to(targets)

    def action_broadcast(self) -> None:
        """To those whom the table shows, if it does not show all."""
        self._write_to(self._clients.filter or None)

    @on(Composer.Left)
    def _leave_composer(self) -> None:
        self._go(self._clients)

    @on(Composer.Submitted)
    async def _submit(self, message: Composer.Submitted) -> None:
        accepted, note = await self._errands.send(message.data, message.targets, message.text)
        elsewhere = message.targets != self._composer.targets  # what failed is not for these
        self._composer.sent(accepted or elsewhere, "" if elsewhere else note)
        if elsewhere:
            whom = self._aim_of.words(message.targets)
            self._errands.tell(f"{whom}: {note}", failed=not accepted)

    @on(Composer.Saved)
    def _put_saved(self, message: Composer.Saved) -> None:
        self._talking.put_saved(message.place)

    @on(Composer.Asked)
    @work
    async def _asked(self, message: Composer.Asked) -> None:
        talking, clients = self._talking, self._clients
        if message.what == "recall":
            await talking.recall()
        elif message.what == "repeat":
            await talking.repeat_written()
        elif message.what == "file":
            await talking.send_file(self._composer.targets)
        elif message.what == "language":
            from tcpmon.ui.screens.reference import of_payloads

            self.app.push_screen(of_payloads())
        else:
            marked = clients.targets() if clients.marked else ()
            await talking.whom(clients.cursor, marked, clients.filter)

    @work
    async def action_saved(self, place: int = 0) -> None:
        await self._talking.send_saved(place, self._addressed)

    def _addressed(self) -> tuple[int, ...]:
        """Return to whom a key sends that asks nothing: in a log of all that runs on, the row is
        another one at each message."""
        log = self._messages
        runs_on = self._pane is log and log.follow and log.scope is None
        if runs_on and not self._clients.marked:
            self.notify("the log runs on: go to a row of it first", severity="warning")
            return ()
        return self._chosen("send to", self._looked_at)

    @work
    async def action_repeat(self) -> None:
        if targets := self._chosen("send to", self._looked_at or self._clients.cursor):
            await self._talking.repeat(targets)

    @work
    async def action_send_file(self) -> None:
        if targets := self._chosen("send to", self._looked_at or self._clients.cursor):
            await self._talking.send_file(targets)

    def action_jobs(self) -> None:
        from tcpmon.ui.screens.jobs import JobsScreen

        self.app.push_screen(JobsScreen(self._node))

    def _rows(self, targets: tuple[int, ...]) -> list[Client]:
        everyone = self._node.view(self._clients.everyone()).rows if targets else ()
        wanted = set(targets)
        return [row for row in everyone if row.id in wanted]

    # -- ending connections -----------------------------------------------------------

    def _chosen_to_end(self) -> tuple[int, ...]:
        """Return who is marked, or else the table's row, but only when it is looked at: in a
        log that runs on, the row is another one at each message."""
        clients, why = self._clients, ""
        if not clients.marked:
            if self._pane is self._messages:
                why = "go to the client's row first: 1"
            elif clients.cursor is not None and not clients.reveal():
                why = "the row was out of sight: once more to disconnect"
        if why:
            self.notify(why, severity="warning")
            return ()
        return self._chosen("disconnect", clients.cursor)

    @work
    async def action_disconnect(self) -> None:
        targets = self._chosen_to_end()
        if targets and await self._errands.disconnect(targets, len(targets)):
            self._clients.set_marks(())

    @work
    async def action_disconnect_how(self) -> None:
        targets = self._chosen_to_end()
        if targets and await self._errands.disconnect_how(targets):
            self._clients.set_marks(())

    @work
    async def action_disconnect_all(self) -> None:
        if count := self._node.view(Ask()).totals.open:  # the picture may be an old one: paused
            await self._errands.disconnect(None, count, How.CLOSE)

    @work
    async def action_name(self) -> None:
        from tcpmon.ui.screens.naming import name

        if targets := self._chosen("name", self._looked_at):
            await name(self._errands, self._node, self._rows(targets))
            self._ask()

    @work
    async def action_silence(self) -> None:
        """Whose, it asks: also where nobody is connected."""
        from tcpmon.ui.screens.silence import set_alarm

        client = self._looked_at
        marked = self._clients.marked
        targets = self._chosen("wait for", client) if client or marked else ()
        await set_alarm(self._errands, self._rows(targets), self._node.view(Ask()).listeners)

    @work
    async def action_refuse(self) -> None:
        """In the log too, whose row may be another one by now: the question names the address."""
        if targets := self._chosen("refuse", self._looked_at):
            await self._errands.refuse(self._rows(targets))

    # -- the table ----------------------------------------------------------------------

    def action_mark(self) -> None:
        self._clients.toggle_mark()

    def action_mark_all(self) -> None:
        matching = self._node.view(self._clients.everyone(self._clients.filter))
        self._clients.set_marks(row.id for row in matching.rows if not row.end)

    async def action_unmark(self) -> None:
        """Also what a rule has marked the row's client for."""
        self._clients.set_marks(())
        if (client := self._clients.selected) and client.flag:
            await self._errands.do(Flag(client.id, ""))

    def action_sort(self) -> None:
        self._clients.sort_next()

    def action_reverse(self) -> None:
        self._clients.sort_by(self._clients.sort)

    async def action_clear_closed(self) -> None:
        await self._errands.forget_closed()
        if marked := self._clients.marked:
            everyone = self._node.view(self._clients.everyone())
            self._clients.set_marks(marked & {row.id for row in everyone.rows})

    # -- filters and searches -----------------------------------------------------------

    def action_filter(self) -> None:
        self._searching.filter(self._pane)

    def action_filter_clear(self) -> None:
        """Of the pane that has the focus; if it has none, of the other one."""
        others = (self._clients, self._messages)
        for pane in (self._pane, *others):
            if pane.filter:
                pane.set_filter("")
                return

    def action_find(self) -> None:
        self._searching.find()

    def action_find_next(self) -> None:
        self._searching.step(1)

    def action_find_previous(self) -> None:
        self._searching.step(-1)

    @on(FilterBar.Left)
    def _leave_filter(self) -> None:
        self._searching.left()

    # -- the log ------------------------------------------------------------------------

    def action_only_this(self) -> None:
        """Or, for the client whose messages are shown already, those of all again."""
        client, scope = self._looked_at, self._messages.scope
        if client is not None or scope is not None:
            self._messages.set_scope(None if client == scope else client)

    @work
    async def action_framing(self) -> None:
        """Ask how to cut, for whom one looks at or for all."""
        from tcpmon.ui.screens.framing import FramingScreen, choices

        client = self._looked_at if self._pane is self._clients else self._messages.scope
        known = self._find(client) if client is not None else None
        whom = choices(self._feed.view, known, self._pane is self._messages and not client)
        if cut := await self.app.push_screen_wait(FramingScreen(whom)):
            await self._errands.do(cut)

    def action_follow(self) -> None:
        self._messages.set_follow(not self._messages.follow)

    def action_form(self) -> None:
        self._messages.next_form()

    def action_times(self) -> None:
        self.notify(f"times: {self._messages.next_times()}", timeout=2)

    def action_receipt(self) -> None:
        """Of the row of the log, if it was sent."""
        from tcpmon.ui.screens.receipt import ReceiptScreen

        record = self._messages.selected
        if record is None or record.kind not in (Kind.TX, Kind.CAST):
            self.notify("go to the row of something that was sent", severity="warning")
            return
        self.app.push_screen(ReceiptScreen(self._node, record, self._title_of, self._clipboard))

    @work
    async def action_plot(self) -> None:
        """Of the client one looks at; in a log of all, of all, and the row's is a key away."""
        from tcpmon.ui.screens.plot import PlotScreen

        everyone = self._pane is self._messages and self._messages.scope is None
        name, past = self._title_of, self._numbers
        plot = PlotScreen(self._node, self._looked_at, name, self._clipboard, past, everyone)
        place = await self.app.push_screen_wait(plot)
        if place is not None:
            self._messages.set_scope(plot.client)
            self._messages.go_to(place)
            self._go(self._messages)

    def action_compare(self) -> None:
        """Two messages of the log, or two clients of the table."""
        if self._pane is self._messages:
            self._comparer.message(self._messages.selected, self._messages.scope)
        else:
            self._comparer.clients(self._clients.marked, self._clients.cursor)

    def action_clear_log(self) -> None:
        self._messages.clear()

    def action_copy(self) -> None:
        """The message of the row, or the client's address."""
        record, client = self._messages.whole, self._clients.selected
        if self.focused is self._messages:
            text = copied(record) if record else ""
        else:
            text = client.peer if client else ""
        self._clipboard.copy_for(self.app, text)

    @work
    async def action_copy_as(self) -> None:
        from tcpmon.ui.screens.carrying import Carrying

        carrying = Carrying(self, self._node, self._clipboard)
        await carrying.copy_message(self._messages.selected)

    @work
    async def action_export(self) -> None:
        """What the log shows, the row's message, its client or the marked ones, or everything."""
        from tcpmon.ui.screens.carrying import Carrying, Seen

        log, client = self._messages, self._looked_at
        clients = self._clients.targets() if self._clients.marked else (client,) if client else ()
        seen = Seen(log.lens, log.floor, log.selected, clients, self._pane is log)
        await Carrying(self, self._node, self._clipboard).export(seen, self._title_of)

    # -- the window ---------------------------------------------------------------------

    def action_pause(self) -> None:
        """Freeze what is shown, or go on as before."""
        paused = self._feed.paused = not self._feed.paused
        if paused:
            self._paused_at = self._node.span().end
            self._followed = self._messages.follow
            self._messages.set_follow(False)
        elif self._followed:
            self._messages.set_follow(True)
        self._feed.ask()

    def action_hints(self) -> None:
        """Tell what was noticed, or do not."""
        told = self._clients.hints = self._messages.hints = not self._clients.hints
        self._clients.repaint()
        self._messages.repaint()
        self.notify(f"hints {'on' if told else 'off'}", timeout=2)

    def action_zoom(self) -> None:
        if self.maximized is None:
            self.maximize(self._pane)
        else:
            self.minimize()

    def action_listeners(self) -> None:
        from tcpmon.ui.screens.listeners import ListenersScreen

        self.app.push_screen(ListenersScreen(self._node, self._clipboard, self._failures))

    def action_limits(self) -> None:
        from tcpmon.ui.screens.limits import LimitsScreen

        self.app.push_screen(LimitsScreen(self._node))

    def action_rules(self) -> None:
        """What the rules would do is tried on the log's message."""
        from tcpmon.ui.screens.rules import RulesScreen, heard

        message = heard(self._node, self._messages.whole)
        client = self._find(message.client) if message else None
        self.app.push_screen(RulesScreen(self._node, message, client))

    def action_help(self) -> None:
        from tcpmon.ui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen(self._saved_messages))

    def action_palette(self) -> None:
        self.app.action_command_palette()

    async def action_quit(self) -> None:
        await self.app.action_quit()

    def action_interrupt(self) -> None:
        self.app.action_help_quit()
