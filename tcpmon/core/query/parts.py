"""What a term, or several, comes to: tests of clients and of messages."""

from collections.abc import Callable

from msgspec import Struct

from tcpmon.core.model import Client, Message
from tcpmon.core.query.needs import Needs
from tcpmon.core.query.patterns import Finder

OnClient = Callable[[Client, int], bool]
OnMessage = Callable[[Message, Client | None, int], bool]


class Part(Struct, frozen=True):
    """A compiled piece of a filter. finder: what it looks for in bytes."""

    client: OnClient
    message: OnMessage
    needs: Needs = Needs()
    finder: Finder | None = None


def of_client(test: OnClient) -> OnMessage:
    """Return the test of a message that tests its client; nobody's message does not match."""

    def message(_: Message, client: Client | None, now: int) -> bool:
        return client is not None and test(client, now)

    return message


def never(_: Client, __: int) -> bool:
    """Test a client for what only a message can be."""
    return False
