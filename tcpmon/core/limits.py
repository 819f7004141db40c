"""What a node allows, and why these figures."""

from enum import StrEnum

from msgspec import Struct

MIB = 1 << 20


class Unread(StrEnum):
    """What becomes of a payload for a client that has `stuck` bytes unsent already."""

    SKIP = "skip"
    """It is not given it, and whoever sends is told."""
    DROP = "drop"
    """It is given it, and loses the oldest whole payloads that wait."""
    DISCONNECT = "disconnect"
    """Its connection is reset."""


class Limits(Struct, frozen=True):
    """All amounts in bytes unless the name says otherwise; 0 is no limit where that is said.

    clients: open at once; more are refused with a reset. The engine lowers it to
    what the descriptors allow. per_address: of them from one address, 0 any.
    accepts: taken in a second, 0 any; more are refused.
    keep: records, payload and overhead together.
    slow, stuck: unsent bytes from which a client is marked; unread: what becomes of
    payloads for a stuck one. total: unsent bytes of all clients together.
    idle_seconds: without a byte either way for so long, a client is closed; 0 never.
    """

    clients: int = 10_000
    per_address: int = 0
    accepts: int = 0
    keep: int = 64 * MIB
    slow: int = 1 * MIB
    stuck: int = 8 * MIB
    unread: Unread = Unread.SKIP
    total: int = 256 * MIB
    idle_seconds: float = 0.0

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
