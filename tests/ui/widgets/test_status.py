"""The first line."""

import pytest

from tcpmon.core.model import Listener
from tcpmon.ui.widgets.status import StatusBar
from tests.ui.fakes import SMALL, WIDE, FakeNode, a_client, a_record, a_screen, lines, look, until


async def test_it_tells_where_and_how_much() -> None:
    """Listeners, clients, both rates with their graphs, messages a second, and the clock."""
    node = FakeNode([a_client(1), a_client(2)])
    node.changes = {"rx_rate": 12_400.0, "tx_rate": 1_100.0, "message_rate": 214.4}
    node.rates = tuple((float(n), float(20 - n)) for n in range(20))
    async with a_screen(node, WIDE) as (app, _):
        line = lines(app)[0]
    told = ("127.0.0.1:8000 [::1]:8000", "2 clients", "↓ 12.4 kB/s", "↑  1.1 kB/s", "214 msg/s",
            "▁▁▂▂▃▃▄▄▅▅▆▆▇▇██"[-4:])  # fmt: skip
    for part in told:
        assert part in line
    assert line.rstrip()[-8:].count(":") == 2


async def test_at_80_columns_the_heart_of_it_stays() -> None:
    """On a small screen listeners, clients and rates are still there."""
    node = FakeNode([a_client(1)])
    node.changes = {"rx_rate": 999_000_000.0, "tx_rate": 999_000_000.0, "unsent": 3_900_000}
    async with a_screen(node, SMALL) as (app, _):
        line = lines(app)[0]
    for part in ("127.0.0.1:8000", "1 client", "↓  999 MB/s", "↑  999 MB/s", "unsent 3.9 MB"):
        assert part in line


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"dropped_records": 1204}, "1,204 dropped"),
        ({"trouble": "refusing callers: limit of 100 clients reached"}, "refusing callers: limit"),
        ({"refused": 96}, "96 refused"),
        ({"unsent": 18_000}, "unsent 18.0 kB"),
        ({"silent": 3}, "3 silent"),
    ],
)
async def test_what_is_wrong_is_said(changes: dict[str, object], told: str) -> None:
    """Dropped records, refused callers and unsent bytes are on the screen at any time."""
    node = FakeNode([a_client(1)])
    node.changes = changes
    async with a_screen(node, WIDE) as (app, _):
        assert told in lines(app)[0]


async def test_limits_that_are_hit_are_seen_at_80_columns() -> None:
    """On a small screen too one sees why callers are refused, and later how many were."""
    node = FakeNode([a_client(1)])
    node.changes = {
        "rx_rate": 999_000_000.0, "tx_rate": 999_000_000.0, "refused": 1204,
        "trouble": "refusing callers: limit of 10 clients reached",
    }  # fmt: skip
    async with a_screen(node, SMALL) as (app, pilot):
        assert "● 127.0.0.1:8000 +1" in lines(app)[0]
        assert "refusing callers: limit of 10 clients reached" in lines(app)[0]
        node.changes["trouble"] = "refusing callers: 10.0.0.7 is denied"
        await look(app, pilot)
        assert "1 client  refusing callers: 10.0.0.7 is denied" in lines(app)[0]
        node.changes["trouble"] = (
            "callers wait: too many open files; raise the limit with ulimit -n"
        )
        await look(app, pilot)
        assert "callers wait: too many open files; raise the" in lines(app)[0]
        node.changes["trouble"] = ""
        await look(app, pilot)
        assert "1,204 refused" in lines(app)[0]


@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_a_pause_tells_what_it_hides(size: tuple[int, int]) -> None:
    """While paused, the line counts the records since, and without any it does not."""
    node = FakeNode([a_client(1)], [a_record(n) for n in range(5)])
    async with a_screen(node, size) as (app, pilot):
        await pilot.press("p")
        await pilot.pause()
        assert "PAUSED  " in lines(app)[0]
        node.kept += [a_record(n) for n in range(5, 1209)]
        await until(pilot, lambda: "PAUSED 1,204 new" in lines(app)[0])
        await pilot.press("p")
        await pilot.pause()
        assert "PAUSED" not in lines(app)[0]


async def test_many_listeners_are_counted() -> None:
    """When the addresses do not fit, the first is shown and the others are counted."""
    node = FakeNode()
    node.listeners = tuple(
        Listener(n, f"localhost:{9000 + n}", (f"127.0.0.1:{9000 + n}",), (), (), 0, 0, 0)
        for n in range(9)
    )
    async with a_screen(node, SMALL) as (app, _):
        assert "● 127.0.0.1:9000 +8" in lines(app)[0]
    node.listeners = ()
    async with a_screen(node, SMALL) as (app, _):
        assert "○ not listening" in lines(app)[0]


async def test_what_is_put_aside_is_told() -> None:
    """As long as a message is put aside to be compared, the first line says which."""
    async with a_screen(FakeNode([a_client(1)]), SMALL) as (app, pilot):
        status = app.screen.query_one(StatusBar)
        status.pin("#1 RX 6 B")
        await pilot.pause()
        assert "compare #1 RX 6 B" in lines(app)[0]
        status.pin("")
        await pilot.pause()
        assert "compare" not in lines(app)[0]


@pytest.mark.parametrize(
    ("rules", "script", "told"),
    [
        ("rule 'a': too slow", "", "R: rules in trouble"),
        ("", "on_message failed", "R: script in trouble"),
        ("rule 'a': too slow", "on_message failed", "R: rules and script in trouble"),
    ],
)
async def test_who_is_in_trouble(rules: str, script: str, told: str) -> None:
    """What answers by itself and cannot is named, on a small screen too."""
    node = FakeNode([a_client(1)])
    node.acting_trouble, node.script_trouble = rules, script
    async with a_screen(node, SMALL) as (app, _):
        assert told in lines(app)[0]
