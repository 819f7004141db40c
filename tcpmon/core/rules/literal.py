"""What a regular expression cannot do without: the longest text that is in all that it matches.

Looking for that first is many times faster than the expression itself.
"""

import re
import warnings
from collections.abc import Iterable
from importlib import import_module
from typing import Any

SHORTEST = 2
"""A single letter is in nearly every message: it would tell nothing."""


def needle(pattern: bytes) -> bytes | None:
    """Return what is, in lower case, in every message that a pattern is found in; None if
    nothing can be said. pattern: one that re takes.

    >>> needle(rb"id=(?P<id>[0-9]+);$")
    b'id='
    """
    parser = import_module("re._parser")  # private, but re has no other way to tell
    try:
        with warnings.catch_warnings(action="ignore"):
            tree = parser.parse(pattern)
    except (re.error, RecursionError, OverflowError):
        return None
    longest = max(_runs(tree), key=len, default=b"")
    return longest.lower() if len(longest) >= SHORTEST else None


def _runs(tree: Iterable[Any]) -> list[bytes]:
    """Return the literals of a tree as re's parser makes it: (operation, argument) in a row."""
    runs = [bytearray()]
    for operation, argument in tree:
        name = str(operation)
        if name == "LITERAL":
            runs[-1].append(argument)
        elif name != "AT":  # a place takes no room
            runs.extend(map(bytearray, _within(name, argument)))
            runs.append(bytearray())
    return [bytes(run) for run in runs]


def _within(name: str, argument: Any) -> list[bytes]:
    """Return the literals of what must be there once at least."""
    if name == "SUBPATTERN":
        return _runs(argument[-1])
    if name == "ATOMIC_GROUP":
        return _runs(argument)
    if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT") and argument[0] > 0:
        return _runs(argument[-1])
    return []
