"""What is carried inside of a message of another format: a body, a payload."""

from tcpmon.core.decoding import Decoded, Decoder, NotDecoded
from tcpmon.core.decoding.json import Json
from tcpmon.core.decoding.sheet import Sheet
from tcpmon.core.decoding.xml import Xml

_CARRIED: tuple[Decoder, ...] = (Json(), Xml())
_SURE = 0.6


def inside(data: bytes) -> Decoded | None:
    """Return what the bytes say if they are JSON or XML without a doubt."""
    for decoder in _CARRIED:
        if decoder.rate(data) >= _SURE:
            try:
                return decoder.decode(data)
            except NotDecoded:
                continue
    return None


def add_payload(sheet: Sheet, name: str, size: int) -> str:
    """Read so many bytes and add them, with what is inside of them; return their line."""
    start = sheet.place
    decoded = inside(sheet.peek(size))
    if decoded is None:
        sheet.add_bytes(name, size)
        return sheet.found[-1].value
    sheet.take(size)
    with sheet.group(name, decoded.summary, start):
        sheet.embed(decoded, start)
    return decoded.summary
