r"""What a message must be: text, equals, starts, ends, regex, hex.

A message is looked at as it came and without what is put around it for the way; it fits if one
of the two does. Each test also tells what must be so for it to fit and is quickly looked up, see
`Book`: equal, start, needle, each None if nothing can be said.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Literal

from tcpmon.core.errors import BadFilter
from tcpmon.core.escape import escape_text
from tcpmon.core.query.patterns import LOOKED, Pattern, Text, parse_pattern, parse_text
from tcpmon.core.rules.literal import needle
from tcpmon.core.rules.model import Groups

if TYPE_CHECKING:
    import regex

LINE_END = b"\r\n"
HEX_MOST = 1_000
"""Words of a test by hex, and bytes that a word of it keeps."""


class MessageTest:
    """A test that any message passes; the others narrow it.

    groups: the names of what it captures. start: with what a message begins that fits. equal: as
    which, but for its line end, it goes. needle: what is in it, in lower case.
    """

    groups: tuple[str, ...] = ("0",)
    equal: bytes | None = None
    start: bytes | None = None
    needle: bytes | None = None

    @property
    def failed(self) -> int:
        """How often it took too long to say whether a message fits."""
        return 0

    @property
    def trouble(self) -> str:
        return ""

    def match(self, data: bytes, content: bytes) -> Groups | None:
        return {"0": content}

    def forgive(self) -> None:
        """Forget that it took too long."""


class Holds(MessageTest):
    """It holds a text, in any case of letters."""

    def __init__(self, wanted: bytes) -> None:
        self._text = Text(wanted)
        self.needle = self._text.needle

    def match(self, data: bytes, content: bytes) -> Groups | None:
        for each in (content,) if content is data else (content, data):
            if self.needle is not None and len(each) <= LOOKED:  # once is enough
                at = each.lower().find(self.needle)
                if at >= 0:
                    return {"0": each[at : at + len(self.needle)]}
            elif self._text.found_in(each):
                place, end = next(iter(self._text.places(each)), (0, 0))
                return {"0": each[place:end]}
        return None


class Equals(MessageTest):
    """It is these bytes, with its line end or without."""

    def __init__(self, wanted: bytes) -> None:
        self.equal = wanted

    def match(self, data: bytes, content: bytes) -> Groups | None:
        wanted = self.equal
        assert wanted is not None
        ended = len(content) <= len(wanted) + len(LINE_END) and content.rstrip(LINE_END) == wanted
        if ended or wanted in (content, data):
            return {"0": content}
        return None


class Starts(MessageTest):
    """It begins with these bytes."""

    def __init__(self, wanted: bytes) -> None:
        self.start = wanted
        self._found = {"0": wanted}

    def match(self, data: bytes, content: bytes) -> Groups | None:
        assert self.start is not None
        return (
            self._found if content.startswith(self.start) or data.startswith(self.start) else None
        )


class Ends(MessageTest):
    """It ends with these bytes, before its line end or with it."""

    def __init__(self, wanted: bytes) -> None:
        self.needle = wanted.lower()
        self._wanted = wanted
        self._found = {"0": wanted}

    def match(self, data: bytes, content: bytes) -> Groups | None:
        ends = any(each.endswith(self._wanted) for each in (content, data))
        return self._found if ends or content.rstrip(LINE_END).endswith(self._wanted) else None


class Fits(MessageTest):
    """A pattern is found in it."""

    def __init__(self, pattern: Pattern, lowered: bytes | None, start: bytes | None = None) -> None:
        self.groups = pattern.groups
        self.needle = lowered
        self.start = start
        self._pattern = pattern
        numbers = (int(name) if name.isdigit() else name for name in pattern.groups)
        self._asked = (*numbers, 0)  # of two there are always several

    @property
    def failed(self) -> int:
        return self._pattern.failed

    @property
    def trouble(self) -> str:
        return self._pattern.trouble

    def forgive(self) -> None:
        self._pattern.forgive()

    def fits(self, data: bytes, content: bytes) -> "regex.Match[bytes] | None":
        """As match, and takes half as long: nothing is done with what is captured."""
        found = self._pattern.search(content)
        if found is None and content is not data:
            found = self._pattern.search(data)
        return found

    def match(self, data: bytes, content: bytes) -> Groups | None:
        found = self.fits(data, content)
        if found is None:
            return None
        captured = found.group(*self._asked)
        if None in captured:
            captured = [group or b"" for group in captured]
        return dict(zip(self.groups, captured))  # noqa: B905 - the last of `_asked` is no group


class Whole(Fits):
    """All of it is as a pattern says."""

    def fits(self, data: bytes, content: bytes) -> "regex.Match[bytes] | None":
        return None if len(data) > LOOKED else super().fits(data, content)


Measure = tuple[re.Pattern[bytes], str, int, Literal["big", "little"]]
"""What stands before a length, what is called so that has this length; the length's own bytes."""


class Measured(MessageTest):
    """Parts of it have their lengths in front, and what is behind is as a pattern says."""

    def __init__(self, parts: Sequence[Measure], rest: Whole) -> None:
        self._parts = parts
        self._rest = rest
        self.start = rest.start
        before = (name for pattern, name, _, _ in parts for name in (*pattern.groupindex, name))
        self.groups = ("0", *before, *filter(str.isidentifier, rest.groups))

    @property
    def failed(self) -> int:
        return self._rest.failed

    @property
    def trouble(self) -> str:
        return self._rest.trouble

    def match(self, data: bytes, content: bytes) -> Groups | None:
        if len(data) > LOOKED:
            return None
        found = self._found_in(content)
        return self._found_in(data) if found is None and content is not data else found

    def _found_in(self, data: bytes) -> Groups | None:
        groups: dict[str, bytes] = {}
        at = 0
        for pattern, name, width, order in self._parts:
            if (before := pattern.match(data, at)) is None:
                return None
            groups |= before.groupdict()
            begin = before.end() + width
            at = begin + int.from_bytes(data[before.end() : begin], order)
            if not begin <= at <= len(data):
                return None
            groups[name] = data[begin:at]
        rest = data[at:]
        if (behind := self._rest.fits(rest, rest)) is None:
            return None
        return {"0": data, **groups, **behind.groupdict()}


