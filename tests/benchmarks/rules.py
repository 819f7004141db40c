"""What it costs to answer by rule: an echo beside --echo, a hundred rules beside --reply that
sends the same.

The hundred are twenty that look for a text, twenty for a begin, twenty for a whole message, ten
for bytes and gaps, twenty-nine for a regular expression, none of which fits; and behind them the
one that does. A device says the same again and again, as a keep-alive, or never the same
twice, since it counts or tells the time, which is harder: so both are measured, and half and half.
Lines come one a read, and are cut as lines unless something else is said.

At last what a message takes by itself, without a socket.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from time import process_time

from tcpmon.core.rules import Book, parse
from tests.benchmarks.echo import trips
from tests.benchmarks.processes import Server, serving
from tests.benchmarks.table import Goal, Table, at_least, at_most
from tests.benchmarks.tools import tcpmon
from tests.benchmarks.turns import Contest, Rival

REPLY = "server got 64 bytes\\n"
ECHO = "[[rule]]\ndo = 'echo'\n"
KINDS = (
    [f"text = 'needle{number}'" for number in range(20)]
    + [f"starts = 'CMD{number} '" for number in range(20)]
    + [f"equals = 'EQ{number}'" for number in range(20)]
    + [f"hex = '78 78 {number:02x} ?? ... 0d 0a'" for number in range(10)]
    + [rf"regex = 'key{number}=(\d+)'" for number in range(29)]
)
NINETY_NINE = "".join(f"[[rule]]\n{kind}\ndo = 'send no\\n'\n" for kind in KINDS)
FITS = {"text": "text = 'state=ok'", "regex": r"regex = 'seq=(?P<seq>\d+)'"}
SAID = (("always the same", 0), ("half fresh", 50), ("all fresh", 100))

MESSAGES = 20_000
CASES = {
    "none": b"#", "equals": b"EQ7", "starts": b"CMD3 #", "regex": b"key7=12 #",
}  # fmt: skip


def run(table: Table) -> None:
    """Fill in the lines."""
    for framing in ("none", "line", "auto"):
        what = f"echo by rule, framing {framing}: trips/s"
        _contest(table, what, framing, ECHO, ("--echo",), 64, at_least(0.7), 0)
    for by, test in FITS.items():
        hundred = f"{NINETY_NINE}[[rule]]\n{test}\ndo = 'send {REPLY}'\n"
        for said, fresh in SAID:
            what = f"100 rules, fits {by}, {said}: trips/s"
            plain = ("--reply", REPLY)
            _contest(table, what, "line", hundred, plain, 20, at_least(0.5), fresh)
    _alone(table)


def _contest(
    table: Table,
    what: str,
    framing: str,
    rules: str,
    plain: tuple[str, ...],
    reply: int,
    goal: Goal,
    fresh: int,
) -> None:
    rival = Rival(plain[0], partial(serving, tcpmon("serve", "-q", *plain)), goal)
    work = partial(trips, reply=reply, fresh=fresh)
    contest = Contest(table, what, partial(_by_rules, framing, rules), (rival,), work)
    contest.ratios("rate")
    contest.costs()


@contextmanager
def _by_rules(framing: str, rules: str) -> Iterator[Server]:
    """Serve by rules."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "rules.toml"
        file.write_text(f'framing = "{framing}"\n{rules}')
        with serving(tcpmon("serve", "-q", "--rules", str(file))) as server:
            yield server


def _alone(table: Table) -> None:
    book = Book(parse(NINETY_NINE).rules)
    for what, case in CASES.items():
        for said in ("the same", "fresh") if b"#" in case else ("the same",):
            taken = [_tried(book, case, said == "fresh") for _ in range(table.rounds)]
            table.figure(f"99 rules, fits {what}, {said}: us a message", taken, at_most(5))


def _tried(book: Book, case: bytes, fresh: bool) -> float:
    """Return the microseconds of the processor that one message takes until it is known which
    rule fits it, or that none does. case: # counts the messages."""
    numbers = range(MESSAGES) if fresh else [0] * MESSAGES
    contents = [case.replace(b"#", b"%061d" % number) for number in numbers]
    messages = [(content + b"\r\n", content) for content in contents]
    begun = process_time()
    for data, content in messages:
        next(iter(book.candidates(data, content)), None)
    return (process_time() - begun) / MESSAGES * 1e6
