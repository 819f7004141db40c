"""A key's way to the screen while 10,000 clients send 100,000 lines a second.

Against the same screen with the same clients keeping still. How many lines came in
is told: a core that has other things to do cannot send so many. Also how much of a
core the app's own thread takes; the rest of the core is the engine's. And the other
way round: how long clients wait for an echo while the screen draws, against `serve
-q`, which draws nothing.
"""

from functools import partial

from tests.benchmarks.echo import ours as without, trips
from tests.benchmarks.keys import typed
from tests.benchmarks.table import Table, at_least, at_most
from tests.benchmarks.terminal import watched
from tests.benchmarks.tools import tcpmon
from tests.benchmarks.turns import Contest, Rival

CLIENTS, RATE = 10_000, 100_000
ECHOES, ECHO_SECONDS = 10_000, 1.0  # a second, and for how long
KEYS = (b"j",) * 5 + (b"k",) * 5


def run(table: Table) -> None:
    """Fill in the lines."""
    pairs = table.pairs(lambda: typed(CLIENTS, RATE, KEYS), lambda: typed(CLIENTS, 0, KEYS))
    quiet = "the same, no traffic"
    table.ratio("screen, 100,000 msg/s: key to paint, p50 ms", quiet,
                [(busy.p50, idle.p50) for busy, idle in pairs], at_most(4))  # fmt: skip
    table.ratio("screen, 100,000 msg/s: key to paint, p99 ms", quiet,
                [(busy.p99, idle.p99) for busy, idle in pairs], at_most(10))  # fmt: skip
    table.figure("  % of a core for the app's thread", [busy.app for busy, _ in pairs], at_most(35))
    table.figure("  % of a core for all threads", [busy.all for busy, _ in pairs])
    table.figure("  msg/s that were taken", [busy.rate for busy, _ in pairs])
    table.figure("  % of those that were sent", [busy.share for busy, _ in pairs], at_least(99))
    what = "screen, 10,000 echoes/s: p99 of a trip, ms"
    rival = Rival("serve -q", without, at_most(1.5))
    echoes = partial(trips, rate=ECHOES, seconds=ECHO_SECONDS)
    screen = partial(watched, tcpmon("--echo"))
    Contest(table, what, screen, (rival,), echoes).ratios("p99_ms")
