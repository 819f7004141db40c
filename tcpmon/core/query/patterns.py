"""What is looked for in bytes: text in any case, hex with gaps, regular expressions.

Each says whether it is there and where. None can take long: a person may write a
pattern that would try for years, and a peer may send what makes it.
"""

import re
import warnings
from typing import TYPE_CHECKING, Protocol

from tcpmon.core.counts import too_much
from tcpmon.core.errors import BadFilter, BadPayload
from tcpmon.core.escape import escape_text, unescape
from tcpmon.core.query.effort import sure_length

if TYPE_CHECKING:
    from collections.abc import Callable

    import regex

LOOKED = 1 << 20
"""Of each payload patterns see so many bytes, and text with letters beyond ASCII, and marks."""
SECONDS = 0.05
"""A pattern may take so long for one payload."""
PATIENCE = 3
"""After it has taken that long so often, it finds nothing any more."""
LONGEST = 200
"""Characters of a regular expression, and pairs of hex with gaps."""
MARKS = 1_000
SHOWN = 40
"""Characters of a pattern that is in trouble."""

Marks = list[tuple[int, int]]


class Finder(Protocol):
    """Looks for one thing."""

    @property
    def trouble(self) -> str:
        """Why it finds nothing any more, "" while it does."""

    def found_in(self, data: bytes, /) -> bool:
        """Say whether it is there."""

    def places(self, data: bytes) -> Marks:
        """Return where it is in the first LOOKED bytes, in order, at most MARKS of them."""


class Text:
    """Text, in upper or lower case: both alike.

    folded: it as a string in lower case, for what is no bytes. needle: what must be in the
    payload in lower case, None where that cannot be said in bytes.
    """

    trouble = ""

    def __init__(self, wanted: bytes) -> None:
        text = _decoded(wanted)
        lowered = wanted.lower()
        self.folded = text.lower()
        self.needle = None if any(map(_has_case_elsewhere, text)) else lowered
        if self.needle is None:
            self.found_in: Callable[[bytes], bool] = self._found
        elif lowered == lowered.upper():
            self.found_in = lambda data: lowered in data
        else:
            self.found_in = lambda data: lowered in data.lower()
        self._wanted = wanted
        self._pattern: Pattern | None = None  # made when it is first asked where it is

    def _found(self, data: bytes) -> bool:
        return not data.isascii() and self.folded in _decoded(data[:LOOKED]).lower()

    def places(self, data: bytes) -> Marks:
        if self.needle is None:
            self._pattern = self._pattern or Pattern(_any_case(self._wanted), self.folded)
            return self._pattern.places(data)
        return _places(self.needle, data[:LOOKED].lower())


def _has_case_elsewhere(letter: str) -> bool:
    """Say whether a letter is one that `bytes.lower` leaves alone and `str.lower` may not."""
    return not letter.isascii() and not letter.lower() == letter == letter.upper()


def _decoded(data: bytes) -> str:
    return str(data, "utf-8", "surrogateescape")


def _any_case(wanted: bytes) -> bytes:
    """Return a pattern for text in which each letter may be large or small."""
    parts = []
    for letter in _decoded(wanted):
        forms = sorted({letter, letter.lower(), letter.upper()})
        encoded = (re.escape(form.encode("utf-8", "surrogateescape")) for form in forms)
        parts.append(b"(?:" + b"|".join(encoded) + b")")
    return b"".join(parts)


def _places(needle: bytes, data: bytes) -> Marks:
    found: Marks = []
    at = data.find(needle)
    while at >= 0 and len(found) < MARKS:
        found.append((at, at + len(needle)))
        at = data.find(needle, at + len(needle))
    return found


class Exact:
    """These bytes."""

    trouble = ""

    def __init__(self, wanted: bytes) -> None:
        self.found_in: Callable[[bytes], bool] = lambda data: wanted in data
        self._wanted = wanted

    def places(self, data: bytes) -> Marks:
        return _places(self._wanted, data[:LOOKED])


class Pattern:
    """A regular expression, which gives up in time.

    shown: how a person wrote it, with what stands around it.
    """

    def __init__(self, pattern: bytes, shown: str) -> None:
        import regex  # not at the top: it takes 15 ms, and few filters need it

        with warnings.catch_warnings(action="ignore"):
            self._pattern = regex.compile(pattern, cache_pattern=False)
        self._sure = sure_length(pattern)  # a clock takes longer than most searches
        self._shown = shown
        self.failed = 0
        """How often it took too long to say whether it is there."""
        self._lost = 0  # and where

    @property
    def groups(self) -> tuple[str, ...]:
        """The names of what it captures: "0" is all that it matches, then by number and name."""
        numbers = map(str, range(self._pattern.groups + 1))
        return (*numbers, *self._pattern.groupindex)

    def found_in(self, data: bytes) -> bool:
        return self.search(data) is not None

    def search(self, data: bytes) -> "regex.Match[bytes] | None":
        """Return where it is first."""
        if self.failed >= PATIENCE:
            return None
        if len(data) <= self._sure:
            return self._pattern.search(data)
        try:
            return self._pattern.search(data, endpos=LOOKED, timeout=SECONDS)
        except (TimeoutError, MemoryError):
            self.failed += 1
            return None

    def forgive(self) -> None:
        """Forget that it took too long: it is looked for again."""
        self.failed = self._lost = 0

    def places(self, data: bytes) -> Marks:
        found: Marks = []
        if max(self.failed, self._lost) >= PATIENCE:
            return found
        try:
            for match in self._pattern.finditer(data, endpos=LOOKED, timeout=SECONDS):
                if match.end() > match.start():
                    found.append(match.span())
                if len(found) == MARKS:
                    break
        except (TimeoutError, MemoryError):
            self._lost += 1
        return found

    @property
    def trouble(self) -> str:
        if self.failed < PATIENCE:
            return ""
        shown = escape_text(self._shown[:SHOWN]) + "…" * (len(self._shown) > SHOWN)
        return f"the pattern {shown} takes too long: it matches nothing from now on"


