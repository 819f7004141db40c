"""The log through any lens: cut, filtered, and true when clients change."""

import itertools
from contextlib import nullcontext

import pytest

from tcpmon.core.cutting.framings import Framings
from tcpmon.core.cutting.log import SIEVES, Log
from tcpmon.core.model import Client, Kind, Lens, Message, Record, Sifted, State
from tcpmon.core.store import Raw, Store
from tests.ui.fakes import NOW, a_client

ALL = 1000


class World:
    """A store, who is in it, and a clock that is set by hand."""

    def __init__(self, framing: str = "none") -> None:
        self.store = Store(1 << 24)
        self.clients: dict[int, Client] = {1: a_client(1), 2: a_client(2)}
        self.seconds = 0.0
        self.framings = Framings(framing, lambda client: 1)
        self.log = Log(
            self.store, self.framings, lambda client, kind: False, self.record,
            self.clients.get, lambda: self.seconds, lambda: NOW, nullcontext(),
        )  # fmt: skip
        for client in self.clients:
            self.say(client, b"", Kind.OPEN)

    def say(self, client: int, data: bytes, kind: Kind = Kind.RX) -> None:
        self.store.append(NOW, client, kind, data)

    @staticmethod
    def record(raw: Raw) -> Record:
        seq, time, client, kind, data = raw
        return Record(seq, time, Kind(kind), client, data)

    def sifted(self, filter: str, client: int | None = None) -> tuple[Sifted, list[bytes]]:
        lens = Lens(client, filter)
        sifted = self.log.sift(lens, 1.0)
        return sifted, [row.data for row in self.log.messages((0, 0), ALL, lens)]


def test_a_filter() -> None:
    """Shows what was found by then, of all clients or one, and goes on with what comes."""
    world = World()
    world.say(1, b"hello")
    world.say(2, b"hello too")
    assert world.log.messages((0, 0), ALL, Lens(filter="hello")) == []
    assert world.sifted("hello") == (Sifted(2, 4, True, 4), [b"hello", b"hello too"])
    assert world.sifted("hello", client=2) == (Sifted(1, 2, True, 4), [b"hello too"])
    world.say(1, b"hello again")
    assert world.sifted("hello")[1] == [b"hello", b"hello too", b"hello again"]


@pytest.mark.parametrize("text", ["", "len>", "("])
def test_what_is_no_filter_hides_nothing(text: str) -> None:
    """Nothing was asked for, or it cannot be read yet."""
    world = World()
    world.say(1, b"hello")
    assert world.sifted(text, client=1)[1] == [b"", b"hello"]


def test_another_cut_is_filtered_anew() -> None:
    """Rows are others then, and so is what is found."""
    world = World()
    world.say(1, b"one\ntwo\n")
    assert world.sifted("two")[1] == [b"one\ntwo\n"]
    world.framings.choose("line")
    assert world.sifted("two")[1] == [b"two\n"]
    world.framings.choose("none")
    assert world.sifted("two")[1] == [b"one\ntwo\n"]


def test_rows_with_nothing_between_them_are_cut_anew() -> None:
    """What was remembered of full chunks, where most records have no row, holds no longer."""
    world = World("fixed:1000")
    for _ in range(30_000):
        world.say(1, b"x")
        world.store.settle()
    assert len(world.log.messages((0, 0), 100_000, Lens(1))) == 31
    world.framings.choose("none")
    assert len(world.log.messages((0, 0), 100_000, Lens(1))) == 30_001


def test_patience() -> None:
    """Who cannot wait has the rows that were met by then, the nearest ones; and who can has all,
    as before."""
    world = World("fixed:1000")
    for _ in range(30_000):
        world.say(1, b"x")
        world.store.settle()
    clock = itertools.count()
    world.log._clock = lambda: float(next(clock))
    end = (world.store.end, 0)
    newest = world.log.messages(end, -100, Lens(1, patience=200))
    oldest = world.log.messages((2, 0), 100, Lens(1, patience=200))
    every = world.log.messages((2, 0), 100, Lens(1))
    assert len(every) == 30
    assert 1 < len(newest) < 20
    assert 1 < len(oldest) < 20
    assert newest == every[-len(newest) :]
    assert oldest == every[: len(oldest)]
    assert world.log.messages(end, -30, Lens(1)) == every


def test_what_changes_of_a_client_shows() -> None:
    """A second later a filter about clients is tried again on what was looked at before."""
    world = World()
    world.say(1, b"one")
    world.say(2, b"two")
    assert world.sifted("state:open dir:rx")[1] == [b"one", b"two"]
    world.clients[1] = a_client(1, state=State.CLOSED, closed=NOW, end="closed by peer")
    assert world.sifted("state:open dir:rx")[1] == [b"one", b"two"]
    world.seconds += 2
    assert world.sifted("state:open dir:rx")[1] == [b"two"]


def test_few_filters_are_remembered() -> None:
    """The one that was used longest ago begins anew."""
    world = World()
    world.say(1, b"hello")
    for number in range(SIEVES + 1):
        world.sifted(f"hello | len>{100 + number}")
    first = Lens(filter="hello | len>100")
    assert world.log.messages((0, 0), ALL, first) == []
    last = world.log.messages((0, 0), ALL, Lens(filter=f"hello | len>{100 + SIEVES}"))
    assert [row.data for row in last] == [b"hello"]
    assert isinstance(last[0], Message)


def test_a_client_that_has_left_the_table_is_found_by_its_address() -> None:
    """As long as the log has the record of how it came."""
    world = World()
    world.say(3, b"10.0.0.9:4711\x00127.0.0.1:8000", Kind.OPEN)
    world.say(3, b"one")
    world.say(1, b"two")
    assert 3 not in world.clients
    for filter in (
        "ip:10.0.0.0/8 dir:rx",
        "port:4711 dir:rx",
        "10.0.0.9 dir:rx",
        "on::8000 client:3 dir:rx",
    ):
        assert world.sifted(filter)[1] == [b"one"]
