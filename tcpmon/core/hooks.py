"""What an engine tells those who act on what clients do: rules, scripts, a test suite."""

from typing import Protocol


class Hooks(Protocol):
    """Called on the engine's loop; must be quick, and never fail.

    client: its number. address: the peer's host, "" for a Unix socket.
    """

    def opened(self, client: int, name: str, address: str, port: int, listener: str) -> None:
        """A client has come."""

    def said(self, client: int, data: bytes) -> None:
        """A client has said a whole message, as its stream is cut; what was not complete when it
        closed its sending side comes too."""

    def renamed(self, client: int, name: str) -> None:
        """A client is called something else."""

    def ended(self, client: int, why: str) -> None:
        """A client has gone. why: in words."""
