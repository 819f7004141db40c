"""The screen one works in: clients above, messages below, and a line to write in.

It turns actions into commands and shows what came of them; what the widgets
show they get from the feed.
"""

from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.events import DescendantBlur, DescendantFocus, Resize
from textual.screen import Screen
from textual.widget import Widget

from tcpmon.core.commands import Command, Delivery, Disconnect, ForgetClosed, How, Send
from tcpmon.core.errors import TcpmonError
from tcpmon.core.escape import escape
from tcpmon.core.model import Client, View
from tcpmon.core.node import Node, R
from tcpmon.core.units import number
from tcpmon.ui.actions import Place
from tcpmon.ui.bindings import bindings
from tcpmon.ui.clipboard import Clipboard
from tcpmon.ui.feed import Feed
from tcpmon.ui.render import skipped
from tcpmon.ui.widgets.clients import ClientsPane
from tcpmon.ui.widgets.composer import Composer, ComposerInput, Targets
from tcpmon.ui.widgets.footer import KeyFooter
from tcpmon.ui.widgets.messages import MessagesPane
from tcpmon.ui.widgets.status import StatusBar

if TYPE_CHECKING:
    from tcpmon.ui.screens.listeners import Failure

ROOMY = 32  # rows from which the composer is always there


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
        self._aim()
        self._feed.start()

    def on_resize(self, event: Resize) -> None:
        """Keep the composer open where there is room for it."""
        self.set_class(event.size.height >= ROOMY, "-roomy")

    def _ask(self) -> None:
        self._feed.ask()

    def _show(self, view: View) -> None:
        self._status.show(view, self._feed.paused)
        self._clients.show(view)
        if not self._feed.paused:
            self._messages.sync()
        self._retitle_composer()

    # -- focus ------------------------------------------------------------------------

    @on(DescendantFocus)
    @on(DescendantBlur)
    def _refocus(self) -> None:
        focused = self.focused
        writing = isinstance(focused, ComposerInput)
        self.set_class(writing, "-writing")
        if writing:
            self._footer.focus_on(Place.COMPOSER)
        else:
            self._footer.focus_on(Place.MAIN, (focused.id or "") if focused else "")

    @property
    def _pane(self) -> ClientsPane | MessagesPane:
        return self._messages if self.focused is self._messages else self._clients

    def _go(self, widget: Widget) -> None:
        if self.maximized is not None and self.maximized is not widget:
            self.minimize()
        self.set_focus(widget)

    def action_clients_pane(self) -> None:
        """Go to the clients."""
        self._go(self._clients)

    def action_messages_pane(self) -> None:
        """Go to the messages."""
        self._go(self._messages)

    def action_composer_pane(self) -> None:
        """Write to the client of the row."""
        self.action_send()

    def _next(self, step: int) -> None:
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
        """Go on to the next pane."""
        self._next(1)

    def action_previous_pane(self) -> None:
        """Go back to the pane before."""
        self._next(-1)

    # -- moving -----------------------------------------------------------------------

    def action_up(self) -> None:
        """One row up."""
        self._pane.move(-1)

    def action_down(self) -> None:
        """One row down."""
        self._pane.move(1)

    def action_page_up(self) -> None:
        """One screenful up."""
        self._pane.page(-1)

    def action_page_down(self) -> None:
        """One screenful down."""
        self._pane.page(1)

    def action_first(self) -> None:
        """The first row."""
        self._pane.edge(last=False)

    def action_last(self) -> None:
        """The last row."""
        self._pane.edge(last=True)

    def action_open(self) -> None:
        """A client or a message."""
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

    def _title_of(self, client: int) -> str:
        found = self._find(client)
        return f"#{client} {found.peer}" if found else f"#{client}"

    def _find(self, client: int) -> Client | None:
        return next((row for row in self._feed.view.rows if row.id == client), None)

    def _describe(self, targets: Targets) -> str:
        open_clients = self._feed.view.totals.open
        if targets is None:
            return f"BROADCAST to {number(open_clients)} client{'s'[: open_clients != 1]}"
        if not targets:
            return "Send"
        if len(targets) > 1:
            names = " ".join(f"#{client}" for client in targets[:6])
            return f"Send to {len(targets)} marked: {names}{' …' if len(targets) > 6 else ''}"
        client = self._find(targets[0])
        gone = ", gone" if client and client.end else ""
        return f"Send to {self._title_of(targets[0])}{gone}"

    def _aim(self) -> None:
        targets = self._clients.targets()
        client = self._find(targets[0]) if targets else None
        self._composer.aim(targets, client.listener if client else "")

    @on(ClientsPane.Moved)
    def _retitle_composer(self) -> None:
        if isinstance(self.focused, ComposerInput):
            self._composer.retitle()
        else:
            self._aim()

    def _write_to(self, targets: Targets) -> None:
        client = self._find(targets[0]) if targets else None
        if self.maximized is not None:
            self.minimize()
        self._composer.aim(targets, client.listener if client else "")
        self.add_class("-writing")
        self.set_focus(self._composer.input)

    def action_send(self) -> None:
        """Write to the marked clients, or to the one of the row."""
        targets = self._clients.targets()
        if not targets:
            self.notify("nobody to send to", severity="warning")
            return
        self._write_to(targets)

    def action_broadcast(self) -> None:
        """Write to all."""
        self._write_to(None)

    @on(Composer.Left)
    def _leave_composer(self) -> None:
        self._go(self._clients)

    @on(Composer.Submitted)
    async def _send(self, message: Composer.Submitted) -> None:
        delivery = await self._do(Send(message.data, message.targets))
        if delivery is not None:
            self._composer.note = _note(delivery)
            self._composer.tell()
            if delivery.skipped:
                self.notify(self._composer.note, severity="warning")

    async def _do(self, command: Command[R]) -> R | None:
        try:
            answer = await self._node.do(command)
        except TcpmonError as error:
            self.notify(str(error), severity="error")
            return None
        self._feed.ask()
        return answer

    # -- ending connections -----------------------------------------------------------

    def action_disconnect(self) -> None:
        """Close the marked clients, or the one of the row."""
        self._disconnect(self._clients.targets(), How.CLOSE)

    @work
    async def _disconnect(self, targets: Targets, how: How) -> None:
        """One: at once. Several, or all: after asking."""
        if targets == ():
            self.notify("nobody to disconnect", severity="warning")
            return
        count = self._feed.view.totals.open if targets is None else len(targets)
        verb = "Disconnect" if how is How.CLOSE else "Reset"
        if count > 1:
            lines = self._list(targets)
            question = f"{verb} {number(count)} clients?"
            if not await self._choose(question, lines, {"y": verb}):
                return
        done = await self._do(Disconnect(targets, how))
        if done is not None:
            self._clients.set_marks(())
            said = (
                self._title_of(targets[0]) if targets and len(targets) == 1 else f"{done} clients"
            )
            gone = "is gone already" if not done else "closing" if how is How.CLOSE else "reset"
            self.notify(f"{said}: {gone}")

    async def _choose(self, question: str, lines: list[str], options: dict[str, str]) -> str:
        from tcpmon.ui.screens.choice import Choice

        return await self.app.push_screen_wait(Choice(question, lines, options))

    def _list(self, targets: Targets) -> list[str]:
        if targets is None:
            return ["all that are connected; what is queued for them still goes out"]
        lines = [self._title_of(client) for client in targets[:8]]
        return lines + [f"and {len(targets) - 8} more"] * (len(targets) > 8)

    @work
    async def action_disconnect_how(self) -> None:
        """Choose between FIN and RST."""
        targets = self._clients.targets()
        if not targets:
            self.notify("nobody to disconnect", severity="warning")
            return
        choice = await self._choose(
            f"Disconnect {len(targets)} client{'s'[: len(targets) != 1]}: how?",
            self._list(targets),
            {"c": "Close: send what is queued, then FIN", "r": "Reset: drop at once, RST"},
        )
        if choice:
            done = await self._do(Disconnect(targets, How.CLOSE if choice == "c" else How.RESET))
            if done is not None:
                self._clients.set_marks(())

    def action_disconnect_all(self) -> None:
        """Close every client."""
        self._disconnect(None, How.CLOSE)

    # -- the table ----------------------------------------------------------------------

    def action_mark(self) -> None:
        """Mark the client of the row."""
        self._clients.toggle_mark()

    def action_mark_all(self) -> None:
        """Mark all open clients."""
        everyone = self._node.view(self._clients.everyone())
        self._clients.set_marks(row.id for row in everyone.rows if not row.end)

    def action_unmark(self) -> None:
        """Take all marks away."""
        self._clients.set_marks(())

    def action_sort(self) -> None:
        """By the next column."""
        self._clients.sort_next()

    def action_reverse(self) -> None:
        """The other way round."""
        self._clients.sort_by(self._clients.sort)

    async def action_clear_closed(self) -> None:
        """Take closed clients off the table."""
        count = await self._do(ForgetClosed())
        if count is not None:
            self.notify(f"{number(count)} closed client{'s'[: count != 1]} cleared")

    # -- the log ------------------------------------------------------------------------

    def action_only_this(self) -> None:
        """Only the messages of this client, or all again."""
        record = self._messages.selected
        if self._messages.scope is not None:
            self._messages.set_scope(None)
        elif record and record.client:
            self._messages.set_scope(record.client)

    def action_follow(self) -> None:
        """Follow the newest message, or hold still."""
        self._messages.set_follow(not self._messages.follow)

    def action_form(self) -> None:
        """Text, hex, both."""
        self._messages.next_form()

    def action_times(self) -> None:
        """Another form of times."""
        self.notify(f"times: {self._messages.next_times()}", timeout=2)

    def action_clear_log(self) -> None:
        """Begin with an empty log."""
        self._messages.clear()

    async def action_copy(self) -> None:
        """The message of the row, or the client's address."""
        if self.focused is self._messages:
            record = self._messages.selected
            text = escape(record.data) if record else ""
        else:
            client = self._clients.selected
            text = client.peer if client else ""
        self.notify(await self._clipboard.copy(text))

    # -- the window ---------------------------------------------------------------------

    def action_pause(self) -> None:
        """Freeze what is shown, or go on."""
        paused = self._feed.paused = not self._feed.paused
        if paused:
            self._followed = self._messages.follow
            self._messages.set_follow(False)
        elif self._followed:
            self._messages.set_follow(True)
        self._feed.ask()

    def action_zoom(self) -> None:
        """The whole screen for one pane, or back."""
        if self.maximized is None:
            self.maximize(self._pane)
        else:
            self.minimize()

    def action_listeners(self) -> None:
        """See, add and stop listeners."""
        from tcpmon.ui.screens.listeners import ListenersScreen

        self.app.push_screen(ListenersScreen(self._node, self._clipboard, self._failures))

    def action_help(self) -> None:
        """Show all keys."""
        from tcpmon.ui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen())

    def action_palette(self) -> None:
        """Search every command."""
        self.app.action_command_palette()

    async def action_quit(self) -> None:
        """End tcpmon."""
        await self.app.action_quit()

    def action_interrupt(self) -> None:
        """End tcpmon when it comes twice."""
        self.app.action_help_quit()


def _note(delivery: Delivery) -> str:
    """Say how many got it, and who did not and why."""
    count = delivery.accepted + len(delivery.skipped)
    clients = "client" if count == 1 else "clients"
    parts = [f"sent to {number(delivery.accepted)} of {number(count)} {clients}"]
    if delivery.queued:
        parts.append(f"{number(delivery.queued)} not yet taken by the peer")
    if delivery.skipped:
        parts.append(f"not to {skipped(delivery.skipped)}")
    return "; ".join(parts)
