"""A search goes on beside everything else, and knows how far it is."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual.pilot import Pilot
from textual.widget import Widget

from tcpmon.core.model import Lens, Sifted
from tcpmon.ui.search import Search
from tests.ui.fakes import FakeNode, Show, a_record, until

AB, CD = Lens(filter="ab"), Lens(filter="cd")


def a_node(pace: int = 10, count: int = 100) -> FakeNode:
    """A node that says ab and cd by turns, and looks at a few of them at a time."""
    node = FakeNode(records=[a_record(seq, b"cd" if seq % 2 else b"ab") for seq in range(count)])
    node.pace = pace
    return node


@asynccontextmanager
async def a_search(node: FakeNode) -> AsyncIterator[tuple[Search, Pilot[None], list[Sifted]]]:
    """A search, and what it had found whenever it said so."""
    widget = Widget()
    async with Show(widget).run_test() as pilot:
        told: list[Sifted] = []
        search = Search(widget, node, lambda: told.append(search.sifted))
        yield search, pilot, told
        search.stop()


async def test_it_goes_on_by_itself() -> None:
    """Until all was looked at; then it says so."""
    async with a_search(a_node()) as (search, pilot, told):
        assert not search
        search.start(AB)
        assert search
        assert (search.sifted.looked, search.sifted.done) == (10, False)
        await until(pilot, lambda: search.sifted.done)
        await pilot.pause()
        assert search.sifted == told[-1] == Sifted(50, 100, True, 100)
        assert not search.stopped


async def test_what_comes_later_is_looked_at_when_asked() -> None:
    """A few messages more need no worker: they are looked at at once."""
    node = a_node(pace=1000)
    async with a_search(node) as (search, _, told):
        search.start(AB)
        assert search.sifted == Sifted(50, 100, True, 100)
        node.kept.append(a_record(100, b"ab"))
        search.go_on()
        assert search.sifted == Sifted(51, 101, True, 101)
        assert told == []


async def test_who_has_enough_stops_it() -> None:
    """It says whether there was anything left, and stays where it was until another begins."""
    async with a_search(a_node()) as (search, pilot, _):
        search.start(AB)
        assert search.stop()
        far = search.sifted
        search.go_on()
        await pilot.pause()
        assert search.sifted == far
        assert search.stopped
        assert not search.stop()
        search.start(CD)
        assert not search.stopped
        await until(pilot, lambda: search.sifted.done)
        assert not search.stop()
        assert not search.stopped


async def test_the_last_of_several_is_told() -> None:
    """It is done when all are, and what is wrong with any is told."""
    node = a_node(pace=60)
    async with a_search(node) as (search, pilot, _):
        search.start(AB, CD)
        assert not search.sifted.done
        await until(pilot, lambda: search.sifted.done)
        assert search.sifted == Sifted(50, 100, True, 100)
        assert len(node.found[None, "ab"]) == 50


async def test_another_takes_the_place_of_one_under_way() -> None:
    """What was looked for before is not looked for any more."""
    node = a_node()
    async with a_search(node) as (search, pilot, _):
        search.start(AB)
        search.start(CD)
        await until(pilot, lambda: search.sifted.done)
        assert node.sifted[None, "ab"] < 100
        search.start()
        assert not search
        assert search.sifted == Sifted(0, 0, True)
