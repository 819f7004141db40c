"""A message in a file is the same JSON object that `tcpmon serve` writes."""

import base64
import json

import pytest
from hypothesis import given
from msgspec.structs import replace

from tcpmon.core import escape as escaping
from tcpmon.core.escape import escape
from tcpmon.core.export import jsonl
from tcpmon.core.export.jsonl import Jsonl
from tcpmon.core.model import Kind, Message
from tests.core.export.messages import EVENTS, a_message, payloads

FORM = Jsonl(str)


def line(message: Message) -> bytes:
    """Return the line of a record that is like a message."""
    raw = message.seq, message.time, message.client, message.kind, message.data
    return FORM.line(raw, message.cast)


@pytest.mark.parametrize("message", EVENTS, ids=lambda message: message.kind.name)
def test_events(message: Message) -> None:
    """An event is one line; what is meant for the operator is none."""
    written = b"".join(FORM.pieces(message))
    assert written == line(message)
    assert written.count(b"\n") == (message.kind < Kind.INFO)


@given(payloads)
def test_a_large_message_is_the_same_line(message: Message) -> None:
    """What is written in parts, because it is large, is what would be written at once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jsonl, "PIECE", 0)
        patch.setattr(jsonl, "_BASE64", 6)
        patch.setattr(escaping, "PART", 5)
        assert b"".join(FORM.pieces(message)) == line(message)


def test_pieces_are_bounded() -> None:
    """However large a message is, it is never held a second time whole."""
    data = bytes(range(256)) * 2048
    pieces = list(FORM.pieces(a_message(data)))
    assert max(map(len, pieces)) < len(data)
    told = json.loads(b"".join(pieces))
    assert base64.b64decode(told["base64"]) == data
    assert (told["size"], told["text"]) == (len(data), escape(data))


def test_a_time_is_stamped() -> None:
    """Times are written as the caller's stamp has them, the same for addresses."""
    assert json.loads(FORM.listening(12, ":80")) == {
        "event": "listening",
        "time": "12",
        "address": ":80",
    }


@given(payloads)
def test_what_is_odd_is_told_of_a_large_one_too(message: Message) -> None:
    """Of how many reads it is and what is wrong with it stands in the line of any message."""
    strange = replace(message, reads=3, odd='incomplete, "3 B" missing')
    at_once = b"".join(FORM.pieces(strange))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jsonl, "PIECE", -1)
        in_parts = json.loads(b"".join(FORM.pieces(strange)))
    if message.kind != Kind.CAST:
        assert (in_parts["reads"], in_parts["odd"]) == (3, strange.odd)
        assert in_parts == json.loads(at_once)
