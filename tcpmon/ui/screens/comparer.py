"""What is to be compared: the message that was put aside, and the next one; or two clients."""

from collections.abc import Callable, Collection

from textual.screen import Screen

from tcpmon.core.model import Kind, Message
from tcpmon.core.node import Node, whole
from tcpmon.core.units import counted, number, size
from tcpmon.ui.clipboard import Clipboard
from tcpmon.ui.sides import way_of


class Comparer:
    """Opens comparisons for a screen.

    title_of: what a client is called. tell: takes what is put aside, "" for nothing.
    """

    def __init__(
        self,
        screen: Screen[None],
        node: Node,
        title_of: Callable[[int], str],
        clipboard: Clipboard,
        tell: Callable[[str], None],
    ) -> None:
        self._screen = screen
        self._node = node
        self._title_of = title_of
        self._clipboard = clipboard
        self._tell = tell
        self._pinned: tuple[Message, str] | None = None  # and what its client was called

    def forget(self) -> bool:
        """Put nothing aside any more; return whether something was."""
        was = self._pinned is not None
        self._pinned = None
        self._tell("")
        return was

    def message(self, message: Message | None, scope: int | None) -> None:
        """Put a message aside, or compare it with the one that is. scope: whose log it is in."""
        if message is None or message.kind > Kind.CAST:
            self._warn("only messages can be compared: RX and TX")
            return
        found = whole(self._node, message.place, scope)
        if found is None:
            self._warn("that message is no longer kept")
        elif self._pinned is None:
            self._pin(found, self._called(found, scope))
        elif self._pinned[0].place == message.place:
            self._screen.notify("this is the one: go to another message and press v; esc forgets")
        else:
            from tcpmon.ui.screens.compare import CompareScreen

            pinned, title = self._pinned
            titles = title, self._called(found, scope)
            self._screen.app.push_screen(CompareScreen(pinned, found, titles, self._clipboard))

    def _pin(self, found: Message, title: str) -> None:
        self._pinned = found, title
        who = f"#{found.client} " if found.client else ""
        self._tell(f"{who}{way_of(found)} {size(found.size)}")
        self._screen.notify("compare: now go to another message and press v; esc forgets")

    def _called(self, found: Message, scope: int | None) -> str:
        if client := found.client or scope:
            return self._title_of(client)
        return f"to {counted(len(found.cast.receivers), 'client')}" if found.cast else "to nobody"

    def clients(self, marked: Collection[int], cursor: int | None) -> None:
        """Compare two clients: those that are marked, or the marked one and the row's."""
        chosen = sorted(marked)
        if len(chosen) == 1 and cursor is not None and cursor not in chosen:
            chosen.append(cursor)
        if len(chosen) != 2:
            many = f", {number(len(chosen))} are" if len(chosen) > 2 else ""
            self._warn(f"two clients can be compared: mark both (space){many}, then press v")
            return
        from tcpmon.ui.screens.dialogue import DialogueScreen

        left, right = chosen
        titles = self._title_of(left), self._title_of(right)
        self._screen.app.push_screen(
            DialogueScreen(self._node, (left, right), titles, self._clipboard)
        )

    def _warn(self, text: str) -> None:
        self._screen.notify(text, severity="warning")
