"""What rules would do with a message, worked out beside the screen: it may take a while."""

from collections.abc import Callable
from itertools import takewhile

from textual import work
from textual.worker import get_current_worker

from tcpmon.core.errors import BadRules
from tcpmon.core.escape import escape, escape_hidden
from tcpmon.core.model import Client, Message
from tcpmon.core.rules import parse, trial
from tcpmon.core.units import counted
from tcpmon.ui.render import Line
from tcpmon.ui.widgets.sheet import Sheet

TITLE: Line = [("What they would do with the log's message", "title")]
SLOW_SECONDS = 0.3  # after which it is said that it is not ready yet
SHOWN = 200  # bytes of the message that the rules are tried on


class Trial(Sheet):
    """Shows what is wrong with rules or, if nothing is, what they would do."""

    def __init__(self, message: Message | None, client: Client | None) -> None:
        """message: what is tried on them, client: whose it is."""
        super().__init__("trial")
        self._message = message
        self._client = client

    def on_mount(self) -> None:
        """Show a title from the beginning."""
        self.show(TITLE, [], [])

    def read(self, text: str) -> None:
        """Show what these rules would do; nothing comes any more of those of before."""
        worker = self._try(text)
        self.set_timer(
            SLOW_SECONDS,
            lambda: None if worker.is_finished else self.show(TITLE, [("trying …", "dim")], []),
        )

    @work(thread=True, exclusive=True, group="trial", description="trial")
    def _try(self, text: str) -> None:
        worker = get_current_worker()
        lines = trial_lines(text, self._message, self._client, lambda: not worker.is_cancelled)
        if not worker.is_cancelled:
            self.app.call_from_thread(self.show, TITLE, [], lines)


def trial_lines(
    text: str,
    message: Message | None,
    client: Client | None,
    goes_on: Callable[[], bool] = lambda: True,
) -> list[Line]:
    """Return what is wrong with rules or, if nothing is, what they would do with a message.

    goes_on: asked between two rules whether anybody still wants to know.
    """
    if not text.strip():
        return [[("There are no rules.", "dim")]]
    try:
        rules = parse(text)
    except BadRules as error:
        hint: list[Line] = [[(error.hint, "dim")]] if error.hint else []
        return [[(error.message, "error")], *hint]
    count = counted(len(rules.rules), "rule")
    if message is None:
        return [
            [(f"{count}. Select a message of a client (RX) in the log to try them on it.", "dim")]
        ]
    size = message.size or len(message.data)
    tried = f"{count}; tried on {size:,} B of #{message.client}: "
    lines: list[Line] = [[(tried, "dim"), (escape(message.data, SHOWN), "")]]
    told = trial(rules, message.data, message.content, client, 0, message.time)
    return [*lines, *([(escape_hidden(line), "")] for line in takewhile(lambda _: goes_on(), told))]
