"""What a peer's bytes can do to the terminal: nothing."""

import base64
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.program.hostile import ESCAPES, MARKUP, ODD, PAYLOADS
from tests.program.terminal import Program, kinds

HARMLESS = [b"hello %d\r\n" % number for number in range(len(PAYLOADS))]
SIDES = " │┃╭╰╮╯" + "".join(map(chr, range(0x2580, 0x25A0)))
"""What may stand in the first and the last column, but of the first and the last row."""


def cursor_line(program: Program) -> str:
    """Return the selected line of the log, which is below the table."""
    return [line for line in program.text.splitlines() if "▶" in line][-1]


def step_up(program: Program) -> None:
    """Select the line above, and wait until it is."""
    before = cursor_line(program)
    program.keys("k")
    program.wait(lambda: cursor_line(program) != before)


def check(program: Program) -> None:
    """Everything is in its place: no payload has moved, hidden, wrapped or renamed anything."""
    lines = program.text.splitlines()
    for line in lines[1:-1]:
        assert line[0] in SIDES, program.text
        assert line[-1] in SIDES, program.text
    assert program.titles == ("", "")
    assert "PWNED\x07" not in program.text


@contextmanager
def called(name: bytes) -> Iterator[None]:
    """Let this process have another name, which is part of a Unix client's address."""
    comm = Path("/proc/self/comm")
    before = comm.read_bytes()
    comm.write_bytes(name)
    yield
    comm.write_bytes(before)


def session(payloads: list[bytes], name: bytes, pasted: str, path: Path) -> Program:
    """Play one session with clients that send these, going through all that can show them.

    name: what a client of the Unix socket calls itself. pasted: what a person pastes wherever
    there is something to write in.
    """
    count = len(payloads) + 1
    with Program("localhost:0", f"unix:{path}", size=(120, 40)) as program:
        program.shows("Nobody is connected yet")
        clients: list[socket.socket] = []
        for payload in payloads:
            client = program.client()
            client.sendall(payload)
            clients.append(client)
            program.read(0)
        with called(name):
            clients.append(program.unix_client(path))
            clients[-1].sendall(payloads[0])
            program.shows(f"{count} clients")
        modes = program.modes
        paste = f"\x1b[200~{pasted}\x1b[201~"
        for keys, shown in (
            ("G", "▶"), ("\r", "only #"), ("s", "esc Leave"), ("\x1b", "d Disconnect"),
            ("d", "closing"), ("2", "m Cut"), ("x", "hex"), ("x", "both"), ("x", "follow"),
            ("\x1b", "all clients"), ("k", "held"), ("\r", "esc Back"), ("x", "[Text]"),
            ("x", "[Decoded]"), ("]]]]]]]]]]", "esc Back"), ("x", "[Bits]"), ("[" * 99, "Message"),
            ("y", "copied"), ("\x1b", "1 Clients"), ("1", "d Disconnect"), ("gy", "copied"),
            ("\r", "only #"), ("\x1b", "all clients"), ("?", "─ Keys ─"), ("\x1b", "1 Clients"),
            ("l", "─ Listeners ─"), ("a", "─ Listen on ─"), (paste, "─ Listen on ─"),
            ("\r", "─ Listen on ─"), ("\x1b", "─ Listeners ─"), ("\x1b", "1 Clients"),
            ("\x10", "Search for"), (paste, "▔"), ("\x1b", "▶  ●     1 "),
            ("s", "esc Leave"), (paste, "esc Leave"), ("\r", "Send to #"), ("\x1b", "d Disconnect"),
            ("*", "marked"), ("d", f"Disconnect {count - 1} clients?"), ("n", "1 Clients"),
            ("u", "by #"), ("ooooooooooooo", "by"), ("z", "1 Clients"), ("z", "2 Messages"),
            ("G", "▶"), ("p", "PAUSED"), ("p", "1 Clients"),
        ):  # fmt: skip
            program.keys(keys)
            program.shows(shown)
            check(program)
            assert program.modes == modes, (keys, program.modes ^ modes)
            while shown == "held" and " RX " not in cursor_line(program):
                step_up(program)
        for client in clients:
            client.close()
        program.shows(f"{count} closed")
        check(program)
        program.keys("C")
        program.shows("0 open")
        program.keys("q")
        assert program.ended() == 0
        assert program.left_sane() == []
    return program


def clipboards(program: Program) -> list[str]:
    """Return all that the clipboard was set to."""
    found = re.findall(rb"\x1b\]52;c;([^\x07]*)\x07", program.output)
    return [base64.b64decode(part).decode() for part in found]


def test_hostile_clients_make_it_write_nothing_else(tmp_path: Path) -> None:
    """The kinds of control sequences written are the same with hostile clients as with
    harmless ones, and the clipboard was set where that was asked for, to text that is safe."""
    pasted = "".join((*ESCAPES, *MARKUP, *ODD)).replace("\x1b[201~", "")
    harmless = session(HARMLESS, b"harmless", "[hello", tmp_path / "one.sock")
    hostile = session(PAYLOADS, b"[/]\x1b]0;PWNED\x07", pasted, tmp_path / "two.sock")
    assert kinds(hostile.output) == kinds(harmless.output)
    for program in (harmless, hostile):
        assert program.output.count(b"\x1b]52") == len(clipboards(program)) == 2
        assert all(map(str.isprintable, clipboards(program)))
        assert b"PWNED\x07" not in program.output
