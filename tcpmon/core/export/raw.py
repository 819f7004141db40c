"""Nothing but the bytes, each way for itself."""

from collections.abc import Iterable, Iterator

from tcpmon.core.model import Kind, Message

RX, TX = "rx", "tx"


def pieces(message: Message) -> Iterator[bytes]:
    """Yield a message's bytes; none for an event."""
    if message.kind <= Kind.CAST:
        yield message.data


def streams(message: Message, clients: frozenset[int]) -> Iterable[tuple[int, str]]:
    """Return which clients' streams a message is part of, and which way it went.

    clients: those that are wanted, () for all. What was accepted for sending and never went out
    whole, because the connection ended or because it made room for newer ones, is left out.
    """
    match message.kind:
        case Kind.RX:
            return [(message.client, RX)]
        case Kind.TX:
            return [] if message.unsent else [(message.client, TX)]
        case Kind.CAST if message.cast:
            left_out = message.cast.skipped.keys() | message.cast.lost
            receivers = frozenset(message.cast.receivers) - left_out
            return [
                (client, TX) for client in sorted(receivers & clients if clients else receivers)
            ]
    return []
