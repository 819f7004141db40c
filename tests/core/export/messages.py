"""Messages for the tests of every form."""

from array import array

from hypothesis import strategies as st

from tcpmon.core.model import Cast, End, Kind, Message, Reason, open_data

TIME = 1_600_000_000_120_999_999


def a_message(
    data: bytes, kind: Kind = Kind.RX, client: int = 7, cast: Cast | None = None, seq: int = 0
) -> Message:
    """A message with these bytes."""
    return Message(seq, TIME, kind, client, data, cast, size=len(data))


EVENTS = [
    a_message(open_data("127.0.0.1:40872", "[::1]:9000"), Kind.OPEN),
    a_message(b"", Kind.EOF),
    a_message(End(Reason.PEER_CLOSED, 6, 0, 0, 5_300_000_000).pack(), Kind.CLOSE),
    a_message(b"listening on :80\n", Kind.INFO, client=0),
    a_message(b"no room\x1b[2J", Kind.WARN, client=0),
]
CAST = Cast(array("I", (1, 2, 5)), {2: "gone"})

payloads = st.one_of(
    st.binary(max_size=40),
    st.lists(st.sampled_from([b"${", b"\xe2\x80\xae", b"'\"", b"\xf0\x9f", "é👍".encode()])).map(
        b"".join
    ),
).flatmap(
    lambda data: st.sampled_from(
        [
            a_message(data),
            a_message(data, Kind.TX),
            a_message(data, Kind.CAST, 0, CAST),
            a_message(data, Kind.CAST, 0),
        ]
    )
)
