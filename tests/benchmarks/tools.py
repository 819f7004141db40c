"""The programs that benchmarks run: looked for, and built where the source is here.

Each is a command that serves the port that takes the place of PORT in it.
"""

import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from tests.benchmarks.table import Unmeasured

HERE = Path(__file__).parent
PORT = "{port}"

Command = tuple[str, ...]


def tcpmon(*words: str) -> Command:
    """Return the program as it was installed for this Python: what a person types."""
    return tcpmon_path(), *words, PORT


def tcpmon_path() -> str:
    return _find("tcpmon", "pip install -e .", str(Path(sys.executable).parent))


def engine(name: str, *words: str) -> Command:
    """Return a program here that uses tcpmon's engine as a library."""
    return sys.executable, "-m", f"tests.benchmarks.engines.{name}", *words, PORT


def tcpload() -> str:
    """Return the load generator, built if need be."""
    remedy = "install Rust (rustup.rs, or the package rustc)"
    return _build("load/tcpload.rs", "rustc", remedy, "--edition", "2021", "-C", "opt-level=3")


def c_epoll(mode: str) -> Command:
    """mode: echo, sink or broadcast."""
    path = _build("peers/cepoll.c", "cc", "install a C compiler (the package gcc)", "-O2")
    return path, PORT, mode


def node(mode: str, *silent: str) -> Command:
    """mode: reply, echo or sink. silent: "silent" for one that does not log."""
    path = _find("node", "install Node.js (the package nodejs)")
    return path, str(HERE / "peers/demo.js"), PORT, mode, *silent


def python(kind: str, loop: str) -> Command:
    """kind: protocol or streams. loop: asyncio or uvloop."""
    if not find_spec(loop):
        raise Unmeasured(f"no {loop} here: pip install {loop}")
    return sys.executable, str(HERE / "peers/bare.py"), PORT, kind, loop


def ncat(*words: str) -> Command:
    path = _find("ncat", "install Ncat (the package ncat)")
    return path, "-l", "-m", "20000", *words, "127.0.0.1", PORT


def socat(target: str) -> Command:
    path = _find("socat", "install socat")
    return path, f"TCP-LISTEN:{PORT},bind=127.0.0.1,fork,reuseaddr,backlog=4096,nodelay", target


def _find(name: str, remedy: str, path: str | None = None) -> str:
    found = shutil.which(name, path=path)
    if not found:
        raise Unmeasured(f"no {name} here: {remedy}")
    return found


def _build(name: str, compiler: str, remedy: str, *options: str) -> str:
    source = HERE / name
    target = HERE / "build" / source.stem
    if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
        target.parent.mkdir(exist_ok=True)
        command = (_find(compiler, remedy), *options, "-o", str(target), str(source))
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Unmeasured(f"{name} does not build:\n{done.stderr}")
    return str(target)
