"""Say whose silence matters, and from when on."""

from collections.abc import Sequence

from tcpmon.core.commands import Silence
from tcpmon.core.model import Client, Listener
from tcpmon.core.units import counted, lasted, parse_patience
from tcpmon.ui.client_rows import title
from tcpmon.ui.screens.dialog import Dialog
from tcpmon.ui.screens.errands import Errands

EXAMPLES = "30s, 5m, 0 for never"
QUESTION = "Say so when somebody is silent: who?"
_LINES = ["The table marks who is silent, and the log tells of it."]


def commands_for(
    clients: Sequence[Client], listeners: Sequence[Listener]
) -> dict[str, tuple[str, list[Silence]]]:
    """Return whose silence can be meant, by key: in words, and the commands without a time."""
    whose: dict[str, tuple[str, list[Silence]]] = {}
    connected = [client for client in clients if not client.end]
    if connected:
        one = len(connected) == 1
        who = title(connected[0].id, connected[0]) if one else counted(len(connected), "client")
        whose["c"] = who, [Silence(0.0, client=client.id) for client in connected]
    for listener in listeners:
        if any(client.listener in listener.addresses for client in clients[:1]):
            who = f"all who came in by {listener.addresses[0]}"
            whose["l"] = who, [Silence(0.0, listener=listener.id)]
    whose["a"] = "all others" if whose else "all clients", [Silence(0.0)]
    return whose


def told(seconds: float) -> str:
    """Say what a time means."""
    return f"said after {lasted(seconds)} without a byte from there" if seconds else "never said"


async def set_alarm(
    errands: Errands, clients: Sequence[Client], listeners: Sequence[Listener]
) -> None:
    """Ask whose silence matters and from when on, and order it."""
    whose = commands_for(clients, listeners)
    choice = await errands.choose(QUESTION, _LINES, {key: who for key, (who, _) in whose.items()})
    if not choice:
        return
    who, commands = whose[choice]
    dialog = Dialog(f"Silence of {who}", "set", EXAMPLES, parse_patience, told)
    seconds = await errands.ask(dialog)
    if seconds is None:
        return
    for command in commands:
        await errands.do(Silence(seconds, command.client, command.listener))
