"""A tcpmon with a bug in its screen, or with somebody in it who talks."""

import sys

from tcpmon.ui.faults import FAILED
from tcpmon.ui.screens.report import GOES_ON
from tests.program.pulse import Pulse
from tests.program.terminal import Program


def broken(what: str) -> Program:
    """tcpmon with this wrong in it."""
    command = (sys.executable, "-m", "tests.program.broken", what)
    return Program("localhost:0", "--echo", size=(100, 30), command=command)


def after(program: Program) -> str:
    """Return what it wrote when it had given the terminal back."""
    return program.output.rpartition(b"\x1b[?1049l")[2].decode()


def test_a_bug_in_every_repaint() -> None:
    """The person is told once and goes on, the rest of the screen works, clients are served;
    the report is in the log, and on stderr after the end. Nothing that it quotes acts."""
    with broken("picture") as program:
        program.shows("─ A bug in tcpmon ─", "RuntimeError: planted:", "in fail", GOES_ON[:40])
        program.keys("\r")
        program.shows(FAILED, "1 Clients", "listening on", "warn   a bug in tcpmon")
        with Pulse(program.port) as pulse:
            program.shows("1 open", "pulse")
            program.keys("?")
            program.shows("─ Keys ─")
            program.keys("\x1b")
            program.wait(lambda: pulse.sent > 40)
        assert pulse.fine()
        assert "A bug in tcpmon" not in program.text
        program.shows("0 open")
        program.keys("q")
        assert program.ended() == 0
        assert program.left_sane() == []
        told = after(program)
        assert told.count("Traceback") == 1
        assert "in fail" in told
        assert " times)" in told
        assert b"PWNED\x07" not in program.output


def test_a_bug_that_cannot_be_told() -> None:
    """If the report fails as well it ends in good order: clients get their FIN, the terminal is
    as it was, exit code 70, and then all that is known."""
    with broken("report") as program:
        client = program.client()
        assert program.hears(client) == b""
        assert program.ended() == 70
        assert program.left_sane() == []
        told = after(program)
        assert told.count("Traceback") == 2
        assert "this cannot" not in told
        assert b"PWNED\x07" not in program.output


def test_a_bug_before_there_is_a_screen() -> None:
    """A screen that cannot begin leaves the terminal as it was, and says why."""
    with broken("start") as program:
        assert program.ended() == 70
        assert program.left_sane() == []
        assert "RuntimeError: planted" in after(program)


def test_noise_stays_off_the_screen() -> None:
    """Whatever anybody prints, logs or writes to stdout and stderr, it is not on the screen
    but in the log, or comes at the end."""
    with broken("noise") as program:
        program.shows("warn   NOISE printed\\nNOISE on stderr")
        assert program.text.count("\n") == 29
        assert "to descriptor" not in program.text
        assert program.text.splitlines()[0].startswith(" ● 127.0.0.1")
        assert program.text.splitlines()[-1].startswith(" enter Open")
        program.keys("q")
        assert program.ended() == 0
        assert program.left_sane() == []
        told = after(program)
        for way in (" printed", " on stderr", " warned", " logged", " to descriptor 1",
                    " to descriptor 2", "-thread"):  # fmt: skip
            assert f"NOISE{way}" in told
        assert "(most recent call first)" in told  # faulthandler
        assert b"PWNED\x07" not in program.output
