"""Which decoder reads a message, and what it made of it.

`decipher` is plain work without a screen: it may take a while, and is for a thread.
"""

from collections.abc import Sequence
from importlib import import_module
from typing import Protocol, cast

from msgspec import Struct

from tcpmon.core.decoding import Decoded, Decoder, NotDecoded
from tcpmon.core.units import binary_size

MOST = 1 << 20
"""No more bytes than that are decoded."""
TRIES = 4
"""So many of the likeliest decoders are tried where none was chosen."""


class Decoders(Protocol):
    """What `tcpmon.core.decoding.all` offers."""

    def decoders(self) -> Sequence[Decoder]: ...
    def rated(self, data: bytes) -> list[tuple[float, Decoder]]: ...
    def decode(self, data: bytes, decoder: Decoder) -> Decoded: ...


class Deciphered(Struct, frozen=True):
    """What became of it.

    name: of the decoder, "" for none. decoded: None if that could not read it. note: why that is
    so, or why it is not all. plausible: the decoders that may read it and how likely, best first.
    """

    name: str = ""
    decoded: Decoded | None = None
    note: str = ""
    plausible: tuple[tuple[str, float], ...] = ()


def _all() -> Decoders:
    return cast("Decoders", import_module("tcpmon.core.decoding.all"))


def decoder_names() -> list[str]:
    """Return what all decoders are called."""
    return [decoder.name for decoder in _all().decoders()]


def decipher(data: bytes, chosen: str) -> Deciphered:
    """Decode a message. chosen: the decoder's name, "" for the likeliest that can read it."""
    decoding = _all()
    part = data[:MOST]
    rated = decoding.rated(part)
    plausible = tuple((decoder.name, rating) for rating, decoder in rated)
    if chosen:
        tried = [decoder for decoder in decoding.decoders() if decoder.name == chosen]
    else:
        tried = [decoder for _, decoder in rated[:TRIES]]
    reasons = []
    for decoder in tried:
        try:
            decoded = decoding.decode(part, decoder)
        except NotDecoded as error:
            reasons.append(f"not {decoder.name}: {error}")
        else:
            cut = f"only its first {binary_size(MOST)} was decoded" if len(data) > MOST else ""
            note = "; ".join(filter(None, (decoded.note, cut)))
            return Deciphered(decoder.name, decoded, note, plausible)
    why = "; ".join(reasons) or "no decoder knows what this is"
    return Deciphered(chosen, None, why, plausible)


def following(deciphered: Deciphered, chosen: str) -> str:
    """Return the plausible decoder behind the one that is shown; behind the last one "", which
    leaves the choice to us."""
    names = [name for name, _ in deciphered.plausible]
    if not chosen:
        return next((name for name in names if name != deciphered.name), "")
    places = [name for name in names if name == chosen]
    rest = names[names.index(chosen) + 1 :] if places else names
    return rest[0] if rest else ""
