"""One client: everything known of it, also by the kernel, once a second."""

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from tcpmon.core.commands import Examine
from tcpmon.core.errors import TcpmonError
from tcpmon.core.node import Node, look_up
from tcpmon.ui import facts
from tcpmon.ui.actions import Place
from tcpmon.ui.bindings import bindings
from tcpmon.ui.clipboard import Clipboard
from tcpmon.ui.widgets.footer import KeyFooter
from tcpmon.ui.widgets.sheet import Sheet

if TYPE_CHECKING:
    from tcpmon.core.tcpinfo import TcpInfo
    from tcpmon.ui.facts import Fact
    from tcpmon.ui.render import Line

LOOK_SECONDS = 1.0


class ClientScreen(Screen[None]):
    """Shows a client. Once it has left the table, what was last known stays."""

    CSS_PATH = "client.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(Place.CLIENT),
        Binding("up,k", "move(-1)", show=False),
        Binding("down,j", "move(1)", show=False),
        Binding("home,g", "edge(0)", show=False),
        Binding("end,G", "edge(1)", show=False),
    ]

    def __init__(self, node: Node, client: int, clipboard: Clipboard, hints: bool) -> None:
        """hints: whether what was noticed in it is told."""
        super().__init__()
        self._node = node
        self._client = client
        self._clipboard = clipboard
        self._hints = hints
        self._sheet = Sheet("client")
        self._known: list[Fact] = []
        self._lines: list[Line] = []

    def compose(self) -> ComposeResult:
        """What is known, and the keys."""
        yield self._sheet
        yield KeyFooter("footer", Place.CLIENT)

    def on_mount(self) -> None:
        """Begin to look."""
        self._watch()

    @work
    async def _watch(self) -> None:
        while True:
            await self._look()
            await asyncio.sleep(LOOK_SECONDS)

    async def _look(self) -> None:
        info: TcpInfo | None = None
        with suppress(TcpmonError):  # it is gone, which its row tells
            info = await self._node.do(Examine(self._client))
        title: Line = [(f"Client #{self._client}", "title")]
        view = look_up(self._node, self._client)
        if view is None:
            self._sheet.show(title, [("no longer in the table", "warn")], self._lines)
            return
        client = view.rows[0]
        known = facts.of_client(client, view.limits, view.now, self._hints)
        kernel = facts.of_kernel(info, client) if info else []
        says = "The system's view"
        if client.end:
            says = "It is closed, and the system has forgotten it."
        elif info is None:
            says = "The system does not tell more of it."
        self._known = [*known, *kernel]
        self._lines = [*facts.as_lines(known), [], [(says, "note")], *facts.as_lines(kernel)]
        self._sheet.show(title, [(client.state, "note")], self._lines)

    def action_copy(self) -> None:
        """As text."""
        self._clipboard.copy_for(self.app, facts.as_text(self._known))

    def action_close(self) -> None:
        """Back to the clients."""
        self.dismiss()

    def action_move(self, rows: int) -> None:
        """Scroll by lines."""
        self._sheet.scroll_rows(rows)

    def action_edge(self, place: int) -> None:
        """Go to the beginning or the end."""
        self._sheet.jump(place)
