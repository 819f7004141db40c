"""RESP2, RESP3 and inline commands: a message is a whole value, however deep."""

import pytest

from tcpmon.core.framing.resp import Resp
from tests.core.framing.trial import garbage, trial

PING = b"*1\r\n$4\r\nPING\r\n"


@pytest.mark.parametrize(
    "messages",
    [
        [PING, b"*2\r\n$7\r\nCOMMAND\r\n$4\r\nDOCS\r\n", b"*0\r\n"],
        [b"+OK\r\n", b"-ERR no\r\n", b":1000\r\n", b"$5\r\nhello\r\n", b"$0\r\n\r\n"],
        [b"$-1\r\n", b"*-1\r\n", b"*3\r\n$-1\r\n*-1\r\n:1\r\n"],
        [b"*2\r\n*2\r\n:1\r\n:2\r\n*1\r\n+a\r\n", b"*1\r\n*1\r\n*1\r\n*0\r\n"],
        [b"_\r\n", b"#t\r\n", b",1.5\r\n", b"(34928903284\r\n", b"!5\r\nERR x\r\n"[:0] + b"#f\r\n"],
        [b"!5\r\nERR x\r\n", b"=7\r\ntxt:a\r\n\r\n"],
        [b"%2\r\n+a\r\n:1\r\n+b\r\n*1\r\n:2\r\n", b"~2\r\n:1\r\n:2\r\n", b"%0\r\n"],
        [b">3\r\n+message\r\n+ch\r\n+hi\r\n", b"|1\r\n+ttl\r\n:9\r\n*1\r\n+x\r\n", b"|0\r\n:1\r\n"],
        [b"*2\r\n|1\r\n+k\r\n+v\r\n:1\r\n:2\r\n"],
        [b"*?\r\n:1\r\n*1\r\n:2\r\n.\r\n", b"*2\r\n%?\r\n+a\r\n~?\r\n.\r\n.\r\n:3\r\n"],
        [b"$?\r\n;4\r\nHell\r\n;1\r\no\r\n;0\r\n", b"*2\r\n$?\r\n;0\r\n:1\r\n"],
        [b"PING\r\n", b"SET a 1\n", b"\r\n", PING, b"?\r\n", b". x\r\n"],
        [b"$7\r\n*1\r\n$4\n\r\n", b"+a\rb\r\n"],
    ],
)
def test_values(messages: list[bytes]) -> None:
    """Every type, nested, null, empty, pushed, with attributes, streamed, or typed by hand."""
    trial("resp", *messages)


@pytest.mark.parametrize(
    ("rest", "missing"),
    [
        (b"$5\r\nhel", 4),
        (b"$5\r\nhello\r", 1),
        (b"*1\r\n$4\r\nPI", 4),
        (b"*2\r\n$4\r\nPI", None),
        (b"*1\r\n", None),
        (b"$12", None),
        (b"PIN", None),
        (b"|1\r\n+a\r\n$4\r\nPI", None),
        (b"*?\r\n$4\r\nPI", None),
        (b"*9999999999999999999\r\n:1\r\n", None),
        (b"$9999999999999999999\r\n", 10**19 + 1),
        (b"*1\r\n" * 30, None),
    ],
)
def test_rest(rest: bytes, missing: int | None) -> None:
    """What is missing is exact within the last string of a message."""
    trial("resp", PING, rest=rest, missing=missing)


@pytest.mark.parametrize(
    ("rest", "why"),
    [
        (b"\x00", "a type, not \\x00"),
        (b"*1\r\nPING\r\n", "a type, not P"),
        (b"*1\r\n.\r\n", "a type, not ."),
        (b"*?\r\n.x", "the end of a stream, not .x"),
        (b"$x\r\n", "a count, not $x"),
        (b"$-2\r\n", "a count"),
        (b"%-1\r\n", "a count"),
        (b"!?\r\n", "a count"),
        (b"$5\n", "a count"),
        (b"$12345678901234567890\r\n", "a count"),
        (b"$2\r\nabc\r\n", "\\r\\n behind a string, not c\\r"),
        (b"$2\r\nab\rc", "\\r\\n behind a string, not \\rc"),
        (b"$?\r\n:1\r\n", "more of a string, not :"),
    ],
)
def test_bad(rest: bytes, why: str) -> None:
    """What cannot be RESP is told, and what came before stands."""
    trial("resp", PING, rest=rest, bad=why)


def test_deep() -> None:
    """How deep it goes costs nothing, and what is kept stays small."""
    framer = Resp()
    assert framer.feed(b"*1\r\n" * 100_000 + b"*2", 0) == []
    assert framer.feed(b"\r\n:1\r\n:2\r\n", 0) == [10]


def test_garbage() -> None:
    """Whatever comes, nothing breaks."""
    garbage(
        "resp",
        [b"*2\r\n", b"$3\r\nabc\r\n", b":1\r\n", b"*?\r\n", b".\r\n", b"$?\r\n", b";1\r\na\r\n",
         b";0\r\n", b"|1\r\n", b"%1\r\n", b"\r", b"\n", b"*-1\r\n", b"$0\r\n", b"+OK\r\n", b"$"],
    )  # fmt: skip
