"""Where we listen: see, add and stop it, and what to do where it does not work."""

from typing import ClassVar

from msgspec import Struct
from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen

from tcpmon.core import endpoint as endpoints
from tcpmon.core.commands import Listen, Unlisten
from tcpmon.core.endpoint import Endpoint
from tcpmon.core.errors import TcpmonError
from tcpmon.core.escape import escape_text
from tcpmon.core.model import Ask, Listener
from tcpmon.core.node import Node
from tcpmon.core.units import number
from tcpmon.ui.actions import Place
from tcpmon.ui.bindings import bindings
from tcpmon.ui.clipboard import Clipboard
from tcpmon.ui.render import Line, fit
from tcpmon.ui.screens.dialog import Dialog
from tcpmon.ui.widgets.footer import KeyFooter
from tcpmon.ui.widgets.listing import Listing

LOOK_SECONDS = 0.5
EXAMPLES = "9000, :9000, [::1]:9000, unix:/tmp/my.sock"


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
        self._pane = ListenersPane("listeners")

    def compose(self) -> ComposeResult:
        """The list and the keys."""
        yield self._pane
        yield KeyFooter("footer", Place.LISTENERS)

    def on_mount(self) -> None:
        """Begin to look."""
        self._look()
        self.set_interval(LOOK_SECONDS, self._look)

    def _look(self) -> None:
        self._pane.show((*self._node.view(Ask()).listeners, *self._failures))

    def action_up(self) -> None:
        """One row up."""
        self._pane.scroll_rows(-1)

    def action_down(self) -> None:
        """One row down."""
        self._pane.scroll_rows(1)

    @work
    async def action_add(self) -> None:
        """Listen on another address."""
        endpoint = await self.app.push_screen_wait(
            Dialog("Listen on", "listen", EXAMPLES, endpoints.parse, str)
        )
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


class ListenersPane(Listing[Listener | Failure]):
    """One listener a row."""

    def title(self) -> tuple[Line, Line]:
        """Say what it is."""
        return [("Listeners", "title")], []

    def heading(self) -> list[Line]:
        """Name the columns, or say that there is nothing."""
        if not self.items:
            nothing: Line = [("Not listening on anything. ", "warn")]
            return [[], [*nothing, ("a", "key"), (" adds a listener.", "")]]
        return [[(f"    {'Address':<44}{'Clients':>9}{'Accepted':>10}{'Refused':>9}", "heading")]]

    def row(self, item: Listener | Failure) -> Line:
        """Return its addresses and figures, or what is wrong with it."""
        if isinstance(item, Failure):
            address, text = escape_text(str(item.endpoint)), str(item.error)
            text = text if address in text else f"{address}: {text}"
            return [("✗ ", "error"), (fit(text, self.body_width - 4).rstrip(), "error")]
        numbers = f"{number(item.clients):>9}{number(item.accepted):>10}{number(item.refused):>9}"
        return [("● ", "good"), (fit("  ".join(item.addresses), 43), ""), (f" {numbers}", "")]
