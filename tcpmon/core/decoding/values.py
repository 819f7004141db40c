"""How values are written: safe, on one line, short, and so that a person can read them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from tcpmon.core.decoding import VALUE_CHARACTERS, Field
from tcpmon.core.escape import ESCAPE, escape, escape_text

NAME_CHARACTERS = 80
"""A longer name is cut, and ends in an ellipsis."""
_IN_BRIEF = 8  # members of a map or a list that its one line tells
_WORD_IN_BRIEF = 40

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def cut(text: str, most: int = VALUE_CHARACTERS) -> str:
    """Return safe text of at most so many characters; no escape in it is cut in two."""
    if len(text) <= most:
        return text
    end = most - 1
    for match in ESCAPE.finditer(text, 0, most + 12):
        if match.start() >= end:
            break
        if match.end() > end:
            end = match.start()
            break
    return text[:end] + "…"


def shown(data: bytes) -> str:
    """Return bytes as text with escapes, cut where they are many."""
    limit = 2 * VALUE_CHARACTERS
    text = escape(data, limit)
    return cut(text if len(data) <= limit or len(text) > VALUE_CHARACTERS else text + "…")


def shown_text(text: str) -> str:
    """Return text from outside made safe, cut where it is long."""
    return cut(escape_text(text[: VALUE_CHARACTERS + 1]))


def quoted(text: str) -> str:
    """Return text in quotes, to tell "1" from 1."""
    return f'"{cut(escape_text(text[:VALUE_CHARACTERS]), VALUE_CHARACTERS - 2)}"'


def hexed(data: bytes) -> str:
    """Return what is no text as hex: "0a ff"; cut where it is long."""
    return cut(data[: VALUE_CHARACTERS // 2].hex(" ")) or "no bytes"


def name_of(text: str) -> str:
    """Return what a peer calls something, safe and short enough to be a field's name."""
    return cut(escape_text(text[: NAME_CHARACTERS + 1]), NAME_CHARACTERS) or '""'


def name_in(data: bytes) -> str:
    """Return bytes as a field's name."""
    return name_of(str(data[: 4 * NAME_CHARACTERS], "utf-8", "surrogateescape"))


def name_from(value: str) -> str:
    """Return the value of a key, as it would be shown, as the name of what stands under it."""
    return cut(value.removeprefix('"').removesuffix('"'), NAME_CHARACTERS) or '""'


def named(number: int, words: Mapping[int, str], otherwise: str = "") -> str:
    """Return "3, Read Holding Registers", and the number alone where nothing is known of it."""
    word = words.get(number, otherwise)
    return f"{number}, {word}" if word else str(number)


def flags(bits: int, names: Mapping[int, str]) -> str:
    """Return the names of the bits that are set, "none" if there are none.

    names: by mask, in the order in which they are told. A bit without a name is told by its mask.
    """
    words = [name for mask, name in names.items() if bits & mask]
    known = sum(mask for mask in names)
    if bits & ~known:
        words.append(f"0x{bits & ~known:x}")
    return ", ".join(words) or "none"


def when(seconds: float) -> str:
    """Return seconds since 1970 as "2026-11-22 12:00:04 UTC"; as a number if it is no such date."""
    try:
        at = _EPOCH + timedelta(seconds=seconds)
    except (OverflowError, ValueError):
        return str(seconds)
    return f"{at:%Y-%m-%d %H:%M:%S}{_fraction(at)} UTC"


def _fraction(at: datetime) -> str:
    return f".{at.microsecond:06}".rstrip("0") if at.microsecond else ""


def counted(count: int, word: str) -> str:
    """Return "1 register", "2 registers"."""
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def brief(parts: Sequence[Field], brackets: str) -> str:
    """Return a map ("{}") or a list ("[]") as one line: '{id: 7, tags: […], on: true}'."""
    words = []
    for part in parts[:_IN_BRIEF]:
        value = cut(part.value, _WORD_IN_BRIEF)
        if part.parts and value.startswith(("list", "set")):
            value = "[…]"
        elif part.parts and (not value or value.startswith("map")):
            value = "{…}"
        words.append(f"{part.name}: {value}" if brackets == "{}" else value)
    if len(parts) > _IN_BRIEF:
        words.append("…")
    return cut(f"{brackets[0]}{', '.join(words)}{brackets[1]}")
