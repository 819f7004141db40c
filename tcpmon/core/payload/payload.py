"""A payload as it was written: bytes, or what makes them when it is sent.

It has no clock and no chance of its own: what varies comes in as Facts.
"""

from collections.abc import Collection

from msgspec import Struct

from tcpmon.core.errors import BadPayload, InputError
from tcpmon.core.payload.facts import MOST, Facts, Filling, too_big
from tcpmon.core.payload.forms import Form, LineEnd, parse_hex
from tcpmon.core.payload.parsing import Parser
from tcpmon.core.payload.pieces import Make


class Payload(Struct, frozen=True):
    """Made by `parse`.

    text: as it was written. fixed: its bytes, None if they are known only when it is sent.
    personal: whether they may differ from one client to the next. make: what makes them.
    """

    text: str
    fixed: bytes | None
    personal: bool = False
    make: Make | None = None

    def fill(self, facts: Facts) -> bytes:
        """Return the bytes. Raises BadPayload where they cannot be made: it asks for a number and
        what was captured is none, or there would be more than MOST."""
        if self.make is None:
            assert self.fixed is not None
            return self.fixed
        data = self.make(Filling(facts))
        if len(data) > MOST:
            raise too_big(0)
        return data


def parse(
    text: str,
    form: Form = Form.TEXT,
    end: LineEnd = LineEnd.NONE,
    groups: Collection[str] = (),
) -> Payload:
    """Return the payload that was written. end: behind it, if it is text. groups: the names of
    what may be captured of a message, without which there is nothing to put in.

    Raises BadPayload with the place.
    """
    if form is Form.HEX:
        return Payload(text, parse_hex(text))
    piece = Parser(text, groups).whole(end.value)
    if piece.fixed:
        return Payload(text, piece.make(Filling(Facts())))
    return Payload(text, None, piece.personal, piece.make)


def sendable(text: str) -> Payload:
    """As parse, for those who have only words to show what is wrong: nothing to send is, too.

    Raises InputError.
    """
    try:
        payload = parse(text)
    except BadPayload as error:
        raise InputError(f"character {error.place + 1}: {error.message}", error.hint) from None
    if payload.fixed == b"":
        raise InputError("there is nothing to send")
    return payload
