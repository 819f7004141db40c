"""`tcpmon serve`, tried as the program that people run."""

import json
import os
import re
import select
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec
import pytest

from tcpmon.headless import jsonl
from tests.core.safety import unsafe_in
from tests.core.test_openings import HELLO
from tests.headless.conftest import (
    WAIT,
    Serve,
    Served,
    event,
    hear,
    hear_out,
    until_closed,
)


def shell(command: str) -> tuple[str, ...]:
    """Return what starts a program through a shell: `exec "$@"`, so that it is still the
    process that the test knows and ends."""
    return ("sh", "-c", command, "sh")


def reach(served: Served, path: Path) -> socket.socket:
    """Connect to a socket file as soon as it is there, for a program that cannot tell."""
    for _ in range(int(WAIT / 0.01)):
        try:
            return served.connect_unix(path)
        except (FileNotFoundError, ConnectionRefusedError):
            assert served.process.poll() is None, served.stderr
            select.select([], [], [], 0.01)
    raise TimeoutError(f"nobody listens on {path}; stderr: {served.stderr}")


# -- the addresses come first ---------------------------------------------------------


def test_localhost(serve: Serve) -> None:
    """The first lines are the real addresses: IPv4 and IPv6 on one port, that was free."""
    served = serve("localhost:0", addresses=2)
    assert served.port > 0
    assert served.first == [
        f"listening on 127.0.0.1:{served.port}",
        f"listening on [::1]:{served.port}",
    ]
    for host in ("127.0.0.1", "::1"):
        served.connect(host)
        assert f" via {'[::1]' if ':' in host else host}:{served.port}" in served.line()


def test_several_listeners(serve: Serve, tmp_path: Path) -> None:
    """Each address becomes a listener, told in order, and a client tells where it came in."""
    path = tmp_path / "a.sock"
    served = serve("127.0.0.1:0", "[::1]:0", f"unix:{path}", "localhost:0", addresses=5)
    assert [line.rstrip("0123456789") for line in served.first] == [
        "listening on 127.0.0.1:",
        "listening on [::1]:",
        f"listening on unix:{path}",
        "listening on 127.0.0.1:",
        "listening on [::1]:",
    ]
    ports = [line.rpartition(":")[2] for line in served.first if "unix" not in line]
    assert ports[2] == ports[3]
    assert len(set(ports)) == 3
    served.connect()
    assert served.line().endswith(f" via 127.0.0.1:{ports[0]}")
    served.connect_unix(path)
    assert served.line().endswith(f" via unix:{path}")


def test_unix_socket(serve: Serve, tmp_path: Path) -> None:
    """A socket file is the user's alone, tells who is at the other end, and is removed."""
    path = tmp_path / "a.sock"
    served = serve("--echo", f"unix:{path}")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    client = served.connect_unix(path)
    client.sendall(b"hello")
    assert hear(client, 5) == b"hello"
    opened = served.line()
    assert " 1 open   unix" in opened
    if sys.platform == "linux":
        assert f"unix pid {os.getpid()} " in opened
    client.close()
    assert served.end() == 0
    assert not path.exists()


def test_hostile_socket_path(serve: Serve, tmp_path: Path) -> None:
    """A path with a line end, an escape sequence or bytes that are no text is told in one
    harmless line."""
    path = os.fsencode(tmp_path) + b"/a\n\x1b[2J\xff.sock"
    served = serve(f"unix:{os.fsdecode(path)}")
    assert served.first == [rf"listening on unix:{tmp_path}/a\n\x1b[2J\xff.sock"]
    served.connect_unix(Path(os.fsdecode(path)))
    assert served.line().endswith(r"/a\n\x1b[2J\xff.sock")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who is at the other end")
@pytest.mark.parametrize("form", ["text", "jsonl"])
def test_hostile_program_name(serve: Serve, tmp_path: Path, form: str) -> None:
    """A client's program cannot write to the terminal by way of its name."""
    path = tmp_path / "a.sock"
    served = serve("--format", form, f"unix:{path}")
    script = (
        "import socket, sys; open('/proc/self/comm', 'wb').write(b'\\x1b]0;\\x07\\n\\xff');"
        "peer = socket.socket(socket.AF_UNIX); peer.connect(sys.argv[1]); sys.stdin.read()"
    )
    peer = subprocess.Popen([sys.executable, "-c", script, path], stdin=subprocess.PIPE)
    try:
        line = served.line()
    finally:
        peer.communicate(timeout=WAIT)
    assert not unsafe_in(line)
    shown = rf"unix pid {peer.pid} \x1b]0;\x07\n\xff"
    assert (shown if form == "text" else json.dumps(shown)) in line


