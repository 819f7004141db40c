"""From what is written to pieces: text, escapes, and `${...}` with whatever is in it."""

import re
from collections.abc import Collection

from tcpmon.core import checksums
from tcpmon.core.errors import BadPayload
from tcpmon.core.escape import escape_text, unescape
from tcpmon.core.payload import computed, fields
from tcpmon.core.payload.facts import MOST, Facts, Filling, too_big
from tcpmon.core.payload.fields import FIELDS, Word
from tcpmon.core.payload.pieces import Part, Piece, constant, join

DEPTH = 16
"""Fields that may be in one another."""
COUNT = 1000
"""Fields of one payload."""

RAW = ("hex", "now")
"""Fields in which a colon is a colon."""

_OUTSIDE = re.compile(r"(?:[^\\$]+|\\.|\$(?!\{))+", re.DOTALL)
_INSIDE = re.compile(r"(?:[^\\${}]+|\\.|\$(?!\{))+", re.DOTALL)
_NAME = re.compile(r"[^\s:{}$\\%]+")
_ARGUMENTS = re.compile(r"[^:{}$\\]*")
_LITERAL = "to send ${ as it is, write \\${"


class Parser:
    """Reads one text once."""

    def __init__(self, text: str, groups: Collection[str]) -> None:
        self._text = text
        self._groups = groups
        self._filling = Filling(Facts())  # what is fixed is made while it is read
        self._fields = 0

    def whole(self, end: bytes) -> Piece:
        """Return all of the text, and a line end. Raises BadPayload."""
        parts, _ = self._parts(0, 0)
        return join([*parts, constant(end)], 0, self._filling)

    def _parts(self, place: int, depth: int) -> tuple[list[Part], int]:
        """Return what stands from a place on to the end of the text or body, and where that is."""
        text, literal = self._text, _INSIDE if depth else _OUTSIDE
        parts: list[Part] = []
        start, open_braces = place, 0
        while True:
            if match := literal.match(text, place):
                place = match.end()
            here = text[place : place + 1]
            if not here or (here == "}" and not open_braces):
                return [*parts, self._literal(start, place)], place
            if here == "$":
                parts.append(self._literal(start, place))
                part, place = self._field(place, depth + 1)
                parts.append(part)
                start = place
                continue
            open_braces += {"{": 1, "}": -1}.get(here, 0)
            place += 1

    def _literal(self, start: int, end: int) -> Piece:
        try:
            data = unescape(self._text[start:end])
        except BadPayload as error:
            raise BadPayload(error.message, start + error.place, error.hint) from None
        if len(data) > MOST:
            raise too_big(start)
        return constant(data)

    def _field(self, place: int, depth: int) -> tuple[Part, int]:
        """Return the field that begins at a place, and where it ends."""
        self._fields += 1
        if depth > DEPTH:
            raise BadPayload(f"more than {DEPTH} fields in one another", place)
        if self._fields > COUNT:
            raise BadPayload(f"more than {COUNT} fields", place, "send it in parts")
        match = _NAME.match(self._text, place + 2)
        name = match[0] if match else ""
        start = place + 2 + len(name)
        alone = self._text[start : start + 1] == "}"
        if name in RAW and not (alone and name in self._groups):
            return self._raw(name, place, start)
        arguments = _ARGUMENTS.match(self._text, start)
        at = arguments.end() if arguments else start
        words = self._words(start, at)
        closing = self._text[at : at + 1]
        if closing == ":":
            return self._with_body(name, words, place, at + 1, depth)
        if closing != "}":
            raise self._unknown(name, place) if not self._known(name) else self._open(place)
        return self._alone(name, words, place), at + 1

    def _words(self, start: int, end: int) -> list[Word]:
        found = re.compile(r"\S+").finditer(self._text, start, end)
        return [Word(match[0], match.start()) for match in found]

    def _raw(self, name: str, place: int, start: int) -> tuple[Part, int]:
        end = self._text.find("}", start)
        if end < 0:
            raise self._open(place)
        make = fields.hexadecimal if name == "hex" else fields.now
        return make(self._text[start:end], start), end + 1

    def _with_body(
        self, name: str, words: list[Word], place: int, start: int, depth: int
    ) -> tuple[Part, int]:
        if not self._known(name):
            raise self._unknown(name, place)
        if name in FIELDS or (name in self._groups and not self._has_body(name)):
            hint = "only computed fields have something in them: length, checksums, repeat, encode"
            raise BadPayload(f"{escape_text(name)} has nothing behind a :", start - 1, hint)
        if self._text[start : start + 1] == " ":
            start += 1
        parts, end = self._parts(start, depth)
        if end == len(self._text):
            raise self._open(place)
        return self._computed(name, words, place, join(parts, start, self._filling)), end + 1

    def _alone(self, name: str, words: list[Word], place: int) -> Part:
        if name in self._groups:
            return fields.captured(name, words, place)
        if field := FIELDS.get(name):
            return field(words, place)
        if self._has_body(name):
            return self._computed(name, words, place, None)
        raise self._unknown(name, place)

    def _computed(self, name: str, words: list[Word], place: int, body: Piece | None) -> Part:
        if name == "length":
            return computed.length(words, place, body)
        if name == "encode":
            return computed.encode(words, place, body)
        if name == "repeat":
            return computed.repeat(words, place, body, self._groups)
        checksum = checksums.find(name)
        assert checksum is not None
        return computed.check(checksum, words, place, body)

    def _has_body(self, name: str) -> bool:
        return name in computed.NAMES or checksums.find(name) is not None

    def _known(self, name: str) -> bool:
        return name in FIELDS or name in self._groups or self._has_body(name)

    def _open(self, place: int) -> BadPayload:
        name = _NAME.match(self._text, place + 2)
        word = escape_text(name[0][:20]) if name else ""
        hint = "write } at its end; a { or } that has no other half is \\x7b or \\x7d"
        return BadPayload(f"${{{word} is not closed", place, hint)

    def _unknown(self, name: str, place: int) -> BadPayload:
        word = escape_text(name[:20])
        if not name:
            return BadPayload("${ without a name", place, _LITERAL)
        close = self._near(name)
        if name.isdecimal() or (self._groups and not close):
            names = [f"${{{escape_text(group)}}}" for group in sorted(self._groups)[:12]]
            hint = "only an answer to a message captures"
            hint = f"there is {', '.join(names)}" if names else hint
            return BadPayload(f"${{{word}}} is not captured", place, hint)
        hint = f"near to it: {', '.join(close)}" if close else _LITERAL
        return BadPayload(f"${{{word}}} is not known", place, hint)

    def _near(self, name: str) -> list[str]:
        from difflib import get_close_matches

        if name.lower().startswith("crc"):
            return checksums.nearest(name)
        known = [*RAW, *FIELDS, *computed.NAMES, *checksums.SIMPLE, *self._groups]
        return [escape_text(near) for near in get_close_matches(name[:40], known, 3, 0.6)]
