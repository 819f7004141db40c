"""The program's own life: its start, its streams, its signals, and a machine that is short
of memory or time."""

import os
import resource
import select
import signal
import socket
import stat
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from random import Random

import pytest

from tests.faults.program import (
    IPV4,
    IPV6,
    PLACES,
    TCP,
    UNIX,
    WAIT,
    Caller,
    Place,
    Program,
    Pulse,
    everywhere,
    shell,
    within,
)
from tests.faults.test_content import reach
from tests.faults.test_floods import in_a_network_of_its_own

MIB = 1 << 20
over_tcp = pytest.mark.parametrize("via", TCP, ids=lambda place: place.name)


def refusal(*arguments: str, through: tuple[str, ...] = ()) -> tuple[int, str]:
    """Run the program where it cannot serve; return its code and what it said."""
    ended = subprocess.run(
        [*through, sys.executable, "-m", "tcpmon", "serve", *arguments],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=WAIT, check=False,
    )  # fmt: skip
    assert ended.stdout == ""
    assert ended.stderr.startswith("tcpmon")
    assert ended.stderr.count("\n") == 1
    return ended.returncode, ended.stderr[:-1]


# -- stdout ----------------------------------------------------------------------------------


def test_a_stdout_that_nobody_reads_holds_clients_back_and_loses_nothing(tmp_path: Path) -> None:
    """R58: while its stdout is not read for two seconds, reading from clients pauses and
    memory is bounded; then it goes on, all is there, and who waited is served. Through all
    listeners."""
    data = Random(6).randbytes(MIB) * 24
    with Program(tmp_path, "--keep", "4MiB") as program:
        callers = [program.client(place) for place in PLACES]
        program.stop_reading()
        memory = program.rss()
        began = time.monotonic()
        sent = dict.fromkeys(callers, 0)
        while time.monotonic() < began + 2:
            for caller in callers:
                if select.select([], [caller.sock], [], 0.01)[1]:
                    rest = data[sent[caller] : sent[caller] + MIB]
                    sent[caller] += caller.say_some(rest)
        assert max(sent.values()) < len(data), "somebody was not held back"
        assert sum(sent.values()) > 3 * MIB
        assert program.rss() - memory < 96 * MIB
        late = [program.call(place) for place in PLACES]
        for number, caller in enumerate(late):
            caller.say(b"am I too late? %d" % number)
        program.read_on()
        for number, caller in enumerate(callers):
            caller.say(data[sent[caller] + number :][:MIB])
        for caller in [*callers, *late]:
            caller.close()
        program.conserves([*callers, *late])
        assert program.stderr == ""


def test_a_stdout_that_is_gone_ends_it_quietly(tmp_path: Path, via: Place) -> None:
    """R59: when whoever read its stdout has left, it says goodbye to its clients and ends
    with 0; a closed stdin before that is nothing to it."""
    reading, writing = os.pipe()
    with Program(
        tmp_path, "--echo", through=shell(f'exec "$@" >/dev/fd/{writing} <&-'), first=0,
        pass_fds=(writing,), addresses=["127.0.0.1:0", "[::1]:0", f"unix:{tmp_path}/s"],
    ) as program:  # fmt: skip
        os.close(writing)
        text = b""
        while text.count(b"\n") < 3:
            text += os.read(reading, 1 << 16)
        program.addresses = [
            line.partition('"address":"')[2].rstrip('"}') for line in text.decode().splitlines()
        ]
        callers = [program.call(via) for _ in range(5)]
        for caller in callers:
            caller.trip(b"hello")
        began = time.monotonic()
        os.close(reading)
        assert not any(caller.hear_out() for caller in callers)
        for caller in callers:
            caller.close()
        assert program.ended() == 0
        within("ends", time.monotonic() - began, 2)
        assert program.stderr == ""


