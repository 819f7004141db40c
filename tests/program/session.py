"""What a person does with the program, from its start to its end."""

from tests.program.terminal import Program


def a_session(program: Program) -> None:
    """Two clients, broadcast by key, answer one, disconnect by key, quit."""
    program.shows("Nobody is connected yet")
    one, two = program.client(), program.client("::1")
    one.sendall(b"I am one\n")
    two.sendall(b"I am two\r\n")
    program.shows("2 clients", "I am one\\n", "I am two\\r\\n", "#1", "#2")
    program.keys("b")
    program.shows("BROADCAST to 2 clients", "esc Leave")
    program.keys("hi all\\x21\r")
    program.shows("to 2 of 2 clients", "hi all!\\n")
    assert program.hears(one, 8) == program.hears(two, 8) == b"hi all!\n"
    program.keys("\x1b")
    program.shows("Disconnect")
    program.keys("s")
    program.shows("Send to #1", "esc Leave")
    program.keys("only you\r")
    assert program.hears(one, 9) == b"only you\n"
    program.keys("\x1b")
    program.shows("Disconnect")
    program.keys("d")
    assert program.hears(one) == b""
    one.close()
    program.shows("1 open, 1 closed", "closed by us")
    program.keys("q")
    program.shows("Quit?", "1 client is connected")
    program.keys("y")
    assert program.hears(two) == b""
    assert program.ended() == 0
    assert program.left_sane() == []
