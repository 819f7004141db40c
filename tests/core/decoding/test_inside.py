"""What is carried in another message is opened where it is sure what it is."""

import pytest

from tcpmon.core.decoding.inside import add_payload, inside
from tcpmon.core.decoding.sheet import Sheet


@pytest.mark.parametrize(
    ("data", "summary"),
    [
        (b'{"id": 7}', "{id: 7}"),
        (b"<a>b</a>", "a: b"),
        (b"42", None),
        (b"hello", None),
        (b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a/>', None),
        (b"", None),
    ],
)
def test_inside(data: bytes, summary: str | None) -> None:
    """Texts and numbers stay what they are."""
    found = inside(data)
    assert (found and found.summary) == summary


def test_place() -> None:
    """What is inside has its place in the message that carries it."""
    sheet = Sheet(b'topic{"id": 7}!')
    sheet.take(5)
    assert add_payload(sheet, "payload", 9) == "{id: 7}"
    (payload,) = sheet.found
    (field,) = payload.parts
    assert sheet.data[field.start : field.end] == b"7"
    assert sheet.data[payload.start : payload.end] == b'{"id": 7}'
    assert add_payload(sheet, "rest", 1) == "!"
