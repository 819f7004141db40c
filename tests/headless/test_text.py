"""A record is one line for people, whatever the record holds."""

import re
import socket
import time
from array import array

import pytest
from hypothesis import given, strategies as st

from tcpmon.core.escape import escape, unescape
from tcpmon.core.model import Cast, End, Kind, Reason, name_data, open_data
from tcpmon.headless import text
from tests.core.safety import unsafe_in
from tests.headless.conftest import CLOCK, HOSTILE, Serve, hear, hear_out

TIME = 1_600_000_000_120_999_999
STAMP = time.strftime("%H:%M:%S", time.localtime(1_600_000_000)) + ".120"


def test_listening() -> None:
    """An address is told as it can be typed."""
    assert text.listening("[::1]:8000") == b"listening on [::1]:8000\n"


@pytest.mark.parametrize(
    ("client", "kind", "data", "cast", "shown"),
    [
        (1, Kind.RX, b"hello\n", None, r"1 RX   6 hello\n"),
        (1, Kind.RX, bytes(1000), None, r"1 RX 1000 " + r"\x00" * 1000),
        (12, Kind.TX, "é".encode(), None, "12 TX   2 é"),
        (0, Kind.CAST, b"hi", Cast(array("I", (1, 3))), "- TX   2 hi (to 2 clients)"),
        (0, Kind.CAST, b"hi", None, "- TX   2 hi (to 0 clients)"),
        (
            3,
            Kind.OPEN,
            open_data("127.0.0.1:40872", "[::1]:9000"),
            None,
            "3 open   127.0.0.1:40872 via [::1]:9000",
        ),
        (
            3,
            Kind.OPEN,
            open_data("127.0.0.1:40872", "[::1]:9000", "gps-7"),
            None,
            "3 open   127.0.0.1:40872 via [::1]:9000 as gps-7",
        ),
        (3, Kind.INFO, name_data("gps-7"), None, "3 name is gps-7"),
        (3, Kind.INFO, name_data(""), None, "3 has no name any more"),
        (3, Kind.EOF, b"", None, "3 eof    peer closed its sending side"),
        (
            3,
            Kind.CLOSE,
            End(Reason.PEER_CLOSED, 6, 0, 0, 5_300_000_000).pack(),
            None,
            "3 closed by peer, rx 6 B, tx 0 B, after 5.3 s",
        ),
        (
            3,
            Kind.CLOSE,
            End(Reason.RESET, 0, 2_000_000, 3_900_000, 1_000_000).pack(),
            None,
            "3 reset by us, 3.9 MB unsent, rx 0 B, tx 2.0 MB, after 1.0 ms",
        ),
        (0, Kind.WARN, b"no room\x1b[2J", None, r"- no room\x1b[2J"),
        (0, Kind.INFO, b"listening on :80\n", None, r"- listening on :80\n"),
    ],
)
def test_line(client: int, kind: Kind, data: bytes, cast: Cast | None, shown: str) -> None:
    """A line has the time of day, the client's number and what happened."""
    assert text.line((0, TIME, client, kind, data), cast).decode() == f"{STAMP} {shown}\n"


@given(st.sampled_from([Kind.RX, Kind.TX, Kind.CAST, Kind.INFO, Kind.WARN]), st.binary())
def test_any_bytes_are_one_line(kind: Kind, data: bytes) -> None:
    """Whatever bytes a record holds, its line ends where it ends and does nothing else."""
    line = text.line((0, TIME, 1, kind, data), None).decode()
    assert line.endswith("\n")
    assert not unsafe_in(line[:-1])
    if kind <= Kind.TX:
        assert line.endswith(f" {len(data):>3} {escape(data)}\n")


# -- by the whole program ---------------------------------------------------------------


def test_lines(serve: Serve) -> None:
    """A client that comes, speaks, is answered and leaves is four lines."""
    served = serve("--reply", r"OK\r\n", "127.0.0.1:0")
    client = served.connect()
    peer = f"127.0.0.1:{client.getsockname()[1]}"
    client.sendall(b"hello\n")
    assert hear(client, 4) == b"OK\r\n"
    client.close()
    opened, rx, tx, closed = served.lines(4)
    assert re.fullmatch(rf"{CLOCK} 1 open   {peer} via 127\.0\.0\.1:{served.port}", opened)
    assert re.fullmatch(rf"{CLOCK} 1 RX   6 hello\\n", rx)
    assert re.fullmatch(rf"{CLOCK} 1 TX   4 OK\\r\\n", tx)
    assert re.fullmatch(rf"{CLOCK} 1 closed by peer, rx 6 B, tx 4 B, after \d+(\.\d)? m?s", closed)
    assert served.end() == 0
    assert served.rest() == b""
    assert served.stderr == ""


def test_half_open(serve: Serve) -> None:
    """With --half-open a client that has closed its sending side is told, kept and answered."""
    served = serve("--half-open", "--echo", "127.0.0.1:0")
    client = served.connect()
    client.sendall(b"hello")
    assert hear(client, 5) == b"hello"
    client.shutdown(socket.SHUT_WR)
    assert served.lines(4)[3].endswith(" 1 eof    peer closed its sending side")
    assert served.end() == 0
    assert hear_out(client) == b""
    assert " 1 closed by us, tcpmon ended, " in served.rest().decode()


@pytest.mark.parametrize("payload", HOSTILE.values(), ids=HOSTILE)
def test_hostile_payload(serve: Serve, payload: bytes) -> None:
    """Whatever a client sends is one line for each read, printable, and can be typed back."""
    served = serve("127.0.0.1:0")
    client = served.connect()
    served.line()
    client.sendall(payload)
    client.close()
    heard = b""
    while True:
        line = served.raw_line().decode()
        assert line.endswith("\n")
        assert not unsafe_in(line[:-1])
        assert len(line.splitlines()) == 1
        read = re.fullmatch(rf"{CLOCK} 1 RX {{1,3}}(\d+) (.*)\n", line)
        if read is None:
            break
        data = unescape(read[2])
        assert len(data) == int(read[1])
        heard += data
    assert heard == payload
    assert re.match(rf"{CLOCK} 1 closed by peer, rx {len(payload)} B, ", line)
    assert served.end() == 0
    assert served.rest() == b""
