"""A line of syslog is told by who says it, how grave it is, and what."""

import pytest

from tcpmon.core.decoding import NotDecoded
from tcpmon.core.decoding.syslog import Syslog
from tests.core.decoding.trial import part, told

SYSLOG = Syslog()
NEW = (
    b"<165>1 2003-10-11T22:14:15.003Z web evntslog 12 ID47 "
    b'[ex@1 iut="3" q="a\\"b"][p@1] \xef\xbb\xbfhi\n'
)


def test_new() -> None:
    """RFC 5424: all words have their names, structured data its own."""
    decoded = SYSLOG.decode(NEW)
    assert (decoded.summary, decoded.note) == ("local4.notice web evntslog: hi", "")
    assert told(decoded) == {
        "priority": "165", "facility": "20, local4", "severity": "5, notice", "version": "1",
        "time": "2003-10-11T22:14:15.003Z", "host": "web", "app": "evntslog", "process": "12",
        "message id": "ID47", "ex@1": "", "iut": "3", "q": 'a\\\\"b', "p@1": "", "text": "hi",
    }  # fmt: skip
    assert part(decoded, "iut", NEW) == b"3"
    assert part(decoded, "text", NEW) == b"hi"
    assert part(decoded, "facility", NEW) == b"<165>"


@pytest.mark.parametrize(
    ("data", "summary"),
    [
        (b"<34>Oct 11 22:14:15 mymachine su[7]: 'su root' failed",
         "auth.critical mymachine su: 'su root' failed"),
        (b"<13>Oct  1 22:14:15 su: failed", "user.notice su: failed"),
        (b"<13>2026-11-23T06:00:00Z box app: hi", "user.notice box app: hi"),
        (b"<0>hello\n", "kern.emergency: hello"),
        (b"<191>\x1b[2J", "local7.debug: \\x1b[2J"),
        (b"<13>1 - - - - - -", "user.notice"),
        (b"<13>a\n<14>b\r\n", "user.notice: a; user.info: b"),
        (b"7 <13>a\nb8 <13>cdef", "user.notice: a\\nb; user.notice: cdef"),
    ],
)  # fmt: skip
def test_summary(data: bytes, summary: str) -> None:
    """RFC 3164 and what is less than that, line by line or by octets."""
    decoded = SYSLOG.decode(data)
    assert (decoded.summary, decoded.note) == (summary, "")


@pytest.mark.parametrize(
    ("data", "note"),
    [
        (b"99 <13>hello", "the end is missing: 90 more bytes should follow"),
        (b'<13>1 - - - - - [a b="c" hello', "byte 24 should end structured data"),
        (b"<13>a\nhello", "from byte 6 on it is something else"),
    ],
)
def test_notes(data: bytes, note: str) -> None:
    """It is said why what is shown is not all."""
    assert SYSLOG.decode(data).note.startswith(note)


@pytest.mark.parametrize("data", [b"", b"\n", b"hello", b"<192>hello", b"<1", b"<>", b"<-1>"])
def test_refused(data: bytes) -> None:
    """A line begins with a priority."""
    with pytest.raises(NotDecoded):
        SYSLOG.decode(data)


@pytest.mark.parametrize(
    ("data", "rate"),
    [
        (NEW, 1.0),
        (b"99 " + NEW, 1.0),
        (b"<13>Oct 11 22:14:15 a b: c", 0.95),
        (b"9 <13>hello", 0.7),
        (b"<13>hello", 0.55),
        (b"<192>hello", 0.0),
        (b"<a>", 0.0),
    ],
)
def test_rate(data: bytes, rate: float) -> None:
    """A version or a date behind the priority is as good as certain."""
    assert SYSLOG.rate(data) == rate
