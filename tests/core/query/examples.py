"""Clients and messages to be filtered, and filters of every kind."""

from array import array

from hypothesis import strategies as st
from msgspec.structs import replace

from tcpmon.core.model import Backlog, Cast, Client, End, Kind, Message, Reason, State, Trouble
from tcpmon.core.query.keys import guide

SECOND = 10**9
NOW = 1_000_000 * SECOND

GPS = Client(
    7, State.OPEN, "10.0.0.9:40112", "127.0.0.1:8000", NOW - 100 * SECOND, 0, NOW - 40 * SECOND,
    2_000_000, 500, 9_000.0, 2_000.0, 30, 12, 100, 0, 0, Backlog.NONE, 6_000, 2, Trouble.NONE,
    b"$GPGGA,1234\r\n", "", "gps-0417",
)  # fmt: skip
GONE = replace(
    GPS, id=8, state=State.CLOSED, peer="[2001:db8::5]:51044", name="", closed=NOW - 90 * SECOND,
    rx_bytes=0, rx_messages=0, tx_messages=0, rtt=0, end="reset by peer, 5 B unsent",
)  # fmt: skip
LOCAL = replace(GPS, id=9, state=State.HALF, peer="unix:pid 77", listener="unix:/tmp/x", heard=0)


def message(data: bytes = b"$GPGGA,1234\r\n", kind: Kind = Kind.RX, client: int = 7) -> Message:
    return Message(5, NOW - 10 * SECOND, kind, client, data, size=len(data))


def end(reason: Reason) -> Message:
    return message(End(reason, 1, 2, 0, 3).pack(), Kind.CLOSE)


def cast(*clients: int) -> Message:
    return replace(message(b"hi", Kind.CAST, 0), cast=Cast(array("I", clients)))


WORDS = st.sampled_from([example for example, _ in guide()]) | st.sampled_from(
    [
        "(",
        ")",
        "|",
        "!",
        "-",
        "and",
        "or",
        "not",
        '"',
        "/",
        "\\",
        "hex:24 ad",
        "x",
        "é",
        "client:",
        "0",
    ]
)
FILTERS = st.lists(WORDS, max_size=8).map(" ".join) | st.lists(WORDS, max_size=8).map("".join)
"""What people might type, and what they surely do not mean."""
