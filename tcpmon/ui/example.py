"""With what a payload that varies is filled in to show what it will be like."""

import time
from collections.abc import Callable
from random import Random

from tcpmon.core.commands import Whom
from tcpmon.core.model import Client
from tcpmon.core.payload import Facts

_SEED = 1  # what is seen does not flicker while one writes


def example(targets: Whom, find: Callable[[int], Client | None]) -> Facts:
    """Return facts of now: of the first who is named, if anybody is; counters begin, and chance
    is the same each time."""
    chance = Random(_SEED)  # noqa: S311  it is only looked at
    facts = Facts(time.time_ns(), random=chance.randbytes)
    client = find(targets[0]) if isinstance(targets, tuple) and targets else None
    if client is not None:
        facts.tell_of(client)
    return facts
