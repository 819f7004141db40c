"""How much work a regular expression can make at most, told from how it is written."""

import re
import warnings
from collections.abc import Iterable
from importlib import import_module
from typing import Any

MOST = 3_000_000
"""Steps that no clock is needed for: some milliseconds."""
LENGTHS = (1024, 512, 256, 128, 64, 32)

_SIMPLE = {"LITERAL", "NOT_LITERAL", "IN", "ANY", "AT"}
_REPEATS = {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}
_FUZZY = re.compile(rb"\{[^}0-9]")
"""As in (?:gps){e<=1}: letters to re, to regex an order to look for what is like it."""
_GROUPS = {"SUBPATTERN", "ATOMIC_GROUP"}


class _TooMuch(Exception):
    """It may be more than MOST, or nobody knows."""


def sure_length(pattern: bytes) -> int:
    """Return up to how many bytes of data a pattern needs no clock, 0 if it always does.

    >>> sure_length(rb"id=(?P<id>[0-9]+)"), sure_length(rb"(a|aa)+$")
    (1024, 0)
    """
    if _FUZZY.search(pattern):
        return 0
    try:
        with warnings.catch_warnings(action="ignore"):
            tree = import_module("re._parser").parse(pattern)  # private: it may go one day
    except (re.error, RecursionError, OverflowError, ImportError, AttributeError):
        return 0
    return next((length for length in LENGTHS if _is_sure(tree, length)), 0)


def _is_sure(tree: Iterable[Any], length: int) -> bool:
    try:
        return _steps(tree, length)[0] * length <= MOST  # it may be tried from each byte on
    except _TooMuch:
        return False


def _steps(tree: Iterable[Any], length: int) -> tuple[int, int]:
    """Return how many steps a tree as re's parser makes it takes from one place on, if all is
    tried in vain, and in how many ways it may match there."""
    steps, ways = 0, 1
    for operation, argument in tree:
        own, more = _of_one(str(operation), argument, length)
        steps += ways * own
        ways *= more
        if steps > MOST or ways > MOST:
            raise _TooMuch
    return steps, ways


def _of_one(name: str, argument: Any, length: int) -> tuple[int, int]:
    if name in _SIMPLE:
        return 1, 1
    if name in _GROUPS:
        return _steps(argument[-1] if name == "SUBPATTERN" else argument, length)
    if name == "BRANCH":
        every = [_steps(branch, length) for branch in argument[1]]
        return sum(own + 1 for own, _ in every), sum(ways for _, ways in every)
    if name in _REPEATS:
        least, most, inner = argument
        return _repeated(least, most, inner, length)
    raise _TooMuch  # what looks around or back


def _repeated(least: int, most: int, tree: Any, length: int) -> tuple[int, int]:
    width = tree.getwidth()[0]
    if not width and most > 1:
        raise _TooMuch
    times = min(most, length // width if width else most)
    own, each = _steps(tree, length)
    if each == 1:
        return 1 + times * own, max(times - least, 0) + 1
    steps = ways = 0
    before = 1  # ways to have come so far
    for time in range(times + 1):
        steps += before * own
        ways += before if time >= least else 0
        before *= each
        if steps > MOST:
            raise _TooMuch
    return steps, max(ways, 1)
