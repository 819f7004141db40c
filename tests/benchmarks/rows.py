"""Keys in a table of 10,000 clients: paging through it, and sorting it by address.

Against the same table with 100 clients. What is drawn depends on the screen
alone, so paging should cost the same. Sorting has to look at everybody: its goal
is what still feels immediate.
"""

from tests.benchmarks.keys import typed
from tests.benchmarks.table import Table, at_most

MANY, FEW = 10_000, 100
PAGES = (b"\x1b[6~",) * 5 + (b"\x1b[5~",) * 5  # page down, page up
NEXT_COLUMN, TURN_ROUND = b"o", (b"O",)


def run(table: Table) -> None:
    """Fill in the lines."""
    paged = table.pairs(lambda: typed(MANY, 0, PAGES), lambda: typed(FEW, 0, PAGES))
    table.ratio("10,000 rows: page key to paint, p50 ms", "100 rows",
                [(many.p50, few.p50) for many, few in paged], at_most(1.5))  # fmt: skip
    table.ratio("10,000 rows: page key to paint, p99 ms", "100 rows",
                [(many.p99, few.p99) for many, few in paged])  # fmt: skip
    turned = table.pairs(
        lambda: typed(MANY, 0, TURN_ROUND, first=NEXT_COLUMN),
        lambda: typed(FEW, 0, TURN_ROUND, first=NEXT_COLUMN),
    )
    table.ratio("10,000 rows: sort key to paint, p50 ms", "100 rows",
                [(many.p50, few.p50) for many, few in turned])  # fmt: skip
    table.figure("10,000 rows: sort key to paint, p99 ms",
                 [many.p99 for many, _ in turned], at_most(100))  # fmt: skip
