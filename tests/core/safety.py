"""The judge of what may reach a terminal: Unicode's own categories, none of our tables."""

import unicodedata
from collections.abc import Callable
from typing import TypeVar

from tcpmon.core.errors import TcpmonError

E = TypeVar("E", bound=TcpmonError)


def unsafe_in(text: str) -> list[str]:
    """Return the characters that could move, hide, join or break a line: those of the
    categories Other, Mark and Separator, but the plain space."""
    return [c for c in text if c != " " and unicodedata.category(c)[0] in "CMZ"]


def refusal(read: Callable[[str], object], text: str, kind: type[E]) -> E | None:
    """Return the error of this kind with which text is refused, None if it is read."""
    try:
        read(text)
    except kind as error:
        return error
    return None
