"""Runs a script beside an engine, and never lets it get in the way.

What clients do goes to the child, what the script wants comes back as commands; a child that
hangs, crashes or leaves is told of, killed and started anew. It knows no engine.
"""

import asyncio
import os
import re
import signal
import time
import traceback
from collections.abc import Callable
from typing import Any

from msgspec import Struct, ValidationError, convert

from tcpmon.core.commands import Command, Disconnect, Flag, Name, Note, Send, StopReading
from tcpmon.core.escape import escape_text
from tcpmon.core.units import counted, number
from tcpmon.script.beside import Stamp, look_at
from tcpmon.script.flood import LINES, Flood
from tcpmon.script.page import IDLE
from tcpmon.script.process import Process
from tcpmon.script.wire import utf8

PAUSE, GO_ON = 8 << 20, 1 << 20
"""Bytes that wait for the child when clients are read no more, and when they are again."""
ORDERED, CARRIED_OUT = 512, 128
"""Commands that wait to be carried out when the child is heard no more, and when it is again."""
TRACE_SECONDS = 0.5
"""How long the line at which a script hangs is waited for."""

TROUBLE = 200
"""Characters of what went wrong that are told for as long as it holds; the log has all."""

_COMMANDS: dict[str, type[Command[Any]]] = {
    each.__name__: each for each in (Send, Disconnect, Name, Note, Flag, StopReading)
}
_PLACE = re.compile(r'  File "(.*)", line (\d+) in ')


class Bounds(Struct, frozen=True):
    """What a script may do.

    memory: bytes it may have. slow, stuck: seconds after which a hook that does not end is told
    of, and after which it is ended. restarts: how often the script is started again; calm:
    seconds without trouble after which that is counted anew. look: seconds between two looks at
    it, poll: at the file.
    """

    memory: int = 2 << 30
    slow: float = 1.0
    stuck: float = 10.0
    restarts: int = 3
    calm: float = 60.0
    look: float = 0.1
    poll: float = 0.5


