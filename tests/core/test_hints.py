"""What is said of a client, and when nothing is."""

import pytest
from hypothesis import given, strategies as st
from msgspec.structs import replace

from tcpmon.core.hints import BRIEF, CR_ONLY, SETTLED, WAITS, Hint, of_client, of_message, on_plain
from tcpmon.core.model import Backlog, Client, Kind, Message, State, Trouble
from tcpmon.core.openings import KEPT, kept
from tests.core.safety import unsafe_in
from tests.core.test_openings import CONNECT, CURL, HELLO, OPENINGS, POST, STRANGERS

SECOND = 1_000_000_000
NOW = 1_780_000_000 * SECOND
CALLER = Client(
    1, State.OPEN, "127.0.0.1:40001", "127.0.0.1:8000", NOW - 60 * SECOND, 0, 0, 0, 0, 0.0, 0.0,
    0, 0, 0, 0, 0, Backlog.NONE, 0, 0, Trouble.NONE, b"", "",
)  # fmt: skip
TLS = "TLS hello (SNI example.org, ALPN h2 http/1.1), this port is plain"


def said(*parts: bytes, ago: int = 12 * SECOND, **changes: object) -> Client:
    """A client that said some payloads and was sent nothing, as the engine shows it."""
    client = replace(
        CALLER, heard=NOW - ago, rx_bytes=sum(map(len, parts)), rx_messages=len(parts),
        last=parts[-1][:256], first=kept(parts[0]), unanswered=True,
    )  # fmt: skip
    return replace(client, **changes)


def answered(client: Client) -> Client:
    """The client when it has been sent something."""
    return replace(client, tx_bytes=6, tx_messages=1, last=b"hello\n", unanswered=False)


def left(client: Client, after: int = SECOND, end: str = "closed by peer") -> Client:
    """The client when it has gone."""
    closed = client.opened + after
    return replace(client, state=State.CLOSED, closed=closed, end=end, unanswered=False)


def words(client: Client) -> str:
    """Return what is said of a client now."""
    hint = of_client(client, NOW)
    return hint.text if hint else ""


@pytest.mark.parametrize(
    ("client", "text", "short", "urgent"),
    [
        (said(HELLO), TLS, "TLS hello, plain port", True),
        (said(HELLO, ago=0), TLS, "TLS hello, plain port", True),
        (said(CURL), "HTTP request GET /x, client waits 12 s", "HTTP, waits 12 s", True),
        (said(CURL, ago=119 * SECOND), "HTTP request GET /x, client waits 119 s",
         "HTTP, waits 119 s", True),
        (said(CURL, ago=600 * SECOND), "HTTP request GET /x, client waits 10 min",
         "HTTP, waits 10 min", True),
        (said(POST), "HTTP request POST /x, client waits 12 s", "HTTP, waits 12 s", True),
        (said(POST[:-3], b"a=1"), "HTTP request POST /x, no answer for 12 s", "HTTP, waits 12 s",
         True),
        (said(CURL[:-2]), "HTTP request GET /x, not all of it for 12 s", "HTTP, not all", True),
        (said(b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 100),
         "HTTP request GET /, no answer for 12 s", "HTTP, waits 12 s", True),
        (said(CONNECT), "MQTT CONNECT dev1, client waits 12 s", "MQTT, waits 12 s", True),
        (said(CONNECT, ago=0), "MQTT CONNECT dev1", "MQTT", False),
        (said(b"*1\r\n$4\r\nPING\r\n"), "Redis command PING, client waits 12 s",
         "Redis, waits 12 s", True),
        (said(bytes.fromhex("000100000006010300000002")),
         "like a Modbus request: Read Holding Registers: 2 registers from 0, client waits 12 s",
         "Modbus?, waits 12 s", True),
        (said(b"\xff\xfd\x03\xff\xfb\x18"), "telnet negotiation", "telnet", False),
        (said(b"hello\r"), CR_ONLY, "CR only: line:cr", False),
        (said(b"hello\rworld\r", ago=SETTLED), CR_ONLY, "CR only: line:cr", False),
        (said(b"hello\rworld", ago=0), CR_ONLY, "CR only: line:cr", False),
        (said(b"a", b"a", repeats=37), "same payload 37 times, no answer", "same 37 times", False),
        (left(CALLER), "said nothing, like a port scan or a health check", "said nothing", False),
        (left(CALLER, 0, "reset by peer"), "said nothing, like a port scan or a health check",
         "said nothing", False),
        (left(CALLER, BRIEF), "said nothing", "said nothing", False),
        (left(said(HELLO)), TLS, "TLS hello, plain port", True),
        (left(answered(said(HELLO))), TLS, "TLS hello, plain port", True),
        (left(said(CURL)), "HTTP request GET /x was not answered", "HTTP, no answer", False),
    ],
)  # fmt: skip
def test_said(client: Client, text: str, short: str, urgent: bool) -> None:
    """What helps is said in a line, and in few cells."""
    assert of_client(client, NOW) == Hint(text, short, urgent)


