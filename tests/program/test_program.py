"""The whole program, as a person uses it."""

import pytest

from tests.program.session import a_session
from tests.program.terminal import COMMAND, Program


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
def test_a_session(size: tuple[int, int]) -> None:
    """Start, two clients, broadcast by key, answer one, disconnect by key, quit."""
    with Program(size=size) as program:
        a_session(program)


def test_a_storm_of_sizes_is_survived() -> None:
    """Resizing over and over, to nothing and to huge, ends in a whole screen."""
    with Program() as program:
        client = program.client()
        sizes = [(1, 1), (300, 90), (20, 5), (0, 0), (80, 24), (3, 60), (160, 45), (0, 9), (500, 1)]
        for columns, rows in sizes * 4 + [(1000, 500), (1, 1)]:
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


@pytest.mark.parametrize(
    "environment",
    [{"NO_COLOR": "1"}, {"LANG": "C", "LC_ALL": "C"}, {"COLORFGBG": "0;15"}, {"TERM": "vt100"},
     {"TERM": "no-such-terminal"}],
)  # fmt: skip
def test_it_opens_in_any_surrounding(environment: dict[str, str]) -> None:
    """Without colours, in the C locale, on a light background and on an old terminal."""
    with Program(environment=environment) as program:
        program.shows("Nobody is connected yet", "╭─ 1 Clients")
        program.keys("q")
        assert program.ended() == 0


@pytest.mark.parametrize("words", [("TERM=dumb",), ("--unset=TERM",)])
def test_a_terminal_that_cannot_show_it(words: tuple[str, ...]) -> None:
    """Where no screen can be drawn there is one line that says what to use, exit 2."""
    with Program(command=("/usr/bin/env", *words, *COMMAND)) as program:
        assert program.ended() == 2
        assert program.output.count(b"\n") == 1
        assert b"tcpmon serve" in program.output
        assert b"\x1b" not in program.output


@pytest.mark.parametrize("size", [(20, 24), (80, 6)])
def test_a_small_terminal(size: tuple[int, int]) -> None:
    """In whatever little room there is it runs, serves, takes keys and ends."""
    with Program("127.0.0.1:0", "--echo", size=size) as program:
        program.resize(80, 24)
        program.shows("127.0.0.1:", "q Quit")
        client = program.client()
        for columns, rows in (size, (1, 1)):
            program.resize(columns, rows)
            client.sendall(b"ping\n")
            assert program.hears(client, 5) == b"ping\n"
            program.keys("2kkxx1")
        program.keys("qy")
        assert program.ended() == 0
        assert program.left_sane() == []
