"""Who has been silent for too long: whom it concerns, and what is said of it.

Knows connections, and no clock: the time comes in as nanoseconds since 1970.
"""

from collections.abc import Callable, Mapping

from tcpmon.core.model import Kind
from tcpmon.core.naming import glob
from tcpmon.core.units import lasted
from tcpmon.engine.connection import Connection

Say = Callable[[Kind, str, int], None]
"""Called with a kind of record, what it says, and the client it is about."""


class Silence:
    """Says so when a client is silent, and when it speaks again.

    seconds: how long is too long, 0 = never; by_name: the same for clients whose name fits a
    pattern, the first that fits decides. A client's own time comes first, then that of its
    name, then that of its listener.
    """

    def __init__(self, seconds: float, by_name: Mapping[str, float], say: Say) -> None:
        self._all = nanoseconds(seconds)
        self._by_name = [(glob(key), nanoseconds(value)) for key, value in by_name.items()]
        self._by_listener: dict[int, int] = {}
        self._by_client: dict[int, int] = {}
        self._say = say
        self._since = 0
        self.is_wanted = any((seconds, *by_name.values()))
        """Whether anybody's silence has ever been of interest: if not, nobody need be asked."""

    def set(self, seconds: float, client: int | None, listener: int | None) -> None:
        """As `tcpmon.core.commands.Silence` says. Whom it concerns must be armed again."""
        self.is_wanted = self.is_wanted or bool(seconds)
        if client is not None:
            self._by_client[client] = nanoseconds(seconds)
        elif listener is not None:
            self._by_listener[listener] = nanoseconds(seconds)
        else:
            self._all = nanoseconds(seconds)

    def forget(self, client: int) -> None:
        """A client has left."""
        self._by_client.pop(client, None)

    def arm(self, connection: Connection) -> None:
        """Work out how long a client may be silent: it is new, or its name or the rules are."""
        connection.patience = self._patience(connection)
        if not connection.patience:
            connection.silent_since = 0

    def _patience(self, connection: Connection) -> int:
        own = self._by_client.get(connection.id)
        if own is not None:
            return own
        if connection.name:
            for pattern, patience in self._by_name:
                if pattern.fullmatch(connection.name):
                    return patience
        return self._by_listener.get(connection.listener.id, self._all)

    def resume(self, now: int) -> None:
        """Clients are listened to again: what they said meanwhile is still to be read."""
        self._since = now

    def check(self, connection: Connection, now: int) -> None:
        """Say so if a client has been silent for too long. Cheap: it is asked of all of them."""
        patience = connection.patience
        if not patience:
            return
        if connection.silent_since:
            if now - connection.silent_since <= patience:
                connection.silent_since = 0  # it may be silent for longer than before
        elif now - connection.heard_at > patience:
            since = max(connection.heard_at, connection.opened_at)
            if now - max(since, self._since) > patience and connection.is_listened_to:
                connection.silent_since = since
                connection.heed(wanted=True)
                self._tell(Kind.WARN, connection, "has been silent for", now - since)

    def heard(self, connection: Connection) -> None:
        """A client has said something."""
        if since := connection.silent_since:
            connection.silent_since = 0
            self._tell(Kind.INFO, connection, "speaks again after", connection.heard_at - since)

    def _tell(self, kind: Kind, connection: Connection, what: str, span: int) -> None:
        who = connection.name or connection.peer
        self._say(kind, f"{who} {what} {lasted(span / 1e9)}", connection.id)


def nanoseconds(seconds: float) -> int:
    """Return a span of time as it is compared with the clock."""
    return round(seconds * 1e9)
