"""What clients are called: by their address, or by what they say first.

A name comes from outside, from a person, a file or the peer itself: what leaves this module is
safe to print and at most NAME_CELLS wide. A name that is asked for may hold `{host}` (the last
part of the client's address), `{address}` and `{number}` (that of the client).
"""

import ipaddress
import re
import unicodedata
from collections.abc import Mapping
from fnmatch import translate
from typing import Any

from tcpmon.core.access import ByNetwork, Network, parse_network
from tcpmon.core.counts import too_much
from tcpmon.core.errors import BadName, BadNetwork, BadPattern
from tcpmon.core.escape import escape, escape_hidden, escape_text

NAME_CELLS = 40
PATTERN_MOST = 200
"""Characters of a pattern: who needs more has another problem."""
SEARCH_SECONDS = 0.05
"""How long one search for a name may take. All others wait meanwhile."""

_FIELD = re.compile(r"\{([^{}]*)\}")
_FIELDS = ("host", "address", "number")
_LIKE_NETWORK = re.compile(r"[0-9]+\.[0-9.]*(/.*)?|.*/[0-9]+")
_PADDING = b" \t\r\n\0"


def clean(text: str) -> str:
    r"""Return text as a name: in one line, safe to print, not too wide.

    Clean text stays as it is: a name can be shown, edited and given again.

    >>> clean(" gps\t7 \x1b[2J")
    'gps 7 \\x1b[2J'
    """
    text = escape_hidden(" ".join(text.split()))
    cells = 0
    for place, character in enumerate(text):
        cells += 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if cells > NAME_CELLS:
            return _narrower(text[:place])
    return text


def _narrower(text: str) -> str:
    """Put an ellipsis in the place of the last character of a text that is just not too wide."""
    return text[:-1].rstrip() + "…"


def said(data: bytes) -> str:
    """Return what a peer calls itself as a name."""
    return clean(escape(data.strip(_PADDING), 4 * NAME_CELLS))


def check_name(name: str) -> str:
    """Return a name that is asked for if all it wants filled in is known. Raises BadName."""
    for field in _FIELD.findall(name):
        if field not in _FIELDS:
            known = ", ".join(f"{{{field}}}" for field in _FIELDS)
            raise BadName(f"{{{escape_text(field)}}} in a name is not known", f"there is {known}")
    return name


def fill(name: str, host: str, number: int) -> str:
    """Return the name that is meant. host: the client's address, "" for none.

    >>> fill("gps-{host} {number}", "10.4.0.9", 7)
    'gps-9 7'
    """
    last = re.split(r"[.:]", host.partition("%")[0])[-1]
    values = {"host": last, "address": host, "number": str(number)}
    return clean(_FIELD.sub(lambda match: values.get(match[1], match[0]), name))


class Names:
    """Names by address, network, or pattern of what a client calls itself.

    entries: "192.168.7.21", "10.4.0.0/16" or "imei-35*" to a name. The narrowest network
    decides, and the first pattern that fits. Raises BadName, BadNetwork.
    """

    def __init__(self, entries: Mapping[str, str]) -> None:
        self._networks: dict[Network, str] = {}
        self._patterns: list[tuple[re.Pattern[str], str]] = []
        for key, name in entries.items():
            try:
                self._networks[parse_network(key)] = check_name(name)
            except BadNetwork:
                if _LIKE_NETWORK.fullmatch(key):
                    raise
                self._patterns.append((glob(key), check_name(name)))
        self._found = ByNetwork(self._networks)

    def set(self, host: str, name: str) -> None:
        """Remember what callers from an address are called, "" for no name of their own."""
        network = ipaddress.ip_network(host.partition("%")[0])
        if name:
            self._networks[network] = check_name(name)
        else:
            self._networks.pop(network, None)
        self._found = ByNetwork(self._networks)

    def of_caller(self, host: str, number: int) -> str:
        """Return the name of a client that has come from an address, "" for none."""
        name = self._found.find(host) if self._networks else None
        return fill(name, host, number) if name else ""

    def of_self(self, name: str, host: str, number: int) -> str:
        """Return the name of a client that has said what it is called."""
        for pattern, other in self._patterns:
            if pattern.fullmatch(name):
                return fill(other, host, number)
        return name


def glob(pattern: str) -> re.Pattern[str]:
    """Return what matches names like "gps-*"."""
    return re.compile(translate(pattern))


class Finder:
    """Finds what a client calls itself in what it says first.

    pattern: a regular expression over bytes; its first group is the name, or all that it
    matches. Raises BadPattern.
    """

    def __init__(self, pattern: str) -> None:
        import regex  # not re: a search that takes too long can be ended

        shown = escape_text(pattern)
        if len(pattern) > PATTERN_MOST:
            most = f"{PATTERN_MOST} characters are the most"
            raise BadPattern(f"the pattern {shown[:20]}… is too long", most)
        if wrong := too_much(pattern):
            raise BadPattern(f"{shown} is not a pattern: {wrong.message}", wrong.hint)
        try:
            self._pattern: Any = regex.compile(pattern.encode("utf-8", "surrogateescape"))
        except (regex.error, RecursionError, OverflowError) as error:
            why = escape_text(getattr(error, "msg", "") or str(error))
            place = getattr(error, "pos", None)
            at = "" if place is None else f" at character {place + 1}"
            hint = r"write for example imei=(\d+)"
            raise BadPattern(f"{shown} is not a pattern: {why}{at}", hint) from None

    def find(self, data: bytes) -> tuple[str, bool] | None:
        """Return the name and whether more data could make it longer; None if there is none.

        Raises TimeoutError after SEARCH_SECONDS.
        """
        match = self._pattern.search(data, timeout=SEARCH_SECONDS)
        if match is None:
            return None
        found = match.group(1) if match.re.groups else match.group()
        name = said(found or b"")
        return (name, match.end() == len(data)) if name else None
