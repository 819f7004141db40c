"""Whatever is sent, a decoder ends soon, with what it found or why it found nothing."""

import gzip
import random
from time import process_time
from typing import ClassVar

import pytest
from hypothesis import given, settings, strategies as st

from tcpmon.core.decoding import LOOKED_AT, Decoded, Decoder, NotDecoded
from tcpmon.core.decoding.all import decode, decoders, rated
from tests.core.decoding.samples import ALL, NOISE, SAMPLES
from tests.core.decoding.trial import tried

BY_NAME = {decoder.name: decoder for decoder in decoders()}
SOON = 0.5
"""Seconds of one input of 1 MiB, ten times what it takes: the machine has others to serve."""


def filled(head: bytes, unit: bytes) -> bytes:
    """Return 1 MiB that begins with head and goes on with the same again and again."""
    return (head + unit * (LOOKED_AT // len(unit) + 1))[:LOOKED_AT]


def nested_protobuf() -> bytes:
    message = b"\x08\x01"
    for _ in range(20_000):
        size, length = len(message), bytearray()
        while size > 127:
            length.append(size & 127 | 128)
            size >>= 7
        message = b"\x0a" + bytes([*length, size]) + message
    return message


def zipped(plain: bytes) -> bytes:
    body = gzip.compress(plain)
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"
    return head % len(body) + body


BOMBS = {
    "lists of JSON": ("JSON", filled(b"", b"[")),
    "maps of JSON": ("JSON", filled(b"", b'{"a":')),
    "numbers of JSON": ("JSON", filled(b"[", b"1,")),
    "a long number of JSON": ("JSON", filled(b"[", b"9")),
    "backslashes of JSON": ("JSON", filled(b'["', b"\\")),
    "lines of JSON": ("JSON", filled(b"", b"1\n")),
    "elements of XML, nested": ("XML", filled(b"", b"<a>")),
    "elements of XML": ("XML", filled(b"<r>", b"<a/>")),
    "lines of XML": ("XML", filled(b"<r>", b"\n")),
    "documents of XML": ("XML", filled(b"", b"<a/>")),
    "attributes of XML": ("XML", b"<r " + b" ".join(b'a%d="1"' % n for n in range(80_000))),
    "attribute lists of XML": ("XML", filled(b"<!DOCTYPE a [<!ATTLIST a ", b"b CDATA #IMPLIED ")),
    "lists of CBOR": ("CBOR", filled(b"", b"\x81")),
    "tags of CBOR": ("CBOR", filled(b"", b"\xc1")),
    "a huge list of CBOR": ("CBOR", filled(b"\x9b" + b"\xff" * 8, b"\x00")),
    "empty parts of a string of CBOR": ("CBOR", filled(b"\x9f\x5f", b"\x40")),
    "lists of MessagePack": ("MessagePack", filled(b"", b"\x91")),
    "a huge map of MessagePack": ("MessagePack", filled(b"\xdf\xff\xff\xff\xff", b"\x01")),
    "lists of RESP": ("RESP", filled(b"", b"*1\r\n")),
    "a huge list of RESP": ("RESP", filled(b"*9999999999\r\n", b":1\r\n")),
    "messages of Protobuf, nested": ("Protobuf", nested_protobuf()),
    "fields of Protobuf": ("Protobuf", filled(b"", b"\x0a\x00")),
    "chunks of HTTP": ("HTTP", filled(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
                                      b"1\r\na\r\n")),
    "headers of HTTP": ("HTTP", filled(b"GET / HTTP/1.1\r\n", b"a:b\r\n")),
    "requests of HTTP": ("HTTP", filled(b"", b"GET / HTTP/1.1\r\n\r\n")),
    "a bomb of gzip": ("HTTP", zipped(b"\0" * (50 << 20))),
    "many small bombs of gzip": ("HTTP", filled(b"", zipped(b"\0" * (1 << 20)))),
    "a form": ("HTTP", filled(b"POST / HTTP/1.1\r\nContent-Length: 9999999\r\n"
                              b"Content-Type: application/x-www-form-urlencoded\r\n\r\n", b"&")),
    "pings of MQTT": ("MQTT", filled(b"", b"\xc0\0")),
    "filters of MQTT": ("MQTT", filled(b"\x82\xf0\xff\x3f\0\1", b"\0\1a\0")),
    "requests of Modbus": ("Modbus/TCP", filled(b"", b"\0\1\0\0\0\2\1\7")),
    "commas of NMEA": ("NMEA 0183", filled(b"", b"$GPXXX," + b"," * 1000 + b"\r\n")),
    "handshakes of TLS": ("TLS", filled(b"", b"\x16\x03\x01\x3f\xfc" + b"\x14\0\0\0" * 4095)),
    "records of TLS": ("TLS", filled(b"", b"\x17\x03\x03\0\1a")),
    "lines of syslog": ("syslog", filled(b"", b"<1>a\n")),
    "data of syslog": ("syslog", filled(b'<1>1 - - - - - [a b="', b"\\")),
    "heartbeats of GT06": ("GT06", filled(b"", b"\x78\x78\x05\x13\0\1\0\0\r\n")),
    "segments of HL7": ("HL7 v2", filled(b"MSH|^~\\&|\r", b"PID|" + b"|" * 900 + b"\r")),
    "frames of WebSocket": ("WebSocket", filled(b"", b"\x81\x02{}")),
}  # fmt: skip

LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(12))
    + b"]><l>&m;</l>"
)


