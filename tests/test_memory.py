"""The garbage collector leaves alone what is there at the start, and works from then on."""

import gc
import subprocess
import sys
import weakref
from collections.abc import Iterator

import pytest

from tcpmon.memory import settle_memory


class Knot:
    """Something that only the collector can free."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    """Give the tests' own collector back as it was."""
    yield
    gc.unfreeze()
    gc.enable()


def test_settle() -> None:
    """What is garbage goes, what lives is never looked at again, and collecting is on."""
    gc.disable()
    knot = weakref.ref(Knot())
    living = Knot()
    settle_memory()
    assert knot() is None
    assert gc.isenabled()
    assert gc.get_freeze_count() > 0
    assert not any(each is living for each in gc.get_objects())


def test_garbage_after_that() -> None:
    """What becomes garbage later is found."""
    settle_memory()
    knot = weakref.ref(Knot())
    gc.collect()
    assert knot() is None


def test_off_while_importing() -> None:
    """While a front end is imported the collector does not run."""
    script = (
        "import gc, sys, tcpmon.cli, tcpmon.headless.serve as serve\n"
        "serve.run = lambda config: print(gc.isenabled())\n"
        "tcpmon.cli.main(['serve', 'localhost:0'])\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=20, check=True
    )
    assert found.stdout == "False\n"
