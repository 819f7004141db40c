"""A message in a file is the same line that `tcpmon serve` writes."""

import pytest
from hypothesis import given

from tcpmon.core import escape as escaping
from tcpmon.core.export import text
from tcpmon.core.export.text import Text, listening
from tcpmon.core.model import Kind, Message
from tests.core.export.messages import CAST, EVENTS, a_message, payloads
from tests.core.safety import unsafe_in

FORM = Text(lambda time: "12:00:04.121")


def written(message: Message) -> str:
    """Return what a message is in a file."""
    return b"".join(FORM.pieces(message)).decode()


@pytest.mark.parametrize(
    ("message", "shown"),
    list(
        zip(
            [*EVENTS, a_message(b"hi\n"), a_message(b"hi", Kind.CAST, 0, CAST)],
            [
                "7 open   127.0.0.1:40872 via [::1]:9000",
                "7 eof    peer closed its sending side",
                "7 closed by peer, rx 6 B, tx 0 B, after 5.3 s",
                r"- listening on :80\n",
                r"- no room\x1b[2J",
                r"7 RX   3 hi\n",
                "- TX   2 hi (to 3 clients)",
            ],
            strict=True,
        )
    ),
)
def test_a_message_is_a_line(message: Message, shown: str) -> None:
    """Each kind of message is one line: when, who, what."""
    assert written(message) == f"12:00:04.121 {shown}\n"


@given(payloads)
def test_a_large_message_is_the_same_line(message: Message) -> None:
    """What is written in parts, because it is large, is the line at once, and harmless."""
    raw = message.seq, message.time, message.client, message.kind, message.data
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text, "PIECE", 0)
        patch.setattr(escaping, "PART", 5)
        line = written(message)
    assert line == FORM.line(raw, message.cast).decode()
    assert not unsafe_in(line[:-1])


def test_pieces_are_bounded() -> None:
    """However large a message is, it is never held a second time whole."""
    data = bytes(range(256)) * 2048
    assert max(map(len, FORM.pieces(a_message(data)))) < len(data)


def test_listening() -> None:
    """An address is told as it can be typed."""
    assert listening("[::1]:8000") == b"listening on [::1]:8000\n"