def test_a_terminal_that_hangs_up_ends_it(tmp_path: Path) -> None:
    """R59: a terminal that is gone (EIO, without any signal) is told in a line and by a
    code of its own."""
    master, terminal = os.openpty()
    name = os.ttyname(terminal)
    os.close(terminal)
    address = f"unix:{tmp_path}/s"
    with Program(
        tmp_path, "--echo", through=shell(f'exec "$@" >{name}'), first=0, addresses=[address]
    ) as program:
        program.addresses = [address]
        caller = reach(program)
        caller.trip(b"hello")
        os.close(master)
        caller.say(b"is there anybody?")
        assert program.ended() == 4
        assert program.stderr.startswith("tcpmon: cannot write to stdout: ")


@pytest.mark.parametrize("form", ["text", "jsonl"])
def test_what_python_complains_about_is_not_on_stdout(tmp_path: Path, form: str) -> None:
    """R69: with every warning and debug output of Python on, stdout holds records only, and
    nothing is said on stderr about a resource that was left open."""
    noisy = {"PYTHONWARNINGS": "always", "PYTHONDEVMODE": "1", "PYTHONASYNCIODEBUG": "1"}
    with Program(tmp_path, "--echo", form=form, environment=noisy) as program:  # type: ignore[arg-type]
        callers = [program.call(place) for place in PLACES]
        for number, caller in enumerate(callers):
            caller.trip(b"hello %d" % number)
        callers[0].reset()
        callers[1].close()
        if form == "jsonl":
            program.wait(lambda: program.told.closed == 2)
        else:
            program.wait(lambda: len(program.lines) == 11)
            assert all(line[2] == ":" for line in program.lines)
        assert program.end() == 0
        assert "Warning" not in program.stderr


# -- signals --------------------------------------------------------------------------------


def test_a_signal_ends_it_with_fifty_stuck_clients(tmp_path: Path) -> None:
    """R60: SIGTERM, SIGINT and SIGHUP end it within 5 s and with 0, though fifty clients do
    not read; each row tells what was unsent. SIGQUIT ends it at once, as it does others."""
    numbers = [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT]
    with ExitStack() as stack:
        programs = []
        no_core = shell('ulimit -c 0; exec "$@"')
        for number in numbers:
            folder = tmp_path / str(number)
            folder.mkdir()
            program = Program(folder, "-q", "--reply", "x" * 60_000, through=no_core)
            programs.append(stack.enter_context(program))
        stuck = [
            [program.client(place, buffer=4096) for place in everywhere(50)] for program in programs
        ]
        for _ in range(12):
            for caller in (caller for callers in stuck for caller in callers):
                caller.say_some(b"more\n")
            time.sleep(0.02)
        began = time.monotonic()
        for program, number in zip(programs, numbers, strict=True):
            program.process.send_signal(number)
        codes = [program.ended() for program in programs]
        took = time.monotonic() - began
        assert codes == [0, 0, 0, -signal.SIGQUIT]
        within("ending with 50 stuck clients", took, 5)
        for program in programs[:3]:
            ends = [client.close for client in program.told.clients.values()]
            assert len(ends) == 50
            assert all(end and end.unsent > 0 for end in ends)
            assert {end.reason for end in ends if end} == {"stopped"}


# -- addresses --------------------------------------------------------------------------------


def test_an_address_in_use_is_never_shared_or_stolen(tmp_path: Path) -> None:
    """R82, R86, R94: a second program on the same address ends with 3 and one line that says
    who has it and what to try; the first goes on. When that ends with its clients still
    connected, the addresses can be had at once."""
    with Program(tmp_path, "--echo") as program:
        where = [address_of(program, place) for place in PLACES]
        with Pulse(program, IPV4) as pulse:
            for place, address in zip(PLACES, where, strict=True):
                code, told = refusal(address)
                assert code == 3
                if place is UNIX:
                    assert told.endswith("is in use by another program; take another path")
                else:
                    assert f"port {address.rpartition(':')[2]} is in use by " in told
                    assert f"(pid {program.process.pid})" in told
                    assert "; try " in told
        pulse.steady()
        callers = [program.client(place) for place in PLACES]
        for caller in callers:
            caller.trip(b"hello")
        assert program.end() == 0
        assert not any(caller.hear_out() for caller in callers)
        with Program(tmp_path, "--echo", addresses=where) as again:
            for place in PLACES:
                assert again.client(place).trip(b"hello") == b"hello"