def test_quiet(serve: Serve) -> None:
    """With -q there is no line for a message, only who comes and goes."""
    served = serve("-q", "--echo", "127.0.0.1:0")
    client = served.connect()
    for _ in range(20):
        client.sendall(b"hello\n")
        assert hear(client, 6) == b"hello\n"
    client.close()
    opened, closed = served.lines(2)
    assert " 1 open   " in opened
    assert " 1 closed by peer, rx 120 B, tx 120 B, " in closed
    assert served.end() == 0
    assert served.rest() == b""


@pytest.mark.parametrize("form", ["text", "jsonl"])
def test_filter(serve: Serve, form: str) -> None:
    """With --filter only what matches has a line; the addresses are told all the same."""
    wanted = "dir:rx (login | hex:ff00) | kind:close rx>20"
    served = serve("--format", form, "--echo", "--filter", wanted, "127.0.0.1:0")
    client = served.connect()
    for data in (b"hello", b"my LOGIN", b"again", b"\xff\x00"):
        client.sendall(data)
        assert hear(client, len(data)) == data
    client.close()
    served.connect().close()
    client = served.connect()
    client.sendall(b"x" * 21)
    assert hear(client, 21) == b"x" * 21
    client.close()
    login, binary, end = served.lines(3)
    assert "my LOGIN" in login
    assert r"\xff\x00".replace("\\", "\\" if form == "text" else "\\\\") in binary
    assert "3 closed by peer, rx 21 B" in end if form == "text" else '"event":"close"' in end
    assert served.end() == 0
    assert served.rest() == b""


def test_filter_with_quiet(serve: Serve) -> None:
    """Both together: who comes and goes, as far as it matches."""
    served = serve("-q", "--filter", "kind:close | hello", "127.0.0.1:0")
    client = served.connect()
    client.sendall(b"hello")
    client.shutdown(socket.SHUT_WR)
    assert hear_out(client) == b""
    assert " 1 closed by peer, rx 5 B" in served.line()
    assert served.end() == 0
    assert served.rest() == b""


def test_filter_that_takes_too_long(serve: Serve) -> None:
    """A pattern that would try for years is told about once, and holds up nobody."""
    served = serve("--echo", "--filter", "dir:rx text:/(a|a)*$/ | text:end", "127.0.0.1:0")
    client = served.connect()
    for _ in range(5):
        client.sendall(b"a" * 3000 + b"b")
        hear(client, 3001)
    client.sendall(b"end")
    assert "RX   3 end" in served.line()
    trouble = "tcpmon: the pattern /(a|a)*$/ takes too long: it matches nothing from now on\n"
    assert served.end() == 0
    assert served.stderr == trouble


# -- answers ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        ((), b""),
        (("--echo",), b"a\0\xff\n"),
        (("--reply", r"OK\r\n"), b"OK\r\n"),
        (("--reply", r"\x00\u{e9}\\\t"), b"\0\xc3\xa9\\\t"),
        (("--reply", ""), b""),
    ],
)
def test_answers(serve: Serve, arguments: tuple[str, ...], answer: bytes) -> None:
    """A client gets what came back, what was asked for, or nothing, and then our FIN."""
    served = serve(*arguments, "127.0.0.1:0")
    client = served.connect()
    client.sendall(b"a\0\xff\n")
    client.shutdown(socket.SHUT_WR)
    assert hear_out(client) == answer


def test_megabytes_of_echo(serve: Serve) -> None:
    """An echo of more than all buffers hold comes back byte by byte."""
    served = serve("-q", "--echo", "127.0.0.1:0")
    client = served.connect()
    sent = b"".join(b"%07d\n" % number for number in range(1 << 19))
    heard = bytearray()
    rest = memoryview(sent)
    client.setblocking(False)
    while len(heard) < len(sent):
        readable, writable, _ = select.select([client], [client] if rest else [], [], WAIT)
        assert readable or writable, f"stuck after {len(heard)} of {len(sent)} bytes"
        if writable:
            rest = rest[client.send(rest[: 1 << 16]) :]
        if readable:
            heard += client.recv(1 << 20)
    assert heard == sent


