"""Which decoder reads a message, and what it made of it.

`decipher` is plain work without a screen: it may take a while, and is for a thread.
"""

from msgspec import Struct

from tcpmon.core.decoding import Decoded, Decoder, NotDecoded

TRIES = 4
"""So many of the likeliest decoders are tried where none was chosen."""


class Deciphered(Struct, frozen=True):
    """What became of it.

    name: of the decoder, "" for none. decoded: None if that could not read it. note: why that is
    so, or why it is not all. plausible: the decoders that may read it and how likely, best first.
    """

    name: str = ""
    decoded: Decoded | None = None
    note: str = ""
    plausible: tuple[tuple[str, float], ...] = ()


def decoder_names() -> list[str]:
    """Return what all decoders are called."""
    from tcpmon.core.decoding.all import decoders

    return [decoder.name for decoder in decoders()]


def decipher(data: bytes, chosen: str) -> Deciphered:
    """Decode a message. chosen: the decoder's name, "" for the likeliest that can read it."""
    from tcpmon.core.decoding.all import decode, decoders, rated

    rates = rated(data)
    plausible = tuple((decoder.name, rate) for rate, decoder in rates)
    likeliest: list[Decoder] = [decoder for _, decoder in rates[:TRIES]]
    reasons = []
    for decoder in [one for one in decoders() if one.name == chosen] if chosen else likeliest:
        try:
            decoded = decode(data, decoder)
        except NotDecoded as error:
            reasons.append(f"not {decoder.name}: {error}")
        else:
            return Deciphered(decoder.name, decoded, decoded.note, plausible)
    return Deciphered(
        chosen, None, "; ".join(reasons) or "no decoder knows what this is", plausible
    )


def following(deciphered: Deciphered, chosen: str) -> str:
    """Return the plausible decoder to be chosen next; "" behind the last one, which leaves the
    choice to us again."""
    names = [name for name, _ in deciphered.plausible]
    if not chosen:
        return next((name for name in names if name != deciphered.name), "")
    rest = names[names.index(chosen) + 1 :] if chosen in names else names
    return rest[0] if rest else ""
