"""Limits that are asked for by flags: each bites exactly, says so, spares the others, and
lets go again."""

import re
import time
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from tests.faults.program import IPV4, PLACES, TCP, UNIX, Caller, Place, Program, Pulse, within
from tests.faults.test_floods import at_most_one_a_second, called, refused, served

over_tcp = pytest.mark.parametrize("via", TCP, ids=lambda place: place.name)


def refused_for(program: Program, reason: str) -> int:
    """Return how many callers were refused for a reason, as its lines add up."""
    lines = [line for _, line in program.complaints if f" refused: {reason}, the last was " in line]
    return sum(int(line.split()[1]) for line in lines)


@over_tcp
def test_so_many_from_one_address_and_others_besides(tmp_path: Path, via: Place) -> None:
    """--max-per-address: exactly so many of one address are in, the rest is reset and told;
    other addresses and Unix sockets have their own; a slot that is free is used at once."""
    with Program(tmp_path, "--echo", "--max-per-address", "3") as program:
        crowd = [called(program, via) for _ in range(10)]
        here = [caller for caller in crowd if served(caller) and caller]
        assert len(here) == 3
        reason = "limit of 3 clients from one address reached"
        program.wait(lambda: refused_for(program, reason) == 7)
        assert f"the last was {via.host}:" in program.stderr.replace("[::1]", "::1")
        neighbours = [program.call(UNIX) for _ in range(5)]
        if via is IPV4:  # ::1 is the only address of its kind on a machine
            neighbours += [program.call(via, source="127.0.0.9") for _ in range(3)]
            assert not served(called_from(program, "127.0.0.9"))
        assert all(served(caller) for caller in neighbours)
        here[0].close()
        program.wait(lambda: program.told.closed == 1)
        assert served(called(program, via))
        assert not served(called(program, via))


def called_from(program: Program, source: str) -> Caller | None:
    try:
        return program.call(IPV4, source=source)
    except ConnectionError:
        return None


def test_so_many_new_ones_a_second(tmp_path: Path, via: Place) -> None:
    """--max-accepts: of a burst exactly so many are taken in the second, the others are
    reset and told, who is in stays in, and in the next second there is room."""
    with Program(tmp_path, "--echo", "--max-accepts", "20") as program:
        first = program.call(via)  # begins the second
        began = time.monotonic()
        crowd = [called(program, via) for _ in range(60)]
        in_time = time.monotonic() - began < 1
        here = [caller for caller in crowd if served(caller) and caller]
        if in_time:
            assert 19 <= len(here) < 40  # exactly 19 unless the second was over meanwhile
        reason = "limit of 20 new clients a second reached"
        program.wait(lambda: refused_for(program, reason) == 60 - len(here))
        at_most_one_a_second(program)
        program.until(lambda: served(called(program, via)))
        within("room again", time.monotonic() - began, 2)
        assert served(first)
        assert all(served(caller) for caller in here)


def test_who_is_idle_is_closed_and_nobody_else(tmp_path: Path) -> None:
    """--max-idle: who has neither said nor been told a byte for so long gets a FIN, and its
    row the reason; who says something now and then stays. Through all listeners."""
    with Program(tmp_path, "--echo", "--max-idle", "1s") as program:
        began = time.monotonic()
        silent = [program.client(place) for place in PLACES]
        once = [program.client(place) for place in PLACES]
        for caller in once:
            caller.trip(b"hello")
        with Pulse(program, IPV4) as pulse:
            talking = [program.client(place) for place in PLACES]
            while program.told.closed < 6:
                for caller in talking:
                    caller.trip(b".")
                time.sleep(0.1)
                assert time.monotonic() - began < 20
        pulse.steady()
        assert time.monotonic() - began > 1
        for caller in [*silent, *once]:
            ending = program.closing(caller)
            assert (ending.reason, ending.why) == ("idle", "closed by us, idle")
            assert ending.seconds > 1
            assert not caller.hear_out()
        assert all(program.told.clients[caller.id].close is None for caller in talking)


