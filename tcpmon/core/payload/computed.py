"""The fields of the payload language that have a body, or stand for what is around them."""

import re
from collections.abc import Callable, Collection, Sequence

from tcpmon.core.checksums import Checksum
from tcpmon.core.errors import BadPayload
from tcpmon.core.escape import escape_text
from tcpmon.core.payload.facts import MOST, Facts, Filling, too_big
from tcpmon.core.payload.fields import Word, decimal, in_digits, no_more, take_number
from tcpmon.core.payload.numerals import ORDERS
from tcpmon.core.payload.pieces import EACH, SHARE, Check, Length, Make, Part, Piece, Written

NAMES = ("length", "repeat", "encode")
"""Those that are no checksums."""

_MORE = re.compile(r"(.*?)([+-]\d{1,9})", re.DOTALL)
_COUNT = re.compile(r"\d{1,19}")
_INTEGER = re.compile(r"u(8|16|24|32|40|48|56|64)(be|le)?")


def length(words: Sequence[Word], place: int, body: Piece | None) -> Part:
    """Return the length of a body and the body, or the length of what follows."""
    more = 0
    plain = []
    for word in words:
        if match := _MORE.fullmatch(word.text):
            more += int(match[2])
        text = match[1] if match else word.text
        plain += [Word(text, word.place)] if text else []
    plain, only = _only(plain)
    written, rest = take_number(plain, place)
    no_more(rest, "write for example ${length u16be+2: ...} or ${length %04d: ...}")
    written = Written(written.numeral, written.shown, written.place, more)
    if body is None:
        _needs_body(only)
        return Length(written)
    made = body.make

    def make(filling: Filling) -> bytes:
        data = made(filling)
        filling.spend(EACH + (len(data) >> SHARE), place)
        number = written.write(len(data))
        return number if only else number + data

    return Piece(make, body.fixed, body.personal)


def check(checksum: Checksum, words: Sequence[Word], place: int, body: Piece | None) -> Part:
    """Return a body and its checksum, or the checksum of what is before."""
    plain, only = _only(words)
    usual = "le" if checksum.little and checksum.size > 1 else "be"
    written, rest = take_number(plain, place, checksum.size, usual)
    no_more(rest, "write for example be, le, hex, HEX or *%02X")
    part = Check(checksum, written)
    if body is None:
        _needs_body(only)
        return part
    made = body.make

    def make(filling: Filling) -> bytes:
        data = made(filling)
        filling.spend(EACH + (len(data) >> SHARE), place)
        number = part.over(data, filling)
        return number if only else data + number

    return Piece(make, body.fixed, body.personal)


def _only(words: Sequence[Word]) -> tuple[list[Word], Word | None]:
    found = [word for word in words if word.text == "only"]
    return [word for word in words if word.text != "only"], found[0] if found else None


def _needs_body(only: Word | None) -> None:
    if only:
        raise BadPayload("only needs a body", only.place, "without one there is only the number")


def encode(words: Sequence[Word], place: int, body: Piece | None) -> Piece:
    """Return a body in hex digits."""
    hint = "write ${encode hex: ...} or ${encode HEX: ...}"
    if body is None or not words:
        raise BadPayload("what is to be encoded, and how?", place, hint)
    no_more(words[:1] if words[0].text not in ("hex", "HEX") else words[1:], hint)
    word, made = words[0].text, body.make
    return Piece(lambda filling: in_digits(word, made(filling), place), body.fixed, body.personal)


def repeat(words: Sequence[Word], place: int, body: Piece | None, groups: Collection[str]) -> Piece:
    """Return a body so many times."""
    hint = "write for example ${repeat 3: ...}, ${repeat n: ...} or ${repeat u16be n: ...}"
    if body is None or not words:
        raise BadPayload("what is to be repeated, and how often?", place, hint)
    *how, count = words
    if _COUNT.fullmatch(count.text) and not how:
        return _so_often(int(count.text), body, place)
    if count.text not in groups:
        raise BadPayload(
            f"{escape_text(count.text[:20])} is neither a number nor captured", count.place, hint
        )
    often = _captured_count(how, count, hint)
    made, fixed = body.make, body.fixed
    return Piece(
        lambda filling: _repeated(often(filling.facts), made, fixed, place, filling),
        personal=True,
    )


def _captured_count(how: Sequence[Word], count: Word, hint: str) -> Callable[[Facts], int]:
    """Return what reads the number that was captured. how: in bytes, else it is in digits."""
    name, place = count.text, count.place
    if not how or how[0].text == "%d":
        no_more(how[1:], hint)
        return lambda facts: decimal(facts.groups.get(name, b""), name, place)
    match = _INTEGER.fullmatch(how[0].text)
    no_more(how[1:] if match else how, hint)
    assert match
    size, order = int(match[1]) // 8, match[2] or "be"
    if size > 1 and not match[2]:
        raise BadPayload("which byte comes first?", how[0].place, hint)

    def read(facts: Facts) -> int:
        data = facts.groups.get(name, b"")
        if len(data) != size:
            raise BadPayload(f"{escape_text(name)} is {len(data)} bytes, not {size}", place)
        return int.from_bytes(data, ORDERS[order])

    return read


def _so_often(count: int, body: Piece, place: int) -> Piece:
    made, fixed = body.make, body.fixed
    return Piece(
        lambda filling: _repeated(count, made, fixed, place, filling), fixed, body.personal
    )


def _repeated(count: int, made: Make, fixed: bool, place: int, filling: Filling) -> bytes:
    if not count:
        return b""
    if fixed:
        data = made(filling)
        if len(data) * count > MOST:
            raise too_big(place)
        if not data:  # Python takes no count that large, not even of nothing
            return b""
        filling.spend(len(data) * count >> SHARE, place)
        return data * count
    parts, total = [], 0
    for _ in range(count):
        filling.spend(EACH, place)
        parts.append(made(filling))
        total += len(parts[-1])
        if total > MOST:
            raise too_big(place)
    return b"".join(parts)
