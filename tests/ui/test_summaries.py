"""What messages mean, a line each."""

import pytest

from tcpmon.core.model import Kind, Message
from tcpmon.ui import summaries
from tcpmon.ui.summaries import KEPT, Summaries

PUBLISH = b"\x30\x07\x00\x03a/bhi"
READ = bytes.fromhex("000100000006 11 03 006b 0003")


def a_message(data: bytes, seq: int = 0, kind: Kind = Kind.RX) -> Message:
    return Message(seq, 0, kind, 1, data, size=len(data))


@pytest.mark.parametrize(
    ("data", "means"),
    [
        (PUBLISH, "a/b"),
        (READ, "Modbus/TCP: Read Holding Registers"),
        (b"*1\r\n$4\r\nPING\r\n", "PING"),
        (b"GET /x HTTP/1.1\r\nHost: a\r\n\r\n", "GET /x"),
    ],
)
def test_what_is_likely_of_a_format_says_what_it_means(data: bytes, means: str) -> None:
    assert means in Summaries().of(a_message(data))


@pytest.mark.parametrize("data", [b"hello\r\n", b"\x00", b"\xff\xfe\x01\x02", b"OK"])
def test_what_is_of_no_format_stays_as_it_is(data: bytes) -> None:
    assert Summaries().of(a_message(data)) == ""


def test_events_mean_what_they_say() -> None:
    """Even one whose text looks like something else."""
    assert Summaries().of(a_message(READ, kind=Kind.INFO)) == ""


def test_a_body_is_decoded_without_what_is_around_it() -> None:
    framed = Message(0, 0, Kind.RX, 1, b"\x0c" + READ, size=13, body=READ)
    assert Summaries().of(framed) == Summaries().of(a_message(READ))


def test_what_is_known_is_not_decoded_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """But what has grown is, and no more is remembered than fits on many screens."""
    asked: list[bytes] = []

    def summary(data: bytes) -> str:
        asked.append(data)
        return ""

    monkeypatch.setattr(summaries, "_summary", summary)
    known = Summaries()
    for _ in range(3):
        known.of(a_message(b"x"))
    known.of(a_message(b"xy"))
    assert asked == [b"x", b"xy"]
    for seq in range(2 * KEPT):
        known.of(a_message(b"x", seq))
    assert len(known._known) <= KEPT
