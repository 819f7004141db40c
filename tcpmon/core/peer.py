"""A client as hooks and scripts have it: what is known of it, and what can be done with it.

It knows no socket: what is asked for are the commands that a key would give.
"""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from tcpmon.core.commands import Command, Disconnect, Flag, How, Name, Note, Send

Order = Callable[[Command[Any]], None]
"""Gives a command to the node; what becomes of it shows in the log."""


class Peer:
    """A client.

    id: its number; name: what it is called, may be set; address: the host, "" for a Unix
    socket; port: the client's; listener: the address it came in by; state: for the hooks' own
    use, anything may be put there.
    """

    def __init__(
        self, id: int, name: str, address: str, port: int, listener: str, order: Order
    ) -> None:
        self.id = id
        self.known_as = name
        """What it is called, as the node says; who sets it renames nobody."""
        self.address = address
        self.port = port
        self.listener = listener
        self.state = SimpleNamespace()
        self._order = order

    def __repr__(self) -> str:
        return f"<client {self.id} {self.name or self.address}>"

    def send(self, data: bytes | bytearray | memoryview | str) -> None:
        """Send bytes, or text as UTF-8. Raises TypeError."""
        if isinstance(data, str):
            data = data.encode()
        elif not isinstance(data, bytes | bytearray | memoryview):
            raise TypeError(f"bytes or text can be sent, not {type(data).__name__}")
        self._order(Send(bytes(data), (self.id,)))

    def close(self) -> None:
        """Send what is queued, then FIN."""
        self._order(Disconnect((self.id,)))

    def half_close(self) -> None:
        """Send what is queued, then FIN; what the client says is still heard."""
        self._order(Disconnect((self.id,), How.HALF))

    def reset(self) -> None:
        """RST at once; what is queued is lost."""
        self._order(Disconnect((self.id,), How.RESET))

    @property
    def name(self) -> str:
        """What it is called, "" for nothing."""
        return self.known_as

    @name.setter
    def name(self, name: str) -> None:
        self.rename(name)

    def rename(self, name: str) -> None:
        """Give it a name, "" for none. Raises TypeError, as the others that take text."""
        _must_be_text(name)
        self._order(Name(self.id, name, literal=True))
        self.known_as = name

    def note(self, text: str) -> None:
        """Keep a line about it in the log."""
        _must_be_text(text)
        self._order(Note(self.id, text))

    def mark(self, why: str) -> None:
        """Mark it in the table, "" for no more."""
        _must_be_text(why)
        self._order(Flag(self.id, why))


def _must_be_text(text: object) -> None:
    """Make sure where it can be seen whose mistake it is: a command is carried out later."""
    if not isinstance(text, str):
        raise TypeError(f"this must be text, not {type(text).__name__}")
