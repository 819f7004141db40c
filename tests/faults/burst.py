"""The burst of R08, to be run in a network namespace of its own: `unshare -rn`.

Prints how many listeners have come through it.
"""

import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.faults.program import TCP, Caller, Place, Program


def burst(program: Program, place: Place, count: int) -> None:
    """Call so often while the program stands still, and see who is served afterwards."""
    before = program.told.opened
    program.process.send_signal(signal.SIGSTOP)
    address = place.address(program.addresses)
    crowd = [program.keep(Caller(place, address, wait=False)) for _ in range(count)]
    program.process.send_signal(signal.SIGCONT)
    program.wait(lambda: program.told.opened - before > 4096)
    program.wait(lambda: "queue of those who wait was full" in program.stderr)
    for caller in crowd:
        caller.reset()
    program.wait(lambda: program.told.closed == program.told.opened)
    late = program.client(place)
    assert late.trip(b"hello") == b"hello"
    late.close()
    program.complaints.clear()


def main() -> None:
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    with tempfile.TemporaryDirectory() as folder:
        for place in TCP:
            with Program(Path(folder), "--echo") as program:
                burst(program, place, int(sys.argv[1]))
                assert program.end() == 0
    print(f"{len(TCP)} listeners")


if __name__ == "__main__":
    main()
