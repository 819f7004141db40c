"""What a peer's bytes can do to the terminal: nothing."""

import socket

from tests.program.terminal import Program, kinds

HARMLESS = [b"hello %d\r\n" % number for number in range(24)]
HOSTILE = [
    b"\x1b]0;PWNED\x07", b"\x1b]2;PWNED\x1b\\", b"\x1b]52;c;RVZJTA==\x07", b"\x1b]8;;http://x\x07y",
    b"\x1b[2J\x1b[H", b"\x1b[?1049l", b"\x1b[?1000l\x1b[?25h", b"\x1bc", b"\x1b#8", b"\x1b[6n",
    b"\x1bP+q544e\x1b\\", b"\x1b_Gx\x1b\\", b"\x9b31m\x9d0;PWNED\x9c", b"\xc2\x9b31m",
    bytes(range(256)), b"\x0e\x0f\x08\x08\x7f\x00", "\u202e\u2066\u200d\ufeff\u2028".encode(),
    b"[red]red[/red] [/] [@click=app.quit]x[/] [link=file:///etc/passwd]y[/link]",
    b"\xff\xfe\xf0\x9f\x92", "e\u0301".encode() * 2000, "世界🎉".encode() * 50,
    b"x" * 1_000_000, b"\r\n12:00:00.000 #9 closed by us\r\n", b"${now} \\x1b[31m",
]  # fmt: skip


def cursor_line(program: Program) -> str:
    """Return the selected line of the log, which is below the table."""
    return [line for line in program.text.splitlines() if "▶" in line][-1]


def session(payloads: list[bytes]) -> Program:
    """Play one session with clients that send these, going through all that can show them."""
    with Program(size=(120, 40)) as program:
        program.shows("Nobody is connected yet")
        clients: list[socket.socket] = []
        for payload in payloads:
            client = program.client()
            client.sendall(payload)
            clients.append(client)
        program.shows(f"{len(payloads)} clients")
        for keys, shown in (
            ("G", "▶"), ("2", "F Follow"), ("x", "hex"), ("x", "both"), ("x", "follow"),
            ("kkkk", "held"), ("\r", "esc Back"), ("x", " text ─╮"), ("x", " hex ─╮"),
            ("]]]]]]]]]]", "esc Back"), ("\x1b", "1 Clients"), ("1", "d Disconnect"),
            ("y", "copied"), ("\r", "only #"), ("\x1b", "all clients"), ("?", "─ Keys ─"),
            ("\x1b", "1 Clients"), ("l", "─ Listeners ─"), ("\x1b", "1 Clients"),
            ("s", "esc Leave"), ("\x1b", "d Disconnect"), ("*", "marked"),
            ("d", "Disconnect 24 clients?"), ("n", "1 Clients"), ("u", "by #"),
            ("ooooooooooooo", "by"), ("z", "1 Clients"), ("z", "2 Messages"),
        ):  # fmt: skip
            program.keys(keys)
            program.shows(shown)
            while shown == "held" and " RX " not in cursor_line(program):
                program.keys("k")
                program.read(0.2)
        for client in clients:
            client.close()
        program.shows("24 closed")
        program.keys("C")
        program.shows("0 open")
        program.keys("q")
        assert program.ended() == 0
        assert program.left_sane() == []
    return program


def test_hostile_clients_make_it_write_nothing_else() -> None:
    """The kinds of control sequences written are the same with hostile clients as with
    harmless ones, and none is a clipboard's but that of the copy that was asked for."""
    harmless, hostile = session(HARMLESS), session(HOSTILE)
    assert kinds(hostile.output) == kinds(harmless.output)
    for program in (harmless, hostile):
        assert program.output.count(b"\x1b]52") == 1
        assert b"PWNED\x07" not in program.output
