"""What takes more than a keystroke: ask the person, order it of the node, tell the outcome."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from textual.screen import ModalScreen, Screen

from tcpmon.core.access import networks_of
from tcpmon.core.commands import Command, Delivery, Disconnect, ForgetClosed, How, Permit, Send
from tcpmon.core.errors import TcpmonError
from tcpmon.core.model import Client
from tcpmon.core.node import Node, R
from tcpmon.core.units import counted, lasted, number
from tcpmon.ui.log_lines import skipped
from tcpmon.ui.widgets.composer import Targets

NAMED = 8  # clients that a question names before it says "and more"
WHILE_SECONDS = 600.0  # as the key's question offers; any other span in the screen of the limits
_REFUSAL = ["New connections from there are reset; who is connected stays.", "L takes it back."]

T = TypeVar("T")


class Errands:
    """Runs commands on behalf of a screen.

    title_of: what a client is called. done: called after each command, so that
    the screen shows it at once.
    """

    def __init__(
        self,
        screen: Screen[None],
        node: Node,
        title_of: Callable[[int], str],
        done: Callable[[], None],
    ) -> None:
        self._screen = screen
        self._node = node
        self._title_of = title_of
        self._done = done

    async def do(self, command: Command[R]) -> R | None:
        """Carry out a command. None if it failed, which is shown with its hint."""
        try:
            answer = await self._node.do(command)
        except TcpmonError as error:
            self._screen.notify(str(error), severity="error")
            return None
        self._done()
        return answer

    def tell(self, text: str, failed: bool = False) -> None:
        """Say what became of something."""
        self._screen.notify(text, severity="error" if failed else "information")

    async def send(self, data: bytes, targets: Targets, text: str = "") -> tuple[bool, str]:
        """Send; return whether anybody got it, and how many did, and who did not and why.

        text: as Send's, instead of data."""
        delivery = await self.do(Send(clients=targets, text=text) if text else Send(data, targets))
        if delivery is None:
            return False, "not sent"
        return delivery.accepted > 0, told(delivery)

    async def disconnect(
        self, targets: tuple[int, ...] | None, count: int, how: How = How.CLOSE
    ) -> bool:
        """End connections: one that is named at once, several or all after asking. count: how
        many it concerns."""
        verb = "Disconnect" if how is How.CLOSE else "Reset"
        question = f"{verb} {counted(count, 'client')}?"
        asks = targets is None or count > 1
        if asks and not await self.choose(question, self._named(targets), {"y": verb}):
            return False
        done = await self.do(Disconnect(targets, how))
        if done is not None and targets is not None and len(targets) == 1:
            gone = "is gone already" if not done else "closing" if how is How.CLOSE else "reset"
            self._screen.notify(f"{self._title_of(targets[0])}: {gone}")
        return done is not None

    async def disconnect_how(self, targets: tuple[int, ...]) -> bool:
        """End connections in a way that is asked for."""
        choice = await self.choose(
            f"Disconnect {counted(len(targets), 'client')}: how?",
            self._named(targets),
            {"c": "Close: send what is queued, then FIN", "r": "Reset: drop at once, RST"},
        )
        how = How.CLOSE if choice == "c" else How.RESET
        return bool(choice) and await self.do(Disconnect(targets, how)) is not None

    async def refuse(self, clients: list[Client]) -> None:
        """Let in nobody more from where clients are, in a way that is asked for."""
        places = [place for client in clients if (place := networks_of(client.peer))]
        addresses = list(dict.fromkeys(address for address, _ in places))
        networks = list(dict.fromkeys(network for _, network in places))
        if not places:
            self._screen.notify("who comes by a Unix socket cannot be refused", severity="warning")
            return
        whom = addresses[0] if len(addresses) == 1 else f"{number(len(addresses))} addresses"
        around = networks[0] if len(networks) == 1 else f"{number(len(networks))} networks"
        connected = tuple(client.id for client in clients if not client.end)
        options = {"y": whom, "t": f"{whom} for {lasted(WHILE_SECONDS)}", "w": around}
        if connected:
            options["d"] = f"{whom}, and disconnect {counted(len(connected), 'client')}"
        lines = _shortened(addresses) if len(addresses) > 1 else []
        choice = await self.choose(f"Refuse {whom}?", [*lines, *_REFUSAL], options)
        if not choice:
            return
        seconds = WHILE_SECONDS if choice == "t" else 0.0
        for network in networks if choice == "w" else addresses:
            await self.do(Permit(network, allow=False, seconds=seconds))
        if choice == "d":
            await self.do(Disconnect(connected))

    async def forget_closed(self) -> None:
        """Take closed clients off the table."""
        count = await self.do(ForgetClosed())
        if count is not None:
            self._screen.notify(f"{counted(count, 'closed client')} cleared")

    async def ask(self, dialog: ModalScreen[T | None]) -> T | None:
        """Ask for a line; return what it means, None for nothing."""
        return await self._screen.app.push_screen_wait(dialog) if self._may_ask else None

    @property
    def _may_ask(self) -> bool:
        """Whether nothing is asked yet: keys that come faster than a screen can be drawn, as
        from a terminal gone wild, must not pile up questions."""
        return self._screen.app.screen is self._screen

    async def choose(self, question: str, lines: list[str], options: dict[str, str]) -> str:
        """Ask for one of several; return its key, "" for none."""
        from tcpmon.ui.screens.choice import Choice

        choice = Choice(question, lines, options)
        return await self._screen.app.push_screen_wait(choice) if self._may_ask else ""

    def _named(self, targets: tuple[int, ...] | None) -> list[str]:
        if targets is None:
            return ["all that are connected; what is queued for them still goes out"]
        return _shortened(targets, self._title_of)


def _shortened(items: Sequence[T], name: Callable[[T], str] = str) -> list[str]:
    more = len(items) - NAMED
    names = [name(item) for item in items[:NAMED]]
    return [*names, f"and {number(more)} more"] if more > 0 else names


def told(delivery: Delivery) -> str:
    """Say how many got it, and who did not and why."""
    count = delivery.accepted + len(delivery.skipped)
    parts = [f"sent to {number(delivery.accepted)} of {counted(count, 'client')}"]
    if delivery.queued:
        parts.append(f"{number(delivery.queued)} not yet taken by the peer")
    if delivery.skipped:
        parts.append(f"not to {skipped(delivery.skipped)}")
    return "; ".join(parts)
