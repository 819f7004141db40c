"""How likely bytes are values of a format that has no mark of its own: they read to the end."""

import re
from collections.abc import Callable

from tcpmon.core.decoding import NotDecoded
from tcpmon.core.decoding.sheet import Sheet, read

_READ = 1024  # bytes that are read to rate them
_FEW = 8  # of so few bytes many are values by chance
_VALUES = re.compile(r"[\[{].+[\]}]")


def rate_values(data: bytes, one: Callable[[Sheet], None], named: bool) -> float:
    """Return how likely the bytes are values that `one` reads.

    named: whether they begin with a map whose first key is a text.
    """
    try:
        found = read(data[:_READ], one)
    except NotDecoded:
        return 0.0
    is_cut = len(data) > _READ and found.note.startswith(("the end is missing", "there are more"))
    if (found.note and not is_cut) or not found.fields:
        return 0.0
    if named:
        return 0.9
    several = [field.value for field in found.fields if field.name.startswith("message ")]
    if several:
        return 0.4 if all(map(_VALUES.fullmatch, several)) else 0.1
    return 0.6 if len(data) > _FEW else 0.4
