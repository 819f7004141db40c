"""What the kernel knows of a TCP connection: struct tcp_info of include/uapi/linux/tcp.h.

Kernels differ in how much of it they return, never in what stands where. What
was not returned is None.
"""

import struct
from typing import Any

from msgspec import Struct

SIZE = 232
"""Bytes to ask for."""

STATES = {
    1: "established", 2: "SYN sent", 3: "SYN received", 4: "FIN sent", 5: "FIN acknowledged",
    6: "both have closed, late segments may come", 7: "closed", 8: "FIN received",
    9: "FIN received and sent", 10: "listens", 11: "both FINs under way",
}  # fmt: skip
"""TcpInfo.state in words. Source: include/net/tcp_states.h, RFC 9293 section 3.3.2."""

_FIELDS = (
    ("state", 0, "B"), ("retransmits", 2, "B"), ("probes", 3, "B"), ("backoff", 4, "B"),
    ("rto", 8, "I"), ("send_mss", 16, "I"), ("unacked", 24, "I"), ("lost", 32, "I"),
    ("last_data_sent", 44, "I"), ("last_data_received", 52, "I"), ("last_ack_received", 56, "I"),
    ("path_mtu", 60, "I"), ("rtt", 68, "I"), ("rtt_variation", 72, "I"),
    ("congestion_window", 80, "I"), ("total_retransmits", 100, "I"), ("bytes_acked", 120, "Q"),
    ("bytes_received", 128, "Q"), ("not_sent", 144, "I"), ("least_rtt", 148, "I"),
    ("window_limited", 176, "Q"), ("send_window", 228, "I"),
)  # fmt: skip
_READERS = [(struct.Struct("=" + code), offset) for _, offset, code in _FIELDS]


class TcpInfo(Struct, frozen=True):
    """A picture of one connection as its kernel sees it.

    retransmits: of the oldest unacknowledged segment, since it was first sent;
    total_retransmits: of all. probes: of a closed window, unanswered. unacked,
    lost: segments. not_sent: bytes that wait in the kernel. send_window: bytes that
    the peer has room for. rto, rtt, rtt_variation, least_rtt, window_limited (time
    spent waiting for the peer's window): microseconds. last_...: milliseconds ago.
    """

    state: int
    retransmits: int
    probes: int
    backoff: int
    rto: int
    send_mss: int
    unacked: int
    lost: int
    last_data_sent: int
    last_data_received: int
    last_ack_received: int
    path_mtu: int
    rtt: int
    rtt_variation: int
    congestion_window: int
    total_retransmits: int
    bytes_acked: int | None
    bytes_received: int | None
    not_sent: int | None
    least_rtt: int | None
    window_limited: int | None
    send_window: int | None

    @property
    def window_closed(self) -> bool:
        """Say whether bytes wait because the peer has no room for them. It is asked for room at
        growing intervals (backoff), and since it answers, nothing else tells."""
        waiting = self.not_sent or 0
        room = -1 if self.send_window is None else self.send_window
        return self.backoff > 0 and not self.unacked and room < waiting

    @property
    def unanswered(self) -> bool:
        """Say whether bytes were sent again, or asked room for, without any answer. One
        question may be under way to a peer that is there."""
        if self.unacked:
            return self.retransmits > 0
        return self.probes > (1 if self.window_closed else 0)


def unpack(raw: bytes) -> TcpInfo | None:
    """Return what getsockopt(TCP_INFO) has given; None if it is less than any kernel gives."""
    if len(raw) < 104:
        return None
    values: list[Any] = [
        field.unpack_from(raw, offset)[0] if offset + field.size <= len(raw) else None
        for field, offset in _READERS
    ]
    return TcpInfo(*values)
