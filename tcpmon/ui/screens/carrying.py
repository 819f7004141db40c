"""Carrying away what is seen: to the clipboard in the words of other programs, to files."""

import asyncio
import time
from collections.abc import Callable, Iterator
from threading import Event

from msgspec import Struct
from textual.screen import Screen

from tcpmon.core.errors import CannotWrite
from tcpmon.core.escape import escape_text
from tcpmon.core.export.walk import Scope
from tcpmon.core.literals import LITERALS, Literal, quoted, shell
from tcpmon.core.model import Ask, Kind, Lens, Listener, Message
from tcpmon.core.node import Node, whole
from tcpmon.core.units import counted, number, size
from tcpmon.files import Drafts, expanded, telling
from tcpmon.ui.clipboard import Clipboard
from tcpmon.ui.screens.choice import Choice
from tcpmon.ui.screens.export import ExportScreen, What, default_name

LARGE = 1 << 20
"""Bytes of a message from which it goes to a file without asking a clipboard."""
REST_SECONDS = 0.001  # after each part, for the screen and the server


class Seen(Struct, frozen=True):
    """What a person looks at.

    lens: through what the log is looked at; floor: records before it were cleared from view; row:
    its row. clients: who is marked, or whose row it is. in_log: whether the log has the focus,
    whose contents are offered first then; else it is the clients.
    """

    lens: Lens
    floor: int
    row: Message | None
    clients: tuple[int, ...]
    in_log: bool


class Carrying:
    """Asks a person in which form, carries away, tells the outcome."""

    def __init__(self, screen: Screen[None], node: Node, clipboard: Clipboard) -> None:
        self._screen = screen
        self._node = node
        self._clipboard = clipboard

    # -- to the clipboard ------------------------------------------------------------

    async def copy_message(self, message: Message | None) -> None:
        """Copy all of a row's message in a form that is asked for."""
        if message is None or message.kind > Kind.CAST:
            self._screen.notify("an event has no bytes", severity="warning")
            return
        found = await asyncio.to_thread(whole, self._node, message.place, None)
        if found is not None:
            await self.copy_bytes(found.data)
        else:
            self._screen.notify("the message has been dropped meanwhile", severity="warning")

    async def copy_bytes(self, data: bytes) -> None:
        """Copy bytes in a form that is asked for."""
        options = {literal.key: literal.label for literal in LITERALS}
        question = f"Copy {size(len(data))} as"
        choice = Choice(question, ["What is too much for a clipboard goes to a file."], options,
                        safe="Cancel")  # fmt: skip
        key = await self._screen.app.push_screen_wait(choice)
        literal = next((literal for literal in LITERALS if literal.key == key), None)
        if literal is not None:  # the app's work, which goes on when the screen is left
            self._screen.app.run_worker(self._carry(literal, data))

    async def _carry(self, literal: Literal, data: bytes) -> None:
        if len(data) < LARGE:
            text = await asyncio.to_thread(lambda: "".join(self._written(literal, data)))
            if ways := await self._clipboard.give(text):
                count = number(len(text.encode()))
                said = f"copied as {literal.label}, {count} B ({', '.join(ways)})"
                self._screen.app.notify(said)
                return
        app = self._screen.app
        app.notify(f"too much for the clipboard: writing {literal.label} to a file")
        name = default_name(literal.suffix)
        ended = Event()
        try:
            path = await asyncio.to_thread(_write, name, self._written(literal, data), ended)
        except CannotWrite as error:
            app.notify(f"too much for the clipboard, and {error}", severity="error")
        else:
            app.notify(f"{literal.label} written to {escape_text(path)}", timeout=10)
        finally:
            ended.set()

    def _written(self, literal: Literal, data: bytes) -> Iterator[str]:
        if literal.write is shell:
            return shell(data, netcat(self._node.view(Ask()).listeners))
        return literal.write(data)

    # -- to files --------------------------------------------------------------------

    async def export(self, seen: Seen, title_of: Callable[[int], str]) -> None:
        """Write what is asked for to a file that is asked for. title_of: what a client is
        called."""
        lens, row, clients = seen.lens, seen.row, seen.clients
        whose = "all clients" if lens.client is None else title_of(lens.client)
        only = f", only what matches {lens.filter}" if lens.filter else ""
        whats = [What(f"what the log shows: {whose}{only}", Scope(lens, first=seen.floor))]
        if seen.in_log and row is not None and row.kind <= Kind.CAST:
            whats.append(What(f"this message, {number(row.size)} B", Scope(only=row.place)))
        if clients:
            whats.insert(len(whats) if seen.in_log else 0, _conversation(clients, title_of))
        span = self._node.span()
        kept = counted(span.end - span.first, "record")
        whats.append(What(f"everything that is kept, {kept}", Scope()))
        done = await self._screen.app.push_screen_wait(ExportScreen(self._node, whats))
        if done:
            self._screen.app.notify(done, timeout=10)


def _conversation(clients: tuple[int, ...], title_of: Callable[[int], str]) -> What:
    if len(clients) == 1:
        return What(f"all of {title_of(clients[0])}", Scope(Lens(clients[0])))
    several = counted(len(clients), "marked client")
    return What(f"all of the {several}", Scope(clients=frozenset(clients)))


def _write(name: str, parts: Iterator[str], ended: Event) -> str:
    """Write text to a new file in the current directory; return its path. ended: whether nobody
    wants it any more."""
    path = expanded(name)
    with telling(path):
        drafts = Drafts({"": path})
        try:
            for part in parts:
                drafts.write("", part.encode())
                time.sleep(REST_SECONDS)
                if ended.is_set():
                    return ""
            drafts.keep(over=False)
        finally:
            drafts.discard()
    return path


def netcat(listeners: tuple[Listener, ...]) -> str:
    """Return the command that connects to the first listener, "" if there is none."""
    for listener in listeners:
        if listener.endpoint.startswith("unix:"):
            return f"nc -U {quoted(listener.endpoint[5:])}"
        for address in listener.local[:1]:
            host, _, port = address.rpartition(":")
            return f"nc {quoted(host.strip('[]'))} {port}"
    return ""