def test_an_idle_limit_waits_while_stdout_does(tmp_path: Path) -> None:
    """--max-idle: while reading pauses because stdout is slow nobody is closed for being
    silent, not even right after it: what they said meanwhile is waiting to be read."""
    with Program(tmp_path, "--max-idle", "1s", "--keep", "4MiB") as program:
        flood, patient = program.client(IPV4), program.client(UNIX)
        program.stop_reading()
        began = time.monotonic()
        data = bytes(1 << 20)
        while flood.say_until_held_back(data, quiet=0.3) == len(data):
            pass
        while time.monotonic() - began < 2.5:
            patient.say_some(b"I am here")
            time.sleep(0.1)
        program.read_on()
        program.wait(lambda: program.told.clients[patient.id].rx.size == patient.said.size)
        assert program.told.clients[patient.id].close is None
        assert program.told.clients[flood.id].close is None
        flood.close()
        patient.close()
        program.conserves([flood, patient])


def test_what_may_wait_for_one_who_does_not_read(tmp_path: Path) -> None:
    """--max-unsent, --unread disconnect: who does not read any more and has more waiting
    than is allowed is reset after 5 s, with the reason; with the other policies it stays.
    Those who read notice nothing. Through all listeners."""
    limits = ("-q", "--reply", "x" * 30_000, "--max-unsent", "64KiB", "--unread")
    with ExitStack() as stack:
        programs = []
        for policy in ("skip", "drop", "disconnect"):
            (tmp_path / policy).mkdir()
            programs.append(stack.enter_context(Program(tmp_path / policy, *limits, policy)))
        stuck = [[program.client(place, buffer=4096) for place in PLACES] for program in programs]
        readers = [program.client(place) for program in programs for place in PLACES]
        began = time.monotonic()
        while programs[2].told.closed < 3:
            for caller in (caller for callers in stuck for caller in callers):
                with suppress(ConnectionError):
                    caller.say_some(b"more\n")
            for reader in readers:
                reader.say(b"more\n")
                reader.hear(30_000)
            time.sleep(0.05)
            assert time.monotonic() - began < 40
        assert time.monotonic() - began > 4
        for caller in stuck[2]:
            ending = programs[2].closing(caller)
            assert ending.reason == "unread"
            assert re.fullmatch(r"reset by us, did not read, \S+ [kM]B unsent", ending.why)
            assert ending.unsent >= 64 << 10
        assert [program.told.closed for program in programs] == [0, 0, 3]
        for reader in readers:
            reader.say(b"more\n")
            reader.hear(30_000)


RULES = [
    # flags, the reason why 127.0.0.1 is refused, and 127.0.0.9, and ::1; "" if it is not
    (["--deny", "127.0.0.1"], ["127.0.0.1 is denied", "", ""]),
    (["--deny", "127.0.0.0/8"], ["127.0.0.0/8 is denied"] * 2 + [""]),
    (["--deny", "127.0.0.0/8", "--allow", "127.0.0.9"],
     ["127.0.0.0/8 is denied", "", "not among those that are allowed"]),
    (["--allow", "::1"], ["not among those that are allowed"] * 2 + [""]),
    (["--allow", "127.0.0.0/8", "--deny", "127.0.0.9"],
     ["", "127.0.0.9 is denied", "not among those that are allowed"]),
    (["--deny", "::/0"], ["", "", "::/0 is denied"]),
]  # fmt: skip


@pytest.mark.parametrize(("flags", "reasons"), RULES, ids=" ".join)
def test_who_may_come_in(tmp_path: Path, flags: list[str], reasons: list[str]) -> None:
    """--allow, --deny: the narrower rule decides; who is refused is reset and told with the
    reason; a Unix socket has no address and is not concerned."""
    with Program(tmp_path, "--echo", *flags) as program:
        first = program.call(UNIX)
        assert served(first)
        first.close()
        sources = ["127.0.0.1", "127.0.0.9", "::1"]
        for source, reason in zip(sources, reasons, strict=True):
            place = TCP[":" in source]
            for _ in range(3):
                try:
                    caller = program.call(place, source=source)
                except ConnectionError:
                    assert reason
                else:
                    assert served(caller) == (not reason)
                    caller.close()
        last = program.call(UNIX)
        assert served(last)
        last.close()
        assert program.end() == 0  # with the lines about refused callers that were not due yet
        for reason in set(reasons) - {""}:
            assert refused_for(program, reason) == 3 * reasons.count(reason)
        assert refused(program) == 3 * sum(map(bool, reasons))
