"""What is necessary for a filter is never more than it asks: what matches is not passed over."""

import pytest
from hypothesis import assume, given, strategies as st

from tcpmon.core.errors import BadFilter
from tcpmon.core.model import Client, Kind, Message, Reason
from tcpmon.core.query import Needs, parse
from tcpmon.core.query.needs import PAYLOAD
from tests.core.query.examples import FILTERS, GONE, GPS, NOW, cast, end, message
from tests.core.safety import refusal

RX, CLOSE = frozenset({Kind.RX}), frozenset({Kind.CLOSE})


@pytest.mark.parametrize(
    ("text", "needs"),
    [
        ("", Needs()),
        ("gps", Needs(word=b"gps")),
        ("text:GPS", Needs(needle=b"gps")),
        ("text:gps text:longer x", Needs(needle=b"longer", word=b"x")),
        ("text:é", Needs()),
        ("/a/", Needs()),
        ("hex:24", Needs(kinds=PAYLOAD)),
        ("client:7,9", Needs(clients=frozenset({7, 9}))),
        ("client:1-99999", Needs()),
        ("client:7,8 client:8,9", Needs(clients=frozenset({8}))),
        ("client:7 | client:8", Needs(clients=frozenset({7, 8}))),
        ("client:7 | a", Needs()),
        ("dir:rx", Needs(kinds=RX)),
        ("dir:rx | kind:close", Needs(kinds=RX | CLOSE)),
        ("kind:error", Needs(kinds=frozenset({Kind.WARN, Kind.CLOSE}))),
        ("len>100", Needs(kinds=PAYLOAD, least=101)),
        ("len>=100 len<200", Needs(kinds=PAYLOAD, least=100, most=199)),
        ("len=5", Needs(kinds=PAYLOAD, least=5, most=5)),
        ("len<5 | len>9", Needs(kinds=PAYLOAD)),
        ("len<=5 | len<9", Needs(kinds=PAYLOAD, most=8)),
        ("text:a | text:a", Needs(needle=b"a")),
        ("text:a | b", Needs()),
        ("!dir:rx", Needs()),
        ("dir:rx !(len>5)", Needs(kinds=RX)),
    ],
)
def test_needs(text: str, needs: Needs) -> None:
    """What stands side by side is all necessary; of what stands apart, what both need."""
    assert parse(text).needs == needs


CLIENTS: list[Client | None] = [GPS, GONE, None]
MESSAGES = st.sampled_from(
    [message(), message(b"gps login two words \x24\x47\x00\x52", Kind.TX), cast(7), cast(3, 9),
     message(b"x" * 200), message(b"hello", Kind.WARN, 0), end(Reason.PEER_RESET),
     message(b"a\0b", Kind.OPEN, 3)]
)  # fmt: skip


@given(FILTERS, MESSAGES, st.sampled_from(CLIENTS))
def test_what_matches_has_what_is_needed(text: str, one: Message, client: Client | None) -> None:
    """Whatever filter lets a message through, its needs do too."""
    assume(refusal(parse, text, BadFilter) is None)
    query = parse(text)
    if not query.message(one, client, NOW):
        return
    needs = query.needs
    ids = set(one.cast.receivers) if one.cast else {one.client}
    assert needs.clients is None or ids & needs.clients
    assert needs.kinds is None or one.kind in needs.kinds
    if one.kind in PAYLOAD:
        said = one.data.lower()
        called = f"{client.name} {client.peer}".lower().encode() if client else b""
        assert needs.needle is None or needs.needle in said
        assert needs.word is None or needs.word in said or needs.word in called
        assert needs.least <= one.size
        assert needs.most is None or one.size <= needs.most
