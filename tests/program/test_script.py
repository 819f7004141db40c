"""A script in the whole program."""

import os
import re
import select
import signal
from pathlib import Path

import pytest

from tests.program.terminal import Program

SCRIPT = """\
import os
print('process', os.getpid(), 'begins')
def on_message(client, message):
    if message == b'loop':
        while True: pass
    if message == b'bad':
        raise ValueError('not today')
    client.send('script ' + message.decode())
"""


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
def test_a_script_that_errs_and_loops(tmp_path: Path, size: tuple[int, int]) -> None:
    """A script answers; that it failed is in the log and in the first line; while it loops the
    screen takes keys, says where it is, and quits; the script is gone then."""
    path = tmp_path / "my.py"
    path.write_text(SCRIPT)
    with Program("127.0.0.1:0", "--script", str(path), size=size) as program:
        program.shows("runs: on_message")
        client = program.client()
        client.sendall(b"hello")
        assert program.hears(client, 12) == b"script hello"
        client.sendall(b"bad")
        program.shows("R: script in trouble", "on_message failed")
        client.sendall(b"loop")
        program.keys("R")
        program.shows("Rules", "my.py", "has been in on_message for client 1", "line 5")
        program.keys("\x1b")
        program.shows("R: script in trouble", "Disconnect")
        program.keys("q")
        program.shows("Quit?")
        program.keys("y")
        assert program.ended() == 0
        assert program.left_sane() == []
    with pytest.raises(ProcessLookupError):
        os.kill(process(program), 0)


def test_a_script_ends_with_a_program_that_is_killed(tmp_path: Path) -> None:
    """Even if the program cannot say good-bye, and the script loops."""
    path = tmp_path / "my.py"
    path.write_text(SCRIPT)
    with Program("127.0.0.1:0", "--script", str(path), size=(160, 45)) as program:
        program.shows("runs: on_message")
        client = program.client()
        client.sendall(b"loop")
        program.shows("has been in on_message")
        script = process(program)
        watch = os.pidfd_open(script)
        program.signal(signal.SIGKILL)
        program.wait(lambda: ended(watch))
        os.close(watch)


def ended(watch: int) -> bool:
    """Say whether a process is over."""
    return bool(select.select([watch], [], [], 0)[0])


def process(program: Program) -> int:
    """Return the number of the script's process."""
    found = re.search(rb"process (\d+) begins", program.output)
    assert found
    return int(found[1])
