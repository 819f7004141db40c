"""What a node allows, and why these figures."""

from msgspec import Struct

MIB = 1 << 20


class Limits(Struct, frozen=True):
    """All amounts in bytes unless the name says otherwise.

    clients: open at once; more are refused with a reset. The engine lowers it to
    what the descriptors allow.
    keep: records, payload and overhead together.
    slow, stuck: unsent bytes from which a client is marked; a stuck one is given
    no more until it reads. total: unsent bytes of all clients together.
    """

    clients: int = 10_000
    keep: int = 64 * MIB
    slow: int = 1 * MIB
    stuck: int = 8 * MIB
    total: int = 256 * MIB

    closed_rows: int = 1_000
    spare_descriptors: int = 64
    """Kept back from clients, or a quarter of all where there are few."""
    stall_seconds: float = 5.0
    """Without any progress for so long, a client with unsent bytes is slow too."""
    gone_seconds: float = 30.0
    """Without any sign of the peer's system for so long, while it owes one, it is gone."""
    flush_seconds: float = 1.0
    """How long a disconnect waits for queued bytes, and then again for the peer's FIN."""
    stop_seconds: float = 2.0
    """How long an ending engine waits for its clients in all."""
