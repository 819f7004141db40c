"""What is hidden and what is looked for, in table and log, and the line it is typed in."""

from collections.abc import Callable, Iterable, Mapping

from msgspec.structs import replace
from textual.screen import Screen

from tcpmon.core.model import Ask, View
from tcpmon.core.node import Node
from tcpmon.ui.widgets.clients import ClientsPane, shown
from tcpmon.ui.widgets.filterbar import FilterBar
from tcpmon.ui.widgets.messages import MessagesPane

SEEN = 200  # clients whose numbers, names and addresses completion offers
FIND = "find"


class Searching:
    """Runs the filter bar of a screen for its two panes."""

    def __init__(
        self,
        screen: Screen[None],
        node: Node,
        clients: ClientsPane,
        messages: MessagesPane,
        saved: Mapping[str, str],
    ) -> None:
        """saved: filters by name."""
        self._screen = screen
        self._node = node
        self._clients = clients
        self._messages = messages
        self._pane: ClientsPane | MessagesPane = clients  # whose filter is typed
        self._view = node.view(Ask())
        self._saved = saved
        self.bar = FilterBar("filter", self._seen, saved)

    def _seen(self, what: str) -> Iterable[str]:
        from tcpmon.core.query.completion import seen_in

        if what == "filter":
            return self._saved
        ask = replace(self._clients.everyone(), count=SEEN)
        return seen_in(self._node.view(ask))(what)

    def filter(self, pane: ClientsPane | MessagesPane) -> None:
        """Type what a pane is to show."""
        self._pane = pane
        self.bar.open(pane.filter, self._told(pane.set_filter))

    def _told(self, hold: Callable[[str], None]) -> Callable[[str], None]:
        def held(text: str) -> None:
            hold(text)
            self.tell(self._view)

        self.tell(self._view)
        return held

    def find(self) -> None:
        """Type what is to be looked for in the log."""
        self._pane = self._messages
        self.bar.open(self._messages.find, self._told(self._messages.set_find), FIND)

    def tell(self, view: View) -> None:
        """Say beside what is typed what it does."""
        self._view = view
        self.bar.tell(*(shown(view) if self._pane is self._clients else self._messages.sifted))

    def left(self) -> None:
        """What was typed holds: go to what was looked for."""
        if self.bar.title == FIND and self._messages.find:
            self._screen.set_focus(self._messages)
            self._messages.find_next(-1, here=True)

    def step(self, step: int) -> None:
        """Go to the next match in the log, or the one before; without any, ask for what."""
        messages = self._messages
        if not messages.find:
            self.find()
        elif not messages.find_next(step):
            where = "behind" if step > 0 else "before"
            self._screen.notify(f"nothing {where} this one matches {messages.find}", timeout=2)

    def back(self) -> bool:
        """Undo the newest of what is looked for or hidden; return whether there was any."""
        messages, clients = self._messages, self._clients
        if messages.stop_search():
            return True
        if messages.find:
            messages.set_find("")
        elif messages.filter:
            messages.set_filter("")
        elif clients.filter:
            clients.set_filter("")
        else:
            return False
        return True
