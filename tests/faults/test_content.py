"""Bytes that are too long, too many, no text, or meant to be taken for something else."""

import os
import re
import threading
import time
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest

from tcpmon.core.escape import unescape
from tests.core.safety import unsafe_in
from tests.faults.program import IPV4, PLACES, UNIX, Caller, Place, Program, Pulse, shell
from tests.headless.conftest import CLOCK, HOSTILE

MIB = 1 << 20


def test_a_hundred_megabytes_without_a_line_end(tmp_path: Path) -> None:
    """R30: through all listeners at once, 100 MB that hold no newline are conserved, memory
    is bounded, and a client beside them is served."""
    size = 34_000_000
    with Program(tmp_path, "--keep", "8MiB") as program:
        memory = program.rss()
        callers = [program.client(place) for place in PLACES]
        talks = [
            threading.Thread(target=talk, args=(caller, b"%d" % number * 1000, size))
            for number, caller in enumerate(callers)
        ]
        for thread in talks:
            thread.start()
        most = 0
        while any(thread.is_alive() for thread in talks):
            most = max(most, program.rss())
            time.sleep(0.02)
        for thread in talks:
            thread.join()
        assert [caller.said.size for caller in callers] == [size] * 3
        program.conserves(callers)
        # beside what is kept, 32 MiB may wait for stdout, and what a pause lets through
        assert most - memory < 112 * MIB
        assert program.stderr == ""


def talk(caller: Caller, data: bytes, size: int) -> None:
    """Say so many bytes, made of some, and leave."""
    data *= 100
    while caller.said.size < size:
        caller.say(data[: size - caller.said.size])
    caller.fin()
    caller.hear_out()


def test_millions_of_empty_lines(tmp_path: Path) -> None:
    """R32: a flood of nothing but line ends costs no more than other bytes, and none is
    lost. (Three million through each listener.)"""
    with Program(tmp_path, "--keep", "4MiB") as program:
        callers = [program.client(place) for place in PLACES]
        talks = [
            threading.Thread(target=talk, args=(caller, b"\n" * (1000 + number), 3_000_000))
            for number, caller in enumerate(callers)
        ]
        for thread in talks:
            thread.start()
        for thread in talks:
            thread.join()
        program.conserves(callers)


def test_bytes_that_are_no_text_are_told_exactly(tmp_path: Path, via: Place) -> None:
    """R34: cut, overlong and forbidden UTF-8, surrogates, any bytes at all: the escaped text
    is safe to print, and stands for exactly those bytes, as does the base64."""
    random = Random(5)
    heart = "\u2665".encode()
    words = [
        *HOSTILE.values(), b"\xc0\xaf", b"\xe0\x80\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80",
        b"\xf8\x88\x80\x80\x80", heart[:1], heart[1:], heart[:2], heart[2:], b"\xff" * 100, b"\x80",
        "e\u0301".encode() * 50, "\u202e\u2066".encode(), "a\u0085\u2028".encode("utf-16"),
        *(random.randbytes(random.randint(1, 200)) for _ in range(200)),
    ]  # fmt: skip
    with Program(tmp_path, "--echo") as program:
        caller = program.client(via)
        for word in words:
            assert caller.trip(word) == word
        caller.close()
        program.conserves([caller], echo=True)
        client = program.told.clients[1]
        assert client.rx.pieces == words
        assert [unescape(text) for text in client.texts] == words
        assert [unsafe_in(text) for text in client.texts] == [[]] * len(words)


@pytest.mark.parametrize("arguments", [[], ["--echo"], ["--reply", ""]])
def test_a_client_that_says_nothing_is_counted(tmp_path: Path, arguments: list[str]) -> None:
    """R37: no byte is no message: neither a read nor an answer of nothing makes a line, but
    the client is there. Through all listeners."""
    with Program(tmp_path, *arguments) as program:
        for place in PLACES:
            silent, saying = program.client(place), program.client(place)
            saying.say(b"x")
            for caller in (silent, saying):
                caller.fin()
                assert not caller.hear_out()
            assert (program.closing(silent).rx, program.closing(silent).tx) == (0, 0)
            assert program.closing(saying).rx == 1
            told = [program.told.clients[caller.id] for caller in (silent, saying)]
            assert [client.reads for client in told] == [0, 1]
            assert [client.tx.size for client in told] == [0, int("--echo" in arguments)]


