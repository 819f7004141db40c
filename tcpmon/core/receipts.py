"""Who got what was sent: for each receiver, what became of it so far."""

from collections.abc import Iterator
from enum import StrEnum

from msgspec import Struct

from tcpmon.core.model import Cast, Kind, Record


class Fate(StrEnum):
    """What became of a payload for a client, the worst first."""

    SKIPPED = "not given"
    DROPPED = "dropped"
    LOST = "lost"
    WAITS = "waits"
    SENT = "sent"


WHY = {
    Fate.DROPPED: "it made room for newer ones",
    Fate.LOST: "the connection ended before",
    Fate.WAITS: "the client has not read what went before",
    Fate.SENT: "",
}


class Receipt(Struct, frozen=True):
    """What became of a payload for one client. why: in words, "" where all is well; safe to
    print."""

    client: int
    fate: Fate
    why: str = ""

    @property
    def words(self) -> str:
        """Fate and reason: "not given: gone"."""
        return f"{self.fate}: {self.why}" if self.why else self.fate


def receipts(record: Record) -> list[Receipt]:
    """Return what became of a TX or CAST record for each of its receivers, those who did not get
    it first; [] for any other record. While it is being sent, those whose turn is still to come
    are among those to whom it was sent."""
    if record.kind is Kind.CAST and record.cast is not None:
        places = {fate: place for place, fate in enumerate(Fate)}
        return sorted(_of_cast(record.cast), key=lambda one: places[one.fate])
    if record.kind is not Kind.TX:
        return []
    if record.unsent:
        fate = Fate.DROPPED if record.dropped else Fate.LOST
    else:
        fate = Fate.WAITS if record.queued else Fate.SENT
    return [Receipt(record.client, fate, WHY[fate])]


def _of_cast(cast: Cast) -> Iterator[Receipt]:
    # One step each, since the engine's thread may change them meanwhile.
    skipped, waiting = dict(cast.skipped), set(cast.waiting)
    dropped, lost = set(cast.dropped), set(cast.lost)
    for client in cast.receivers:
        if (why := skipped.get(client)) is not None:
            yield Receipt(client, Fate.SKIPPED, why)
            continue
        if client in dropped:
            fate = Fate.DROPPED
        elif client in lost:
            fate = Fate.LOST
        else:
            fate = Fate.WAITS if client in waiting else Fate.SENT
        yield Receipt(client, fate, WHY[fate])


def counts(found: list[Receipt]) -> dict[Fate, int]:
    """Return how many there are of each fate, the worst first; none that nobody has."""
    amounts = dict.fromkeys(Fate, 0)
    for one in found:
        amounts[one.fate] += 1
    return {fate: amount for fate, amount in amounts.items() if amount}
