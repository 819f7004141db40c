"""Lines go out in order and whole, at the pace of whoever reads, and nobody waits for it."""

import os
import select
import threading
import time
from collections.abc import Iterator
from queue import Empty, SimpleQueue

import pytest

from tcpmon.headless.output import HIGH, LOW, Output
from tests.headless.conftest import WAIT

MIB = 1 << 20


class Pipe:
    """A pipe that an Output writes to."""

    def __init__(self) -> None:
        self.reading, self.writing = os.pipe()

    def read(self, count: int) -> bytes:
        """Return exactly so many bytes."""
        parts = []
        while count:
            assert select.select([self.reading], [], [], WAIT)[0], "nothing came"
            parts.append(os.read(self.reading, min(count, MIB)))
            assert parts[-1], "the pipe was closed"
            count -= len(parts[-1])
        return b"".join(parts)

    def rest(self) -> bytes:
        """Return all that is left in it, once nobody writes any more."""
        os.close(self.writing)
        self.writing = -1
        return b"".join(iter(lambda: os.read(self.reading, MIB), b""))

    def leave(self) -> None:
        """Read no more."""
        os.close(self.reading)
        self.reading = -1

    def close(self) -> None:
        for fd in (self.reading, self.writing):
            if fd >= 0:
                os.close(fd)


def writers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "tcpmon-output"]


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    """Give a pipe, and make sure that no thread writes to it when the test is over."""
    pipe = Pipe()
    yield pipe
    if pipe.reading >= 0:
        pipe.leave()  # what still writes ends here
    for thread in writers():
        thread.join(WAIT)
        assert not thread.is_alive()
    pipe.close()


def test_in_order(pipe: Pipe) -> None:
    """What was written is there in its order once it is closed."""
    output = Output(pipe.writing)
    lines = [b"%d\n" % number for number in range(5000)]
    for line in lines:
        output.write(line)
    output.close(WAIT)
    assert not writers()
    assert pipe.rest() == b"".join(lines)


def test_piece_by_piece(pipe: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    """A descriptor that takes a little at a time gets it all in the end."""
    write = os.write
    monkeypatch.setattr("tcpmon.headless.output.os.write", lambda fd, data: write(fd, data[:7]))
    output = Output(pipe.writing)
    output.write(b"".join(b"%05d" % number for number in range(1000)))
    output.write(b"")
    output.write(b"end")
    output.close(WAIT)
    assert pipe.rest() == b"".join(b"%05d" % number for number in range(1000)) + b"end"


def test_pace(pipe: Pipe) -> None:
    """Writing never waits: it asks once for a pause when too much lies there, and once for
    more when most of it has gone; nothing is lost."""
    asked: SimpleQueue[bool] = SimpleQueue()
    output = Output(pipe.writing, asked.put)
    parts = [bytes([number]) * MIB for number in range(HIGH // MIB)]
    for part in parts:
        output.write(part)
    assert asked.empty()
    parts += [b"\xff" * MIB] * 8
    for part in parts[HIGH // MIB :]:
        output.write(part)
    assert asked.get_nowait() is True
    assert asked.empty()
    early = len(parts) * MIB - LOW - 2 * MIB  # the part in the pipe is not counted as gone
    heard = pipe.read(early)
    assert asked.empty()
    heard += pipe.read(len(parts) * MIB - early)
    assert asked.get(timeout=WAIT) is False
    assert heard == b"".join(parts)
    output.close(WAIT)
    assert asked.empty()


def test_pace_again(pipe: Pipe) -> None:
    """A pause is asked for as often as it is needed."""
    asked: SimpleQueue[bool] = SimpleQueue()
    output = Output(pipe.writing, asked.put)
    data = bytes(HIGH + MIB)
    for _ in range(3):
        output.write(data)
        assert asked.get(timeout=WAIT) is True
        assert pipe.read(len(data)) == data
        assert asked.get(timeout=WAIT) is False
    output.close(WAIT)


def test_a_pause_that_is_over_before_it_begins(pipe: Pipe) -> None:
    """If all is written while a pause is asked for, going on is asked for after that."""
    asked: list[bool] = []
    data = bytes(HIGH + MIB)

    def pause(paused: bool) -> None:
        if paused:
            assert pipe.read(len(data)) == data
            while output._given != output._written:
                time.sleep(0.001)
        asked.append(paused)

    output = Output(pipe.writing, pause)
    output.write(data)
    output.close(WAIT)
    assert asked[0] is True
    assert asked[-1] is False


def test_gone(pipe: Pipe) -> None:
    """That nobody reads any more is told once, and what is written then is let go."""
    told: SimpleQueue[OSError] = SimpleQueue()
    output = Output(pipe.writing, gone=told.put)
    pipe.leave()
    output.write(b"one\n")
    assert isinstance(told.get(timeout=WAIT), BrokenPipeError)
    output.write(b"two\n")
    output.close(WAIT)
    with pytest.raises(Empty):
        told.get_nowait()


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")
def test_full() -> None:
    """A full disk is told as what the system says."""
    told: SimpleQueue[OSError] = SimpleQueue()
    with open("/dev/full", "wb", buffering=0) as full:
        output = Output(full.fileno(), gone=told.put)
        output.write(b"one\n")
        assert told.get(timeout=WAIT).strerror == "No space left on device"
        output.close(WAIT)


def test_close_does_not_wait_for_ever(pipe: Pipe) -> None:
    """Closing gives up on a descriptor that takes nothing."""
    output = Output(pipe.writing)
    output.write(bytes(MIB))
    output.close(0.01)
    assert writers()


def test_a_descriptor_that_does_not_block(pipe: Pipe) -> None:
    """A descriptor that somebody has set to not block is waited for like any other."""
    told: SimpleQueue[OSError] = SimpleQueue()
    os.set_blocking(pipe.writing, False)
    output = Output(pipe.writing, gone=told.put)
    data = b"".join(b"%07d\n" % number for number in range(MIB // 8))
    output.write(data)
    output.write(b"end\n")
    heard = pipe.read(MIB // 32)
    while len(heard) < len(data) + 4 and told.empty():
        heard += pipe.read(min(1 << 12, len(data) + 4 - len(heard)))
    output.close(WAIT)
    assert told.empty(), told.get()
    assert heard == data + b"end\n"
