"""Of TLS what is said in the open is told: who is called, and what both agree on."""

import pytest

from tcpmon.core.decoding import NotDecoded
from tcpmon.core.decoding.tls import Tls
from tests.core.decoding.samples import SAMPLES
from tests.core.decoding.trial import part, told

TLS = Tls()


def record(kind: int, body: bytes) -> bytes:
    """Return a record of TLS 1.2."""
    return bytes([kind, 3, 3]) + len(body).to_bytes(2, "big") + body


def hello(kind: int, body: bytes) -> bytes:
    """Return a hello in a record of its own."""
    return record(22, bytes([kind]) + len(body).to_bytes(3, "big") + body)


def test_client_hello() -> None:
    """What openssl says first: name, protocols, versions, ciphers."""
    data = SAMPLES["TLS"]["openssl s_client"]
    decoded = TLS.decode(data)
    assert decoded.note == ""
    assert decoded.summary == (
        "ClientHello, 31 ciphers for example.org, ALPN h2 http/1.1, "
        "TLS 1.3, TLS 1.2, TLS 1.1, TLS 1.0"
    )
    found = told(decoded)
    assert found["record"] == "22, handshake"
    assert found["handshake"] == "1, ClientHello"
    assert found["server name"] == "example.org"
    assert found["ALPN"] == "h2, http/1.1"
    assert found["[0]"] == "TLS_AES_256_GCM_SHA384"
    assert found["key share"] == "x25519"
    assert found["supported groups"].startswith("10: x25519, secp256r1")
    assert found["signature algorithms"].startswith("20: ecdsa_secp256r1_sha256")
    assert found["encrypt then MAC"] == "extension 22"
    assert part(decoded, "name", data) == b"example.org"


DATA = "application data, 32 B"


@pytest.mark.parametrize(
    ("what", "summary"),
    [
        (
            "openssl s_server, 1.3",
            f"ServerHello TLS_AES_256_GCM_SHA384, TLS 1.3; change cipher spec, 1 B; {DATA}",
        ),
        ("openssl s_server, 1.2", "ServerHello TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, ALPN h2"),
        ("alert", "alert, fatal: protocol version"),
    ],
)
def test_samples(what: str, summary: str) -> None:
    """What openssl answers: the cipher and the version that it chose."""
    assert TLS.decode(SAMPLES["TLS"][what]).summary == summary


RETRY = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")


@pytest.mark.parametrize(
    ("data", "summary", "note"),
    [
        (record(21, b"\1\0"), "alert, warning: close notify", ""),
        (record(21, b"\7\xff"), "alert, unknown: 255", ""),
        (record(21, b"a" * 26), "alert, 26 B", ""),
        (record(20, b"\1"), "change cipher spec, 1 B", ""),
        (record(24, b"\1"), "heartbeat, 1 B", ""),
        (record(22, b"\xaa" * 40), "encrypted handshake, 40 B", ""),
        (record(22, b"\x0e\0\0\0" * 2), "ServerHelloDone, ServerHelloDone", ""),
        (hello(2, b"\3\3" + RETRY + b"\0\x13\x01\0" + b"\0\6\0\x33\0\2\0\x1d"),
         "ServerHello (retry request) TLS_AES_128_GCM_SHA256", ""),
        (hello(1, b"\3\1" + b"r" * 32 + b"\0" + b"\0\4\xfa\xfa\x12\x34" + b"\1\0"),
         "ClientHello, 2 ciphers", ""),
        (record(22, b"\1\0\1\0\3\3abc"), "ClientHello", "before byte 11 something is longer"),
        (record(23, b"abcd")[:-1], "application data, 4 B", "the end is missing: 1 more byte"),
        (record(20, b"\1") + b"hello", "change cipher spec, 1 B", "from byte 6 on it is"),
    ],
)  # fmt: skip
def test_records(data: bytes, summary: str, note: str) -> None:
    """What is encrypted is told by its size, and what is wrong by its place."""
    decoded = TLS.decode(data)
    assert decoded.summary == summary
    assert decoded.note.startswith(note)
    assert bool(decoded.note) == bool(note)


def test_ciphers() -> None:
    """A cipher without a known name is a number, and GREASE is called by its name."""
    decoded = TLS.decode(hello(1, b"\3\1" + b"r" * 32 + b"\0" + b"\0\4\xfa\xfa\x12\x34" + b"\1\0"))
    found = told(decoded)
    assert found["cipher suites"] == "2: GREASE, 0x1234"
    assert found["session id"] == "no bytes"


@pytest.mark.parametrize(
    "data", [b"", b"\x16\3", b"hello world", record(22, b"")[:3] + b"\xff\xff"]
)
def test_refused(data: bytes) -> None:
    """A record has a kind, a version and a length."""
    with pytest.raises(NotDecoded):
        TLS.decode(data)


@pytest.mark.parametrize(
    ("data", "rate"),
    [
        (SAMPLES["TLS"]["openssl s_client"], 1.0),
        (SAMPLES["TLS"]["openssl s_client"][:60], 1.0),
        (record(22, b"\xaa" * 40), 0.8),
        (record(21, b"\2\x28"), 0.95),
        (record(21, b"a" * 26), 0.6),
        (record(20, b"\1"), 0.95),
        (record(20, b"\2"), 0.0),
        (record(23, b"abc"), 0.8),
        (record(23, b"abc")[:-1], 0.6),
        (record(24, b"\1"), 0.0),
        (b"hello", 0.0),
        (b"\x16", 0.0),
    ],
)
def test_rate(data: bytes, rate: float) -> None:
    """A hello is certain; what is encrypted has its head only."""
    assert TLS.rate(data) == rate