def _bytes(value: str) -> bytes:
    return parse_text(value, 0)


def _equals(value: str) -> MessageTest:
    return Equals(_bytes(value) if value else b"")


def _regex(value: str) -> MessageTest:
    pattern = parse_pattern(value, 0)
    return Fits(pattern, needle(value.encode("utf-8", "surrogateescape")))


def _made(kind: Callable[[bytes], MessageTest], value: str) -> MessageTest:
    return kind(_bytes(value))


# -- hex --------------------------------------------------------------------------------

_WORD = re.compile(
    r"[\s,]*(?:(?P<gap>\.\.\.)"
    r"|\((?P<name>[A-Za-z_]\w*):(?:(?P<count>\d{1,9}|\.\.\.)"
    r"|u(?P<bits>8|(?:16|24|32)(?=[bl]e))(?P<order>[bl]e)?)\)"
    r"|(?P<hex>(?:0x)?[0-9a-f?]{2,}))[\s,:_-]*",
    re.ASCII | re.IGNORECASE,
)
_HINT = "for example 78 ?? 5? (imei:8) ... 0d 0a"
_NO_PLACE = "a length can be read only where all before it is as long each time, or is measured too"


def _hex(value: str) -> MessageTest:
    """Return the test that "78 ?? (imei:8) ... 0d 0a" asks for. Raises BadFilter."""
    parts: list[bytes] = []
    measured: list[Measure] = []
    names: set[str] = set()
    place = count = 0
    varies = False  # what was read so far is not as long each time
    while place < len(value.rstrip()):
        word = _WORD.match(value, place)
        if word is None:
            at = place + len(value[place:]) - len(value[place:].lstrip(" \t,"))
            raise BadFilter(f"{escape_text(value[at : at + 8])} is not hex", at, _HINT)
        name = word["name"]
        if name in names:
            raise BadFilter(f"{name} is there twice", word.start("name"), "call one otherwise")
        if name:
            names.add(name)
        if word["bits"]:
            if varies:
                raise BadFilter(_NO_PLACE, word.start("name"), "put it in front of ...")
            measured.append(_measure(b"".join(parts), word))
            parts = []
        else:
            varies |= "..." in (word["gap"], word["count"])
            parts.extend(_pieces(word))
        count += 1 if word["hex"] is None else len(word["hex"]) // 2
        place = word.end()
    if not count:
        raise BadFilter("hex is missing", 0, _HINT)
    if count > HEX_MOST:
        raise BadFilter(f"hex has at most {HEX_MOST} bytes", 0, "say the rest by ...")
    start = b"".join(_fixed(value))
    pattern = Pattern(rb"(?s:\A" + b"".join(parts) + rb"\Z)", f"hex {value}")
    rest = Whole(pattern, None, start or None)
    return Measured(measured, rest) if measured else rest


def _measure(before: bytes, word: re.Match[str]) -> Measure:
    pattern = re.compile(b"(?s:" + before + b")")
    order: Literal["big", "little"] = "little" if word["order"] == "le" else "big"
    return pattern, word["name"], int(word["bits"]) // 8, order


def _pieces(word: re.Match[str]) -> Iterator[bytes]:
    """Yield patterns for a word of hex."""
    if word["gap"]:
        yield b".*?"
    elif name := word["name"]:
        if word["count"] == "...":
            yield f"(?P<{name}>.*?)".encode()
        elif 0 < int(word["count"]) <= HEX_MOST:
            yield f"(?P<{name}>.{{{int(word['count'])}}})".encode()
        else:
            raise BadFilter(f"1 to {HEX_MOST} bytes can be kept", word.start("count"), _HINT)
    else:
        digits = word["hex"].lower().removeprefix("0x")
        if len(digits) % 2:
            at = word.start("hex")
            raise BadFilter("hex has a digit too few or too many", at, _HINT)
        for at in range(0, len(digits), 2):
            yield _byte(digits[at], digits[at + 1])


def _byte(high: str, low: str) -> bytes:
    """Return a pattern for one byte, of which either digit may be any."""
    highs = "0123456789abcdef" if high == "?" else high
    lows = "0123456789abcdef" if low == "?" else low
    if high == low == "?":
        return b"."
    every = "".join(f"\\x{one}{other}" for one in highs for other in lows)
    return f"[{every}]".encode()


def _fixed(value: str) -> Iterator[bytes]:
    """Yield the bytes that hex begins with, up to the first that varies."""
    place = 0
    while (word := _WORD.match(value, place)) and word["hex"]:
        digits = word["hex"].lower().removeprefix("0x")
        known = digits.partition("?")[0]
        yield bytes.fromhex(known[: len(known) // 2 * 2])
        if known != digits:
            return
        place = word.end()


KINDS: dict[str, Callable[[str], MessageTest]] = {
    "text": partial(_made, Holds),
    "equals": _equals,
    "starts": partial(_made, Starts),
    "ends": partial(_made, Ends),
    "regex": _regex,
    "hex": _hex,
}
"""What makes a test of what was written, by its name. Raises BadFilter with the place."""