# -- limits -----------------------------------------------------------------------------


def test_max_clients(serve: Serve) -> None:
    """One client more than allowed is refused with a reset, and the operator is told."""
    served = serve("--max-clients", "1", "--echo", "127.0.0.1:0")
    first, second = served.connect(), served.connect()
    with pytest.raises(ConnectionResetError):
        second.recv(1)
    first.sendall(b"still here")
    assert hear(first, 10) == b"still here"
    first.close()
    lines = served.lines(4)
    assert [line.split()[1:3] for line in lines] == [
        ["1", "open"],
        ["1", "RX"],
        ["1", "TX"],
        ["1", "closed"],
    ]
    assert served.end() == 0
    assert served.rest() == b""
    assert re.fullmatch(r"tcpmon: 1 caller refused: .*limit.*1 client.*\n", served.stderr)


def test_fewer_descriptors_than_clients(serve: Serve) -> None:
    """Where the descriptors do not suffice for the clients asked for, the operator is told."""
    served = serve("localhost:0", addresses=2, through=shell('ulimit -n 200; exec "$@"'))
    assert served.end() == 0
    assert served.stderr == (
        "tcpmon: room for 150 clients, not 10000: open files end at 200; raise it with ulimit -n\n"
    )


# -- hints ------------------------------------------------------------------------------


@pytest.mark.parametrize("flags", [(), ("-q",), ("--no-hints",)])
def test_tls_on_a_plain_port(serve: Serve, flags: tuple[str, ...]) -> None:
    """Who begins with TLS is told of on stderr, one in a second however many come; it can be
    turned off."""
    served = serve(*flags, "--echo", "127.0.0.1:0")
    for _ in range(3):
        with served.connect() as client:
            client.sendall(HELLO)
            assert hear(client, len(HELLO)) == HELLO
    served.until("3 closed")
    assert served.end() == 0
    told = served.stderr.splitlines()
    line = "TLS hello (SNI example.org, ALPN h2 http/1.1), this port is plain"
    if "--no-hints" in flags:
        assert told == []
    else:
        assert told[0] == f"tcpmon: client 1, {line}"
        assert len(told) < 3


# -- names and silence ------------------------------------------------------------------


def test_names_and_silence(serve: Serve, tmp_path: Path) -> None:
    """Names by address and by what is said are told on stdout as they become known; who falls
    silent on stderr, by name."""
    config = tmp_path / "c.toml"
    config.write_text("""
        [[listen]]
        at = "127.0.0.1:0"
        silence = 1
        [names]
        "127.0.0.1" = "here-{host}"
        [[listen]]
        at = "[::1]:0"
        name_from = 'id=(\\w+);'
    """)
    served = serve("-q", "-c", str(config), addresses=2)
    here = served.connect()
    assert served.line().endswith(f"via 127.0.0.1:{served.port} as here-1")
    port = int(served.first[1].rpartition(":")[2])
    with socket.create_connection(("::1", port), WAIT) as there:
        there.sendall(b"id=gps7;\n")
        told = served.until("2 name is gps7")
        assert "here" not in told[0]
    for _ in range(int(WAIT / 0.01)):
        if "silent" in served.stderr:
            break
        select.select([], [], [], 0.01)
    here.sendall(b"hello")
    served.until("1 here-1 speaks again after ")
    assert served.end() == 0
    line = r"tcpmon: client 1, here-1 has been silent for [12]\.\d s\n"
    assert re.fullmatch(line, served.stderr)


# -- stdin, stdout, stderr --------------------------------------------------------------


@pytest.mark.parametrize(
    "through",
    [
        pytest.param(shell('exec "$@" </dev/null'), id="stdin is /dev/null"),
        pytest.param(shell('exec "$@" <&-'), id="stdin is closed"),
        pytest.param(shell('exec "$@" 2>&-'), id="stderr is closed"),
        pytest.param(shell('exec "$@" <&- 2>&-'), id="both are closed"),
        pytest.param(shell('exec "$@" <<END\ntyped\nEND'), id="stdin is a pipe that ends"),
    ],
)
def test_needs_no_stdin(serve: Serve, through: tuple[str, ...]) -> None:
    """It serves without anything to read from, and without anywhere to complain to."""
    served = serve("--echo", "127.0.0.1:0", through=through)
    client = served.connect()
    client.sendall(b"hello")
    assert hear(client, 5) == b"hello"
    client.close()
    assert " RX   5 hello" in "\n".join(served.until(" closed by peer"))