# -- what it prints for people -------------------------------------------------------------


def reach(program: Program) -> Caller:
    """Call a program on a socket file that cannot tell us when it listens."""
    found: list[Caller] = []

    def call() -> bool:
        with suppress(FileNotFoundError, ConnectionRefusedError):
            found.append(program.call(UNIX))
        return bool(found)

    program.until(call)
    return found[0]


def printable(printed: bytes) -> list[str]:
    """Hold what was printed to being lines of safe characters; return them."""
    lines = printed.decode().replace("\r\n", "\n").split("\n")
    assert lines.pop() == ""
    for line in lines:
        assert not unsafe_in(line), line
    return lines


@pytest.mark.parametrize("sink", ["terminal", "file"])
def test_hostile_bytes_do_nothing_to_a_terminal_or_a_file(tmp_path: Path, sink: str) -> None:
    """R53: in the text for people they are escaped alike on a terminal and in a file:
    nothing acts, now or when the file is shown later."""
    master, terminal = os.openpty()
    file = tmp_path / "log"
    file.touch()
    where = os.ttyname(terminal) if sink == "terminal" else file
    count = 2 * len(HOSTILE) + 3
    address = f"unix:{tmp_path}/t"
    printed = b""
    try:
        with Program(
            tmp_path, "--echo", form="text", through=shell(f'exec "$@" >{where}'),
            addresses=[address], first=0,
        ) as program:  # fmt: skip
            program.addresses = [address]
            caller = reach(program)
            for word in HOSTILE.values():
                caller.trip(word)
            caller.close()
            if sink == "terminal":
                while printed.count(b"\n") < count:
                    printed += os.read(master, 1 << 16)
            else:
                program.until(lambda: file.read_bytes().count(b"\n") == count)
                printed = file.read_bytes()
    finally:
        os.close(master)
        os.close(terminal)
    lines = printable(printed)
    assert len(lines) == count
    assert lines[0] == f"listening on {address}"
    said = [unescape(line.split(maxsplit=4)[4]) for line in lines[2:-1:2]]
    assert said == list(HOSTILE.values())


def test_a_forged_record_stays_inside_its_own(tmp_path: Path, via: Place) -> None:
    """R54: whatever a client says to look like our lines, one read is one line, with our time
    and the client's number in front of it."""
    forged = [
        b"\n12:00:00.000 2 RX   5 hello\n", b"\r12:00:00.000 2 open   evil via 127.0.0.1:1\r",
        "\u202812:00:00.000 2 closed by peer\u2029".encode(), "\u0085eof".encode(), b"\x0b\x0c\x1e",
        b"\x1b[1A\x1b[2K12:00:00.000 2 RX   5 hello", b"\x08" * 80 + b"12:00:00.000 2 RX",
        b'"}\n{"event":"open","client":2,"peer":"x","listener":"y","time":""}\n',
        b"listening on 127.0.0.1:1\n", b"tcpmon: 400 callers refused\n", b"\\n\\x1b",
    ]  # fmt: skip
    with Program(tmp_path, "--echo", form="text") as program:
        caller = program.call(via)
        for word in forged:
            caller.trip(word)
        caller.close()
        program.wait(lambda: len(program.lines) == 2 * len(forged) + 2)
        assert program.end() == 0
        opening, *lines, closing = program.lines
        assert re.fullmatch(rf"{CLOCK} 1 open   \S.* via \S+", opening)
        assert re.fullmatch(rf"{CLOCK} 1 closed by peer, .*", closing)
        for word, got, given in zip(forged, lines[::2], lines[1::2], strict=True):
            for line, kind in ((got, "RX"), (given, "TX")):
                found = re.fullmatch(rf"{CLOCK} 1 {kind} +(\d+) (.*)", line)
                assert found, line
                assert (int(found[1]), unescape(found[2])) == (len(word), word)
                assert line.isprintable()
        assert program.stderr == ""
    with Program(tmp_path, "--echo") as program:
        with Pulse(program, IPV4) as pulse:
            caller = program.call(via)
            for word in forged:
                caller.trip(word)
            caller.close()
        program.conserves([caller, pulse.caller], echo=True)
