"""A record is one JSON object with exact keys, and its bytes are exact too."""

import base64
import json
import re
import signal
import socket
from array import array

import pytest
from hypothesis import given, strategies as st

from tcpmon.core.escape import escape
from tcpmon.core.model import Cast, End, Kind, Reason, name_data, open_data
from tcpmon.headless import jsonl
from tests.core.safety import unsafe_in
from tests.headless.conftest import (
    HOSTILE,
    RFC3339,
    WAIT,
    Serve,
    event,
    hear,
    hear_out,
    reset,
    until_closed,
)

TIME = 1_600_000_000_120_999_999
STAMP = "2020-09-13T12:26:40.120999Z"


def test_listening() -> None:
    """An address is an event of its own."""
    told = json.loads(jsonl.listening("[::1]:8000"))
    assert re.fullmatch(RFC3339, told.pop("time"))
    assert told == {"event": "listening", "address": "[::1]:8000"}


@pytest.mark.parametrize(
    ("kind", "data", "told"),
    [
        (Kind.RX, b"a\n", {"event": "rx", "size": 2, "text": r"a\n", "base64": "YQo="}),
        (Kind.TX, b"\xff", {"event": "tx", "size": 1, "text": r"\xff", "base64": "/w=="}),
        (Kind.EOF, b"", {"event": "eof"}),
        (
            Kind.OPEN,
            open_data("127.0.0.1:1", "[::1]:2"),
            {"event": "open", "peer": "127.0.0.1:1", "listener": "[::1]:2"},
        ),
        (
            Kind.OPEN,
            open_data("127.0.0.1:1", "[::1]:2", "gps"),
            {"event": "open", "peer": "127.0.0.1:1", "listener": "[::1]:2", "name": "gps"},
        ),
        (Kind.INFO, name_data("gps"), {"event": "name", "name": "gps"}),
        (Kind.INFO, name_data(""), {"event": "name", "name": ""}),
        (
            Kind.CLOSE,
            End(Reason.FAILED, 1, 2, 3, 4_567_890_123, "no buffer space").pack(),
            {
                "event": "close",
                "reason": "failed",
                "why": "ended by an error: no buffer space, 3 B unsent",
                "rx": 1,
                "tx": 2,
                "unsent": 3,
                "seconds": 4.56789,
            },
        ),
    ],
)
def test_line(kind: Kind, data: bytes, told: dict[str, object]) -> None:
    """Each kind of record has its keys, beside the time in UTC and the client."""
    line = jsonl.line((0, TIME, 7, kind, data), None)
    assert line.count(b"\n") == 1
    assert json.loads(line) == {"time": STAMP, "client": 7} | told


def test_broadcast() -> None:
    """A payload for several is one event: who got it, and who did not and why."""
    cast = Cast(array("I", (1, 2, 5)), {2: "gone"})
    assert json.loads(jsonl.line((0, TIME, 0, Kind.CAST, b"hi"), cast)) == {
        "event": "broadcast",
        "time": STAMP,
        "clients": [1, 2, 5],
        "skipped": {"2": "gone"},
        "size": 2,
        "text": "hi",
        "base64": "aGk=",
    }
    forgotten = json.loads(jsonl.line((0, TIME, 0, Kind.CAST, b"hi"), None))
    assert (forgotten["clients"], forgotten["skipped"]) == ([], {})


@pytest.mark.parametrize("kind", [Kind.INFO, Kind.WARN])
def test_talk_is_no_event(kind: Kind) -> None:
    """What is meant for the operator is no data."""
    assert jsonl.line((0, TIME, 0, kind, b"no room"), None) == b""


@pytest.mark.parametrize("reason", Reason)
def test_reasons(reason: Reason) -> None:
    """Every way to end has a word of its own."""
    close = json.loads(jsonl.line((0, TIME, 1, Kind.CLOSE, End(reason, 0, 0, 0, 0).pack()), None))
    assert re.fullmatch("[a-z_]+", close["reason"])
    assert close["reason"] == reason.name.lower()


@given(st.sampled_from([Kind.RX, Kind.TX, Kind.CAST]), st.binary())
def test_any_bytes_are_one_object(kind: Kind, data: bytes) -> None:
    """Whatever bytes a record holds, its object gives them back and its line is harmless."""
    line = jsonl.line((0, TIME, 1, kind, data), None).decode()
    assert line.endswith("\n")
    assert not unsafe_in(line[:-1])
    told = json.loads(line)
    assert base64.b64decode(told["base64"], validate=True) == data
    assert (told["size"], told["text"]) == (len(data), escape(data))


# -- by the whole program ---------------------------------------------------------------


def test_addresses_come_first(serve: Serve) -> None:
    """In JSON the addresses come first too, an object each."""
    served = serve("--format", "jsonl", "localhost:0", addresses=2)
    first, second = (json.loads(line) for line in served.first)
    assert first.keys() == second.keys() == {"event", "time", "address"}
    assert first["event"] == second["event"] == "listening"
    assert re.fullmatch(RFC3339, first["time"])
    port = int(first["address"].removeprefix("127.0.0.1:"))
    assert second["address"] == f"[::1]:{port}"
    with socket.create_connection(("127.0.0.1", port), WAIT):
        assert event(served, jsonl.Open).listener == f"127.0.0.1:{port}"