@pytest.mark.parametrize(
    "through",
    [
        pytest.param(shell('exec "$@" >&-'), id="stdout"),
        pytest.param(shell('exec "$@" <&- >&- 2>&-'), id="all three"),
    ],
)
def test_stdout_closed_from_the_start(
    serve: Serve, tmp_path: Path, through: tuple[str, ...]
) -> None:
    """Without a stdout it serves all the same, and no client gets what was meant for it."""
    path = tmp_path / "a.sock"
    served = serve("--echo", f"unix:{path}", addresses=0, through=through)
    clients = [reach(served, path) for _ in range(3)]
    for client in clients:
        client.sendall(b"hello")
        assert hear(client, 5) == b"hello"
    served.send(signal.SIGTERM)
    for client in clients:
        assert hear_out(client) == b""
        client.close()
    assert served.ended() == 0
    assert served.stderr == ""


@pytest.mark.parametrize("arguments", [(), ("-q",), ("--format", "jsonl")])
def test_reader_of_stdout_leaves(serve: Serve, arguments: tuple[str, ...]) -> None:
    """When whoever reads its stdout has gone, it ends by itself and quietly, though there is
    nothing to write; clients get their FIN."""
    served = serve(*arguments, "localhost:0", addresses=2)
    client = served.connect()
    served.line()
    served.stdout.close()
    assert hear_out(client) == b""
    client.close()
    assert served.ended() == 0
    assert served.stderr == ""


def test_reader_of_stdout_leaves_amid_a_flood(serve: Serve) -> None:
    """When the reader leaves while there is much to write, it ends as quietly."""
    served = serve("--echo", "127.0.0.1:0")
    client = served.connect()
    client.sendall(b"x" * 200_000)  # more than a pipe holds
    hear(client, 200_000)
    served.stdout.close()
    assert hear_out(client) == b""
    client.close()
    assert served.ended() == 0
    assert served.stderr == ""


