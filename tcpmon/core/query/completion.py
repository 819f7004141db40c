"""What may stand where a filter is being typed: keys, and then their values."""

import re
from collections.abc import Callable, Iterable
from itertools import islice

from tcpmon.core.access import networks_of
from tcpmon.core.escape import escape_text
from tcpmon.core.model import View
from tcpmon.core.query.keys import KEY, KEYS, Key

Seen = Callable[[str], Iterable[str]]
"""Returns what there is of "client", "name", "address", "listener" or "filter" at present."""

MOST = 50
_WORD = re.compile(r'[!-]*([^\s"()|]*)$')
_KEYED = re.compile(r"([A-Za-z]+)(:|=)(.*)", re.DOTALL)
_PLAIN = re.compile(r'[^\s"()|]+')


def complete(text: str, seen: Seen) -> tuple[int, list[str]]:
    """Return where the word begins that text ends in, and what it may become: keys with what
    follows them, or a key with one of its values. At most MOST."""
    match = _WORD.search(text)
    word = match[1] if match else ""
    begin = len(text) - len(word)
    if keyed := _KEYED.fullmatch(word):
        key = KEY.get(keyed[1].lower())
        values = _values(key, seen) if key else ()
        found = [f"{keyed[1]}{keyed[2]}{value}" for value in values]
    elif word.startswith("@"):
        found = [f"@{name}" for name in seen("filter")]
    else:
        found = [key.name + (">" if key.compared else ":") for key in KEYS]
    fitting = (each for each in found if each.lower().startswith(word.lower()) and each != word)
    return begin, list(islice(fitting, MOST))


def _values(key: Key, seen: Seen) -> Iterable[str]:
    """Return the values of a key that can be typed without quotes."""
    found = key.values or (seen(key.seen) if key.seen else ())
    return dict.fromkeys(
        value for value in found if _PLAIN.fullmatch(value) and escape_text(value) == value
    )


def seen_in(view: View) -> Seen:
    """Return what completion offers of a picture: its rows and listeners."""

    def seen(what: str) -> Iterable[str]:
        match what:
            case "client":
                return [str(row.id) for row in view.rows]
            case "name":
                return [row.name for row in view.rows]
            case "address":
                return [place[0] for row in view.rows if (place := networks_of(row.peer))]
        return [address for listener in view.listeners for address in listener.addresses]

    return seen
