"""Floods: more callers, more bytes and more silence than is good for a server."""

import re
import resource
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from random import Random

import pytest

from tests.faults.program import (
    IPV4,
    TCP,
    WAIT,
    Caller,
    Place,
    Program,
    Pulse,
    everywhere,
    within,
)

MIB = 1 << 20
over_tcp = pytest.mark.parametrize("via", TCP, ids=lambda place: place.name)


def called(program: Program, place: Place) -> Caller | None:
    """Call; None if the refusal comes before the call is through."""
    try:
        return program.call(place)
    except (TimeoutError, ConnectionError):
        return None


def served(caller: Caller | None) -> bool:
    """Say whether a caller is answered; if not, he must have been told at once."""
    if caller is None:
        return False
    try:
        return caller.trip(b"hello") == b"hello"
    except (ConnectionError, AssertionError):
        caller.close()
        return False


def refused(program: Program) -> int:
    """Return how many callers were refused, as its lines add up."""
    lines = [line for _, line in program.complaints if "refused" in line]
    return sum(int(line.split()[1].replace(",", "")) for line in lines)


def at_most_one_a_second(program: Program) -> None:
    """Hold its lines about refused callers to one a second; the engine's seconds are its own."""
    times = [at for at, line in program.complaints if "refused" in line]
    assert times
    assert len(times) <= times[-1] - times[0] + 3


# -- out of descriptors --------------------------------------------------------------------


def test_with_64_descriptors_the_surplus_of_150_callers_is_told_at_once(
    tmp_path: Path, via: Place
) -> None:
    """R01: some are served, the others reset at once; one line a second names the cure, the
    processor rests, and the next is served when there is room."""
    with Program(tmp_path, "--echo", through=("prlimit", "--nofile=64:64")) as program:
        with Pulse(program, via) as pulse:
            began = time.monotonic()
            crowd = [called(program, via) for _ in range(150)]
            here = [caller for caller in crowd if served(caller) and caller]
            within("150 callers", time.monotonic() - began, 0.5)
            assert len(here) == 47  # 64, less 16 kept back, less the pulse
            used = program.cpu()
            with suppress(subprocess.TimeoutExpired):
                program.process.wait(0.5)
            assert program.cpu() - used < 0.25
            for caller in here:
                caller.close()
            program.wait(lambda: program.told.closed == 47)
            began = time.monotonic()
            late = program.call(via)
            assert served(late)
            late.close()
            within("serves again", time.monotonic() - began, 1)
        pulse.steady()
        program.end()
        assert refused(program) == 103
        at_most_one_a_second(program)
        assert program.stderr.startswith(
            "tcpmon: room for 48 clients, not 10000: open files end at 64; raise it with ulimit -n"
        )


def test_descriptors_that_end_before_the_limit_are_told_and_come_back(
    tmp_path: Path, via: Place
) -> None:
    """R01: when accept() itself fails, callers are reset by way of the spare descriptor, the
    line names the limit and `ulimit -n`, and it serves again as soon as one is free."""
    with Program(tmp_path, "--echo") as program:
        most = program.descriptors() + 11  # the pulse and ten more
        resource.prlimit(program.process.pid, resource.RLIMIT_NOFILE, (most, most))
        with Pulse(program, via) as pulse:
            crowd = [called(program, via) for _ in range(60)]
            here = [caller for caller in crowd if served(caller) and caller]
            assert 8 <= len(here) <= 10
            surplus = len(crowd) - len(here)
            program.wait(lambda: refused(program) >= surplus)
            here[0].close()
            program.wait(lambda: program.told.closed >= 1)
            program.until(lambda: served(called(program, via)))
        pulse.steady()
        at_most_one_a_second(program)
        for _, line in program.complaints:
            assert re.fullmatch(
                r"tcpmon: \d+ callers? refused: too many open files; "
                r"raise the limit with ulimit -n\n",
                line,
            )


def test_more_clients_than_descriptors_are_told_at_the_start(tmp_path: Path) -> None:
    """R05: what was asked for and what is possible stand in the first line."""
    through = ("prlimit", "--nofile=256:256")
    with Program(tmp_path, "--max-clients", "5000", through=through) as program:
        assert program.end() == 0
        assert program.stderr == (
            "tcpmon: room for 192 clients, not 5000: open files end at 256;"
            " raise it with ulimit -n\n"
        )