def test_reader_of_a_socket_leaves(serve: Serve) -> None:
    """Where stdout is a socket whose reader has gone, the next line ends it quietly."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        served = serve("127.0.0.1:0", stdout=theirs.fileno())
        theirs.close()
        served.keep(ours)
        served.first = [ours.recv(1000).decode().removesuffix("\n")]
        ours.close()
        client = served.connect()
        assert hear_out(client) == b""
        client.close()
        assert served.ended() == 0
        assert served.stderr == ""


def test_stdout_is_a_file(serve: Serve, tmp_path: Path) -> None:
    """Into a file goes all that a pipe would have got."""
    path, file = tmp_path / "a.sock", tmp_path / "lines"
    with file.open("wb") as lines:
        served = serve("--echo", f"unix:{path}", stdout=lines.fileno())
    client = reach(served, path)
    client.sendall(b"hello")
    assert hear(client, 5) == b"hello"
    client.shutdown(socket.SHUT_WR)
    assert hear_out(client) == b""
    assert served.end() == 0
    words = [line.split()[2] for line in file.read_text().splitlines()]
    assert words == [f"unix:{path}", "open", "RX", "TX", "closed"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")
def test_stdout_takes_no_more(serve: Serve) -> None:
    """On a full disk it ends with 4 and one line that says so."""
    with open("/dev/full", "wb") as full:
        served = serve("localhost:0", stdout=full.fileno())
    assert served.ended() == 4
    assert served.stderr == "tcpmon: cannot write to stdout: no space left on device\n"


def test_no_controlling_terminal(serve: Serve) -> None:
    """It serves in a session of its own, as under cron or systemd."""
    served = serve("--echo", "127.0.0.1:0", session=True)
    client = served.connect()
    client.sendall(b"hello")
    assert hear(client, 5) == b"hello"
    client.close()
    assert served.end() == 0


def send_until_held_back(client: socket.socket, data: bytes) -> int:
    """Send until the other side takes no more; return how many bytes that was."""
    client.setblocking(False)
    rest = memoryview(data)
    while rest and select.select([], [client], [], 1.0)[1]:
        rest = rest[client.send(rest[: 1 << 18]) :]
    return len(data) - len(rest)


def test_slow_stdout(serve: Serve) -> None:
    """While nobody reads its stdout it holds the client back, and then nothing is missing."""
    served = serve("--format", "jsonl", "127.0.0.1:0")
    client = served.connect()
    sent = b"".join(b"%07d\n" % number for number in range(6 << 20))  # 48 MiB
    at = send_until_held_back(client, sent)
    assert at < len(sent), "the client was not held back"
    heard = bytearray()
    event(served, jsonl.Open)
    while len(heard) < len(sent):
        heard += event(served, jsonl.Rx).base64
        if at < len(sent) and select.select([], [client], [], 0)[1]:
            at += client.send(memoryview(sent)[at : at + (1 << 18)])
    assert heard == sent
    client.close()
    assert event(served, jsonl.Close).rx == len(sent)


def test_stdout_that_does_not_block(serve: Serve) -> None:
    """A pipe that somebody has set to not block is waited for like any other."""
    reading, writing = os.pipe()
    try:
        os.set_blocking(writing, False)
        served = serve("--echo", "--format", "jsonl", "127.0.0.1:0", stdout=writing)
    finally:
        os.close(writing)
    served.process.stdout = os.fdopen(reading, "rb", buffering=0)
    served.started(1)
    client = served.connect()
    sent = bytes(500_000)  # more than a pipe holds
    client.sendall(sent)
    assert hear(client, len(sent)) == sent
    client.close()
    reads, closed = until_closed(served)
    assert b"".join(each.base64 for each in reads) == sent
    assert closed.rx == len(sent)


# -- signals ----------------------------------------------------------------------------

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@pytest.mark.parametrize("number", SIGNALS)
def test_signal_ends_it(serve: Serve, number: signal.Signals) -> None:
    """A signal closes all clients in order and ends it with 0."""
    served = serve("localhost:0", addresses=2)
    clients = [served.connect(), served.connect("::1")]
    served.lines(2)
    clients[0].sendall(b"hello")
    served.line()
    served.send(number)
    for client in clients:
        assert hear_out(client) == b""
        client.close()
    assert served.ended() == 0
    lines = served.rest().decode().splitlines()
    assert all(" closed by us, tcpmon ended, rx " in line for line in lines)
    assert sorted(line.split()[1] for line in lines) == ["1", "2"]
    assert served.stderr == ""


@pytest.mark.parametrize("number", SIGNALS)
def test_signal_at_the_first_line(serve: Serve, number: signal.Signals) -> None:
    """A signal that comes as soon as the first line is there ends it in order, too."""
    for _ in range(5):
        assert serve("localhost:0", *["127.0.0.1:0"] * 9).end(number) == 0


def test_last_words_are_delivered(serve: Serve) -> None:
    """What was said to a client before the signal reaches it before the FIN."""
    served = serve("-q", "--echo", "127.0.0.1:0")
    client = served.connect(receive_buffer=4096)
    sent = bytes(500_000)  # some of it waits in our queue
    client.sendall(sent)
    served.line()
    heard = hear(client, 1)
    served.send(signal.SIGTERM)
    assert heard + hear_out(client) == sent


def test_signal_with_a_client_that_never_reads(serve: Serve) -> None:
    """A client that does not take its megabytes cannot keep it from ending; what was
    unsent is told."""
    served = serve("--format", "jsonl", "--echo", "127.0.0.1:0")
    client = served.connect(receive_buffer=4096)
    sent = bytes(4 << 20)
    client.sendall(sent)
    event(served, jsonl.Open)
    count = 0
    while count < len(sent):
        found = msgspec.json.decode(served.raw_line(), type=jsonl.Event)
        count += found.size if type(found) is jsonl.Rx else 0
    served.send(signal.SIGTERM)
    _, closed = until_closed(served)
    assert served.ended() == 0
    assert 0 < closed.unsent <= len(sent)
    assert closed.tx + closed.unsent >= len(sent)
    assert served.stderr == ""


def test_signal_while_nobody_reads_stdout(serve: Serve) -> None:
    """A stdout that nobody reads cannot keep it from ending."""
    served = serve("--echo", "127.0.0.1:0")
    client = served.connect()
    client.sendall(bytes(200_000))  # more than a pipe holds
    hear(client, 200_000)
    client.close()
    assert served.end() == 4


def test_what_stdout_did_not_take_is_told(serve: Serve) -> None:
    """If it has to end before its stdout took everything, it says that something is missing."""
    served = serve("--echo", "127.0.0.1:0")
    client = served.connect()
    client.sendall(bytes(200_000))  # more than a pipe holds
    hear(client, 200_000)
    client.close()
    assert served.end() == 4
    assert " closed by " not in served.rest().decode(), "it all went out"
    assert re.fullmatch(r"tcpmon: stdout did not take the last .+ in time\n", served.stderr)


def test_second_signal(serve: Serve) -> None:
    """A second signal leaves at once, without waiting for the client that has not closed."""
    for _ in range(5):  # on a machine that is too busy the first one is through before
        served = serve("localhost:0", addresses=2)
        client = served.connect()
        served.line()
        served.send(signal.SIGTERM)
        assert hear_out(client) == b""
        assert served.end(signal.SIGTERM) == 0
        if not served.rest():
            return
    pytest.fail("it waited for the client all five times")


def test_nohup(serve: Serve) -> None:
    """Under nohup a SIGHUP does nothing; SIGTERM still ends it."""
    served = serve("--echo", "localhost:0", addresses=2, through=("nohup",))
    served.send(signal.SIGHUP)
    client = served.connect()
    client.sendall(b"hello")
    assert hear(client, 5) == b"hello"
    client.close()
    served.until(" closed by peer")
    assert served.end() == 0


# -- addresses that cannot be had ---------------------------------------------------------


def refusal(served: Served) -> str:
    """Return the one line with which it has refused to listen."""
    assert served.ended() == 3
    line = served.stderr
    assert line.startswith("tcpmon: ")
    assert line.endswith("\n")
    assert not unsafe_in(line[:-1])
    return line[:-1]


def suggested(line: str) -> str:
    """Return the address that a refusal tells to try."""
    words = re.search(r"; try (\S+) instead$", line)
    assert words, line
    return words[1]


@contextmanager
def listening(host: str, port: int = 0) -> Iterator[int]:
    """Hold a port, as another program would; it is that of this test's process."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as sock:
        sock.bind((host, port))
        sock.listen()
        yield sock.getsockname()[1]


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "127.0.0.1:{}"),
        ("::1", "[::1]:{}"),
        ("127.0.0.1", "{}"),
        ("127.0.0.1", "localhost:{}"),
        ("::1", "{}"),
    ],
)
def test_port_taken(serve: Serve, host: str, address: str) -> None:
    """When a port is taken it ends with one line: which, by whom, and a free one to take,
    which really is free."""
    with listening(host) as port:
        served = serve(address.format(port), addresses=0)
        line = refusal(served)
        assert f"port {port} is in use" in line
        if sys.platform == "linux":
            assert f"(pid {os.getpid()})" in line
        other = suggested(line)
        assert str(port) not in other
        assert serve(other).end() == 0


