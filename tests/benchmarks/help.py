"""The whole of `tcpmon --help`, which should be there at once.

Against an interpreter that does nothing: less than that no Python program can
take. Several of each in a round, as one alone is too short to be told from noise.
"""

import subprocess
import sys
import time
from statistics import median

from tests.benchmarks.table import Table, at_most
from tests.benchmarks.tools import tcpmon_path

TIMES = 7


def run(table: Table) -> None:
    """Fill in the line."""
    table.compare(
        "tcpmon --help, ms",
        "python -c pass",
        lambda: milliseconds(tcpmon_path(), "--help"),
        lambda: milliseconds(sys.executable, "-c", "pass"),
        at_most(4),
    )


def milliseconds(*command: str) -> float:
    """Return how long a process takes from its start to its end, the median of several."""
    times = []
    for _ in range(TIMES):
        start = time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True, timeout=20)
        times.append((time.perf_counter() - start) * 1000)
    return median(times)