def test_one_of_each() -> None:
    """Each decoder has a name of its own, and samples that it is tried with."""
    assert len(BY_NAME) == len(decoders())
    assert set(SAMPLES) == set(BY_NAME)


@pytest.mark.parametrize(("name", "what", "data"), ALL, ids=[f"{n}: {w}" for n, w, _ in ALL])
def test_right_one_first(name: str, what: str, data: bytes) -> None:
    """What a real program sends is rated highest by the decoder that is made for it, which
    then reads all of it."""
    best = rated(data)[0][1]
    assert best.name == name
    decoded = decode(data, best)
    assert decoded.fields
    assert not decoded.note or what == "cut short" or name == "TLS"


@pytest.mark.parametrize("data", NOISE)
def test_noise(data: bytes) -> None:
    """What is of no format is not taken for one."""
    assert [decoder.name for rate, decoder in rated(data) if rate > 0.5] == []


def test_random_noise() -> None:
    """Bytes by chance, enough of them, are not taken for a format."""
    chance = random.Random(7)
    for _ in range(2000):
        data = chance.randbytes(chance.randrange(16, 200))
        assert [decoder.name for rate, decoder in rated(data) if rate > 0.5] == []


def test_order() -> None:
    """The likeliest comes first, and what cannot be does not come."""
    rates = [rate for rate, _ in rated(b'{"a": 1}')]
    assert rates == sorted(rates, reverse=True)
    assert 0 < len(rates) < len(decoders())
    assert rated(b"") == []


@pytest.mark.parametrize(("name", "what", "data"), ALL, ids=[f"{n}: {w}" for n, w, _ in ALL])
def test_cut_short(name: str, what: str, data: bytes) -> None:
    """A message that ends anywhere shows what there is of it."""
    decoder = BY_NAME[name]
    for end in range(min(len(data), 400)):
        tried(decoder, data[:end])


@pytest.mark.parametrize("name", SAMPLES)
def test_broken(name: str) -> None:
    """A message in which any one byte is another is read as far as it makes sense."""
    chance = random.Random(name)
    for data in SAMPLES[name].values():
        for place in range(min(len(data), 200)):
            other = bytes([data[place] ^ chance.randrange(1, 256)])
            tried(BY_NAME[name], data[:place] + other + data[place + 1 :])


@settings(max_examples=60)
@given(data=st.data(), sample=st.sampled_from(ALL))
def test_mixed(data: st.DataObject, sample: tuple[str, str, bytes]) -> None:
    """Pieces of a message, taken out, doubled or put in from elsewhere, do no harm."""
    name, _, message = sample
    at, to = sorted(data.draw(st.tuples(*[st.integers(0, len(message))] * 2)))
    inserted = data.draw(st.binary(max_size=8) | st.just(message[at:to] * 2))
    tried(BY_NAME[name], message[:at] + inserted + message[to:])


@settings(max_examples=60)
@given(st.binary(max_size=80))
def test_any_bytes(data: bytes) -> None:
    """Every decoder survives any bytes, and what it makes of them can be shown."""
    for decoder in decoders():
        tried(decoder, data)


@pytest.mark.parametrize("bomb", BOMBS)
def test_soon(bomb: str) -> None:
    """There is no megabyte that keeps a decoder busy."""
    name, data = BOMBS[bomb]
    before = process_time()
    rated(data)
    decoded = tried(BY_NAME[name], data)
    assert process_time() - before < SOON
    assert isinstance(decoded, NotDecoded) or decoded.note


@pytest.mark.parametrize("byte", [b"\0", b"\xff", b"a", b" ", b"\n", b"\x1b", b"1", b"\x81"])
def test_soon_by_all(byte: bytes) -> None:
    """A megabyte of the same byte keeps no decoder busy."""
    data = byte * LOOKED_AT
    before = process_time()
    for decoder in decoders():
        tried(decoder, data)
    assert process_time() - before < 3 * SOON


def test_billion_laughs() -> None:
    """Entities are not expanded: it is said that they are there."""
    decoded = tried(BY_NAME["XML"], LAUGHS)
    assert isinstance(decoded, NotDecoded)
    assert "entities" in str(decoded)


def test_beyond() -> None:
    """What is behind the first MiB is not looked at, and that is said."""
    assert "first 1 MiB" in decode(b'{"a": "' + b"b" * LOOKED_AT + b'"}', BY_NAME["JSON"]).note
    line = b'{"a": 1}\n'
    decoded = decode(line + b"\n" * LOOKED_AT, BY_NAME["JSON"])
    assert decoded.summary == "{a: 1}"
    assert decoded.note == "only the first 1 MiB of it was looked at"


class Faulty:
    """A decoder with a bug."""

    name: ClassVar[str] = "Faulty"

    def __init__(self, error: Exception) -> None:
        self.error = error

    def rate(self, _data: bytes) -> float:
        raise self.error

    def decode(self, _data: bytes) -> Decoded:
        raise self.error


@pytest.mark.parametrize("error", [ValueError("\x1b[2J"), RecursionError(), MemoryError()])
def test_fence(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug in a decoder is told by its kind, and nothing else happens."""
    decoder: Decoder = Faulty(error)
    with pytest.raises(NotDecoded, match=f"^the decoder failed: {type(error).__name__}$"):
        decode(b"abc", decoder)
    monkeypatch.setattr("tcpmon.core.decoding.all._ALL", (decoder, BY_NAME["JSON"]))
    assert [found.name for _, found in rated(b"[1]")] == ["JSON"]
