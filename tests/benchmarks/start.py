"""From the command to the first paint, and to the first client that is let in.

Against the least app that Textual can show: it pays for the same interpreter and
the same imports, and the rest is ours.
"""

import sys

from tests.benchmarks.processes import free_port, listens
from tests.benchmarks.table import Table, at_most
from tests.benchmarks.terminal import Terminal
from tests.benchmarks.tools import tcpmon_path

MINIMAL = """
from textual.app import App
from textual.widgets import Static

class Minimal(App):
    def compose(self):
        yield Static("first paint")

Minimal().run()
"""


def run(table: Table) -> None:
    """Fill in the lines."""

    def minimal() -> float:
        return first_paint("first paint", sys.executable, "-c", MINIMAL)

    table.compare(
        "start to first paint, ms",
        "minimal Textual app",
        lambda: first_paint("Nobody is connected yet", tcpmon_path(), str(free_port())),
        minimal,
        at_most(1.5),
    )
    table.compare("start to first client, ms", "minimal Textual app", first_client, minimal)


def first_paint(sign: str, *command: str) -> float:
    """Return milliseconds until a sign is on the terminal."""
    with Terminal(*command) as terminal:
        return (terminal.shows(sign) - terminal.started) * 1000


def first_client() -> float:
    """Return milliseconds until a client of tcpmon is let in."""
    port = free_port()
    with Terminal(tcpmon_path(), str(port)) as terminal:
        return (terminal.wait(lambda: listens(port), "a port") - terminal.started) * 1000
