"""Filters that have names: `@quiet` stands for what was saved under it, as if in brackets."""

import re
from collections.abc import Mapping
from difflib import get_close_matches

from tcpmon.core.errors import BadFilter
from tcpmon.core.escape import escape_text
from tcpmon.core.query.matching import parse

_NAME = re.compile(r'"(?:\\.|[^"\\])*"|(?<![^\s(!|-])/(?:\\.|[^/\\])*/|(?<![^\s(!|-])@([\w.-]*)')
"""A name, or what names are not looked for in: quotes and patterns."""

_CALLED = re.compile(r"[\w.-]+")


def expand(text: str, saved: Mapping[str, str]) -> str:
    """Return a filter with what each name stands for in its place.

    Raises BadFilter for an unknown name, or for what cannot be read otherwise.
    """
    for match in _NAME.finditer(text):
        if match[1] is not None and match[1] not in saved:
            raise _unknown(match[1], match.start(), saved)
    # As long as before, so that the place of a mistake is that in what was typed.
    parse(_NAME.sub(lambda match: _word(match[0]) if match[1] else match[0], text))
    return _NAME.sub(lambda match: f"({saved[match[1]]})" if match[1] else match[0], text)


def check(name: str, text: str) -> None:
    """Raise BadFilter for what cannot be saved: a name that cannot be typed, or no filter."""
    if not _CALLED.fullmatch(name):
        raise BadFilter("a name has letters, digits, _, . and -", 0, "write for example quiet")
    for match in _NAME.finditer(text):
        if match[1] is not None:
            hint = f"write what {match[0]} stands for"
            raise BadFilter("a saved filter holds no other", match.start(), hint)
    parse(text)


def _word(name: str) -> str:
    return "x" * len(name)


def _unknown(name: str, place: int, saved: Mapping[str, str]) -> BadFilter:
    near = get_close_matches(name, saved, 1)
    some = ", ".join(f"@{known}" for known in list(saved)[:3])
    hint = (
        f"did you mean @{near[0]}?"
        if near
        else f"there is {some}"
        if some
        else ("[filters] in the configuration gives names")
    )
    return BadFilter(f"no filter is called @{escape_text(name)}", place, hint)
