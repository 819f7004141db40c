"""What is imported when: help is there at once, and the inner rings know nothing of the outer."""

import subprocess
import sys

import pytest

SCREEN = {"rich", "textual"}
WORLD = {"asyncio", "socket", "ssl"}

ALL_OF = """\
import importlib, pkgutil
def all_of(name):
    package = importlib.import_module(name)
    for module in pkgutil.walk_packages(package.__path__, name + "."):
        importlib.import_module(module.name)
"""

MAIN = """\
import tcpmon.cli
try:
    tcpmon.cli.main({})
except SystemExit as ending:
    assert ending.code == {}
"""


def imported(script: str) -> set[str]:
    """Return the modules and packages that a fresh interpreter has after a script."""
    told = "\nimport sys; print('imported:', *sys.modules)"
    found = subprocess.run(
        [sys.executable, "-c", script + told],
        capture_output=True, text=True, timeout=20, check=True,
    )  # fmt: skip
    return set(found.stdout.partition("imported:")[2].split())


@pytest.mark.parametrize(
    "script",
    [
        "import tcpmon",
        "import tcpmon.cli",
        MAIN.format(["--help"], 0),
        MAIN.format(["serve", "--help"], 0),
        MAIN.format(["--version"], 0),
        MAIN.format(["--frobnicate"], 2),
    ],
    ids=["tcpmon", "tcpmon.cli", "--help", "serve --help", "--version", "bad option"],
)
def test_quick(script: str) -> None:
    """What needs no server loads none of what makes one."""
    found = imported(script)
    assert "tcpmon" in found
    assert not found & (SCREEN | WORLD | {"msgspec", "sqlite3", "threading"})
    assert not any(name.startswith(("tcpmon.engine", "tcpmon.ui")) for name in found)


def test_core() -> None:
    """The core is pure: no sockets, no threads, no event loop, no screen."""
    found = imported(ALL_OF + "all_of('tcpmon.core')")
    assert {"tcpmon.core.store", "tcpmon.core.escape", "tcpmon.core.node"} <= found
    assert not found & (SCREEN | WORLD | {"sqlite3", "subprocess", "threading"})
    assert not any(name.startswith("tcpmon.") and "core" not in name for name in found)


@pytest.mark.parametrize("package", ["tcpmon.engine", "tcpmon.headless"])
def test_no_screen(package: str) -> None:
    """The engine, and serving without a screen, load nothing of a screen."""
    found = imported(ALL_OF + f"all_of({package!r})")
    assert "tcpmon.engine.engine" in found
    assert not found & (SCREEN | {"sqlite3"})
    assert not any(name.startswith("tcpmon.ui") for name in found)


def test_engine_knows_no_front_end() -> None:
    """The engine is a library: it loads neither flags nor reports."""
    found = imported(ALL_OF + "all_of('tcpmon.engine')")
    own = {name for name in found if name.startswith("tcpmon.")}
    assert all(name.startswith(("tcpmon.core", "tcpmon.engine")) for name in own)


def test_screen_knows_no_engine() -> None:
    """The screen is made on a node that it is given, and loads no engine by itself."""
    found = imported(ALL_OF + "all_of('tcpmon.ui')")
    assert "tcpmon.ui.app" in found
    assert not any(name.startswith(("tcpmon.engine", "tcpmon.headless")) for name in found)


def test_running_serve_needs_no_screen() -> None:
    """A whole run of serve, to its end, loads nothing of a screen."""
    script = (
        "import os, signal, threading, tcpmon.headless.serve as serve\n"
        "settle = serve.settle_memory\n"
        "serve.settle_memory = lambda: os.kill(os.getpid(), signal.SIGTERM)\n"
    )
    found = imported(script + MAIN.format(["serve", "localhost:0"], 0))
    assert "tcpmon.headless.serve" in found
    assert not found & SCREEN


def test_names() -> None:
    """What the package offers can be had from it, each only when it is asked for."""
    script = "from tcpmon import Engine; Engine()\nimport tcpmon\n"
    assert "tcpmon.engine.engine" in imported(script)
    assert not imported("from tcpmon import Kind") & (SCREEN | WORLD)
    imported(script + "for name in tcpmon.__all__: getattr(tcpmon, name)")


def test_no_such_name() -> None:
    """What the package does not offer is told like any missing attribute."""
    imported(
        "import tcpmon\n"
        "try: tcpmon.nothing\n"
        "except AttributeError as error: assert \"'nothing'\" in str(error)\n"
        "else: raise AssertionError\n"
    )
