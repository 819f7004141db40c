"""What the screen costs and how soon it answers a key, with and without traffic.

    python -m tests.benchmarks.screen [CLIENTS [MESSAGES_A_SECOND]]

Runs the real program in a pseudo-terminal of 160x45, moves the cursor of the
client table and takes the time until it is painted elsewhere. Reads the
processor time of its threads from /proc.
"""

import fcntl
import json
import os
import pty
import re
import select
import signal
import statistics
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

PORT = 18_423
KEYS = 60
_PLACE = re.compile(rb"\x1b\[(\d+);\d+H|\xe2\x96\xb6")


class Screen:
    """tcpmon in a pseudo-terminal."""

    def __init__(self, *arguments: str, cpu: str = "0") -> None:
        program = Path(sys.executable).parent / "tcpmon"
        command = ["taskset", "-c", cpu, str(program), str(PORT), *arguments]
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ["TERM"] = "xterm-256color"
            os.execvp(command[0], command)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 45, 160, 0, 0))
        self.seen = b""
        self.row = 0
        self.cursor = 0

    def read(self, seconds: float) -> bytes:
        """Read what the program writes for so long, or what is there."""
        ready, _, _ = select.select([self.fd], [], [], seconds)
        if not ready:
            return b""
        data = os.read(self.fd, 1 << 16)
        for match in _PLACE.finditer(data):
            if match[1]:
                self.row = int(match[1])
            elif 3 < self.row < 18:
                self.cursor = self.row
        return data

    def drain(self, seconds: float) -> None:
        """Read on for so long."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.read(left)

    def key(self, key: bytes) -> float:
        """Press a key that moves the cursor; return the seconds until it is painted."""
        before = self.cursor
        start = time.perf_counter()
        os.write(self.fd, key)
        while self.cursor == before:
            if time.perf_counter() - start > 5:
                raise TimeoutError("the cursor did not move")
            self.read(0.5)
        return time.perf_counter() - start

    def threads(self) -> dict[str, float]:
        """Return processor seconds by thread name."""
        times: dict[str, float] = {}
        for task in Path(f"/proc/{self.pid}/task").iterdir():
            fields = (task / "stat").read_text().rpartition(")")[2].split()
            name = (task / "comm").read_text().strip()
            name = "app" if task.name == str(self.pid) else name
            ticks = int(fields[11]) + int(fields[12])
            times[name] = times.get(name, 0.0) + ticks / os.sysconf("SC_CLK_TCK")
        return times

    def end(self) -> None:
        """End the program."""
        os.kill(self.pid, signal.SIGTERM)
        end = time.monotonic() + 8
        while time.monotonic() < end:
            try:
                self.read(0.1)
            except OSError:
                break
        os.waitpid(self.pid, 0)
        os.close(self.fd)


def keys(screen: Screen) -> list[float]:
    """Press keys, at odd moments of the repaint cycle, and return the times in ms."""
    times = []
    for number in range(KEYS):
        times.append(screen.key(b"j" if number % 10 < 5 else b"k") * 1000)
        screen.drain(0.037 + 0.011 * (number % 7))
    return times


def main() -> None:
    """Measure idle and under load, in one run."""
    clients = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    rate = float(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    screen = Screen()
    screen.drain(2)
    load = subprocess.Popen(
        ["taskset", "-c", "1", sys.executable, "-m", "tests.benchmarks.pour",
         str(PORT), str(clients), "0", "12"], stdout=subprocess.PIPE)  # fmt: skip
    screen.drain(4)
    idle = keys(screen)
    load.kill()
    load.wait()
    screen.drain(1)
    load = subprocess.Popen(
        ["taskset", "-c", "1", sys.executable, "-m", "tests.benchmarks.pour",
         str(PORT), str(clients), str(rate), "12"], stdout=subprocess.PIPE, text=True)  # fmt: skip
    screen.drain(3)
    before, at = screen.threads(), time.monotonic()
    busy = keys(screen)
    after, seconds = screen.threads(), time.monotonic() - at
    shares = {name: round((after[name] - before.get(name, 0)) / seconds * 100, 1) for name in after}
    while load.poll() is None:
        screen.drain(0.2)
    output = load.stdout.read() if load.stdout else ""
    screen.end()
    quantile = lambda values, q: sorted(values)[min(len(values) - 1, int(q * len(values)))]  # noqa: E731
    print(json.dumps({
        "clients": clients, "rate": rate, "said": output.split()[-1],
        "idle_p50_ms": round(statistics.median(idle), 1), "idle_p99_ms": round(quantile(idle, .99), 1),
        "busy_p50_ms": round(statistics.median(busy), 1), "busy_p99_ms": round(quantile(busy, .99), 1),
        "p50_ratio": round(statistics.median(busy) / statistics.median(idle), 2),
        "p99_ratio": round(quantile(busy, .99) / quantile(idle, .99), 2),
        "cpu_percent": shares,
    }))  # fmt: skip


if __name__ == "__main__":
    main()