def test_every_number_of_descriptors_is_enough_or_told_in_one_line(tmp_path: Path) -> None:
    """R01, R05: from too few to start Python up to enough for a client, it serves, or ends
    with one line and a code of its own; nothing in between is a bug or hangs."""
    serving = set()
    with ExitStack() as runs:
        started = {
            number: runs.enter_context(
                subprocess.Popen(
                    ["prlimit", f"--nofile={number}:{number}", sys.executable, "-m", "tcpmon",
                     "serve", "localhost:0", f"unix:{tmp_path}/{number}.sock"],
                    stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                )
            )
            for number in range(7, 21)
        }  # fmt: skip
        for run in started.values():
            runs.callback(run.kill)
        for number, run in started.items():
            assert run.stdout
            if run.stdout.readline():
                serving.add(number)
                run.terminate()
            _, told = run.communicate(timeout=WAIT)
            if number in serving:
                assert run.returncode == 0, (number, told)
            elif not ("ImportError" in told or "importlib" in told):  # Python itself is not there
                assert (run.returncode, told.count("\n")) == (3, 1), (number, told)
                assert told.startswith("tcpmon: cannot listen on ")
                assert told.endswith(": too many open files; raise the limit with ulimit -n\n")
    assert serving == set(range(min(serving), 21))


# -- limits of clients -----------------------------------------------------------------------


def test_of_500_callers_exactly_100_are_let_in(tmp_path: Path, via: Place) -> None:
    """R04: 400 are refused, told at once and counted, and a slot that is free is used."""
    with Program(tmp_path, "--echo", "--max-clients", "100") as program:
        crowd = [called(program, via) for _ in range(500)]
        here = [caller for caller in crowd if served(caller) and caller]
        assert len(here) == 100
        late = called(program, via)
        began = time.monotonic()
        assert not served(late)
        within("refusal", time.monotonic() - began, 0.1)
        for number in range(5):
            here[number].close()
            program.wait(lambda count=number: program.told.closed == count + 1)  # type: ignore[misc]
            here.append(program.call(via))
            assert served(here[-1])
        assert not served(called(program, via))
        for caller in here:
            caller.close()
        assert program.end() == 0  # with the line about refused callers that was not due yet
        assert program.told.opened == 105
        assert refused(program) == 402
        at_most_one_a_second(program)
        assert "refused: limit of 100 clients reached, the last was " in program.stderr


# -- storms --------------------------------------------------------------------------------


@over_tcp
def test_thousands_of_aborts_are_told_each_with_its_address(tmp_path: Path, via: Place) -> None:
    """R06: no caller who resets at once is missing, nothing is left of them, and others do
    not notice."""
    count = 4000
    with Program(tmp_path, "--echo", "--keep", "1MiB") as program:
        with Pulse(program, via) as pulse:
            base, memory = program.descriptors(), program.rss()
            names = set()
            for _ in range(count):
                caller = Caller(via, via.address(program.addresses))
                names.add(caller.name)
                caller.reset()
            program.wait(lambda: program.told.closed == count)
            program.until(lambda: program.descriptors() == base)
            assert program.rss() - memory < 32 * MIB
        pulse.steady()
        clients = [client for client in program.told.clients.values() if client.id > 1]
        assert {client.peer for client in clients} == names
        assert {client.close.reason for client in clients if client.close} == {"peer_reset"}
        assert program.objections == ""


