"""The screen one works in: clients above, messages below, and a line to write in.

It holds the widgets together and says which of them an action means; what the
actions are is in `actions`, what takes more than a keystroke in `errands`.
"""

from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.events import DescendantBlur, DescendantFocus, Resize
from textual.screen import Screen
from textual.widget import Widget

from tcpmon.core.commands import How
from tcpmon.core.escape import escape
from tcpmon.core.model import Client, View
from tcpmon.core.node import Node
from tcpmon.core.units import counted
from tcpmon.ui.actions import Place
from tcpmon.ui.bindings import bindings
from tcpmon.ui.clipboard import Clipboard
from tcpmon.ui.feed import Feed
from tcpmon.ui.screens.errands import Errands
from tcpmon.ui.widgets.clients import ClientsPane
from tcpmon.ui.widgets.composer import Composer, ComposerInput, Targets
from tcpmon.ui.widgets.footer import KeyFooter
from tcpmon.ui.widgets.messages import MessagesPane
from tcpmon.ui.widgets.status import StatusBar

if TYPE_CHECKING:
    from tcpmon.ui.screens.listeners import Failure

ROOMY = 32  # rows from which the composer is always there
NAMED = 6  # targets that the composer's border names


class MainScreen(Screen[None]):
    """Clients, messages, composer."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(Place.MAIN)
    AUTO_FOCUS = "#clients"
    ALLOW_IN_MAXIMIZED_VIEW = "#status, #footer"

    def __init__(self, node: Node, clipboard: Clipboard, answer: str) -> None:
        """answer: how the node answers reads, for the first line."""
        super().__init__()
        self._node = node
        self._clipboard = clipboard
        self._status = StatusBar("status", answer)
        self._clients = ClientsPane("clients", self._ask)
        self._messages = MessagesPane("messages", node, self._title_of)
        self._composer = Composer("composer", self._describe)
        self._footer = KeyFooter("footer", Place.MAIN)
        self._feed = Feed(node, self, self._clients.ask, self._show)
        self._errands = Errands(self, node, self._title_of, self._ask)
        self._failures: list[Failure] = []
        self._followed = True  # before the pause

    def compose(self) -> ComposeResult:
        """From the top down."""
        yield self._status
        yield self._clients
        yield self._messages
        yield self._composer
        yield self._footer

    def on_mount(self) -> None:
        """Begin to look."""
        self._feed.start()

    def on_resize(self, event: Resize) -> None:
        """Keep the composer open where there is room for it."""
        self.set_class(event.size.height >= ROOMY, "-roomy")

    def _ask(self) -> None:
        self._feed.ask()

    def _show(self, view: View) -> None:
        self._status.show(view, self._feed.paused)
        self._clients.show(view)
        self.set_class(not view.count, "-empty")
        if not self._feed.paused:
            self._messages.sync()
        self._retitle_composer()

    def _find(self, client: int) -> Client | None:
        return next((row for row in self._feed.view.rows if row.id == client), None)

    def _title_of(self, client: int) -> str:
        found = self._find(client)
        return f"#{client} {found.peer}" if found else f"#{client}"

    # -- focus ------------------------------------------------------------------------

    @on(DescendantFocus)
    @on(DescendantBlur)
    def _refocus(self) -> None:
        focused = self.focused
        writing = isinstance(focused, ComposerInput)
        self.set_class(writing, "-writing")
        pane = focused.id if focused and focused.id and not writing else ""
        self._footer.focus_on(Place.COMPOSER if writing else Place.MAIN, pane)

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
            self.action_send()
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
        self.action_send()

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

        scope = self._messages.scope
        self.app.push_screen(MessageScreen(self._node, message.record, scope, self._clipboard))

    def action_back(self) -> None:
        """Undo the newest of what narrows the view."""
        if self.maximized is not None:
            self.minimize()
        elif self._messages.scope is not None:
            self._messages.set_scope(None)
        elif self._messages.floor:
            self._messages.unclear()
        elif self._clients.marked:
            self._clients.set_marks(())
        elif not self._messages.follow:
            self._messages.set_follow(True)

    # -- writing ----------------------------------------------------------------------

    def _describe(self, targets: Targets) -> str:
        if targets is None:
            return f"BROADCAST to {counted(self._feed.view.totals.open, 'client')}"
        if len(targets) != 1:
            names = " ".join(f"#{client}" for client in targets[:NAMED])
            more = " …" if len(targets) > NAMED else ""
            return f"Send to {len(targets)} marked: {names}{more}" if targets else "Send"
        client = self._find(targets[0])
        return f"Send to {self._title_of(targets[0])}{', gone' if client and client.end else ''}"

    def _aim(self, targets: Targets) -> None:
        client = self._find(targets[0]) if targets else None
        self._composer.aim(targets, client.listener if client else "")

    @on(ClientsPane.Moved)
    def _retitle_composer(self) -> None:
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

    def _chosen(self, purpose: str) -> tuple[int, ...]:
        targets = self._clients.targets()
        if not targets:
            self.notify(f"nobody to {purpose}", severity="warning")
        return targets

    def action_send(self) -> None:
        if targets := self._chosen("send to"):
            self._write_to(targets)

    def action_broadcast(self) -> None:
        self._write_to(None)

    @on(Composer.Left)
    def _leave_composer(self) -> None:
        self._go(self._clients)

    @on(Composer.Submitted)
    async def _submit(self, message: Composer.Submitted) -> None:
        self._composer.sent(*await self._errands.send(message.data, message.targets))

    # -- ending connections -----------------------------------------------------------

    @work
    async def action_disconnect(self) -> None:
        targets = self._chosen("disconnect")
        if targets and await self._errands.disconnect(targets, len(targets)):
            self._clients.set_marks(())

    @work
    async def action_disconnect_how(self) -> None:
        targets = self._chosen("disconnect")
        if targets and await self._errands.disconnect_how(targets):
            self._clients.set_marks(())

    @work
    async def action_disconnect_all(self) -> None:
        if count := self._feed.view.totals.open:
            await self._errands.disconnect(None, count, How.CLOSE)

    # -- the table ----------------------------------------------------------------------

    def action_mark(self) -> None:
        self._clients.toggle_mark()

    def action_mark_all(self) -> None:
        everyone = self._node.view(self._clients.everyone())
        self._clients.set_marks(row.id for row in everyone.rows if not row.end)

    def action_unmark(self) -> None:
        self._clients.set_marks(())

    def action_sort(self) -> None:
        self._clients.sort_next()

    def action_reverse(self) -> None:
        self._clients.sort_by(self._clients.sort)

    async def action_clear_closed(self) -> None:
        await self._errands.forget_closed()

    # -- the log ------------------------------------------------------------------------

    def action_only_this(self) -> None:
        record = self._messages.selected
        if self._messages.scope is not None:
            self._messages.set_scope(None)
        elif record and record.client:
            self._messages.set_scope(record.client)

    def action_follow(self) -> None:
        self._messages.set_follow(not self._messages.follow)

    def action_form(self) -> None:
        self._messages.next_form()

    def action_times(self) -> None:
        self.notify(f"times: {self._messages.next_times()}", timeout=2)

    def action_clear_log(self) -> None:
        self._messages.clear()

    async def action_copy(self) -> None:
        """The message of the row, or the client's address."""
        record, client = self._messages.selected, self._clients.selected
        if self.focused is self._messages:
            text = escape(record.data) if record else ""
        else:
            text = client.peer if client else ""
        self.notify(await self._clipboard.copy(text))

    # -- the window ---------------------------------------------------------------------

    def action_pause(self) -> None:
        """Freeze what is shown, or go on as before."""
        paused = self._feed.paused = not self._feed.paused
        if paused:
            self._followed = self._messages.follow
            self._messages.set_follow(False)
        elif self._followed:
            self._messages.set_follow(True)
        self._feed.ask()

    def action_zoom(self) -> None:
        if self.maximized is None:
            self.maximize(self._pane)
        else:
            self.minimize()

    def action_listeners(self) -> None:
        from tcpmon.ui.screens.listeners import ListenersScreen

        self.app.push_screen(ListenersScreen(self._node, self._clipboard, self._failures))

    def action_help(self) -> None:
        from tcpmon.ui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen())

    def action_palette(self) -> None:
        self.app.action_command_palette()

    async def action_quit(self) -> None:
        await self.app.action_quit()

    def action_interrupt(self) -> None:
        self.app.action_help_quit()
