"""The fields of the payload language that have no body: time, counters, chance, who and what."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from tcpmon.core.errors import BadPayload
from tcpmon.core.escape import escape, escape_text
from tcpmon.core.payload.facts import MOST, Facts, Filling, too_big
from tcpmon.core.payload.forms import parse_hex
from tcpmon.core.payload.numerals import DECIMAL, NUMERALS, numeral
from tcpmon.core.payload.pieces import Piece, Written, constant

_RANGE = re.compile(r"(\d{1,19})\.\.(\d{1,19})")
_SIZE = re.compile(r"\d{1,9}")
_DIRECTIVE = re.compile(r"%(.?)", re.DOTALL)
_DIRECTIVES = "aAbBdfHIjmMpSuUVwWyYGZz%"
_START = datetime(1970, 1, 1, tzinfo=UTC)
_SINCE = {"unix": 1_000_000_000, "ms": 1_000_000}
_DECIMAL = re.compile(rb"\d{1,20}")


class Word(Struct, frozen=True):
    """A word behind a field's name, and where it begins."""

    text: str
    place: int


Field = Callable[[Sequence[Word], int], Piece]


def take_number(
    words: Sequence[Word], place: int, natural: int = 0, usual: str = ""
) -> tuple[Written, list[Word]]:
    """Return how words say a number is to be written, and the other words.

    natural: as numeral's. usual: how, if they do not say. Raises BadPayload.
    """
    for at, word in enumerate(words):
        if way := numeral(word.text, word.place, natural):
            written = Written(way, escape_text(word.text), word.place)
            return written, [*words[:at], *words[at + 1 :]]
    way = numeral(usual, place, natural) if usual else DECIMAL
    assert way is not None
    return Written(way, usual, place), list(words)


def no_more(words: Sequence[Word], hint: str = f"a number is written as {NUMERALS}") -> None:
    """Raise BadPayload if there are words left."""
    if words:
        shown = escape_text(words[0].text[:20])
        raise BadPayload(f"{shown} is not known here", words[0].place, hint)


def number(count: Callable[[Facts], int], words: Sequence[Word], place: int) -> Piece:
    """Return the field of a number."""
    written, rest = take_number(words, place)
    no_more(rest)
    return Piece(lambda filling: written.write(count(filling.facts)))


def now(text: str, place: int) -> Piece:
    """Return the field of the time. text: all that is behind the name; place: where it begins."""
    words = [Word(match[0], place + match.start()) for match in re.finditer(r"\S+", text)]
    if not words:
        return Piece(lambda filling: _iso(filling.facts.now, place))
    first = words[0].text
    if first in _SINCE:
        unit, rest = _SINCE[first], words[1:]
    elif "%" in first:
        return _formatted(text, place)
    else:
        unit, rest = _SINCE["unix"], words
    written, others = take_number(rest, place)
    no_more(others, "write for example ${now}, ${now unix}, ${now ms u64be} or ${now %H:%M:%S}")
    return Piece(lambda filling: written.write(filling.facts.now // unit))


def _formatted(text: str, place: int) -> Piece:
    pattern = text.strip()
    place += len(text) - len(text.lstrip())
    for match in _DIRECTIVE.finditer(pattern):
        if not match[1] or match[1] not in _DIRECTIVES:
            wrong = f"{escape_text(match[0])} is no part of a time"
            hint = "there is %Y %m %d %H %M %S %f %j %a %b, and %% for a %"
            raise BadPayload(wrong, place + match.start(), hint)
    try:
        pattern.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError as error:
        wrong = "half a surrogate pair is not a character"
        raise BadPayload(wrong, place + error.start) from None

    def make(filling: Filling) -> bytes:
        at = _time(filling.facts.now, place)
        return _DIRECTIVE.sub(lambda match: at.strftime(match[0]), pattern).encode(
            "utf-8", "surrogateescape"
        )

    return Piece(make)


def _time(now: int, place: int) -> datetime:
    try:
        return _START + timedelta(microseconds=now // 1000)
    except OverflowError:
        raise BadPayload("the clock is in no year that can be written", place) from None


def _iso(now: int, place: int) -> bytes:
    return _time(now, place).isoformat(timespec="milliseconds")[:23].encode() + b"Z"


def hexadecimal(text: str, place: int) -> Piece:
    """Return the field of bytes in hex. text: all that is behind the name."""
    try:
        return constant(parse_hex(text))
    except BadPayload as error:
        raise BadPayload(error.message, place + error.place, error.hint) from None


def counter(words: Sequence[Word], place: int) -> Piece:
    """Return the field that is one more each time."""
    written, rest = take_number(words, place)
    no_more(rest[1:])
    name = rest[0].text if rest else ""

    def make(filling: Filling) -> bytes:
        counters = filling.facts.counters
        counters[name] = counters.get(name, 0) + 1
        return written.write(counters[name])

    return Piece(make)


def random(words: Sequence[Word], place: int) -> Piece:
    """Return the field of random bytes, or of a random number."""
    hint = "write ${random 8} for 8 bytes, ${random 1..6} for a number"
    if not words:
        raise BadPayload("how many random bytes?", place, hint)
    first, *rest = words
    if match := _RANGE.fullmatch(first.text):
        return _between(int(match[1]), int(match[2]), rest, first.place)
    if not _SIZE.fullmatch(first.text):
        no_more(words, hint)
    no_more(rest, hint)
    size = int(first.text)
    if size > MOST:
        raise too_big(first.place)

    def make(filling: Filling) -> bytes:
        filling.spend(size >> 3, place)  # the system takes that long for it
        return filling.facts.random(size)

    return Piece(make)


def _between(least: int, most: int, words: Sequence[Word], place: int) -> Piece:
    if least > most:
        raise BadPayload(f"{least} is more than {most}", place, "write the smaller one first")

    def chosen(facts: Facts) -> int:
        # Sixteen bytes for a number of eight: no number comes noticeably more often.
        return least + int.from_bytes(facts.random(16)) % (most - least + 1)

    return number(chosen, words, place)


def uuid(words: Sequence[Word], _place: int) -> Piece:
    """Return the field of a random UUID. Source: RFC 9562, section 5.4."""
    no_more(words, "it is always written as text")

    def make(filling: Filling) -> bytes:
        value = int.from_bytes(filling.facts.random(16))
        value = value & ~(0xF << 76) & ~(3 << 62) | 4 << 76 | 2 << 62
        text = f"{value:032x}"
        return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:])).encode()

    return Piece(make)


