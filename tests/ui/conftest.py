"""Pilot waits until nothing is left to do, not until the processor is quiet: that took 40 ms
a key, and told less on a machine that is busy with something else."""

import asyncio

import pytest
from textual import app, pilot, screen

FRAME = 0.001


async def settled(*_: float) -> None:
    """Wait until for two frames nothing has been waiting for its turn on the loop."""
    ready = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]
    quiet = 0
    while quiet < 2:
        await asyncio.sleep(2 * FRAME)
        quiet = 0 if ready else quiet + 1


@pytest.fixture(autouse=True)
def quick_pilot(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pilot goes on as soon as the screen has dealt with what it did."""
    monkeypatch.setattr(screen, "UPDATE_PERIOD", FRAME)
    monkeypatch.setattr(app, "wait_for_idle", settled)
    monkeypatch.setattr(pilot, "wait_for_idle", settled)
