"""Whatever a kernel returns is read as far as it goes."""

import socket
import sys
import time
from contextlib import suppress

import pytest
from msgspec.structs import replace

from tcpmon.core.tcpinfo import SIZE, TcpInfo, unpack


def test_reads_each_field_from_its_place() -> None:
    """The offsets are those of struct tcp_info: bytes, then u32, then u64, in native order."""
    raw = bytes(range(SIZE))
    info = unpack(raw)
    assert info is not None

    def at(offset: int, width: int) -> int:
        return int.from_bytes(raw[offset : offset + width], sys.byteorder)

    assert (info.state, info.retransmits, info.probes, info.backoff) == (0, 2, 3, 4)
    assert (info.rto, info.send_mss, info.unacked) == (at(8, 4), at(16, 4), at(24, 4))
    assert (info.last_ack_received, info.rtt, info.rtt_variation) == (
        at(56, 4),
        at(68, 4),
        at(72, 4),
    )
    assert (info.congestion_window, info.total_retransmits) == (at(80, 4), at(100, 4))
    assert (info.bytes_acked, info.bytes_received) == (at(120, 8), at(128, 8))
    assert (info.not_sent, info.least_rtt) == (at(144, 4), at(148, 4))
    assert (info.window_limited, info.send_window) == (at(176, 8), at(228, 4))


@pytest.mark.parametrize("length", range(SIZE + 1))
def test_what_an_older_kernel_does_not_return_is_absent(length: int) -> None:
    """Every length is read: fields that are there whole, the others None, too few nothing."""
    info = unpack(bytes(length))
    if length < 104:
        assert info is None
        return
    assert isinstance(info, TcpInfo)
    assert (info.bytes_acked is None) == (length < 128)
    assert (info.not_sent is None) == (length < 148)
    assert (info.send_window is None) == (length < 232)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")
def test_is_what_the_kernel_means() -> None:
    """On a real connection: bytes as sent, and the window of a peer that does not read."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        peer = socket.create_connection(listener.getsockname())
        ours, _ = listener.accept()
        with peer, ours:
            ours.setblocking(False)
            ours.send(b"x" * 1000)
            assert peer.recv(2000) == b"x" * 1000
            peer.send(b"y" * 300)
            assert ours.recv(2000, socket.MSG_DONTWAIT) == b"y" * 300
            info = unpack(ours.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, SIZE))
            assert info is not None
            assert info.state == 1
            assert info.bytes_received in (300, None)
            assert info.rtt > 0
            with suppress(BlockingIOError):
                while True:
                    ours.send(bytes(1 << 16))
            deadline = time.monotonic() + 10
            while not (info.backoff and info.not_sent):  # the window is probed
                assert time.monotonic() < deadline
                time.sleep(0.02)
                info = unpack(ours.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, SIZE))
                assert info is not None
            assert info.retransmits == 0


@pytest.mark.parametrize(
    ("fields", "closed", "unanswered"),
    [
        ({}, False, False),
        ({"unacked": 3}, False, False),
        ({"unacked": 3, "retransmits": 1}, False, True),
        ({"unacked": 1, "retransmits": 1, "backoff": 1, "not_sent": 9}, False, True),
        ({"backoff": 1, "not_sent": 9, "send_window": 0}, True, False),
        ({"backoff": 4, "not_sent": 9, "send_window": 8, "probes": 1}, True, False),
        ({"backoff": 4, "not_sent": 9, "send_window": 8, "probes": 2}, True, True),
        ({"backoff": 1, "not_sent": 9, "send_window": 900, "probes": 1}, False, True),
        ({"not_sent": 9, "send_window": 0}, False, False),
    ],
)  # fmt: skip
def test_tells_who_does_not_read_from_who_is_gone(
    fields: dict[str, int], closed: bool, unanswered: bool
) -> None:
    """As seen on a link that was cut, on one that was taken down, and with a peer that stands
    still."""
    info = unpack(bytes(SIZE))
    assert info is not None
    info = replace(info, **fields)
    assert (info.window_closed, info.unanswered) == (closed, unanswered)