def parse_text(value: str, place: int) -> bytes:
    """Return the bytes of text with escapes; a ${ is itself. Raises BadFilter."""
    if not value:
        raise BadFilter("a text is missing", place, 'for example gps or "two words"')
    try:
        return unescape(_DOLLAR.sub(lambda match: match[1] or "\\${", value))
    except BadPayload as error:
        raise BadFilter(error.message, place + min(error.place, len(value)), error.hint) from None


_DOLLAR = re.compile(r"(\\.)|\$\{", re.DOTALL)


def parse_hex(value: str, place: int) -> Finder:
    """Return what looks for "24 47 ?? 5?", in any usual spelling. Raises BadFilter."""
    hint = 'for example hex:2447??52 or hex:"24 47 ?? 52"'
    digits = _SEPARATORS.sub("", value)
    if wrong := _NO_NIBBLE.search(value):
        raise BadFilter(f"{escape_text(wrong[0])} is not hex", place + wrong.start(), hint)
    if not digits.strip("?"):
        what = "needs two digits a byte" if not digits else "needs a byte that is known"
        raise BadFilter(f"hex {what}", place, hint)
    if len(digits) % 2:
        raise BadFilter("hex has a digit too few or too many", place + len(value) - 1, hint)
    if "?" not in digits:
        return Exact(bytes.fromhex(digits))
    if len(digits) > 2 * LONGEST:
        raise BadFilter(f"hex with ?? has at most {LONGEST} bytes", place, "leave some out")
    pairs = (digits[at : at + 2] for at in range(0, len(digits), 2))
    return Pattern(b"(?s:" + b"".join(map(_byte, pairs)) + b")", f"hex:{value}")


_SEPARATORS = re.compile(r"[\s,:_-]+")
_NO_NIBBLE = re.compile(r"[^0-9a-fA-F?\s,:_-]")


def _byte(pair: str) -> bytes:
    """Return a pattern for one byte, of which either digit may be any."""
    high, low = pair[0], pair[1]
    if pair == "??":
        return b"."
    if low == "?":
        return rf"[\x{high}0-\x{high}f]".encode()
    if high == "?":
        return b"[" + b"".join(rf"\x{digit}{low}".encode() for digit in "0123456789abcdef") + b"]"
    return rf"\x{pair}".encode()


def parse_pattern(value: str, place: int) -> Pattern:
    """Return a regular expression as Python's re reads it. Raises BadFilter."""
    if not value:
        raise BadFilter("the pattern is empty", place, "for example /GP(GGA|RMC)/")
    if len(value) > LONGEST:
        hint = "say it shorter, or in several terms"
        raise BadFilter(f"a pattern has at most {LONGEST} characters", place + LONGEST, hint)
    if wrong := too_much(value):
        raise BadFilter(wrong.message, place + wrong.place, wrong.hint)
    hint = "a sign of patterns meant as itself needs a \\ before it"
    try:
        pattern = value.encode("utf-8", "surrogateescape")
        with warnings.catch_warnings(action="ignore"):
            re.compile(pattern)  # it knows no fuzzy or recursive patterns, and says where
        return Pattern(
            _BRACE.sub(_literal_brace, value).encode("utf-8", "surrogateescape"), f"/{value}/"
        )
    except re.error as error:
        at = min(error.pos or 0, len(value))
        raise BadFilter(f"pattern: {escape_text(error.msg)}", place + at, hint) from None
    except (RecursionError, OverflowError, MemoryError):
        raise BadFilter("the pattern is too complicated", place, "say it simpler") from None
    except ValueError:  # what regex says of what re can read; half a surrogate pair
        raise BadFilter("the pattern cannot be read", place, hint) from None


_BRACE = re.compile(r"\\.|\{(?!\d*(?:,\d*)?\})", re.DOTALL)
"""A { that begins no count: to regex it may begin a fuzzy match, to re it is itself."""


def _literal_brace(match: re.Match[str]) -> str:
    return "\\{" if match[0] == "{" else match[0]
