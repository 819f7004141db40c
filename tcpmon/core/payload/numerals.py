"""How a number is written: decimal, hex digits, or bytes of a width and order."""

import re
from collections.abc import Callable
from typing import Literal

from msgspec import Struct

from tcpmon.core.errors import BadPayload
from tcpmon.core.escape import escape_text

ORDERS: dict[str, Literal["big", "little"]] = {"be": "big", "le": "little"}
NUMERALS = "%05d, %04X, hex, HEX, u8, u16be, u32le, u64be, varint"

_BINARY = re.compile(r"u(\d{1,3})(be|le)?")
_PRINTF = re.compile(r"([^%]*)%(0?)(\d{0,2})([dxX])")


class Numeral(Struct, frozen=True):
    """A way to write numbers that are not negative.

    write: raises OverflowError. size: of what it writes, None if that depends on the number.
    """

    write: Callable[[int], bytes]
    size: int | None = None


def _decimal(number: int) -> bytes:
    return b"%d" % number


DECIMAL = Numeral(_decimal)


def numeral(word: str, place: int, natural: int = 0) -> Numeral | None:
    """Return what a word says of how to write, None if it is another word.

    natural: how many bytes all the numbers take, 0 if they have no width of their own. Raises
    BadPayload.
    """
    if word in ("hex", "HEX"):
        return _digits(word, natural)
    if word == "varint":
        return Numeral(_varint)
    if word in ORDERS:
        if not natural:
            raise BadPayload(f"{word} of how many bytes?", place, f"for example u16{word}")
        return _binary(natural, ORDERS[word])
    if match := _BINARY.fullmatch(word):
        return _sized(match, place, natural)
    if match := _PRINTF.fullmatch(word):
        return _printed(match, place, natural)
    if "%" in word:
        raise BadPayload(
            f"{escape_text(word[:20])} does not write a number", place, f"there is {NUMERALS}"
        )
    return None


def _sized(match: re.Match[str], place: int, natural: int) -> Numeral:
    size, rest = divmod(int(match[1]), 8)
    if rest or not 1 <= size <= 8:
        raise BadPayload(f"u{match[1]} is not a width", place, "there is u8, u16be, ... u64be")
    if size > 1 and not match[2]:
        hint = f"write u{match[1]}be or u{match[1]}le"
        raise BadPayload("which byte goes first?", place, hint)
    if size < natural:
        raise BadPayload(f"it takes {8 * natural} bits, not {match[1]}", place)
    return _binary(size, ORDERS[match[2] or "be"])


def _binary(size: int, order: Literal["big", "little"]) -> Numeral:
    return Numeral(lambda number: number.to_bytes(size, order), size)


def _digits(word: str, natural: int) -> Numeral:
    letter = "x" if word == "hex" else "X"
    if natural:
        return Numeral(lambda number: f"{number:0{2 * natural}{letter}}".encode(), 2 * natural)

    def write(number: int) -> bytes:
        text = f"{number:{letter}}"
        return text.zfill(len(text) + len(text) % 2).encode()

    return Numeral(write)


def _printed(match: re.Match[str], place: int, natural: int) -> Numeral:
    before, zero, width, letter = match.groups()
    try:
        front = before.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError as error:
        wrong = place + error.start
        raise BadPayload("half a surrogate pair is not a character", wrong) from None
    form = f"{zero}{width}{letter}"
    longest = len(f"{(1 << 8 * natural) - 1:{letter}}")
    fixed = natural and int(width or 1) >= longest
    size = len(front) + int(width) if fixed else None
    return Numeral(lambda number: front + format(number, form).encode(), size)


def _varint(number: int) -> bytes:
    """Seven bits a byte, the lowest first. Source: MQTT 3.1.1, section 2.2.3."""
    parts = bytearray()
    while number > 0x7F:
        parts.append(number & 0x7F | 0x80)
        number >>= 7
    parts.append(number)
    return bytes(parts)