def address_of(program: Program, via: Place) -> str:
    """Return a program's address as it is written on a command line."""
    found = via.address(program.addresses)
    if isinstance(found, str):
        return f"unix:{found}"
    return f"[{found[0]}]:{found[1]}" if ":" in found[0] else f"{found[0]}:{found[1]}"


def test_a_killed_program_leaves_nothing_in_the_way(tmp_path: Path, via: Place) -> None:
    """R86, R94: after kill -9 the same address is served again at once, a stale socket file
    too."""
    with Program(tmp_path, "--echo") as program:
        caller = program.client(via)
        caller.trip(b"hello")
        where = address_of(program, via)
        assert program.end(signal.SIGKILL) == -signal.SIGKILL
    with Program(tmp_path, "--echo", addresses=[where]) as again:
        assert again.client(via).trip(b"hello") == b"hello"


def unprivileged() -> tuple[str, ...]:
    return ("setpriv", "--bounding-set=-net_bind_service") if os.geteuid() == 0 else ()


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost"])
def test_a_port_that_needs_root_is_told(host: str) -> None:
    """R83: without the capability a low port is one line that names what is needed."""
    start = int(Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text())
    if start == 0:
        pytest.fail("this machine has no privileged ports: ip_unprivileged_port_start is 0")
    code, told = refusal(f"{host}:1", through=unprivileged())
    assert code == 3
    assert told.endswith("permission denied; ports below 1024 need root or CAP_NET_BIND_SERVICE")


@pytest.mark.parametrize(
    ("address", "code", "wrong"),
    [
        ("192.0.2.1:8000", 3, "192.0.2.1"), ("[2001:db8::1]:8000", 3, "2001:db8::1"),
        ("[fe80::1]:8000", 3, "fe80::1"), ("[fe80::1%nowhere]:8000", 3, "fe80::1%nowhere"),
        ("name.invalid:8000", 3, "name.invalid"), ("localhost:70000", 2, "70000"),
        ("localhost:65536", 2, "65536"), ("localhost:-1", 2, "-1"), ("localhost:x", 2, "x"),
        ("localhost:", 2, "localhost:"), ("70000", 2, "70000"),
        ("127.0.0.256:1", 2, "127.0.0.256"), ("unix:", 2, "unix:"),
        ("unix:/nowhere/a.sock", 3, "/nowhere/a.sock"), ("unix:/", 3, "/"),
        ("unix:/dev/null", 3, "/dev/null"), ("unix:/proc/a.sock", 3, "/proc/a.sock"),
    ],
)  # fmt: skip
def test_a_bad_address_is_one_line_and_never_another_port(
    address: str, code: int, wrong: str
) -> None:
    """R84: what cannot be listened on is named as it was given."""
    found, told = refusal(address)
    assert (found, wrong in told) == (code, True), told


def test_both_families_of_localhost_have_one_port(tmp_path: Path) -> None:
    """R85: with port 0 the port that is found is free on IPv4 and IPv6, every time."""
    with ExitStack() as stack:
        for number in range(6):
            folder = tmp_path / str(number)
            folder.mkdir()
            program = stack.enter_context(Program(folder))
            four, six = (place.address(program.addresses)[1] for place in (IPV4, IPV6))
            assert four == six


@in_a_network_of_its_own
@pytest.mark.parametrize("six", [False, True])
def test_a_machine_with_one_family_serves_that(tmp_path: Path, six: bool) -> None:
    """R85: where there is no IPv6 (or no IPv4 address), localhost is what there is, and the
    missing one is said; asked for itself it is an error. In a network namespace."""
    prepare = (
        "ip link set lo up; ip addr del 127.0.0.1/8 dev lo"
        if six
        else "echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6; ip link set lo up"
    )
    through = ("unshare", "-rn", *shell(f'{prepare}; exec "$@"'))
    missing, name, host = ("IPv4", "::1", "127.0.0.1") if six else ("IPv6", "127.0.0.1", "[::1]")
    with Program(tmp_path, through=through, addresses=["localhost:0"], first=1) as program:
        assert program.addresses[0].rpartition(":")[0].strip("[]") == name
        program.wait(lambda: program.stderr)
        assert program.end() == 0
        assert program.stderr == (
            f"tcpmon: no {missing} on this machine: localhost:0 is without it\n"
        )
    code, told = refusal(f"{host}:0", through=through)
    assert (code, host.strip("[]") in told) == (3, True)


