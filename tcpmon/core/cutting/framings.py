"""Which way each client's streams are cut: its own, or its listener's, or the one for all."""

from collections.abc import Callable

from tcpmon.core.framing.spec import Framing, parse
from tcpmon.core.model import Framed


class Framings:
    """listener_of: the listener that a client came in by. Written by one thread, read by others."""

    def __init__(self, default: str, listener_of: Callable[[int], int]) -> None:
        """Raises BadFraming."""
        self._default = parse(default)
        self._listener_of = listener_of
        self._listeners: dict[int, Framing] = {}
        self._clients: dict[int, Framing] = {}
        self.changes = 0
        """How often something was chosen."""
        self._judge()

    def choose(self, framing: str, client: int | None = None, listener: int | None = None) -> str:
        """Cut in another way from now on, "" as it is otherwise; return that as it is written.

        Raises BadFraming.
        """
        chosen = parse(framing) if framing else None
        if client is not None:
            _put(self._clients, client, chosen)
        elif listener is not None:
            _put(self._listeners, listener, chosen)
        else:
            self._default = chosen or parse("none")
        self._judge()
        self.changes += 1  # last, so that what others remember of before is forgotten
        return str(chosen or "")

    def _judge(self) -> None:
        every = [self._default, *self._listeners.values(), *self._clients.values()]
        self._alone = len(every) == 1
        self.whole = all(framing.by_read for framing in every)
        """Whether every read is a row."""

    def of(self, client: int) -> Framing:
        """Return how a client's streams are cut."""
        if self._alone:
            return self._default
        framing = self._clients.get(client)
        if framing is None and self._listeners:
            framing = self._listeners.get(self._listener_of(client))
        return framing or self._default

    def picture(self) -> Framed:
        """Return what was chosen."""
        return Framed(
            str(self._default),
            {listener: str(framing) for listener, framing in list(self._listeners.items())},
            {client: str(framing) for client, framing in list(self._clients.items())},
        )


def _put(chosen: dict[int, Framing], key: int, framing: Framing | None) -> None:
    if framing is None:
        chosen.pop(key, None)
    else:
        chosen[key] = framing
