"""How likely bytes are values of a format that has no mark of its own: they read to the end."""

import re
from collections.abc import Callable

from tcpmon.core.decoding import NotDecoded
from tcpmon.core.decoding.sheet import Sheet, read

_READ = 1024  # bytes that are read to rate them
_FEW = 8  # of so few bytes many are values by chance
_VALUES = re.compile(r"[\[{].+[\]}]")
_NO_NAME = re.compile(r"\\[xu]")


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
    several = [field for field in found.fields if field.name.startswith("message ")]
    members = several[0].parts if several else found.fields
    if named and not any(_NO_NAME.search(field.name) for field in members):
        return 0.9
    if several:
        return 0.4 if all(_VALUES.fullmatch(field.value) for field in several) else 0.1
    return 0.5 if len(data) > _FEW else 0.4
