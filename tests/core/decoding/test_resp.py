"""RESP is told as commands are typed and answers are read."""

import pytest

from tcpmon.core.decoding import DEPTH, FIELDS, NotDecoded
from tcpmon.core.decoding.resp import Resp
from tests.core.decoding.trial import part, told

RESP = Resp()


@pytest.mark.parametrize(
    ("data", "summary"),
    [
        (b"*1\r\n$4\r\nPING\r\n", "PING"),
        (b"*3\r\n$3\r\nSET\r\n$1\r\na\r\n$4\r\nb\r\nc\r\n", 'SET "a" "b\\r\\nc"'),
        (b"+OK\r\n", "OK"),
        (b"-ERR no\r\n", "error ERR no"),
        (b":1000\r\n", "1000"),
        (b"$5\r\nhello\r\n", '"hello"'),
        (b"$-1\r\n", "null"),
        (b"*-1\r\n", "[]"),
        (b"*0\r\n", "[]"),
        (b"*2\r\n:1\r\n*1\r\n+a\r\n", "[1, […]]"),
        (b"_\r\n", "null"),
        (b"#t\r\n", "true"),
        (b"#f\r\n", "false"),
        (b",3.14\r\n", "3.14"),
        (b"(3492890328409238509324850943850943825024385\r\n",
         "3492890328409238509324850943850943825024385"),
        (b"!5\r\nERR x\r\n", 'error "ERR x"'),
        (b"=6\r\ntxt:ab\r\n", '"txt:ab"'),
        (b"%1\r\n+a\r\n:1\r\n", "{a: 1}"),
        (b"%1\r\n*1\r\n:1\r\n:2\r\n", "{key: […], value: 2}"),
        (b"~2\r\n:1\r\n:2\r\n", "[1, 2]"),
        (b">2\r\n+message\r\n+hi\r\n", "push [message, hi]"),
        (b"+OK\r\n+OK\r\n", "OK; OK"),
    ],
)  # fmt: skip
def test_summary(data: bytes, summary: str) -> None:
    """Each kind of RESP2 and RESP3 has its line."""
    decoded = RESP.decode(data)
    assert (decoded.summary, decoded.note) == (summary, "")


def test_fields() -> None:
    """Each part has its own bytes."""
    data = b"*2\r\n$3\r\nGET\r\n*1\r\n:7\r\n"
    decoded = RESP.decode(data)
    assert told(decoded) == {"[0]": "7", "[1]": "list, 1 item"} | {"[0]": '"GET"'}
    assert part(decoded, "[0]", data) == b"$3\r\nGET\r\n"
    assert part(decoded, "[1]", data) == b"*1\r\n:7\r\n"


@pytest.mark.parametrize(
    ("data", "note"),
    [
        (b"*2\r\n$3\r\nGET\r\n", "the end is missing: 1 more byte should follow"),
        (b"*1\r\n$9\r\nGET", "the end is missing: 6 more bytes should follow"),
        (b"*2\r\n:1\r\n:2", "the end is missing: a line is not closed"),
        (b"*2\r\n:1\r\nhello\r\n", "byte 8 is not how a RESP value begins"),
        (b"*1\r\n$1\r\nabc\r\n", "before byte 11 there should be a line end"),
        (b"*2\r\n:1\r\n$x\r\n", "before byte 12 there should be a count"),
        (b"*1\r\n" * 1000, f"it is nested deeper than {DEPTH} levels"),
        (b"*9999999999\r\n" + b":1\r\n" * 5000, f"there are more than {FIELDS:,} fields"),
        (b"+OK\r\nhello\r\n", "from byte 5 on it is something else"),
    ],
)
def test_notes(data: bytes, note: str) -> None:
    """It is said why what is shown is not all."""
    decoded = RESP.decode(data)
    assert decoded.summary
    assert decoded.note.startswith(note)


@pytest.mark.parametrize("data", [b"", b"PING\r\n", b"*\r\n", b"*1", b"$abc\r\n", b"+OK"])
def test_refused(data: bytes) -> None:
    """What does not begin like RESP is not shown as it."""
    with pytest.raises(NotDecoded):
        RESP.decode(data)


@pytest.mark.parametrize(
    ("data", "rate"),
    [
        (b"*1\r\n$4\r\nPING\r\n", 0.95),
        (b"*1\r\nhello\r\n", 0.1),
        (b"$2\r\nab\r\n", 0.9),
        (b"$2\r\nab", 0.6),
        (b"$2\r\nabcd", 0.0),
        (b"+OK\r\n", 0.7),
        (b"+OK\r\n:1\r\n", 0.6),
        (b"+ a point\r\nand more\r\n", 0.1),
        (b"hello\r\n", 0.0),
    ],
)
def test_rate(data: bytes, rate: float) -> None:
    """A list that goes on as one is certain; a line could be anybody's."""
    assert RESP.rate(data) == rate
