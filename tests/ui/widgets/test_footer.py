"""The keys in the last line."""

import pytest

from tests.ui.fakes import FakeNode, a_client, a_screen, lines


@pytest.mark.parametrize("width", [20, 40, 60, 80, 100, 120, 160, 250])
async def test_commands_help_and_quit_are_always_there(width: int) -> None:
    """However narrow, the way to everything else stays; what is left is whole words."""
    async with a_screen(FakeNode([a_client(1)]), (width, 24)) as (app, _):
        line = lines(app)[-1]
    if width >= 40:
        for part in ("^p Commands", "? Help", "q Quit"):
            assert part in line
    assert len(line) == width


async def test_it_shows_what_works_where_the_focus_is() -> None:
    """Clients, messages and composer have their own keys."""
    async with a_screen(FakeNode([a_client(1)]), (160, 45)) as (app, pilot):
        assert "d Disconnect" in lines(app)[-1]
        await pilot.press("2")
        await pilot.pause()
        assert "F Follow" in lines(app)[-1]
        assert "d Disconnect" not in lines(app)[-1]
        await pilot.press("s")
        await pilot.pause()
        assert "^n Line end" in lines(app)[-1]


async def test_a_click_does_what_the_key_does() -> None:
    """Clicking a key's words runs its action."""
    async with a_screen(FakeNode([a_client(1)]), (160, 45)) as (app, pilot):
        place = lines(app)[-1].index("Broadcast")
        await pilot.click("#footer", offset=(place, 0))
        await pilot.pause()
        assert "BROADCAST to 1 client" in "\n".join(lines(app))
        place = lines(app)[-1].index("Text/hex")
        await pilot.click("#footer", offset=(place, 0))
        await pilot.pause()
        assert "hex" in lines(app)[-3]
