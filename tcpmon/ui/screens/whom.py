"""Who is written to: one client, the marked ones, those that match a filter, or all."""

from collections.abc import Callable, Mapping

from tcpmon.core.commands import Whom
from tcpmon.core.errors import BadFilter
from tcpmon.core.escape import escape_hidden
from tcpmon.core.units import counted, number
from tcpmon.ui.aim import Aim
from tcpmon.ui.render import fit
from tcpmon.ui.screens.dialog import Dialog
from tcpmon.ui.screens.errands import Errands

EXAMPLES = "ip:10.0.0.0/8, name:gps*, port:9000"
FILTER_CELLS = 34
QUESTION = "Write to whom?"
_LINES = ["Who matches a filter is seen each time something is sent."]


class FilterDialog(Dialog[str]):
    """Asks for a filter that says who is meant. read: what it stands for, or BadFilter."""

    def __init__(self, read: Callable[[str], str], count: Callable[[str], int]) -> None:
        def say(filter: str) -> str:
            return f"{counted(count(filter), 'client')} now; looked up anew each time"

        super().__init__("Write to those that match", "take", EXAMPLES, read, say)

    def told(self, text: str) -> str:
        """Return how many match, or where the filter is wrong."""
        try:
            return super().told(text) if not text else self._say(self._read(text))
        except BadFilter as error:
            return f"character {error.place + 1}: {error}"


def reader(saved: Mapping[str, str]) -> Callable[[str], str]:
    """Return what reads a filter, with those that have names. Raises BadFilter for none at all."""

    def read(text: str) -> str:
        from tcpmon.core.query.saved import expand

        if not text.strip():
            raise BadFilter("nothing would mean all", 0, "write for example name:gps*")
        return expand(text, saved)

    return read


async def ask_whom(
    errands: Errands,
    aim: Aim,
    client: int | None,
    marked: tuple[int, ...],
    filter: str,
    saved: Mapping[str, str],
) -> Whom | bool:
    """Ask who is written to; False for no change. client: of the row; filter: of the table."""
    options: dict[str, str] = {}
    if client is not None:
        options["c"] = aim.words((client,))
    if marked:
        options["m"] = f"the {number(len(marked))} marked"
    if filter:
        shown = fit(escape_hidden(filter), FILTER_CELLS).rstrip()
        options["t"] = f"those that the table shows: {shown}"
    options |= {"f": "those that match a filter …", "a": "all clients"}
    match await errands.choose(QUESTION, _LINES, options):
        case "c" if client is not None:
            return (client,)
        case "m":
            return marked
        case "t":
            return filter
        case "f":
            wanted = await errands.ask(FilterDialog(reader(saved), aim.count))
            return False if wanted is None else wanted
        case "a":
            return None
    return False
