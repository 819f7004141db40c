"""The rules that come with tcpmon can be followed, and answer as the protocol says."""

import pytest

from tcpmon import presets
from tcpmon.core.payload import Facts
from tcpmon.core.rules import Book, parse
from tcpmon.core.rules.model import Echo, Expect, Send


def answer(name: str, data: bytes, content: bytes | None = None) -> bytes:
    """Return what the first rule that fits sends, before it waits for more."""
    rules = parse(presets.text(name)).rules
    found = Book(rules).candidates(data, data if content is None else content)
    sent = b""
    for _, rule, groups in found:
        for step in rule.steps:
            if isinstance(step, Send):
                sent += step.payload.fill(Facts(message=data, groups=groups))
            elif isinstance(step, Echo):
                sent += data
            elif isinstance(step, Expect):
                break
        break
    return sent


def test_names() -> None:
    """There are some for what is met most."""
    assert presets.names() == [
        "banner", "echo", "ftp", "gt06", "http200", "mllp", "modbus", "mqtt", "redis", "smtp",
        "syslog",
    ]  # fmt: skip


@pytest.mark.parametrize("name", presets.names())
def test_can_be_read(name: str) -> None:
    """Each begins with what it is for, and is right."""
    assert presets.text(name).startswith("# ")
    assert 20 < len(presets.about(name)) < 100
    assert parse(presets.text(name)).rules


@pytest.mark.parametrize(
    ("name", "said", "answered"),
    [
        ("echo", b"abc", b"abc"),
        ("http200", b"HEAD / HTTP/1.1\r\n\r\n",
         b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\n"),
        ("mqtt", b"\x10\x0c\0\4MQTT\4\2\0\x3c\0\0", b"\x20\x02\0\0"),
        ("mqtt", b"\x10\x0d\0\4MQTT\5\2\0\x3c\0\0\0", b"\x20\x03\0\0\0"),
        ("mqtt", b"\xc0\0", b"\xd0\0"), ("mqtt", b"\x82\6\0\7\0\1a\0", b"\x90\3\0\7\0"),
        ("mqtt", b"\xa2\5\0\7\0\1a", b"\xb0\2\0\7"),
        ("mqtt", b"\x82\7\0\7\0\0\1a\0", b"\x90\4\0\7\0\0"),
        ("mqtt", b"\xa2\6\0\7\0\0\1a", b"\xb0\4\0\7\0\0"),
        ("mqtt", b"2\x09\0\3a/b\0\7hi", b"\x40\2\0\7"), ("mqtt", b"0\x07\0\3a/bhi", b""),
        ("mqtt", b"5\x09\0\3a/b\0\7hi", b"\x50\2\0\7"), ("mqtt", b"b\2\0\7", b"\x70\2\0\7"),
        ("redis", b"*1\r\n$4\r\nPING\r\n", b"+PONG\r\n"), ("redis", b"ping\r\n", b"+PONG\r\n"),
        ("redis", b"*2\r\n$7\r\nCOMMAND\r\n$4\r\nDOCS\r\n", b"*0\r\n"),
        ("redis", b"*2\r\n$3\r\nGET\r\n$1\r\na\r\n", b"$-1\r\n"),
        ("redis", b"*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\nb\r\n", b"+OK\r\n"),
        ("redis", b"*1\r\n$3\r\nFOO\r\n", b"-ERR unknown command\r\n"),
        ("smtp", b"EHLO me\r\n", b"250 tcpmon\r\n"),
        ("smtp", b"VRFY joe\r\n", b"502 not implemented\r\n"),
        ("smtp", b"DATA\r\n", b"354 end with a dot on a line of its own\r\n"),
        ("smtp", b"quit\r\n", b"221 bye\r\n"),
        ("ftp", b"USER joe\r\n", b"331 password for joe\r\n"),
        ("ftp", b"LIST\r\n", b"502 not implemented\r\n"),
        # The example of the protocol's description: login, serial number 1.
        ("gt06", bytes.fromhex("78780d01012345678901234500018cdd0d0a"),
         bytes.fromhex("787805010001d9dc0d0a")),
        ("gt06", bytes.fromhex("78780a13440604000200 1c 0000 0d0a"),
         bytes.fromhex("78780513001c22950d0a")),
        ("modbus", bytes.fromhex("000100000006 11 03 006b 0003"),
         bytes.fromhex("000100000009 11 03 06 002a002a002a")),
        ("modbus", bytes.fromhex("000100000006 11 01 0000 0004"),
         bytes.fromhex("000100000004 11 01 01 00")),
        ("modbus", bytes.fromhex("000100000006 11 02 0000 0009"),
         bytes.fromhex("000100000003 11 82 03")),
        ("modbus", bytes.fromhex("00030000000b 11 0f 0001 0009 02 ff01"),
         bytes.fromhex("000300000006 11 0f 0001 0009")),
        ("modbus", bytes.fromhex("000200000006 11 06 0001 0003"),
         bytes.fromhex("000200000006 11 06 0001 0003")),
        ("modbus", bytes.fromhex("00030000000b 11 10 0001 0002 04 000a0102"),
         bytes.fromhex("000300000006 11 10 0001 0002")),
        ("mllp", b"\x0bMSH|^~\\&|APP|SITE|R|F|20260101||ADT^A01|MSG7|P|2.5\rEVN|A01\r\x1c\r",
         b"\x0bMSH|^~\\&|tcpmon||APP|SITE|19700101000000||ACK|MSG7|P|2.5\rMSA|AA|MSG7\r\x1c\r"),
        ("syslog", b"<34>1 2026-01-01T00:00:00Z web1 app - - - hi\n", b""),
    ],
)  # fmt: skip
def test_answers(name: str, said: bytes, answered: bytes) -> None:
    """What is said is answered to the byte."""
    sent = answer(name, said, said.rstrip(b"\r\n") if name in ("smtp", "ftp") else said)
    assert sent == answered
