"""Limits as they are used up, and rules that can be made and removed."""

import pytest
from msgspec.structs import replace

from tcpmon.core.access import Permission
from tcpmon.core.commands import Permit, Unpermit
from tcpmon.core.errors import BadNetwork, BadTime, InputError, NoSuchTarget, Stopped
from tcpmon.core.limits import Unread
from tcpmon.core.model import Ask
from tcpmon.ui.render import cells_of
from tcpmon.ui.screens.limits import LimitsScreen, limit_lines, parse_permit, permit_told
from tests.ui.fakes import NOW, SECOND, SMALL, WIDE, FakeNode, a_client, a_screen, pane, text, until

BODY = 76  # cells inside a pane of 80
RULES = (
    Permission("10.0.0.0/8", True),
    Permission("10.0.0.7", False, NOW + 600 * SECOND),
    Permission("fe80::/10", False),
)


def a_node() -> FakeNode:
    """A node whose limits are used up."""
    node = FakeNode([a_client(number) for number in range(1, 6)])
    node.limits = replace(node.limits, clients=5, per_address=3, accepts=100, idle_seconds=90.0)
    node.changes = {"unsent": 147_000, "kept_bytes": 12_400_000, "refused": 100}
    node.refusals = (("10.0.0.7 is denied", 4), ("limit of 5 clients reached", 96))
    node.permissions = RULES
    return node


@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_each_limit_is_shown_with_its_figure_and_its_flag(size: tuple[int, int]) -> None:
    """Each limit stands with what it is now, what is allowed, and how it is set; then who was
    refused and why, and the rules."""
    async with a_screen(a_node(), size) as (app, pilot):
        await pilot.press("L")
        await pilot.pause()
        rows = [" ".join(row.split()) for row in pane(app, "limits")]
        rules = [" ".join(row.split()) for row in pane(app, "rules")]
    assert rows == [
        "now allowed set by",
        "Clients 5 5 --max-clients",
        "from one address 3 --max-per-address",
        "new in a second 100 --max-accepts",
        "without a byte closed after 90.0 s --max-idle",
        "Unsent 147 kB 256 MiB",
        "to one client 8 MiB --max-unsent",
        "who is beyond it gets nothing more --unread",
        "Records 12.4 MB 64 MiB --keep",
        "",
        "100 callers refused:",
        "96 limit of 5 clients reached",
        "4 10.0.0.7 is denied",
    ]
    assert rules[0] == "Only these may connect; the narrower rule decides. Who is connected stays."
    assert rules[1] == "▶ allowed 10.0.0.0/8 until it is removed"
    assert rules[2].startswith("denied 10.0.0.7 until 2026-05-2")
    assert rules[2].endswith(":40, 10m00 more")


@pytest.mark.parametrize("unread", Unread)
def test_limits_fit_a_small_screen(unread: Unread) -> None:
    """Every figure has room beside its flag, and what is used up stands out."""
    node = a_node()
    node.limits = replace(node.limits, unread=unread, clients=10_000, per_address=10_000)
    node.changes |= {"unsent": 2 * node.limits.total, "open": 10_000}
    lines = limit_lines(node.view(Ask()))
    assert max(map(cells_of, lines)) <= BODY
    full = [line[0][0] for line in lines if any(style == "warn" for _, style in line)]
    assert list(map(str.strip, full)) == ["Clients", "Unsent"]


async def test_nothing_was_refused() -> None:
    """Without rules and refusals it says so."""
    async with a_screen(FakeNode()) as (app, pilot):
        await pilot.press("L")
        await pilot.pause()
        assert "Nobody has been refused." in text(app)
        assert "Anybody may connect. Who is connected stays." in text(app)
        assert "any number" in text(app)
        await pilot.press("x")
        await pilot.pause()
        await pilot.press("L")
        await until(pilot, lambda: "2 Messages" in text(app))


async def test_many_refusals_leave_room_for_the_rules() -> None:
    """However many reasons there are, the rules can be seen, and tab leads to the reasons."""
    node = a_node()
    node.refusals = tuple((f"10.0.0.{n} is denied", 100 - n) for n in range(40))
    async with a_screen(node) as (app, pilot):
        await pilot.press("L")
        await pilot.pause()
        assert "▶ allowed 10.0.0.0/8" in text(app)
        assert "10.0.0.39 is denied" not in text(app)
        await pilot.press("tab", *["j"] * 50, "k")
        await pilot.pause()
        assert "10.0.0.38 is denied" in text(app)
        assert "▶ allowed 10.0.0.0/8" in text(app)
        await pilot.press("tab", "down", "down", "up")
        await pilot.pause()
        assert "▶ denied  10.0.0.7" in text(app)


