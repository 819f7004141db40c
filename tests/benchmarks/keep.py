"""A history that is full: what `--keep SIZE` really takes.

Lines of 64 bytes come in for long enough to fill the history twice, so that the
oldest leave as fast as others come. The growth of the process against SIZE, which
counts payload and overhead together and so should be the whole of it.
"""

import time

from tests.benchmarks.processes import Pour, resident_kib, serving, settle
from tests.benchmarks.table import Table, at_most
from tests.benchmarks.tools import tcpmon

MIB = 32
LINES, LONG = 100_000, 6.0  # a second, seconds: 37 MiB of payload alone


def run(table: Table) -> None:
    """Fill in the line."""
    table.compare(
        f"serve -q --keep {MIB}MiB, full: MiB taken", "SIZE", grown, lambda: MIB, at_most(1.1)
    )


def grown() -> float:
    """Return by how many MiB the server grows."""
    with serving(tcpmon("serve", "-q", "--keep", f"{MIB}MiB")) as (pid, port):
        settle(pid)
        before = resident_kib(pid)
        with Pour(port, 10, LINES):
            time.sleep(LONG)
        settle(pid)
        return (resident_kib(pid) - before) / 1024
