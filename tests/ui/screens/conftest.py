"""A clipboard that is slow."""

import asyncio

import pytest

from tcpmon.ui.clipboard import Clipboard


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """No copy is made before this event."""
    released = asyncio.Event()

    async def copy(self: Clipboard, text: str) -> str:
        async with asyncio.timeout(10):  # for who waits in the app's own loop of messages
            await released.wait()
        return f"copied {len(text)} B"

    monkeypatch.setattr(Clipboard, "copy", copy)
    return released
