"""Saved messages: their keys, and what they are when they are written."""

import re
from collections.abc import Mapping

from textual.binding import BindingsMap

from tcpmon.core.escape import escape_hidden
from tcpmon.core.history import Written
from tcpmon.core.payload import Form

FIRST_KEY, LAST_KEY = 2, 12
_SPREAD = re.compile(r"\\.|\$\{hex\s[^}]*|\$\{(?!now\s)[^:{}$\\]*", re.DOTALL)
"""An escape, or what stands in a field before its body."""
KEYS = LAST_KEY - FIRST_KEY + 1


def key_of(place: int) -> str:
    """Return the key of a saved message, "" for those that have none."""
    return f"F{place + FIRST_KEY}" if place < KEYS else ""


def bind_keys(bindings: BindingsMap) -> None:
    """Bind the keys of all but the first saved message, which the list of actions has."""
    for place in range(1, KEYS):
        bindings.bind(key_of(place).lower(), f"saved({place})", show=False)


def saved(name: str, messages: Mapping[str, str]) -> Written:
    """Return a saved message as it is written."""
    return Written(Form.TEXT, escape_hidden(_in_one_line(messages[name])), exact=True)


def _in_one_line(text: str) -> str:
    """Return a payload whose fields do not go over several lines: a line break in what is sent can
    be written as an escape, one between the words of a field cannot."""
    return _SPREAD.sub(
        lambda match: match[0] if match[0][0] == "\\" else " ".join(match[0].split()), text
    )
