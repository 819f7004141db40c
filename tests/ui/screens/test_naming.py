"""Clients are given names, by one line to write."""

from pathlib import Path

import pytest
from textual.widgets import Input

from tcpmon import dotfiles
from tcpmon.core.commands import Name
from tcpmon.core.errors import NoSuchTarget
from tcpmon.ui.app import TcpmonApp
from tests.ui.fakes import SMALL, WIDE, FakeNode, a_client, a_screen, text, until


def typed(app: TcpmonApp) -> str:
    """Return what stands in the dialog's line."""
    return app.screen.query_one(Input).value


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let names be remembered in a folder of the test's."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_a_client_is_named(size: tuple[int, int]) -> None:
    """t asks for a name and says what it comes to; enter gives it."""
    node = FakeNode([a_client(1, peer="10.4.0.9:51044")])
    async with a_screen(node, size) as (app, pilot):
        await pilot.press("t")
        await until(pilot, lambda: "Name #1 10.4.0.9:51044" in text(app))
        assert "#1 has no name" in text(app)
        await pilot.press(*"gps-{host}")
        await pilot.pause()
        assert "#1 is called gps-9" in text(app)
        assert "^r: so are all who come from 10.4.0.9, the next time too" in text(app)
        await pilot.press("enter")
        await until(pilot, lambda: len(node.commands) == 1)
    assert node.commands == [Name(1, "gps-{host}")]


async def test_a_name_is_changed_or_taken_away() -> None:
    """The line begins with the name there is; an empty one takes it away, esc changes nothing."""
    node = FakeNode([a_client(1, name="gps \\x1b")])
    async with a_screen(node) as (app, pilot):
        await pilot.press("t")
        await until(pilot, lambda: typed(app) == "gps \\x1b")
        assert "#1 is called gps \\x1b" in text(app)
        await pilot.press("escape", "t")
        await until(pilot, lambda: typed(app) == "gps \\x1b")
        await pilot.press("ctrl+u", "enter")
        await until(pilot, lambda: len(node.commands) == 1)
    assert node.commands == [Name(1, "")]


async def test_what_is_no_name_can_be_mended() -> None:
    """A name that asks for what is not known is told at once, and is not taken either way."""
    node = FakeNode([a_client(1)])
    async with a_screen(node) as (app, pilot):
        await pilot.press("t", *"a{b}")
        await until(pilot, lambda: "{b} in a name is not known; there is {host}" in text(app))
        await pilot.press("enter", "ctrl+r")
        await pilot.pause()
        assert typed(app) == "a{b}"
        await pilot.press("backspace", "backspace", "backspace", "enter")
        await until(pilot, lambda: len(node.commands) == 1)
    assert node.commands == [Name(1, "a")]


async def test_marked_clients_are_named_together() -> None:
    """Several are named at once; of those who are gone meanwhile it is told."""
    node = FakeNode([a_client(number) for number in (1, 2, 3)])
    async with a_screen(node) as (app, pilot):
        await pilot.press("space", "space", "t")
        await until(pilot, lambda: "Name 2 marked clients" in text(app))
        await pilot.press(*"a{number}")
        await pilot.pause()
        assert "#1 is called a1, and so on" in text(app)
        node.answers[Name] = NoSuchTarget("client 2 is gone")
        await pilot.press("enter")
        await until(pilot, lambda: "client 2 is gone" in text(app))
    assert node.commands == [Name(1, "a{number}"), Name(2, "a{number}")]


async def test_a_name_is_remembered(state: Path) -> None:
    """^r remembers the name for the address, as it was typed, and says where; an empty one
    forgets it."""
    node = FakeNode([a_client(1, peer="10.4.0.9:51044"), a_client(2, peer="[fe80::7%2]:1")])
    async with a_screen(node) as (app, pilot):
        await pilot.press("asterisk", "t", *"gps-{host}", "ctrl+r")
        await until(pilot, lambda: "remembered in" in text(app))
        known = {"10.4.0.9": "gps-{host}", "fe80::7": "gps-{host}"}
        assert dotfiles.remembered() == known
        assert node.commands == [Name(1, "gps-{host}", True), Name(2, "gps-{host}", True)]
        await pilot.press("u", "t", "ctrl+r")
        await until(pilot, lambda: "forgotten in" in text(app))
        assert dotfiles.remembered() == {"fe80::7": "gps-{host}"}
    assert (state / "tcpmon" / "names.toml").exists()


async def test_what_cannot_be_remembered_is_told() -> None:
    """A folder that cannot be written is told; the name holds for now."""
    node = FakeNode([a_client(1)])
    async with a_screen(node) as (app, pilot):
        await pilot.press("t", "a", "ctrl+r")
        await until(pilot, lambda: "not remembered: cannot write" in text(app))
    assert node.commands == [Name(1, "a", True)]


async def test_who_has_no_address_is_not_remembered(state: Path) -> None:
    """Who comes by a Unix socket is named for now, whatever is pressed."""
    node = FakeNode([a_client(1, peer="unix pid 7", listener="unix:/tmp/a")])
    async with a_screen(node) as (app, pilot):
        await pilot.press("t", "a")
        await until(pilot, lambda: "#1 is called a" in text(app))
        assert "^r" not in text(app)
        await pilot.press("ctrl+r")
        await until(pilot, lambda: len(node.commands) == 1)
    assert node.commands == [Name(1, "a")]
    assert not list(state.iterdir())


async def test_a_hostile_name_is_shown_as_it_is() -> None:
    """A name does nothing to the dialog's frame: it is no markup."""
    node = FakeNode([a_client(1, name="[red]gps[/red]")])
    async with a_screen(node, WIDE) as (app, pilot):
        await pilot.press("t")
        await until(pilot, lambda: "Name #1 [red]gps[/red] 127" in text(app))
        assert "#1 is called [red]gps[/red]" in text(app)
        await pilot.press("escape", "A")
        await until(pilot, lambda: "#1 [red]gps[/red] 127" in text(app))
        await pilot.press("c")
        await until(pilot, lambda: "Silence of #1 [red]gps[/red] 127" in text(app))


async def test_nobody_to_name() -> None:
    """Without clients it says so."""
    async with a_screen(FakeNode()) as (app, pilot):
        await pilot.press("t")
        await until(pilot, lambda: "nobody to name" in text(app))
