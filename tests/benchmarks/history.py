"""A million records: what each of them takes, and what a message costs beside them.

Memory and the pauses of the garbage collector are looked at inside the process, in a
server that uses tcpmon's engine as a library. What a message costs with a
million records kept is measured against the same with 10,000.
"""

import json
import os
import sys
from subprocess import PIPE, Popen

from tests.benchmarks.echo import trips
from tests.benchmarks.processes import (
    SERVER,
    Pour,
    Said,
    Server,
    end,
    free_port,
    listens,
    serving,
    with_port,
)
from tests.benchmarks.table import Table, Unmeasured, at_most
from tests.benchmarks.tools import engine, tcpmon
from tests.benchmarks.turns import Contest, Rival

RECORDS, FEW = 1_000_000, 10_000
BYTES = 154  # of a record: a line of 64 and what it takes beside that
CLIENTS, RATE = 1_000, 200_000