@pytest.mark.parametrize(
    ("key", "typed", "told", "command"),
    [
        ("a", "10.0.0.0/8", "allow 10.0.0.0/8, and nobody else who is not allowed",
         Permit("10.0.0.0/8", allow=True)),
        ("d", "10.0.0.7", "deny 10.0.0.7; who is connected stays", Permit("10.0.0.7", allow=False)),
        ("d", "::1 10m", "deny ::1 for 10 min", Permit("::1", allow=False, seconds=600)),
    ],
)  # fmt: skip
async def test_a_rule_is_made(key: str, typed: str, told: str, command: Permit) -> None:
    """a and d ask for an address or network, say what it means, and order just that."""
    node = FakeNode()
    async with a_screen(node) as (app, pilot):
        await pilot.press("L", key)
        await pilot.pause()
        await pilot.press(*typed)
        await pilot.pause()
        assert told in text(app)
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, LimitsScreen)
    assert node.commands == [command]


async def test_what_is_wrong_with_a_network_is_said() -> None:
    """While it is no network the dialog says so with a remedy, enter orders nothing, and what
    was typed stays."""
    node = FakeNode()
    async with a_screen(node) as (app, pilot):
        await pilot.press("L", "d")
        await pilot.pause()
        await pilot.press(*"10.0.0.7/8", "enter")
        await pilot.pause()
        assert "names one address and a network; write 10.0.0.0/8" in text(app)
        assert node.commands == []
        await pilot.press("backspace", "backspace", *" 5y")
        await pilot.pause()
        assert "'5y' is not a span of time; write for example 90s or 5m" in text(app)
        await pilot.press("backspace", "m", "enter")
        await pilot.pause()
    assert node.commands == [Permit("10.0.0.7", allow=False, seconds=300)]


@pytest.mark.parametrize("key", ["x", "backspace"])
async def test_a_rule_is_removed(key: str) -> None:
    """x forgets the rule of the row; if it has gone by itself, that is said."""
    node = a_node()
    async with a_screen(node) as (app, pilot):
        await pilot.press("L", "down", key)
        await pilot.pause()
        node.answers[Unpermit] = NoSuchTarget("there is no rule for 10.0.0.7")
        await pilot.press(key)
        await until(pilot, lambda: "there is no rule for 10.0.0.7" in text(app))
    assert node.commands == [Unpermit("10.0.0.7")] * 2


async def test_a_failure_is_shown() -> None:
    """What the node does not do is shown as an error, with the hint."""
    node = FakeNode()
    node.answers[Permit] = Stopped("the node has stopped", "start it again")
    async with a_screen(node) as (app, pilot):
        await pilot.press("L", "a")
        await pilot.pause()
        await pilot.press(*"::1", "enter")
        await until(pilot, lambda: "the node has stopped; start it again" in text(app))


@pytest.mark.parametrize(
    ("typed", "error"),
    [("", BadNetwork), ("somewhere", BadNetwork), ("10.0.0.7/8 10m", BadNetwork),
     ("10.0.0.7 soon", BadTime), ("10.0.0.7 10m 5s", BadTime), ("\x1b[2J", BadNetwork)],
)  # fmt: skip
def test_bad_orders(typed: str, error: type[InputError]) -> None:
    """What is no network, or no time, is an error whose text is safe to print."""
    with pytest.raises(error) as raised:
        parse_permit(typed, allow=False)
    assert str(raised.value).isprintable()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (" 10.0.0.7 ", "deny 10.0.0.7; who is connected stays"),
        ("10.0.0.7  90s", "deny 10.0.0.7 for 90.0 s; who is connected stays"),
        ("10.0.0.7/32 0", "deny 10.0.0.7; who is connected stays"),
    ],
)
def test_orders(typed: str, said: str) -> None:
    """An order says what it means, in the form in which the rule will stand in the list."""
    assert permit_told(parse_permit(typed, allow=False)) == said