class Host:
    """A script at work: the Hooks of an engine, all on the engine's loop.

    path: its file. order: carries out a command that is about a client, and calls what it is given
    when that is over; what comes of it is for that client's log. note: keeps a line in the log,
    about a client or 0; warn: whether the operator should know. The text is as it came from the
    script. pause: has clients not read while the script is behind, or read again.
    """

    def __init__(
        self,
        path: str,
        order: Callable[[int, Command[Any], Callable[[], None]], None],
        note: Callable[[int, str, bool], None],
        pause: Callable[[bool], None],
        bounds: Bounds | None = None,
    ) -> None:
        self.path = os.path.abspath(path)
        self.trouble = ""
        """Why it does not run, or what it does that it should not; safe to print."""
        self._called = f"script {escape_text(os.path.basename(path))}"
        self._order = order
        self._note = note
        self._pause = pause
        self._bounds = bounds or Bounds()
        self._flood = Flood(2 * LINES)  # the child itself lets no more than half of that through
        self._clients: dict[int, tuple[str, str, int, str]] = {}
        self._process: Process | None = None
        self._is_off = True
        # What is to be told as soon as there is a process, and how many bytes of data are in it.
        self._early: list[tuple[list[Any], int]] = []
        self._early_size = 0
        self._ordered = 0
        self._held: set[int] = set()  # clients that are not read for the script's sake
        self._keeper: asyncio.Task[None] | None = None
        self._gone = asyncio.Event()
        self._paused = False
        self._has_forked = False
        self._failures = 0
        self._seen: dict[str, Stamp] = {self.path: None}
        """The files that the script is read from, as they were then."""
        self._draft: dict[str, Stamp] | None = None
        """As they were when they were last looked at, if that was not the same."""
        self._where = ""
        self._is_slow = self._is_told = False

    # -- Hooks --------------------------------------------------------------------

    def opened(self, client: int, name: str, address: str, port: int, listener: str) -> None:
        known = self._clients[client] = (name, address, port, utf8(listener))
        self._tell(["opened", client, *known])

    def said(self, client: int, data: bytes) -> None:
        self._tell(["said", client, data], len(data))

    def renamed(self, client: int, name: str) -> None:
        if known := self._clients.get(client):
            self._clients[client] = (name, *known[1:])
            self._tell(["renamed", client, name])

    def ended(self, client: int, why: str) -> None:
        self._clients.pop(client, None)
        self._held.discard(client)
        self._tell(["ended", client])

    def _tell(self, item: list[Any], size: int = 0) -> None:
        if process := self._process:
            process.tell(item, size)
        elif not self._is_off:
            self._early.append((item, size))
            self._early_size += size
        self._balance()

    def _forget_early(self) -> list[tuple[list[Any], int]]:
        early, self._early, self._early_size = self._early, [], 0
        self._balance()
        return early

    def _balance(self) -> None:
        """Have clients read as fast as the script takes what they say."""
        waiting = self._process.waiting if self._process else self._early_size
        if waiting > PAUSE and not self._paused:
            self._set_paused(True)
        elif waiting < GO_ON and self._paused:
            self._set_paused(False)

    def _set_paused(self, paused: bool) -> None:
        self._paused = paused
        self._pause(paused)

    # -- life ---------------------------------------------------------------------

    def start(self) -> None:
        """Begin, on the running loop. What happens from now on the script will know."""
        self._is_off = False
        self._keeper = asyncio.get_running_loop().create_task(self._guard())

    async def stop(self) -> None:
        """Let the script do what it has been told, a second long at most; then end it."""
        keeper, self._keeper = self._keeper, None
        if keeper is None:
            return
        if process := self._process:
            process.finish()
            if not self._is_slow:
                try:
                    async with asyncio.timeout(1):
                        await self._gone.wait()
                except TimeoutError:
                    pass
        keeper.cancel()
        await asyncio.gather(keeper, return_exceptions=True)
        if self._process:
            process, self._process = self._process, None
            await process.bury(at_once=self._is_slow)
        if self._paused:
            self._set_paused(False)

    async def _guard(self) -> None:
        try:
            await self._keep()
        except Exception:  # noqa: BLE001 - the fence of a task that nobody waits for
            self.trouble = "a bug in tcpmon, see the log"
            self._say(0, f"a bug in tcpmon, please report it: {traceback.format_exc()}", True)
            self._is_off = True
            self._forget_early()

    async def _keep(self) -> None:
        """Have the script run, again and again, as long as there is sense in it."""
        bounds = self._bounds
        restarts = 0
        while True:
            self._seen |= await asyncio.to_thread(look_at, list(self._seen))
            began = time.monotonic()
            why = await self._one_life()
            if self._keeper is None:  # it was we who wanted it to end
                return
            restarts = 1 if time.monotonic() - began > bounds.calm else restarts + 1
            if restarts <= bounds.restarts:
                lost = "what it had not done yet is lost, and client.state too"
                self._say(0, f"{why}; it is started again; {lost}", True)
                continue
            self.trouble = f"{why}; off until the file changes"
            self._say(0, self.trouble, True)
            self._is_off = True
            self._forget_early()
            while not await self._has_changed():
                await asyncio.sleep(bounds.poll)
            self._is_off = False
            restarts = 0

    async def _one_life(self) -> str:
        """Run the script until it ends. Returns why, in words."""
        self._gone.clear()
        self._where = ""
        self._is_slow = self._is_told = self._has_forked = False
        try:
            self._process = process = Process(
                self.path, self._bounds.memory, self._take,
                lambda line, warn: self._keep_line(0, line, warn), self._trace, self._gone.set,
                self._balance,
            )  # fmt: skip
        except OSError as error:
            return f"cannot be started: {(error.strerror or str(error)).lower()}"
        process.tell(["load"])
        for client, known in self._clients.items():
            process.tell(["known", client, *known])
        for item, size in self._forget_early():
            process.tell(item, size)
        killed = await self._watch(process)
        if self._keeper is None:
            return ""
        code = await process.bury(at_once=bool(killed))
        self._process = None
        for client in self._held:
            self._order(client, StopReading(client, 0), lambda: None)
        self._held.clear()
        self._balance()
        return killed or f"{_ending(code)}{self._where}"

    async def _watch(self, process: Process) -> str:
        """Look at the child now and then, until it has gone. Returns why it must be killed."""
        bounds = self._bounds
        polled = looked = time.monotonic()
        serial, at = -1, 0.0
        while not self._gone.is_set() and process.ending() is None:
            try:
                async with asyncio.timeout(bounds.look):
                    await self._gone.wait()
            except TimeoutError:
                pass
            now = time.monotonic()
            # A machine that stood still has not let the script work either.
            passed, looked = min(now - looked, 3 * bounds.look), now
            mark, hook, client = process.page.read()
            at = at + passed if mark == serial and hook != IDLE else 0.0
            serial = mark
            if killed := self._judge(process, hook, client, at):
                return killed
            if now - polled >= bounds.poll:
                polled = now
                if count := self._flood.left_out():
                    self._say(0, f"{counted(count, 'line')} more left out", True)
                await self._poll(process)
        return ""

    def _judge(self, process: Process, hook: str, client: int, at: float) -> str:
        """Tell of a hook that does not end. at: seconds it is at it. Returns why to kill it."""
        whom = f" for client {client}" if client else ""
        what = f"has been in {hook}{whom} for {at:.0f} s"
        if at < self._bounds.slow:
            if self._is_slow:
                self._is_slow = self._is_told = False
                self._where = self.trouble = ""
            return ""
        if not self._is_slow:
            self._is_slow = True
            process.ask_where()
            return ""
        if not self._is_told and (self._where or at > self._bounds.slow + TRACE_SECONDS):
            self._is_told = True
            self._say(client, f"{what}{self._where}", True)
        if self._is_told:
            self.trouble = f"{what}{self._where}"
        return f"{what}{self._where}, and was ended" if at >= self._bounds.stuck else ""

    def _trace(self, line: str) -> None:
        found = _PLACE.match(line)
        if found and not self._where and found[1] == self.path:
            self._where = f", line {found[2]}"

    async def _poll(self, process: Process) -> None:
        if await self._has_changed():
            process.tell(["load"])

    async def _has_changed(self) -> bool:
        """Say whether a file is not as it was, and not being written any more."""
        now = await asyncio.to_thread(look_at, list(self._seen))
        differs = any(self._seen.get(file) != stamp for file, stamp in now.items())
        draft, self._draft = self._draft, now if differs else None
        if not differs or now != draft:
            return False
        self._seen |= now
        return True

    # -- what the child says ------------------------------------------------------

    def _take(self, item: list[Any]) -> None:
        match item:
            case ["do", int(client), str(name), dict(fields)]:
                self._do(client, name, fields)
            case ["print", int(client), str(line), bool(warn)]:
                self._keep_line(client, line, warn)
            case ["failed", int(client), str(hook), str(text)]:
                self._failures += 1
                times = f" ({number(self._failures)} times now)" if self._failures > 1 else ""
                self.trouble = escape_text(f"{hook} failed{times}: {text}"[:TROUBLE])
                self._keep_line(client, f"{self._called}: {hook} failed: {text}", True)
            case ["left out", int(count)]:
                self._say(0, f"{counted(count, 'line')} more left out", True)
            case ["loaded", str(hooks), dict(files)]:
                self.trouble, self._failures = "", 0
                known = {self.path: None, **files}
                self._seen = {file: self._seen.get(file, known[file]) for file in known}
                self._say(0, f"runs: {hooks}", False)
            case ["bad", str(text), dict(files)]:
                self.trouble = escape_text(text[:TROUBLE])
                self._seen = files | self._seen
                self._say(0, text, True)
            case ["forked"] if not self._has_forked:
                self._has_forked = True
                self._say(0, "has made a copy of its process; only the first is listened to", True)

    def _do(self, client: int, name: str, fields: dict[str, Any]) -> None:
        try:
            command = convert(fields, _COMMANDS[name])
        except (KeyError, ValidationError) as error:
            self._keep_line(client, f"{self._called}: cannot be done: {error}", True)
        else:
            if isinstance(command, Note) and not self._flood.lets(time.monotonic()):
                return
            if isinstance(command, StopReading):
                (self._held.add if command.seconds else self._held.discard)(client)
            self._ordered += 1
            if self._ordered > ORDERED and self._process:
                self._process.listen(False)
            self._order(client, command, self._carried_out)

    def _carried_out(self) -> None:
        self._ordered -= 1
        if self._ordered == CARRIED_OUT and self._process:
            self._process.listen(True)

    def _say(self, client: int, text: str, warn: bool) -> None:
        self._note(client, f"{self._called}: {text}", warn)

    def _keep_line(self, client: int, line: str, warn: bool) -> None:
        if self._flood.lets(time.monotonic()):
            self._note(client, line, warn)


def _ending(code: int) -> str:
    if code >= 0:
        return f"ended with exit code {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    return f"was ended by {name}"