# -- socket files ----------------------------------------------------------------------------


@pytest.mark.parametrize("mask", ["000", "077", "777"])
def test_a_socket_file_is_its_owners_alone_under_any_umask(tmp_path: Path, mask: str) -> None:
    """R94: mode 0600 whatever the umask is, and gone at the end."""
    path = tmp_path / "a.sock"
    through = shell(f'umask {mask}; exec "$@"')
    with Program(tmp_path, through=through, addresses=[f"unix:{path}"]) as program:
        found = path.lstat()
        assert stat.S_ISSOCK(found.st_mode)
        assert stat.S_IMODE(found.st_mode) == 0o600
        assert program.end() == 0
        assert not path.exists()


@pytest.mark.parametrize("what", ["fifo", "folder", "file", "link to nothing", "link to a file",
                                  "link to a socket of another"])  # fmt: skip
def test_what_is_in_the_way_of_a_socket_file_stays(tmp_path: Path, what: str) -> None:
    """R94: a FIFO, a folder, a file, or a link to whatever is not replaced and not followed."""
    path, other = tmp_path / "a.sock", tmp_path / "other"
    with socket.socket(socket.AF_UNIX) as owner:
        match what:
            case "fifo":
                os.mkfifo(path)
            case "folder":
                path.mkdir()
            case "file":
                path.write_text("precious")
            case "link to nothing":
                path.symlink_to(other)
            case "link to a file":
                other.write_text("precious")
                path.symlink_to(other)
            case _:
                owner.bind(os.fspath(other))
                owner.listen()
                path.symlink_to(other)
        before = path.lstat().st_ino
        code, told = refusal(f"unix:{path}")
        assert code == 3
        assert str(path) in told
        assert path.lstat().st_ino == before
        assert what != "link to nothing" or not other.exists()
        if path.is_file():
            assert path.read_text() == "precious"


# -- a poor machine -------------------------------------------------------------------------


def test_short_of_memory_it_loses_clients_before_itself(tmp_path: Path, via: Place) -> None:
    """R102: with an address space that ends soon, a flood into a large history may cost
    history or the flooding client, but neither the server nor a record that was told."""
    with Program(tmp_path, "--echo", "-q", "--keep", "1GiB") as program:
        pages = int(Path(f"/proc/{program.process.pid}/statm").read_text().split()[0])
        most = pages * resource.getpagesize() + 48 * MIB
        resource.prlimit(program.process.pid, resource.RLIMIT_AS, (most, most))
        flood = program.client(via)
        data = Random(7).randbytes(MIB)
        try:
            for _ in range(100):
                flood.say(data)
                flood.hear(len(data))
        except (ConnectionError, AssertionError):
            pass
        flood.close()
        program.wait(lambda: program.told.closed == 1)
        late = program.client(via)
        assert late.trip(b"hello") == b"hello"
        assert program.end() == 0


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="Linux only")
def test_a_processor_that_others_take_costs_time_and_nothing_else(
    tmp_path: Path,
) -> None:
    """R103: with nice 19 on the same core as one that never rests, it is slow, but every
    caller is served and every byte is there."""
    core = {min(os.sched_getaffinity(0))}
    with ExitStack() as stack:
        program = stack.enter_context(Program(tmp_path, "--echo", through=("nice", "-n", "19")))
        os.sched_setaffinity(program.process.pid, core)
        for _ in range(2):
            busy = stack.enter_context(subprocess.Popen([sys.executable, "-c", "while True: pass"]))
            stack.callback(busy.kill)
            os.sched_setaffinity(busy.pid, core)
        with Pulse(program, IPV4) as pulse:
            callers: list[Caller] = []
            for number, place in enumerate(everywhere(9)):
                caller = program.call(place)
                caller.trip(b"hello %d" % number)
                caller.close()
                callers.append(caller)
        pulse.steady(0.5)
        program.conserves([*callers, pulse.caller], echo=True)
