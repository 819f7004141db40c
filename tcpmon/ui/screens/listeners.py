"""Where we listen: see, add and stop it, and what to do where it does not work."""

from collections.abc import Iterable
from typing import ClassVar

from msgspec import Struct
from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen, Screen
from textual.widgets import Input, Static

from tcpmon.core import endpoint as endpoints
from tcpmon.core.commands import Listen, Unlisten
from tcpmon.core.endpoint import Endpoint
from tcpmon.core.errors import BadAddress, TcpmonError
from tcpmon.core.escape import escape_text
from tcpmon.core.model import Ask, Listener
from tcpmon.core.node import Node
from tcpmon.core.units import number
from tcpmon.ui.actions import Place
from tcpmon.ui.bindings import bindings
from tcpmon.ui.clipboard import Clipboard
from tcpmon.ui.render import Line, fit
from tcpmon.ui.widgets.footer import KeyFooter
from tcpmon.ui.widgets.pane import Pane

LOOK_SECONDS = 0.5


class Failure(Struct, frozen=True):
    """An address that could not be listened on, and what to do about it."""

    endpoint: Endpoint
    error: TcpmonError


class ListenersScreen(Screen[None]):
    """Listeners that work, and those that were tried in vain."""

    CSS_PATH = "listeners.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings(Place.LISTENERS)

    def __init__(self, node: Node, clipboard: Clipboard, failures: list[Failure]) -> None:
        """failures: kept by the caller, so that they are still there the next time."""
        super().__init__()
        self._failures = failures
        self._trying: set[Endpoint] = set()
        self._node = node
        self._clipboard = clipboard
        self._pane = ListenersPane()

    def compose(self) -> ComposeResult:
        """The list and the keys."""
        yield self._pane
        yield KeyFooter("footer", Place.LISTENERS)

    def on_mount(self) -> None:
        """Begin to look."""
        self._look()
        self.set_interval(LOOK_SECONDS, self._look)

    def _look(self) -> None:
        self._pane.show(self._node.view(Ask()).listeners, tuple(self._failures))

    def action_up(self) -> None:
        """One row up."""
        self._pane.move(-1)

    def action_down(self) -> None:
        """One row down."""
        self._pane.move(1)

    @work
    async def action_add(self) -> None:
        """Listen on another address."""
        endpoint = await self.app.push_screen_wait(AddressDialog())
        if endpoint is not None:
            await self._listen(endpoint)

    async def _listen(self, endpoint: Endpoint) -> None:
        if endpoint in self._trying:
            return
        self._trying.add(endpoint)
        failed: list[Failure] = []
        try:
            listener = await self._node.do(Listen(endpoint))
        except TcpmonError as error:
            failed.append(Failure(endpoint, error))
        else:
            self.notify(f"listening on {' and '.join(listener.addresses)}")
        finally:
            self._trying.discard(endpoint)
        others = [failure for failure in self._failures if failure.endpoint != endpoint]
        self._failures[:] = others + failed
        self._look()

    async def action_stop(self) -> None:
        """Accept no more there."""
        selected = self._pane.selected
        if isinstance(selected, Failure):
            self._failures.remove(selected)
        elif selected is not None:
            try:
                await self._node.do(Unlisten(selected.id))
            except TcpmonError as error:
                self.notify(str(error), severity="error")
        self._look()

    @work
    async def action_retry(self) -> None:
        """Try again."""
        selected = self._pane.selected
        if isinstance(selected, Failure):
            await self._listen(selected.endpoint)

    def action_copy(self) -> None:
        """Copy the address."""
        selected = self._pane.selected
        if isinstance(selected, Listener):
            self._clipboard.copy_for(self.app, " ".join(selected.addresses))

    def action_close(self) -> None:
        """Back to the clients."""
        self.dismiss()


class ListenersPane(Pane):
    """One listener a row."""

    def __init__(self) -> None:
        super().__init__("listeners")
        self._rows: tuple[Listener | Failure, ...] = ()
        self._cursor = 0
        self._top = 0

    def show(self, listeners: tuple[Listener, ...], failures: tuple[Failure, ...]) -> None:
        """Show a picture."""
        self._rows = (*listeners, *failures)
        self.move(0)

    @property
    def selected(self) -> Listener | Failure | None:
        """What is under the cursor."""
        return self._rows[self._cursor] if self._rows else None

    def title(self) -> tuple[Line, Line]:
        """Say what it is."""
        return [("Listeners", "title")], []

    def rows(self) -> Iterable[tuple[Line, str]]:
        """Return the heading and the rows that fit."""
        if not self._rows:
            yield [], ""
            yield (
                [("Not listening on anything. ", "warn"), ("a", "key"), (" adds a listener.", "")],
                "",
            )
            return
        yield [(f"    {'Address':<44}{'Clients':>9}{'Accepted':>10}{'Refused':>9}", "heading")], ""
        for place, row in list(enumerate(self._rows))[self._top : self._top + self.body_height - 1]:
            here = place == self._cursor
            style = "row-cursor" if here else ""
            yield [("▶ " if here else "  ", "key"), *self._row(row)], style

    def _row(self, row: Listener | Failure) -> Line:
        if isinstance(row, Failure):
            address, text = escape_text(str(row.endpoint)), str(row.error)
            text = text if address in text else f"{address}: {text}"
            return [("✗ ", "error"), (fit(text, self.body_width - 4).rstrip(), "error")]
        numbers = f"{number(row.clients):>9}{number(row.accepted):>10}{number(row.refused):>9}"
        return [("● ", "good"), (fit("  ".join(row.addresses), 43), ""), (f" {numbers}", "")]

    def position(self) -> tuple[float, float]:
        """Return which part of the list is shown."""
        count = max(1, len(self._rows))
        return self._top / count, (self._top + self.body_height - 1) / count

    def move(self, rows: int) -> None:
        """Move the cursor."""
        self._cursor = max(0, min(len(self._rows) - 1, self._cursor + rows))
        visible = max(1, self.body_height - 1)
        self._top = min(max(self._top, self._cursor - visible + 1), self._cursor)
        self.repaint()

    def scroll_rows(self, rows: int) -> None:
        """Scroll by moving the cursor."""
        self.move(rows)

    def jump(self, fraction: float) -> None:
        """Go to a place."""
        self.move(round(fraction * len(self._rows)) - self._cursor)

    def click_row(self, row: int, column: int, double: bool) -> None:
        """Select a row."""
        if 0 < row <= len(self._rows):
            self.move(self._top + row - 1 - self._cursor)


class AddressDialog(ModalScreen[Endpoint | None]):
    """Asks for an address and says at once what is wrong with it."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "dismiss(None)", "Cancel")]

    def compose(self) -> ComposeResult:
        """One line to write in, one to be told."""
        with Vertical(id="address") as box:
            box.border_title = "Listen on"
            box.border_subtitle = "enter listen   esc cancel"
            yield Input(placeholder="9000, :9000, [::1]:9000, unix:/tmp/my.sock", compact=True)
            yield Static("", markup=False, id="wrong")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say what it means, or why it means nothing."""
        try:
            said = escape_text(str(endpoints.parse(event.value))) if event.value else ""
        except BadAddress as error:
            said = str(error)
        self.query_one("#wrong", Static).update(said)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go on with an address that is one."""
        try:
            self.dismiss(endpoints.parse(event.value))
        except BadAddress:
            self.app.bell()
