"""What a hundred rules of all kinds cost for each message: microseconds until the one that fits
is found, or none. The goal is that of one message in 200,000 a second."""

from time import process_time

from tcpmon.core.rules import Book, parse
from tests.benchmarks.table import Table, at_most

MESSAGES = 20_000
KINDS = (
    [f"text = 'needle{number}'" for number in range(20)]
    + [f"starts = 'CMD{number} '" for number in range(20)]
    + [f"equals = 'EQ{number}'" for number in range(20)]
    + [f"hex = '78 78 {number:02x} ?? ... 0d 0a'" for number in range(10)]
    + [rf"regex = 'key{number}=(\d+)'" for number in range(30)]
)
CASES = {
    "none": b"x" * 62, "equals": b"EQ7", "starts": b"CMD3 ".ljust(62, b"."),
    "regex": b"key7=12 ".ljust(62, b"."),
}  # fmt: skip


def run(table: Table) -> None:
    """Fill in the lines."""
    book = Book(parse("".join(f"[[rule]]\n{kind}\ndo = 'echo'\n" for kind in KINDS)).rules)
    for what, content in CASES.items():
        taken = [tried(book, content) for _ in range(table.rounds)]
        table.figure(f"100 rules, fits {what}: us a message", taken, at_most(5))


def tried(book: Book, content: bytes) -> float:
    """Return the microseconds of the processor that one message takes."""
    data = content + b"\r\n"
    begun = process_time()
    for _ in range(MESSAGES):
        next(iter(book.candidates(data, content)), None)
    return (process_time() - begun) / MESSAGES * 1e6
