"""A hex dump gives back the bytes, and says when they came, from whom and which way."""

import re

import pytest
from hypothesis import given

from tcpmon.core.export.dump import Dump
from tcpmon.core.model import Kind, Message
from tests.core.export.messages import CAST, EVENTS, a_message, payloads
from tests.core.safety import unsafe_in

FORM = Dump(lambda time: "2026-11-23 12:00:04.121")


def written(message: Message) -> str:
    """Return what a message is in a file."""
    return b"".join(FORM.pieces(message)).decode()


@pytest.mark.parametrize(
    ("message", "head"),
    [
        (a_message(b"hi"), "7 RX 2 B"),
        (a_message(b"hi", Kind.TX), "7 TX 2 B"),
        (a_message(b"hi", Kind.CAST, 0, CAST), "- TX 2 B to 3 clients"),
        (a_message(b"hi", Kind.CAST, 0), "- TX 2 B"),
    ],
)
def test_a_message(message: Message, head: str) -> None:
    """A line says when, who, which way and how much; the bytes follow."""
    assert written(message) == (
        f"2026-11-23 12:00:04.121 {head}\n"
        f"00000000  68 69{' ' * 45}|hi|\n"
    )  # fmt: skip


@pytest.mark.parametrize("message", EVENTS, ids=lambda message: message.kind.name)
def test_an_event_is_one_line(message: Message) -> None:
    """Between the dumps stands what happened, in words."""
    line = written(message)
    assert line.startswith(f"2026-11-23 12:00:04.121 {message.client or '-'} ")
    assert line.count("\n") == 1
    assert not unsafe_in(line[:-1])


@given(payloads)
def test_the_bytes_can_be_read_back(message: Message) -> None:
    """The dump holds every byte once, in order, and nothing that is not printable ASCII."""
    head, *rows = written(message).splitlines()
    assert re.search(rf" {len(message.data)} B", head)
    assert all(re.fullmatch("[ -~]+", row) for row in rows)
    assert b"".join(bytes.fromhex(row[10:58]) for row in rows) == message.data


def test_pieces_are_bounded() -> None:
    """However large a message is, its dump is made in parts."""
    data = bytes(range(256)) * 4096
    pieces = list(FORM.pieces(a_message(data)))
    assert len(pieces) > 10
    assert max(map(len, pieces)) < len(data)
