"""What is written of what happened: reads or whole messages, all or those that match."""

import struct
from pathlib import Path

import pytest

from tcpmon.core.export.jsonl import Open, Rx
from tests.headless.conftest import Serve, event, hear


def test_whole_messages(serve: Serve) -> None:
    """With a framing a message is a line, however it was read, once it is complete; what an end
    cuts off is told before it, with what is wrong."""
    served = serve("--framing", "line", "127.0.0.1:0")
    client = served.connect()
    client.sendall(b"one\ntwo\nthr")
    client.sendall(b"ee\nfour")
    client.close()
    opened, *said, closed = (line.split(" ", 1)[1] for line in served.lines(6))
    assert " open " in f" {opened}"
    assert [line.split()[3] for line in said] == ["one\\n", "two\\n", "three\\n", "four"]
    assert "ended inside a message" in said[-1]
    assert "closed by peer, rx 18 B" in closed


def test_whole_messages_as_json(serve: Serve) -> None:
    """One object a message, both ways."""
    served = serve("--framing", "u16be", "--format", "jsonl", "127.0.0.1:0")
    client = served.connect()
    whole = struct.pack(">H", 5) + b"hello"
    for byte in whole:
        client.sendall(bytes((byte,)))
    client.sendall(whole * 2)
    assert event(served, Open).client == 1
    assert [event(served, Rx).size for _ in range(3)] == [7, 7, 7]


def test_only_messages_that_match(serve: Serve) -> None:
    """A filter sees whole messages, not the reads they came in."""
    served = serve("--framing", "line", "--filter", "hello | kind:close", "127.0.0.1:0")
    client = served.connect()
    for part in (b"hel", b"lo\nother\nhe", b"llo again\n"):
        client.sendall(part)
    client.close()
    first, second, end = served.lines(3)
    assert "hello" in first
    assert "hello again" in second
    assert "closed by peer" in end


def test_a_silence_ends_a_message(serve: Serve) -> None:
    """What ends by a silence is told though nothing else comes."""
    served = serve("--framing", "gap:20ms", "127.0.0.1:0")
    client = served.connect()
    client.sendall(b"alone")
    assert "open" in served.line()
    assert "alone" in served.line()


def test_quiet_needs_no_messages(serve: Serve) -> None:
    """Who comes and goes, whatever the framing is."""
    served = serve("-q", "--framing", "line", "127.0.0.1:0")
    client = served.connect()
    client.sendall(b"one\ntwo")
    client.close()
    assert "open" in served.line()
    assert "closed by peer, rx 7 B" in served.line()


@pytest.mark.parametrize("framing", ["none", "line"])
@pytest.mark.parametrize("form", ["text", "jsonl"])
def test_what_a_script_prints(serve: Serve, tmp_path: Path, form: str, framing: str) -> None:
    """It is there in each form: about a client as text among what the client does, else as talk."""
    path = tmp_path / "my.py"
    path.write_text(
        "print('at first')\n"
        "def on_message(client, message):\n"
        "    print('said', message)\n"
        "    client.send(message)\n"
    )
    served = serve("--format", form, "--framing", framing, "--script", str(path), "127.0.0.1:0")
    client = served.connect()
    client.sendall(b"hello\n")
    assert hear(client, 6) == b"hello\n"
    assert served.end() == 0
    talk = served.stderr.splitlines()
    assert talk[:2] == ["tcpmon: at first", "tcpmon: script my.py: runs: on_message"]
    told = r"said b'hello\n'"
    assert talk[2:] == ([f"tcpmon: client 1, {told}"] if form == "jsonl" else [])
    assert (told in served.rest().decode()) is (form == "text")
