"""Text to the clipboard, by every way there is, and an honest word about which it was.

A terminal does not say whether it took an OSC 52, so where a program can be
asked instead, it is: tmux for its buffer, pbcopy on macOS, wl-copy or xclip
where there is a display. OSC 52 goes out beside it.
"""

import asyncio
import os
import shutil
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress

from textual.app import App

from tcpmon.core.units import number

OSC52_BYTES = 74_000  # what terminals commonly take
PROGRAM_SECONDS = 2.0


class Clipboard:
    """Copies text. write_osc52: hands text to the terminal as the clipboard's new content."""

    def __init__(
        self, write_osc52: Callable[[str], None], environment: Mapping[str, str] = os.environ
    ) -> None:
        self._write_osc52 = write_osc52
        self._environment = environment

    async def copy(self, text: str) -> str:
        """Copy text; return one sentence that says what was done."""
        if not text:
            return "nothing to copy"
        count = number(len(text.encode()))
        if ways := await self.give(text):
            return f"copied {count} B ({', '.join(ways)})"
        return f"not copied: {count} B are more than terminals take"

    async def give(self, text: str) -> list[str]:
        """Copy text; return who has taken it, nobody if it is more than terminals take and no
        program does."""
        data = text.encode()
        ways = [name for name, command in self._programs() if await _feed(command, data)]
        if len(data) <= OSC52_BYTES:
            self._write_osc52(text)
            ways.append("terminal")
        return ways

    def copy_for(self, app: App[None], text: str) -> None:
        """Copy while the keys go on, and tell what was done. It is the app's work: leaving
        the screen that wanted it does not undo it."""

        async def copy() -> None:
            app.notify(await self.copy(text))

        app.run_worker(copy())

    def _programs(self) -> list[tuple[str, tuple[str, ...]]]:
        programs: list[tuple[str, tuple[str, ...]]] = []
        if self._environment.get("TMUX"):
            programs.append(("tmux buffer", ("tmux", "load-buffer", "-w", "-")))
        if sys.platform == "darwin":
            programs.append(("pbcopy", ("pbcopy",)))
        if self._environment.get("WAYLAND_DISPLAY"):
            programs.append(("wl-copy", ("wl-copy",)))
        elif self._environment.get("DISPLAY"):
            programs.append(("xclip", ("xclip", "-selection", "clipboard")))
        return [(name, command) for name, command in programs if shutil.which(command[0])]


async def _feed(command: tuple[str, ...], data: bytes) -> bool:
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError:
        return False
    try:
        async with asyncio.timeout(PROGRAM_SECONDS):
            await process.communicate(data)
    except TimeoutError:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    return process.returncode == 0
