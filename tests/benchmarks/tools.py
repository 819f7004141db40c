"""The programs that benchmarks run: looked for, and built where the source is here."""

import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from tests.benchmarks.table import Unmeasured

HERE = Path(__file__).parent


def tcpmon() -> str:
    """Return the program as it was installed for this Python: what a person types."""
    return _find("tcpmon", "pip install -e .", str(Path(sys.executable).parent))


def tcpload() -> str:
    """Return the load generator, built if need be."""
    remedy = "install Rust (rustup.rs, or the package rustc)"
    return _build("load/tcpload.rs", "rustc", remedy, "--edition", "2021", "-C", "opt-level=3")


def epoll_echo() -> str:
    """Return the C peer, built if need be."""
    return _build("peers/epoll_echo.c", "cc", "install a C compiler (the package gcc)", "-O2")


def node_demo(mode: str) -> tuple[str, ...]:
    """Return the command of the Node peer. mode: reply or echo."""
    return _find("node", "install Node.js (the package nodejs)"), str(HERE / "peers/demo.js"), mode


def python_echo(loop: str) -> tuple[str, ...]:
    """Return the command of a Python peer. loop: uvloop or streams."""
    if loop == "uvloop" and not find_spec("uvloop"):
        raise Unmeasured("no uvloop here: pip install uvloop")
    return sys.executable, str(HERE / f"peers/{loop}_echo.py")


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
