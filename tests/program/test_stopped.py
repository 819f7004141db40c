"""A terminal that stands still or comes and goes, and a program that is stopped and goes on."""

import fcntl
import os
import signal
import termios
import time

import pytest

from tests.program.pulse import Pulse
from tests.program.terminal import COMMAND, DEADLINE, Program, receive

STILL = 10.0  # seconds; the writer's queue and the terminal's buffer are full after one
JUNK = "$ what a shell has written meanwhile"


def resident(pid: int) -> int:
    """Return the memory that a process holds, in KiB."""
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


def stopped(program: Program) -> None:
    """Read on until the program is stopped."""

    def is_so() -> bool:
        with open(f"/proc/{program.pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] == "T"

    program.wait(is_so)
    program.read(0)


def test_a_terminal_that_stands_still() -> None:
    """While nobody reads the terminal no client waits, nothing is lost and memory does not
    grow; the screen is right as soon as it is read again."""
    with Program("localhost:0", "--echo", "--keep", "2MiB", size=(160, 45)) as program:
        program.shows("Nobody is connected yet")
        with Pulse(program.port) as pulse:
            time.sleep(STILL / 2)
            before = resident(program.pid)
            time.sleep(STILL / 2)
            assert resident(program.pid) < before + 8 * 1024
        assert pulse.fine()
        assert pulse.sent > STILL * 10
        start = time.monotonic()
        program.shows(f"pulse {pulse.sent - 1}", "1 closed", "q Quit")
        assert time.monotonic() - start < 5
        program.keys("2g")
        program.shows("pulse 0\\n", "pulse 9\\n")
        program.keys("q")
        assert program.ended() == 0


def full(program: Program) -> bool:
    """Return whether the terminal takes no more, because nobody reads it."""
    before = fcntl.ioctl(program.fd, termios.FIONREAD, bytes(4))
    time.sleep(0.25)  # more than two pictures
    return before == fcntl.ioctl(program.fd, termios.FIONREAD, bytes(4)) != bytes(4)


def test_quitting_while_the_terminal_stands_still() -> None:
    """Clients get their FIN at once, and it does not wait for the terminal for ever."""
    with Program("localhost:0", "--echo", size=(160, 45)) as program:
        client = program.client()
        program.shows("1 client")
        for number in range(5):
            client.sendall(b"line %d\n" % number * 20)
            time.sleep(0.12)
        assert full(program)
        program.keys("qy")
        assert receive(client, 10_000).endswith(b"line 4\n")  # up to the FIN
        assert full(program)
        assert program.ended() == 0
        assert program.left_sane() == []


def test_keys_that_are_typed_ahead() -> None:
    """A `y` that is typed before the question is on the screen answers it."""
    with Program() as program:
        program.client()
        program.shows("1 client")
        program.keys("qy")
        assert program.ended() == 0
        assert program.left_sane() == []


def test_stop_and_go_on() -> None:
    """SIGTSTP gives the terminal back and stops; after SIGCONT the screen and the modes are as
    they were, the clients are still there and what they sent has been answered."""
    with Program("localhost:0", "--echo") as program:
        client = program.client()
        client.sendall(b"before\n")
        program.shows("before")
        for number in (signal.SIGTSTP, signal.SIGSTOP, signal.SIGTSTP):
            program.signal(number)
            stopped(program)
            if number == signal.SIGTSTP:
                assert program.left_sane() == []
            program.scribble(JUNK)
            client.sendall(b"meanwhile\n")
            program.signal(signal.SIGCONT)
            program.shows("before", "meanwhile", "q Quit")
            assert JUNK not in program.text
            assert set(program.left_sane()) >= {
                "alternate screen",
                "mouse clicks",
                "line discipline",
            }
        assert program.hears(client, 37) == b"before\n" + 3 * b"meanwhile\n"
        threads = len(os.listdir(f"/proc/{program.pid}/task"))
        for _ in range(3):  # to a program that is not stopped
            program.signal(signal.SIGCONT)
            program.read(0.2)
        program.shows("before", "q Quit")
        assert len(os.listdir(f"/proc/{program.pid}/task")) == threads
        program.keys("?")
        program.shows("─ Keys ─")
        program.keys("\x1b")
        program.shows("q Quit")
        program.keys("q")
        program.shows("Quit?")
        program.keys("y")
        assert program.ended() == 0
        assert program.left_sane() == []


@pytest.mark.parametrize("ignored", [False, True], ids=["SIGHUP", "nohup"])
def test_a_terminal_that_is_closed(ignored: bool) -> None:
    """It ends within two seconds, hardly using the processor, and clients get their FIN; also
    where nohup has it ignore the signal."""
    command = ("/usr/bin/env", "--ignore-signal=HUP", *COMMAND) if ignored else COMMAND
    with Program(command=command) as program:
        client = program.client()
        program.shows("1 client")
        start, before = time.monotonic(), program.cpu()
        program.hang_up()
        assert client.recv(1) == b""
        used = before
        while program.status is None:
            used = program.cpu()
            program.read(0.02)
            assert time.monotonic() < start + DEADLINE
        assert used - before < 0.5
        assert time.monotonic() - start < 2 + 10 * (used - before)
