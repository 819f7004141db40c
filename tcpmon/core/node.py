"""The face of a node: a local engine, one on its own thread, later a remote one.

Whoever shows a node knows nothing but this.
"""

from typing import TYPE_CHECKING, Protocol, TypeVar

from msgspec.structs import replace

from tcpmon.core.commands import Command
from tcpmon.core.model import WHOLE, Ask, Lens, Message, Place, Record, Sifted, Span, View
from tcpmon.core.playbook import Playbook

if TYPE_CHECKING:
    from concurrent.futures import Future

R = TypeVar("R")


class Node(Protocol):
    """One engine, wherever it runs. What it returns may be kept as long as you like."""

    async def do(self, command: Command[R]) -> R:
        """Carry out a command and return its answer.

        Raises TcpmonError, each kind as the command says; Stopped once the node has ended.
        """

    def view(self, ask: Ask) -> View:
        """Return the rows asked for, and the sums over all. Costs what the rows cost."""

    def playbook(self) -> Playbook:
        """Return the rules and the script that answer clients."""

    def span(self) -> Span:
        """Return which records are kept now."""

    def records(self, start: int, count: int, client: int | None = None) -> list[Record]:
        """Return kept records in order: up to count at or after start or, if count is
        negative, up to -count before start. client: only those that concern it.
        Records that were dropped meanwhile are skipped."""

    def messages(self, start: Place, count: int, lens: Lens) -> list[Message]:
        """Return what the log shows through a lens, in order: up to count messages at or after
        start or, if count is negative, up to -count before it. With a filter only those that
        `sift` has found by now; one that cannot be read matches all."""

    def sift(self, lens: Lens, seconds: float) -> Sifted:
        """Go on looking for the messages of a lens that match its filter, from the oldest on,
        for about so long; return how far that is. What is found is remembered."""


def look_up(node: Node, client: int, ask: Ask | None = None) -> View | None:
    """Return a picture whose only row is a client, None if the table has it no more.

    ask: the order in which the table is looked at anyway, so that no other has to be made; its
    filter hides nobody here.
    """
    ask = replace(ask or Ask(), cursor=client, count=0, filter="")
    place = node.view(ask).cursor
    view = None if place is None else node.view(replace(ask, first=place, count=1))
    return view if view and [row.id for row in view.rows] == [client] else None


def whole(node: Node, place: Place, client: int | None) -> Message | None:
    """Return a message with all its bytes, None if it is no longer kept. client: in whose log."""
    found = node.messages(place, 1, Lens(client, most=WHOLE))
    return found[0] if found and found[0].place == place else None


class OwnNode(Node, Protocol):
    """A node that ends with its owner."""

    ended: "Future[None]"
    """Done when it has stopped, with its exception if it failed."""

    def warn(self, text: str) -> None:
        """Keep a line for the operator among the records. Never waits, from any thread."""

    def stop(self) -> None:
        """Ask it to end. Never waits, from any thread."""