@pytest.mark.parametrize("payload", HOSTILE.values(), ids=HOSTILE)
def test_hostile_payload(serve: Serve, payload: bytes) -> None:
    """Whatever a client sends is one object for each read, with its exact bytes and its text."""
    served = serve("--format", "jsonl", "127.0.0.1:0")
    client = served.connect()
    event(served, jsonl.Open)
    client.sendall(payload)
    client.close()
    heard = b""
    while heard != payload:
        line = served.raw_line().decode()
        assert not unsafe_in(line[:-1])
        assert len(line.splitlines()) == 1
        read = json.loads(line)
        data = base64.b64decode(read["base64"], validate=True)
        assert read["event"] == "rx"
        assert read["size"] == len(data)
        assert read["text"] == escape(data)
        heard += data
        assert payload.startswith(heard)
    assert event(served, jsonl.Close).rx == len(payload)
    assert served.end() == 0
    assert served.rest() == b""


def test_schema(serve: Serve) -> None:
    """Every event has its keys, no more and no less, and their values are right."""
    served = serve("--format", "jsonl", "--half-open", "--reply", "OK", "127.0.0.1:0")
    client = served.connect()
    peer = f"127.0.0.1:{client.getsockname()[1]}"
    client.sendall(b"h\xe9llo")
    assert hear(client, 2) == b"OK"
    client.shutdown(socket.SHUT_WR)
    lines = served.lines(4)
    assert served.end() == 0
    assert hear_out(client) == b""
    lines += served.rest().decode().splitlines()
    told = [json.loads(line) for line in lines]
    for each in told:
        assert re.fullmatch(RFC3339, each.pop("time"))
        assert each.pop("client") == 1
    seconds = told[-1].pop("seconds")
    assert isinstance(seconds, float)
    assert seconds >= 0
    assert told == [
        {"event": "open", "peer": peer, "listener": f"127.0.0.1:{served.port}"},
        {"event": "rx", "size": 5, "text": r"h\xe9llo", "base64": "aOlsbG8="},
        {"event": "tx", "size": 2, "text": "OK", "base64": "T0s="},
        {"event": "eof"},
        {
            "event": "close",
            "reason": "stopped",
            "why": "closed by us, tcpmon ended",
            "rx": 5,
            "tx": 2,
            "unsent": 0,
        },
    ]


def test_close_reasons(serve: Serve) -> None:
    """A close has a word for programs and a sentence for people, one for each way to end."""
    served = serve("--format", "jsonl", "127.0.0.1:0")
    leaving, resetting, staying = (served.connect() for _ in range(3))
    for _ in range(3):
        event(served, jsonl.Open)
    leaving.close()
    closed = event(served, jsonl.Close)
    assert (closed.client, closed.reason, closed.why) == (1, "peer_closed", "closed by peer")
    reset(resetting)
    closed = event(served, jsonl.Close)
    assert (closed.client, closed.reason, closed.why) == (2, "peer_reset", "reset by peer")
    served.send(signal.SIGTERM)
    assert hear_out(staying) == b""
    staying.close()
    closed = event(served, jsonl.Close)
    assert (closed.client, closed.reason) == (3, "stopped")
    assert closed.why == "closed by us, tcpmon ended"


def test_every_message_of_fast_clients(serve: Serve) -> None:
    """What fast clients send is all there, in order, each under its own number."""
    served = serve("--format", "jsonl", "127.0.0.1:0")
    clients = [served.connect() for _ in range(3)]
    ids = [event(served, jsonl.Open).client for _ in clients]
    assert ids == [1, 2, 3]
    sent = {id: bytearray() for id in ids}
    for number in range(2000):
        for id, client in zip(ids, clients, strict=True):
            message = f"{id} says {number} {'x' * (number % 50)}\r\n".encode()
            client.sendall(message)
            sent[id] += message
    heard = {id: bytearray() for id in ids}
    for client in clients:
        client.close()
    for _ in clients:
        reads, closed = until_closed(served)
        for read in reads:
            assert read.size == len(read.base64)
            assert read.text == escape(read.base64)
            heard[read.client] += read.base64
        assert closed.rx == len(heard[closed.client])
    assert heard == sent


def test_messages_on_their_own_are_records_on_their_own(serve: Serve) -> None:
    """2,000 messages, each sent when the one before was answered, are 2,000 records and
    2,000 answers in turn."""
    served = serve("--format", "jsonl", "--echo", "127.0.0.1:0")
    client = served.connect()
    for number in range(2000):
        client.sendall(b"%08d" % number)
        assert hear(client, 8) == b"%08d" % number
    client.close()
    event(served, jsonl.Open)
    for number in range(2000):
        assert event(served, jsonl.Rx).base64 == b"%08d" % number
        assert event(served, jsonl.Tx).base64 == b"%08d" % number
    closed = event(served, jsonl.Close)
    assert (closed.rx, closed.tx, closed.unsent) == (16_000, 16_000, 0)
