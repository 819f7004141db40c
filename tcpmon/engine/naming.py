"""Who is called what: names given by a person, by address, or found in what a client says first.

Knows connections, and no sockets: it is told of what is read.
"""

from collections.abc import Callable, Mapping

from tcpmon.core.naming import Finder, Names, check_name, fill
from tcpmon.engine.connection import Connection

FIRST_BYTES = 4096
"""A name that does not come within so many bytes does not come."""
LOOKS_MOST = 64  # searches for one client's name: what comes byte by byte is not searched for ever
SETTLED = 200_000_000  # ns without a byte, after which a name at the end of what came is whole
TIMEOUTS_MOST = 3


class _Words:
    """What a client has said first. name: what was found, where more could make it longer."""

    __slots__ = ("connection", "finder", "heard", "looks", "name")

    def __init__(self, connection: Connection, finder: Finder) -> None:
        self.connection = connection
        self.finder = finder
        self.heard = b""
        self.looks = 0
        self.name = ""


class Naming:
    """Gives clients their names.

    names: by address, see `tcpmon.core.naming.Names`. name_from: a pattern for what a client
    says first, "" for none. renamed: told of a client that has another name now. warn: takes
    a line for the operator. Raises BadName, BadNetwork, BadPattern.
    """

    def __init__(
        self,
        names: Mapping[str, str],
        name_from: str,
        renamed: Callable[[Connection], None],
        warn: Callable[[str], None],
    ) -> None:
        self._names = Names(names)
        self._finder = Finder(name_from) if name_from else None
        self._finders: dict[int, Finder] = {}  # by listener
        self._renamed = renamed
        self._warn = warn
        self._waiting: dict[int, _Words] = {}  # by client, those whose name may still come
        self._unsure: dict[int, _Words] = {}  # those of them that have a name, maybe not all of it
        self._timeouts = 0

    def find_in(self, listener: int, finder: Finder) -> None:
        """Find the names of those who come in by a listener in this way."""
        self._finders[listener] = finder

    def greet(self, connection: Connection) -> None:
        """Name a new client by its address, or begin to listen for its name."""
        connection.name = self._names.of_caller(connection.host, connection.id)
        finder = self._finders.get(connection.listener.id, self._finder)
        if finder and not connection.name and self._timeouts < TIMEOUTS_MOST:
            self._waiting[connection.id] = _Words(connection, finder)
            connection.heed(wanted=True)

    def give(self, connection: Connection, name: str, remember: bool) -> None:
        """Name a client as a person wants it. Raises BadName."""
        filled = fill(check_name(name), connection.host, connection.id)
        if remember and connection.host:
            self._names.set(connection.host, name)
        self.call(connection, filled)

    def call(self, connection: Connection, name: str) -> None:
        """Give a client a name that is safe to print, as it is."""
        self._leave(connection.id)
        self._call(connection, name)

    def heard(self, connection: Connection, data: bytes) -> bool:
        """Look for a client's name in what it says, b"" at its end. Return whether to go on
        listening."""
        words = self._waiting.get(connection.id)
        if words is None:
            return False
        over = not data
        if data:
            words.heard = (words.heard + data[:FIRST_BYTES])[:FIRST_BYTES]
            words.looks += 1
            over = self._look(words) or len(words.heard) == FIRST_BYTES or words.looks == LOOKS_MOST
        if over:
            self._settle(words)
        return not over

    def _look(self, words: _Words) -> bool:
        """Search what has come so far; say whether that was the last time."""
        try:
            found = words.finder.find(words.heard)
        except TimeoutError:
            self._took_too_long()
            return True
        if found is None:
            self._unsure.pop(words.connection.id, None)
            words.name = ""
            return False
        words.name, unsure = found
        if unsure:
            self._unsure[words.connection.id] = words
        return not unsure

    def _took_too_long(self) -> None:
        self._timeouts += 1
        if self._timeouts == TIMEOUTS_MOST:
            self._waiting.clear()
            self._unsure.clear()
            why = f"the search took too long {TIMEOUTS_MOST} times"
            self._warn(f"no names from what clients say any more: {why}")

    def _settle(self, words: _Words) -> None:
        connection = words.connection
        self._leave(connection.id)
        if words.name:
            self._call(connection, self._names.of_self(words.name, connection.host, connection.id))

    def _leave(self, client: int) -> None:
        self._waiting.pop(client, None)
        self._unsure.pop(client, None)

    def tick(self, now: int) -> bool:
        """Give the names that nothing has been added to for a moment; say whether there were
        any. now: ns since 1970."""
        waiting = self._unsure.values()
        whole = [words for words in waiting if now - words.connection.heard_at >= SETTLED]
        for words in whole:
            self._settle(words)
        return bool(whole)

    def _call(self, connection: Connection, name: str) -> None:
        if name != connection.name:
            connection.name = name
            self._renamed(connection)
