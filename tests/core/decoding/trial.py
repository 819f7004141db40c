"""What holds for whatever a decoder makes of whatever bytes."""

from collections.abc import Iterator, Sequence

from tcpmon.core.decoding import FIELDS, VALUE_CHARACTERS, Decoded, Decoder, Field, NotDecoded
from tcpmon.core.decoding.all import decode
from tcpmon.core.decoding.values import NAME_CHARACTERS
from tests.core.safety import unsafe_in

_DEEPEST = 70  # a body has its own depth, in a message that has another


def flat(fields: Sequence[Field], depth: int = 0) -> Iterator[Field]:
    """Return all fields, with those inside of others."""
    assert depth <= _DEEPEST
    for field in fields:
        yield field
        yield from flat(field.parts, depth + 1)


def told(decoded: Decoded) -> dict[str, str]:
    """Return all values by name; the first of several."""
    found: dict[str, str] = {}
    for field in flat(decoded.fields):
        found.setdefault(field.name, field.value)
    return found


def part(decoded: Decoded, name: str, data: bytes) -> bytes:
    """Return the bytes that the first field of a name says it is in."""
    field = next(field for field in flat(decoded.fields) if field.name == name)
    return data[field.start : field.end]


def tried(decoder: Decoder, data: bytes) -> Decoded | NotDecoded:
    """Decode in the fence, and check what is promised of the result."""
    rate = decoder.rate(data)
    assert 0 <= rate <= 1
    try:
        decoded = decode(data, decoder)
    except NotDecoded as refusal:
        return _checked(refusal)
    fields = list(flat(decoded.fields))
    assert len(fields) <= FIELDS + 1
    for text in (decoded.summary, decoded.note):
        assert unsafe_in(text) == []
        assert len(text) <= VALUE_CHARACTERS
    assert decoded.summary
    for field in fields:
        _check(field, len(data))
    return decoded


def _checked(refusal: NotDecoded) -> NotDecoded:
    assert str(refusal)
    assert unsafe_in(str(refusal)) == []
    assert "failed" not in str(refusal)
    return refusal


def _check(field: Field, size: int) -> None:
    assert unsafe_in(field.name + field.value) == []
    assert field.name
    assert len(field.name) <= NAME_CHARACTERS + 4
    assert len(field.value) <= VALUE_CHARACTERS
    assert field.start == field.end == -1 or 0 <= field.start <= field.end <= size
