"""What a person is told of a bug. That it comes and goes is in test_faults."""

import pytest
from textual.app import App

from tcpmon.ui.screens.report import GOES_ON, SHOWN, Report
from tests.ui.fakes import lines


@pytest.mark.parametrize("size", [(80, 24), (20, 8)])
async def test_what_it_says(size: tuple[int, int]) -> None:
    """It names the newest bugs, says where to read more and how to go on; markup is text."""
    app: App[None] = App()
    async with app.run_test(size=size) as pilot:
        report = Report("[/] [@click=app.quit]one[/]")
        await app.push_screen(report)
        await pilot.pause()
        shown = " ".join("".join(lines(app)).replace("│", " ").split())
        assert "[/] [@click=app.quit]one[/]" in shown or size == (20, 8)
        assert "A bug in" in shown
        assert GOES_ON[:60] in shown or size == (20, 8)
        for number in range(SHOWN):
            report.add(f"another {number}")
        await pilot.pause()
        told = str(report._text.content)
        assert told.startswith("1 before, and\nanother 0\n")