@pytest.mark.parametrize("data", [data for data, *_ in OPENINGS if data != HELLO])
def test_who_was_answered_does_not_wait(data: bytes) -> None:
    """Once something was sent to a client nothing is said of what it began with; nor is a client
    told to wait before it does."""
    assert words(answered(said(data))) == ""
    assert words(answered(said(data, data))) == ""
    assert "wait" not in words(said(data, ago=WAITS - 1))


def test_a_second_request_waits_too() -> None:
    """After an answer the next request waits again, but what may be anything is not guessed at."""
    asks = {"tx_messages": 1, "tx_bytes": 6}
    assert words(said(CURL, CURL, **asks)) == "HTTP request GET /x, client waits 12 s"
    assert words(said(b"\x05\x02\0\x01", b"\x05\x02\0\x01", **asks)) == ""


@pytest.mark.parametrize("data", [data for data in STRANGERS if data])
@pytest.mark.parametrize("ago", [0, 12 * SECOND])
def test_nothing_is_said_of_strangers(data: bytes, ago: int) -> None:
    """Of lines, JSON, trackers, syslog and noise nothing is said, however long they wait."""
    assert words(said(data, ago=ago)) == ""
    assert of_message(a_message(data)) is None


@pytest.mark.parametrize(
    "client",
    [
        CALLER,
        said(b"hello\r", ago=SETTLED - 1),  # its LF comes with the next read
        said(b"hello\r", b"\n"),
        said(b"\nhello\r"),
        said(b"one\r\ntwo\r"),
        said(b"\r"),
        said(b"\x01\rabc\r"),
        said(b"MSH|^~\\&|LAB\rPID|1\r"),
        said(b"10%\r" * 64),  # what is behind it is not known
        replace(said(b"hello\r"), tx_messages=1, unanswered=False),  # it may be what we sent
        said(b"a", repeats=4),
        replace(said(b"a", repeats=9), unanswered=False),
        said(HELLO, HELLO, HELLO, tx_messages=2, unanswered=False),  # somebody speaks TLS
        left(CALLER, end="closed by us"),
        left(CALLER, end="closed by us, idle"),
        left(said(b"hello\n")),
        left(answered(said(CURL))),
        left(replace(CALLER, tx_messages=1)),
    ],
)
def test_rather_nothing(client: Client) -> None:
    """What may be otherwise is not said."""
    assert words(client) == ""


def a_message(data: bytes, kind: Kind = Kind.RX, part: int = 0) -> Message:
    """A row of the log."""
    return Message(1, NOW, kind, 1, data, size=len(data), part=part)


@pytest.mark.parametrize(
    ("message", "text"),
    [
        (a_message(HELLO), TLS),
        (a_message(CONNECT), "MQTT CONNECT dev1"),
        (a_message(b"one\rtwo\r"), CR_ONLY),
        (a_message(b"one\r"), ""),
        (a_message(b"one\rtwo\r\n"), ""),
        (a_message(CURL), ""),
        (a_message(b"\x05\x02\0\x01"), ""),
        (a_message(HELLO, Kind.TX), ""),
        (a_message(HELLO, part=1), ""),
        (a_message(b"hello\n"), ""),
    ],
)
def test_of_message(message: Message, text: str) -> None:
    """Of a message that is said which is sure without knowing any other, and is not in its
    text anyway."""
    hint = of_message(message)
    assert (hint.text if hint else "") == text


def test_on_plain() -> None:
    """An operator without a screen is told of TLS, which can go no further, and of nothing else."""
    assert on_plain(HELLO) == TLS
    assert not any(on_plain(data) for data, *_ in OPENINGS if data != HELLO)
    assert on_plain(b"") == ""


@given(
    st.lists(st.binary(max_size=2 * KEPT) | st.sampled_from([HELLO, CURL, CONNECT]), min_size=1),
    st.integers(0, 2**40), st.integers(0, 3), st.integers(0, 99), st.booleans(), st.booleans(),
)  # fmt: skip
def test_safe(
    parts: list[bytes], ago: int, sent: int, repeats: int, waits: bool, gone: bool
) -> None:
    """Whatever a client says, a hint is one line that does nothing to a terminal."""
    client = said(*parts, ago=ago, tx_messages=sent, repeats=repeats, unanswered=waits)
    for hint in (of_client(left(client) if gone else client, NOW), of_message(a_message(parts[0]))):
        if hint:
            assert unsafe_in(hint.text + hint.short) == []
            assert len(hint.text) < 250
            assert len(hint.short) <= 24
