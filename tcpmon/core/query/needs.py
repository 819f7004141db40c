"""What must hold of a record before a filter is worth trying on it."""

from typing import TypeVar

from msgspec import Struct

from tcpmon.core.model import Kind

PAYLOAD = frozenset({Kind.RX, Kind.TX, Kind.CAST})


T = TypeVar("T")


class Needs(Struct, frozen=True):
    """Necessary conditions, for a quick look at many records; what they let through may still
    not match. None says nothing.

    clients: only theirs, or what is cast to any of them. kinds: only these. The others speak of
    payload alone, RX, TX and CAST; an event that has the right kind must be tried. needle: bytes
    that the payload holds, once it is in lower case. word: likewise, but not for a client that
    has it in its name or address, in lower case. least, most: bytes.
    """

    clients: frozenset[int] | None = None
    kinds: frozenset[Kind] | None = None
    needle: bytes | None = None
    word: bytes | None = None
    least: int = 0
    most: int | None = None


def both(one: Needs, other: Needs) -> Needs:
    """Return what is necessary where both hold."""
    return Needs(
        _common(one.clients, other.clients),
        _common(one.kinds, other.kinds),
        max(one.needle, other.needle, key=lambda needle: len(needle or b"")),
        max(one.word, other.word, key=lambda word: len(word or b"")),
        max(one.least, other.least),
        min((most for most in (one.most, other.most) if most is not None), default=None),
    )


def either(one: Needs, other: Needs) -> Needs:
    """Return what is necessary where one of two holds."""
    return Needs(
        None if one.clients is None or other.clients is None else one.clients | other.clients,
        None if one.kinds is None or other.kinds is None else one.kinds | other.kinds,
        one.needle if one.needle == other.needle else None,
        one.word if one.word == other.word else None,
        min(one.least, other.least),
        None if one.most is None or other.most is None else max(one.most, other.most),
    )


def _common(one: frozenset[T] | None, other: frozenset[T] | None) -> frozenset[T] | None:
    if one is None or other is None:
        return other if one is None else one
    return one & other
