"""Runs the benchmarks that are named, or all."""

import argparse
import os
import platform
import resource
import sys
from importlib import import_module

import tests.benchmarks
from tests.benchmarks.table import Table, Unmeasured

NAMES = (
    "echo", "demo", "jsonl", "sink", "broadcast", "slow", "connect", "idle", "history", "keep",
    "cut", "rules", "soak", "screen", "rows", "start", "help",
)  # fmt: skip


def main() -> None:
    """Measure, a module at a time."""
    options = _options()
    _prepare()
    print(f"Python {platform.python_version()}, {platform.system()} {platform.release()}, "
          f"{len(os.sched_getaffinity(0))} cores with a load of {os.getloadavg()[0]:.1f}, "
          f"{options.rounds} rounds")  # fmt: skip
    table = Table(options.rounds)
    for name in options.name or NAMES:
        try:
            import_module(f"tests.benchmarks.{name}").run(table)
        except Unmeasured as reason:
            table.left_out(name, reason)
    table.end()
    print(f"the load is {os.getloadavg()[0]:.1f} now")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks",
        description=tests.benchmarks.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("name", nargs="*", help=f"one of {', '.join(NAMES)}")
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="5 unless told")
    options = parser.parse_args()
    if unknown := set(options.name) - set(NAMES):
        parser.error(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    if options.rounds < 1:
        parser.error("one round is the least")
    return options


def _prepare() -> None:
    """Make the machine's limits, and the programs that inherit them, fit to be measured."""
    if sys.platform != "linux":
        sys.exit("the benchmarks need Linux: epoll, /proc and processor affinity")
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program is compiled


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
