"""The whole program, as a person uses it."""

import pytest

from tests.program.terminal import Program, receive


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
def test_a_session(size: tuple[int, int]) -> None:
    """Start, two clients, broadcast by key, answer one, disconnect by key, quit."""
    with Program(size=size) as program:
        program.shows("Nobody is connected yet")
        one, two = program.client(), program.client("::1")
        one.sendall(b"I am one\n")
        two.sendall(b"I am two\r\n")
        program.shows("2 clients", "I am one\\n", "I am two\\r\\n", "#1", "#2")
        program.keys("b")
        program.shows("BROADCAST to 2 clients")
        program.keys("hi all\\x21\r")
        program.shows("to 2 of 2 clients", "hi all!\\n")
        assert receive(one, 8) == receive(two, 8) == b"hi all!\n"
        program.keys("\x1b")
        program.shows("Disconnect")
        program.keys("s")
        program.shows("Send to #1")
        program.keys("only you\r")
        assert receive(one, 9) == b"only you\n"
        program.keys("\x1b")
        program.shows("Disconnect")
        program.keys("d")
        assert one.recv(1) == b""
        one.close()
        program.shows("1 open, 1 closed", "closed by us")
        program.keys("q")
        program.shows("Quit?", "1 client is connected")
        program.keys("y")
        assert two.recv(1) == b""
        assert program.ended() == 0
        assert program.left_sane() == []


def test_clients_are_served_while_the_terminal_stands_still() -> None:
    """When nobody reads what the screen writes, clients are answered all the same."""
    with Program("localhost:0", "--echo", size=(200, 60)) as program:
        client = program.client()
        for number in range(20_000):  # far more than a terminal's buffer takes
            line = b"line %d\n" % number
            client.sendall(line)
            assert receive(client, len(line)) == line
        program.shows("line 19999")
        program.keys("q")
        program.shows("Quit?")
        program.keys("y")
        assert program.ended() == 0


def test_a_storm_of_sizes_is_survived() -> None:
    """Resizing over and over, to nothing and to huge, ends in a whole screen."""
    with Program() as program:
        client = program.client()
        for columns, rows in [(1, 1), (300, 90), (20, 5), (80, 24), (3, 60), (160, 45)] * 10:
            program.resize(columns, rows)
            client.sendall(b"still here\n")
            program.read(0.01)
        program.resize(100, 30)
        program.shows("still here", "q Quit")


def test_two_bind_errors_are_one_line_on_a_clean_terminal() -> None:
    """A port that is taken is told before the screen opens, exit 3."""
    with Program() as first, Program(str(first.port)) as second:
        assert second.ended() == 3
        assert b"is in use" in second.output
        assert b"\x1b" not in second.output
        assert second.output.count(b"\n") == 1


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"LANG": "C", "LC_ALL": "C"},
                                         {"COLORFGBG": "0;15"}, {"TERM": "vt100"}])  # fmt: skip
def test_it_opens_in_any_surrounding(environment: dict[str, str]) -> None:
    """Without colours, in the C locale, on a light background and on an old terminal."""
    with Program(environment=environment) as program:
        program.shows("Nobody is connected yet", "╭─ 1 Clients")
        program.keys("q")
        assert program.ended() == 0