def test_port_taken_in_jsonl(serve: Serve) -> None:
    """A refusal is a line on stderr in any format; stdout is for data and stays empty."""
    with listening("127.0.0.1") as port:
        served = serve("--format", "jsonl", f"127.0.0.1:{port}", addresses=0)
        refusal(served)
        assert served.rest() == b""


def test_suggested_port_is_free_on_both(serve: Serve) -> None:
    """For localhost a port is only suggested if it is free on IPv4 and IPv6."""
    with ExitStack() as held:
        while True:
            port = held.enter_context(listening("127.0.0.1"))
            try:
                with listening("127.0.0.1", port + 1):
                    held.enter_context(listening("::1", port + 1))
            except OSError:
                continue
            break
        line = refusal(serve(str(port), addresses=0))
        assert serve(suggested(line), addresses=2).end() == 0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who has a port")
def test_owner_of_the_address(serve: Serve) -> None:
    """Where two programs have the same port on two addresses, the one in our way is named."""
    with ExitStack() as held:
        while True:
            port = held.enter_context(listening("127.0.0.1"))
            other = serve(f"[::1]:{port}", addresses=0)
            try:
                other.started(1)
            except EOFError:
                continue
            break
        assert f"(pid {os.getpid()})" in refusal(serve(f"127.0.0.1:{port}", addresses=0))
        assert f"(pid {other.process.pid})" in refusal(serve(f"[::1]:{port}", addresses=0))


