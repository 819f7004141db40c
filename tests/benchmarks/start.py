"""How long it takes from exec to the first paint, against a minimal Textual app.

    python -m tests.benchmarks.start [RUNS]

Also when the first client is served, and how `tcpmon --help` compares with an
interpreter that does nothing. In turn, medians.
"""

import fcntl
import json
import os
import pty
import select
import signal
import socket
import statistics
import struct
import subprocess
import sys
import termios
import threading
import time
from pathlib import Path

PORT = 18_424
MINIMAL = """
from textual.app import App
from textual.widgets import Static
class Minimal(App):
    def compose(self):
        yield Static("first-paint")
Minimal().run()
"""


def first_paint(command: list[str], sign: bytes) -> float:
    """Return seconds from exec until a sign is on the terminal."""
    start = time.perf_counter()
    pid, fd = pty.fork()
    if pid == 0:
        os.environ["TERM"] = "xterm-256color"
        os.execvp(command[0], command)
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 45, 160, 0, 0))
    seen = b""
    while sign not in seen:
        select.select([fd], [], [])
        seen += os.read(fd, 1 << 16)
    took = time.perf_counter() - start
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    os.close(fd)
    return took


def first_client(took: list[float]) -> None:
    """Connect as soon as somebody listens."""
    start = time.perf_counter()
    while time.perf_counter() - start < 10:
        try:
            socket.create_connection(("127.0.0.1", PORT)).close()
        except OSError:
            time.sleep(0.002)
        else:
            took.append(time.perf_counter() - start)
            return


def process(command: list[str]) -> float:
    """Return the seconds that a whole process takes."""
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def main() -> None:
    """Measure in turn."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program is compiled
    program = str(Path(sys.executable).parent / "tcpmon")
    ours, minimal, served, helps, nothing = [], [], [], [], []
    first_paint([program, str(PORT)], b"Clients")
    for _ in range(runs):
        minimal.append(first_paint([sys.executable, "-c", MINIMAL], b"first-paint"))
        client = threading.Thread(target=first_client, args=(served,))
        client.start()
        ours.append(first_paint([program, str(PORT)], b"Clients"))
        client.join()
        helps.append(process([program, "--help"]))
        nothing.append(process([sys.executable, "-c", "pass"]))
    m = statistics.median
    print(json.dumps({
        "first_paint_ms": round(m(ours) * 1000), "minimal_textual_ms": round(m(minimal) * 1000),
        "ratio": round(m(ours) / m(minimal), 2), "first_client_ms": round(m(served) * 1000),
        "help_ms": round(m(helps) * 1000, 1), "python_pass_ms": round(m(nothing) * 1000, 1),
        "help_ratio": round(m(helps) / m(nothing), 2),
    }))  # fmt: skip


if __name__ == "__main__":
    main()
