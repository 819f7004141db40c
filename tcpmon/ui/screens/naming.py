"""Give clients a name, for now or for all who come from their addresses."""

import asyncio
from collections.abc import Sequence
from typing import ClassVar

from msgspec import Struct
from textual.binding import BindingType
from textual.widgets import Input, Static

from tcpmon import dotfiles
from tcpmon.core.access import networks_of
from tcpmon.core.commands import Name
from tcpmon.core.errors import InputError, TcpmonError
from tcpmon.core.escape import escape_text
from tcpmon.core.model import Client
from tcpmon.core.naming import check_name, fill
from tcpmon.core.node import Node
from tcpmon.core.units import counted
from tcpmon.ui.client_rows import title
from tcpmon.ui.screens.dialog import Dialog
from tcpmon.ui.screens.errands import Errands

EXAMPLES = "press 3, gps-{host}, gps-{number}"


class Answer(Struct, frozen=True):
    """A name as it was typed, "" to take it away. remember: for the addresses, too."""

    name: str
    remember: bool = False


def _read(text: str) -> Answer:
    return Answer(check_name(text.strip()))


class NameDialog(Dialog[Answer]):
    """Asks for a name. None at all is an answer too."""

    BINDINGS: ClassVar[list[BindingType]] = [("ctrl+r", "remember", "Remember")]

    def __init__(self, clients: Sequence[Client]) -> None:
        one = len(clients) == 1
        self._first = clients[0]
        self._many = "" if one else f"{counted(len(clients), 'marked client')}"
        self._before = clients[0].name if one else ""
        self._hosts = list(dict.fromkeys(filter(None, map(_host, clients))))
        who = self._many or title(self._first.id, self._first)
        super().__init__(f"Name {who}", "name", EXAMPLES, _read, self._meant)

    def on_mount(self) -> None:
        """Begin with the name that it has."""
        if self._hosts:
            subtitle = "enter name   ^r name and remember   esc cancel"
            self.query_one("#dialog").border_subtitle = subtitle
        line = self.query_one(Input)
        line.value = self._before
        self.query_one("#told", Static).update(self.told(self._before))

    def told(self, text: str) -> str:
        """Return what they will be called, and what it means to remember it."""
        try:
            told = self._meant(_read(text))
        except InputError as error:
            return str(error)
        if not self._hosts:
            return told
        whom = self._hosts[0] if len(self._hosts) == 1 else f"{len(self._hosts)} addresses"
        return f"{told}\n^r: so are all who come from {whom}, the next time too"

    def _meant(self, answer: Answer) -> str:
        who = f"#{self._first.id}"
        name = fill(answer.name, _host(self._first), self._first.id)
        told = f"{who} is called {name}" if name else f"{who} has no name"
        return f"{told}, and so on" if self._many else told

    def action_remember(self) -> None:
        """Name them, and all who come from there."""
        try:
            answer = _read(self.query_one(Input).value)
        except InputError:
            self.app.bell()
        else:
            self.dismiss(Answer(answer.name, remember=bool(self._hosts)))


def _host(client: Client) -> str:
    networks = networks_of(client.peer)
    return networks[0] if networks else ""


async def name(errands: Errands, node: Node, clients: Sequence[Client]) -> None:
    """Ask for a name for clients, give it to them, and tell what became of it."""
    answer = await errands.ask(NameDialog(clients)) if clients else None
    if answer is None:
        return
    for client in clients:
        try:
            await node.do(Name(client.id, answer.name, answer.remember))
        except TcpmonError as error:
            errands.tell(str(error), failed=True)
    if answer.remember:
        await _remember(errands, answer.name, clients)


async def _remember(errands: Errands, name: str, clients: Sequence[Client]) -> None:
    names = {host: name for client in clients if (host := _host(client))}
    try:
        path = await asyncio.to_thread(dotfiles.remember, names)
    except TcpmonError as error:
        errands.tell(f"not remembered: {error}", failed=True)
    else:
        errands.tell(f"{'remembered' if name else 'forgotten'} in {escape_text(path)}")