def _personal(count: Callable[[Facts], int]) -> Field:
    def field(words: Sequence[Word], place: int) -> Piece:
        return Piece(number(count, words, place).make, personal=True)

    return field


def _text(said: Callable[[Facts], str]) -> Field:
    def field(words: Sequence[Word], _place: int) -> Piece:
        no_more(words, "it is put in as it is")
        return Piece(lambda filling: _utf8(said(filling.facts)), personal=True)

    return field


def _utf8(text: str) -> bytes:
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


def _message(words: Sequence[Word], place: int) -> Piece:
    return _bytes(lambda facts: facts.message, words, place)


def _bytes(said: Callable[[Facts], bytes], words: Sequence[Word], place: int) -> Piece:
    digits = words[0].text if words and words[0].text in ("hex", "HEX") else ""
    no_more(words[1:] if digits else words, "it is put in as it is, or as hex or HEX digits")
    if not digits:
        return Piece(lambda filling: said(filling.facts), personal=True)
    return Piece(lambda filling: in_digits(digits, said(filling.facts), place), personal=True)


def in_digits(word: str, data: bytes, place: int) -> bytes:
    """Return bytes as hex digits, in letters as large as the word. Raises BadPayload."""
    if 2 * len(data) > MOST:
        raise too_big(place)
    digits = data.hex()
    return (digits if word == "hex" else digits.upper()).encode()


FIELDS: dict[str, Field] = {
    "counter": counter,
    "random": random,
    "uuid": uuid,
    "client.id": _personal(lambda facts: facts.client),
    "client.port": _personal(lambda facts: facts.port),
    "client.name": _text(lambda facts: facts.name),
    "client.address": _text(lambda facts: facts.address),
    "listener": _text(lambda facts: facts.listener),
    "message": _message,
}


def captured(name: str, words: Sequence[Word], place: int) -> Piece:
    """Return the field of what was captured: as it is, as hex digits, or as another number."""

    def said(facts: Facts) -> bytes:
        return facts.groups.get(name, b"")

    written, rest = take_number(words, place)
    if not words or words[0].text in ("hex", "HEX"):
        return _bytes(said, words, place)
    no_more(rest)
    return Piece(
        lambda filling: written.write(decimal(said(filling.facts), name, place)), personal=True
    )


def decimal(data: bytes, name: str, place: int) -> int:
    """Return the number that was captured in digits. Raises BadPayload."""
    if not _DECIMAL.fullmatch(data):
        wrong = f"{escape_text(name)} is no number: {escape(data, 20) or 'nothing'}"
        raise BadPayload(wrong, place, "for a number in bytes say how: u16be")
    return int(data)
