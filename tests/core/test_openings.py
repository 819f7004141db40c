"""What a first payload gives away, and what it does not."""

import random

import pytest
from hypothesis import given, strategies as st

from tcpmon.core.openings import KEPT, kept, opening, protocol
from tests.core.decoding.samples import NOISE, SAMPLES
from tests.core.safety import unsafe_in

HELLO = SAMPLES["TLS"]["openssl s_client"]
CURL = b"GET /x HTTP/1.1\r\nHost: 127.0.0.1:8000\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n\r\n"
POST = (
    b"POST /x HTTP/1.1\r\nHost: 127.0.0.1:8000\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n"
    b"Content-Length: 3\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\na=1"
)
CONNECT = b"\x10\x10\x00\x04MQTT\x04\x02\x00<\x00\x04dev1"
RDP = b"\x03\0\0*%\xe0\0\0\0\0\0Cookie: mstshash=nmap\r\n\x01\0\x08\0\x03\0\0\0"

OPENINGS = [
    (HELLO, "TLS hello (SNI example.org, ALPN h2 http/1.1)", "TLS hello", "TLS"),
    (CURL, "HTTP request GET /x", "HTTP", "HTTP"),
    (POST, "HTTP request POST /x", "HTTP", "HTTP"),
    (b"GET / HTTP/1.0\n\n", "HTTP request GET /", "HTTP", "HTTP"),
    (b"CONNECT example.org:443 HTTP/1.1\r\n\r\n", "HTTP request CONNECT example.org:443", "HTTP",
     "HTTP"),
    (b"GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
     "WebSocket handshake for /ws", "WebSocket", "HTTP"),
    (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\x12\x04\0\0\0\0\0", "HTTP/2 preface", "HTTP/2", "HTTP"),
    (b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n", "RTSP request OPTIONS *", "RTSP", "RTSP"),
    (b"OPTIONS sip:nm SIP/2.0\r\n\r\n", "SIP request OPTIONS sip:nm", "SIP", "SIP"),
    (b"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u6\r\n", "SSH greeting of OpenSSH_9.2p1", "SSH", "SSH"),
    (b"PROXY TCP4 10.0.0.1 10.0.0.2 44968 8000\r\nhello", "PROXY protocol v1 header, for 10.0.0.1",
     "PROXY v1", ""),
    (b"PROXY UNKNOWN\r\n", "PROXY protocol v1 header", "PROXY v1", ""),
    (b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c", "PROXY protocol v2 header", "PROXY v2", ""),
    (CONNECT, "MQTT CONNECT dev1", "MQTT", "MQTT"),
    (b"*1\r\n$4\r\nPING\r\n", "Redis command PING", "Redis", "Redis"),
    (b"\0\0\0\x08\x04\xd2\x16\x2f", "PostgreSQL asks for encryption", "Postgres", "PostgreSQL"),
    (b"\0\0\0\x17\0\x03\0\0user\0me\0\0", "PostgreSQL startup message", "Postgres", "PostgreSQL"),
    (b"AMQP\0\0\x09\x01", "AMQP header", "AMQP", "AMQP"),
    (RDP, "RDP connection request", "RDP", "RDP"),
    (b"\xff\xfd\x03\xff\xfb\x18", "telnet negotiation", "telnet", ""),
    (b"\x05\x02\0\x01", "like a SOCKS5 greeting", "SOCKS5?", ""),
    (b"\x04\x01\0P\n\0\0\x01\0", "like a SOCKS4 request", "SOCKS4?", ""),
    (bytes.fromhex("000100000006010300000002"),
     "like a Modbus request: Read Holding Registers: 2 registers from 0", "Modbus?", ""),
]  # fmt: skip


@pytest.mark.parametrize(("data", "words", "short", "spoken"), OPENINGS)
def test_known(data: bytes, words: str, short: str, spoken: str) -> None:
    """A client that speaks a well-known protocol first is told by its first payload, as curl,
    openssl, ssh, mosquitto, redis-cli, nmap and others really send it."""
    found = opening(data)
    assert found is not None
    assert (found.words, found.short, protocol(data)) == (words, short, spoken)
    assert kept(data) == data[:KEPT]
    assert len(f"{short}, waits 119 s") <= 22


STRANGERS = [
    b"", b"\0", b"\n", b"\r\n", b"hello\n", b"hello\r\n", b"GET", b"GET /x", b"GET /x\r\n",
    b"HELP\r\n", b"EHLO localhost\r\n", b"USER anonymous\r\n", b"USER a HTTP/1.1",
    b"get /x HTTP/1.1\r\n", b'{"id": 1, "t": 21.5}\n', b"[1, 2]\n", b"*\r\n", b"*3 files\r\n",
    b"<13>1 2026-11-23T07:58:04.065424+00:00 vm app - - - hello syslog\n", b"101 <13>1 2026",
    b"SSH\r\n", b"PROXY off\r\n", b"PRI high\n", b"AMQP is a protocol\n",
    bytes.fromhex("78780d01086941101234567800018cdd0d0a"), b"##,imei:359586015829802,A;",
    b"*HQ,4109179024,V1,121300,A,2233.5,N,11405.1,E#", b"$GPGGA,123519,4807.038,N\r\n",
    b"\x16\x03", b"\x16\x03\x01\x02\0\x02\0\0\x4c\x03\x03", b"\x17\x03\x03\0\x20" + bytes(32),
    b"\x05\x01", b"\x05\x01\0\0\0\0\0\0\0\x01", b"\x04\x03\x02\x01", b"\x10\x03abc",
    b"\xff\xd8\xff\xe0", bytes.fromhex("000100010006010300000002"), b"\0\x05hello",
    b"\0\0\0\x05hello",
]  # fmt: skip


@pytest.mark.parametrize("data", STRANGERS)
def test_unknown(data: bytes) -> None:
    """What is of no protocol that we know, or only begins like one, is nothing in particular."""
    assert opening(data) is None
    assert protocol(data) == ""


def test_samples() -> None:
    """Of all formats that have a decoder, only those are named that their clients begin with."""
    named = {kind for kind, samples in SAMPLES.items() for data in samples.values()
             if opening(data)}  # fmt: skip
    assert named == {"HTTP", "MQTT", "RESP", "Modbus/TCP", "TLS"}
    assert not any(protocol(data) for data in NOISE)


def test_noise() -> None:
    """What is random is hardly ever named, and never for sure."""
    chance = random.Random(8000)
    noise = [chance.randbytes(chance.randint(1, 40)) for _ in range(20_000)]
    found = [each for each in map(opening, noise) if each]
    assert len(found) <= 3
    assert not any(each.sure or each.obvious or not each.plain for each in found)


@pytest.mark.parametrize(
    ("data", "part"),
    [
        (CURL, False),
        (CURL[:-2], True),
        (b"GET / HTTP/1.1\r\n", True),
        (b"GET / HTTP/1.0\n\n", False),
        (POST, False),
        (POST[:-1], True),
        (POST.replace(b"Content-Length: 3", b"Transfer-Encoding: chunked"), True),
    ],
)
def test_part(data: bytes, part: bool) -> None:
    """A request is not whole before its head has ended and its body has come."""
    found = opening(data)
    assert found is not None
    assert found.part is part


@pytest.mark.parametrize("length", range(0, len(HELLO), 7))
def test_a_cut_hello(length: int) -> None:
    """A TLS hello of which not all has come is either named or not, and tells what is there."""
    found = opening(HELLO[:length])
    assert found is None or found.words.startswith("TLS hello")
    assert (found is not None) == (length >= 11)


@given(
    st.sampled_from([data for data, *_ in OPENINGS]), st.integers(0, 60), st.binary(max_size=600)
)
def test_safe(begin: bytes, cut: int, rest: bytes) -> None:
    """Whatever follows a known beginning, what is told of it is one short line that does nothing
    to a terminal."""
    found = opening(begin[:cut] + rest)
    if found:
        assert unsafe_in(found.words + found.short) == []
        assert len(found.words) < 200
