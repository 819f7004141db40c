r"""A number that a message holds: found by a pattern, `temp=([-\d.]+)`, or at a place, `u16be@4`.

A pattern comes from a person and the bytes from a peer, and together they could take for
ever: each match has its time, and a pattern that runs out of it again and again is given up.
"""

import re
import struct
from typing import TYPE_CHECKING, Protocol

from tcpmon.core.counts import too_much
from tcpmon.core.errors import BadNumber
from tcpmon.core.escape import escape_text

if TYPE_CHECKING:
    import regex

PATTERN_CHARACTERS = 200
MATCH_SECONDS = 0.05
TIMEOUTS = 3
"""A pattern that took too long so often is not tried again."""
SEEN = 16_384
"""A pattern sees so many bytes of a message; a place lies in them too."""

LARGEST = 1e300
"""Beyond that it is no measurement, and sums and differences would leave what a float holds."""

EXAMPLES = r"u16be@4, i32le@0, f32be@8, temp=([-\d.]+)"

_CODES = {
    "u8": "B", "u16": "H", "u32": "I", "u64": "Q",
    "i8": "b", "i16": "h", "i32": "i", "i64": "q", "f32": "f", "f64": "d",
}  # fmt: skip
_AT = re.compile(r"([uif]\d+)(be|le)?@(\d{1,9})", re.ASCII | re.IGNORECASE)
_MEANT_AT = re.compile(r"[uif]\d{1,3}\w*@", re.ASCII | re.IGNORECASE)


class Number(Protocol):
    """Takes a number from each message."""

    text: str
    """As it was written."""
    most: int
    """Bytes of a message that are looked at."""

    @property
    def given_up(self) -> bool:
        """Say whether it finds nothing any more, because it took too long."""

    def take(self, data: bytes) -> float | None:
        """Return the number in a message, at most LARGEST; None where there is none."""


class NumberAt:
    """So many bytes at a fixed place."""

    given_up = False

    def __init__(self, text: str, code: str, place: int) -> None:
        self.text = text
        self._struct = struct.Struct(code)
        self._place = place
        self.most = place + self._struct.size

    def take(self, data: bytes) -> float | None:
        if len(data) < self.most:
            return None
        return _measured(self._struct.unpack_from(data, self._place)[0])


class NumberFound:
    """The first group of a pattern, or all that it matches."""

    most = SEEN

    def __init__(self, text: str, pattern: "regex.Pattern[bytes]") -> None:
        self.text = text
        self._pattern = pattern
        self._timeouts = 0

    @property
    def given_up(self) -> bool:
        return self._timeouts >= TIMEOUTS

    def take(self, data: bytes) -> float | None:
        if self.given_up:
            return None
        try:
            match = self._pattern.search(data[:SEEN], timeout=MATCH_SECONDS)
        except TimeoutError:
            self._timeouts += 1
            return None
        found = match and match[1 if self._pattern.groups else 0]
        if not found:
            return None
        try:
            return _measured(float(found))
        except ValueError:
            return None


def _measured(value: float) -> float | None:
    return float(value) if abs(value) <= LARGEST else None  # of NaN that is not true either


def parse(text: str) -> Number:
    """Return what takes the number that a person means.

    Raises BadNumber with the place of what cannot be read.
    """
    bare = text.strip()
    blanks = text.index(bare)
    if not bare:
        raise BadNumber("nothing to look for", 0, f"write for example {EXAMPLES}")
    if match := _AT.fullmatch(bare):
        return _at(bare, match, blanks)
    if match := _MEANT_AT.match(bare):
        hint = r"a place is written u16be@4; for a pattern with an @ write \@"
        raise BadNumber("not a place", blanks + match.end(), hint)
    return _found(text)


def _at(text: str, match: re.Match[str], blanks: int) -> NumberAt:
    kind, order, place = match[1].lower(), (match[2] or "").lower(), int(match[3])
    if kind not in _CODES:
        hint = "there are u8 to u64, i8 to i64, f32 and f64"
        raise BadNumber(f"{kind} is not a kind of number", blanks, hint)
    if not order and not kind.endswith("8"):
        hint = f"write {kind}be@{place} or {kind}le@{place}"
        raise BadNumber("which byte comes first?", blanks + match.end(1), hint)
    number = NumberAt(text, (">" if order == "be" else "<") + _CODES[kind], place)
    if number.most > SEEN:
        hint = f"the last byte that is looked at is {SEEN - 1}"
        raise BadNumber("too far into the message", blanks + match.start(3), hint)
    return number


def _found(text: str) -> NumberFound:
    import regex

    if len(text) > PATTERN_CHARACTERS:
        hint = f"a pattern has at most {PATTERN_CHARACTERS} characters"
        raise BadNumber("too long", PATTERN_CHARACTERS, hint)
    if wrong := too_much(text):
        raise BadNumber(*wrong)
    pattern = text.encode("utf-8", "replace")
    hint = r"write for example temp=([-\d.]+)"
    try:
        return NumberFound(text, regex.compile(pattern))
    except regex.error as error:
        place = len(pattern[: error.pos or 0].decode("utf-8", "replace"))
        raise BadNumber(escape_text(error.msg), place, hint) from None
    except (ValueError, OverflowError, RecursionError) as error:
        raise BadNumber(escape_text(str(error)), 0, hint) from None