def test_own_address_twice(serve: Serve) -> None:
    """Two addresses that mean the same port are refused, and nobody else is blamed."""
    with listening("127.0.0.1") as port:
        pass
    line = refusal(serve(f"127.0.0.1:{port}", f"localhost:{port}", addresses=0))
    assert str(port) in line
    assert f"(pid {os.getpid()})" not in line


def test_second_address_taken(serve: Serve, tmp_path: Path) -> None:
    """If the second of two addresses cannot be had, the first is not left open."""
    path = tmp_path / "a.sock"
    with listening("127.0.0.1") as free:
        pass
    with listening("127.0.0.1") as port:
        arguments = (f"unix:{path}", f"127.0.0.1:{free}", f"127.0.0.1:{port}")
        line = refusal(serve(*arguments, addresses=0))
    assert f"port {port} is in use" in line
    assert not path.exists()
    with listening("127.0.0.1", free):
        pass


def test_nothing_listens_unless_all_does(serve: Serve) -> None:
    """If the last of several addresses cannot be had, stdout does not say that the others
    can be reached."""
    with listening("127.0.0.1") as port:
        served = serve("localhost:0", *["127.0.0.1:0"] * 5, f"127.0.0.1:{port}", addresses=0)
        refusal(served)
        assert served.rest() == b""


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("no-such-name.invalid", id="unknown"),
        pytest.param("a..b", id="a part of it is empty"),
        pytest.param("a" * 64, id="a part of it is too long"),
        pytest.param(".".join(["a" * 60] * 5), id="too long"),
    ],
)
def test_unknown_name(serve: Serve, name: str) -> None:
    """A name that nobody knows, or that can be none, is told in one line."""
    through = ("env", "RES_OPTIONS=timeout:1 attempts:1")
    served = serve(f"{name}:0", addresses=0, through=through)
    code = served.ended()
    assert code in {2, 3}
    assert re.fullmatch(rf"tcpmon: .*{re.escape(name)}.*\n", served.stderr)


def test_address_of_another_machine(serve: Serve) -> None:
    """An address that this machine does not have is told, with what would be right."""
    line = refusal(serve("192.0.2.1:8000", addresses=0))  # for documentation: RFC 5737
    assert "192.0.2.1 is not an address of this machine" in line
    assert "try :8000 for all addresses" in line


def test_socket_path_without_a_folder(serve: Serve, tmp_path: Path) -> None:
    """A socket file in a folder that is not there is told with its path."""
    path = tmp_path / "nowhere" / "a.sock"
    line = refusal(serve(f"unix:{path}", addresses=0))
    assert line == f"tcpmon: cannot listen on unix:{path}: no such file or directory"


def test_hostile_path_without_a_folder(serve: Serve, tmp_path: Path) -> None:
    """What a path holds cannot reach the terminal by way of the refusal."""
    line = refusal(serve(f"unix:{tmp_path}/no\n\x1b[2J/\udcff", addresses=0))
    assert r"/no\n\x1b[2J/\xff" in line


def test_socket_path_that_is_too_long(serve: Serve, tmp_path: Path) -> None:
    """A path that is longer than the system takes is told so, in words."""
    line = refusal(serve(f"unix:{tmp_path}/{'a' * 200}", addresses=0))
    assert line.endswith("the path is too long for a socket")
    assert "aF_UNIX" not in line


def test_path_of_something_else(serve: Serve, tmp_path: Path) -> None:
    """A file that is no socket is told to be in the way, and is left as it was."""
    path = tmp_path / "precious"
    path.write_text("precious")
    assert "is not a socket" in refusal(serve(f"unix:{path}", addresses=0))
    assert path.read_text() == "precious"


def test_socket_path_of_a_live_owner(serve: Serve, tmp_path: Path) -> None:
    """A socket file on which somebody listens is not stolen."""
    path = tmp_path / "a.sock"
    first = serve("--echo", f"unix:{path}")
    assert "is in use by another program" in refusal(serve(f"unix:{path}", addresses=0))
    client = first.connect_unix(path)
    client.sendall(b"hello")
    assert hear(client, 5) == b"hello"


def test_stale_socket_path(serve: Serve, tmp_path: Path) -> None:
    """A socket file that its owner left behind is replaced."""
    path = tmp_path / "a.sock"
    first = serve(f"unix:{path}")
    assert first.end(signal.SIGKILL) == -signal.SIGKILL
    assert path.exists()
    assert serve(f"unix:{path}").end() == 0
    assert not path.exists()
