"""Who is written to, in words."""

from collections.abc import Callable

from tcpmon.core.commands import Whom
from tcpmon.core.escape import escape_hidden
from tcpmon.core.model import Ask, Client, View
from tcpmon.core.node import Node
from tcpmon.core.units import counted
from tcpmon.ui.client_rows import title

NAMED = 6  # clients that are named where there are several
RECOUNT_NS = 2_000_000_000  # a filter other than the table's costs a look at every client


class Aim:
    """Says who is meant. find: what is known of a client; view: the newest picture."""

    def __init__(
        self, node: Node, find: Callable[[int], Client | None], view: Callable[[], View]
    ) -> None:
        self._node = node
        self._find = find
        self._view = view
        self._counted = ("", 0, 0)  # the filter, when, and how many

    def title(self, whom: Whom) -> str:
        """Return what the composer's border says."""
        verb = "Send" if isinstance(whom, tuple) else "BROADCAST"
        return f"{verb} to {self.words(whom)}" if whom != () else verb

    def words(self, whom: Whom) -> str:
        """Return who it is: "#3 gps-7", "12 clients that match ip:10.0.0.0/8"."""
        if whom is None:
            return counted(self._view().totals.open, "client")
        if isinstance(whom, str):
            count = self.count(whom)
            verb = "matches" if count == 1 else "match"
            return f"{counted(count, 'client')} that {verb} {escape_hidden(whom)}"
        if len(whom) != 1:
            names = " ".join(f"#{client}" for client in whom[:NAMED])
            return f"{len(whom)} marked: {names}{' …' if len(whom) > NAMED else ''}"
        client = self._find(whom[0])
        gone = client is None or client.end
        return f"{title(whom[0], client)}{', gone' if gone else ''}"

    def count(self, filter: str) -> int:
        """Return how many open clients a filter lets through, as of two seconds ago at most."""
        now = self._view().now
        known, at, count = self._counted
        if known != filter or now - at > RECOUNT_NS:
            count = self._node.view(Ask(filter=f"({filter}) !state:closed")).count
            self._counted = filter, now, count
        return count