def test_ten_thousand_callers_come_and_go_and_leave_nothing(tmp_path: Path, via: Place) -> None:
    """R07, R28: a device that connects again and again, with a word now and then: none is
    missing, descriptors are back, and the last tenth takes no more memory than the first."""
    count = 7000
    with Program(tmp_path, "--keep", "1MiB") as program:
        base = program.descriptors()
        address = via.address(program.addresses)
        memory = []
        for number in range(1, count + 1):
            caller = Caller(via, address)
            if number % 100 == 0:
                caller.say(b"boot %d" % number)
            caller.close()
            if number in (count * 3 // 10, count):
                program.wait(lambda closed=number: program.told.closed == closed)  # type: ignore[misc]
                memory.append(program.rss())
        program.until(lambda: program.descriptors() == base)
        assert program.told.opened == count
        assert memory[1] - memory[0] < 4 * MIB
        words = {
            id: client.rx.pieces for id, client in program.told.clients.items() if client.rx.size
        }
        assert words == {id: [b"boot %d" % id] for id in range(100, count + 1, 100)}
        assert program.end() == 0
        assert program.objections == ""


def may_have_a_network() -> bool:
    return subprocess.run(["unshare", "-rn", "true"], check=False).returncode == 0


in_a_network_of_its_own = pytest.mark.skipif(
    not may_have_a_network(), reason="no network namespace is allowed here: try it as root"
)


@in_a_network_of_its_own
def test_a_burst_of_5000_over_the_backlog_is_survived_and_told() -> None:
    """R08: while it stands still, more callers come than a queue holds. It serves those that
    it got, and says how many the system has dropped. In a network namespace, since the
    system counts for all programs; a Unix socket has no such count, its callers wait."""
    found = subprocess.run(
        ["unshare", "-rn", sys.executable, "-m", "tests.faults.burst", "5000"],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=2 * WAIT, check=False,
    )  # fmt: skip
    assert found.returncode == 0, found.stderr
    assert found.stdout == "2 listeners\n"


# -- slow ones and fast ones -------------------------------------------------------------------


def test_a_thousand_that_trickle_do_not_disturb(tmp_path: Path) -> None:
    """R10: a crowd through all listeners, each with a byte every 0.2 s, costs little, is
    conserved, and others do not notice. (300 of them for 1.5 s.)"""
    with Program(tmp_path, "--echo") as program:
        crowd = [program.call(place) for place in everywhere(300)]
        said = [Random(number).randbytes(8) for number in range(len(crowd))]
        with Pulse(program, IPV4) as pulse:
            used = program.cpu()
            began = time.monotonic()
            for turn in range(8):
                for caller, bytes_ in zip(crowd, said, strict=True):
                    caller.say(bytes_[turn : turn + 1])
                time.sleep(max(0.0, began + 0.2 * (turn + 1) - time.monotonic()))
            used = program.cpu() - used
        pulse.steady()
        assert used < 0.5 * (time.monotonic() - began)
        for caller in crowd:
            caller.hear(8)
            caller.close()
        program.conserves([*crowd, pulse.caller], echo=True)
        assert all(
            client.reads == 8 for client in program.told.clients.values() if client.rx.size == 8
        )


def test_one_at_full_speed_leaves_a_hundred_their_share(tmp_path: Path, via: Place) -> None:
    """R11: while one client sends and reads what the line takes, each of 100 others has its
    answer in time; what the greedy one got back is what it said."""
    with Program(tmp_path, "-q", "--echo") as program:
        others = [program.call(via) for _ in range(100)]
        greedy = program.call(via)
        flood = threading.Thread(target=keep_talking, args=(greedy, 1.0))
        with Pulse(program, via) as pulse:
            flood.start()
            worst = 0.0
            while flood.is_alive():
                for caller in others:
                    began = time.monotonic()
                    caller.trip(b"hello")
                    worst = max(worst, time.monotonic() - began)
            flood.join()
        pulse.steady(0.1)
        within("a trip beside a flood", worst, 0.1)
        assert greedy.said.size > 10 * MIB
        assert greedy.heard.digest == greedy.said.digest
        for caller in [*others, greedy]:
            caller.close()
        program.wait(lambda: program.told.closed == 102)
        ends = [client.close.rx for client in program.told.clients.values() if client.close]
        assert sum(ends) == sum(c.said.size for c in [*others, greedy, pulse.caller])


def keep_talking(caller: Caller, seconds: float) -> None:
    """Send for so long what the kernel takes, reading the echo; then read the rest of it."""
    data = Random(1).randbytes(1 << 18)
    deadline = time.monotonic() + seconds
    while talking := time.monotonic() < deadline or caller.heard.size < caller.said.size:
        if time.monotonic() < deadline:
            caller.say_some(data)
        if caller.heard.size < caller.said.size:
            caller.hear(min(1 << 18, caller.said.size - caller.heard.size))
    assert not talking


def test_slowloris_and_a_service_scan_ban_nobody(tmp_path: Path, via: Place) -> None:
    """R12: half requests that never end and the probes of a scanner are rows like others;
    nobody is refused, and the bytes are there."""
    probes = [
        b"", b"\r\n\r\n", b"GET / HTTP/1.0\r\n\r\n", b"OPTIONS / RTSP/1.0\r\n\r\n",
        b"\x16\x03\0\0S\x01\0\0O\x03\0?G\xd7\xf7\xba,\xee\xea\xb2`~\xf3\0\xfd\x82{",
        b"\0\x1e\0\x06\x01\0\0\x01\0\0\0\0\0\0\x07version\x04bind\0\0\x10\0\x03",
        b"HELP\r\n", b"\x03\0\0\x0b\x06\xe0\0\0\0\0\0", b"\0\0\0\xa4\xffSMBr\0\0\0\0\x08\x01@",
        b"\x01default\n", b"\x80\0\0(r\xfe\x1d\x13\0\0\0\0\0\0\0\x02", b"\x1b[2J\x1b]0;x\x07",
    ]  # fmt: skip
    with Program(tmp_path, "--echo") as program:
        with Pulse(program, via) as pulse:
            slow = [program.call(via) for _ in range(100)]
            for number, caller in enumerate(slow):
                caller.say(b"GET /%d HTTP/1.1\r\n" % number)
            scan = []
            for probe in probes:
                caller = program.call(via)
                caller.say(probe)
                caller.fin()
                caller.hear_out()
                scan.append(caller)
            for caller in slow:
                caller.say(b"X-a: b\r\n")
        pulse.steady()
        for caller in slow:
            caller.fin()
            assert not caller.hear_out()
        program.conserves([*slow, *scan, pulse.caller], echo=True)
        assert program.objections == ""
