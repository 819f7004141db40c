"""tcpmon with something wrong in it: python -m tests.program.broken WHAT [ADDRESS ...]"""

import faulthandler
import logging
import os
import sys
import threading
import warnings
from collections.abc import Callable
from typing import NoReturn

from tcpmon.cli import main
from tcpmon.ui.app import TcpmonApp
from tcpmon.ui.screens.report import Report
from tcpmon.ui.widgets.status import StatusBar
from tests.program.hostile import ESCAPES


def fail(*_: object) -> NoReturn:
    raise RuntimeError("planted: " + "".join(ESCAPES))


def fail_too(*_: object) -> NoReturn:
    raise RuntimeError("planted too")


def picture() -> None:
    """The first line cannot be painted, and the error quotes a hostile peer."""
    StatusBar.compose_lines = fail  # type: ignore[assignment, method-assign]


def report() -> None:
    """From the first client on it cannot be painted, nor can the report about that."""
    painted = StatusBar.compose_lines

    def compose_lines(bar: StatusBar) -> object:
        return fail() if bar._view and bar._view.totals.open else painted(bar)

    StatusBar.compose_lines = compose_lines  # type: ignore[assignment, method-assign]
    Report.compose = fail_too  # type: ignore[assignment, method-assign]


def start() -> None:
    """The screen cannot even begin."""
    TcpmonApp.get_default_screen = fail  # type: ignore[assignment, method-assign]


def noise() -> None:
    """Everybody talks, by every way there is, as soon as there is a screen."""
    mounted = TcpmonApp.on_mount

    def talk() -> None:
        print("NOISE printed")
        print("NOISE on stderr" + "".join(ESCAPES), file=sys.stderr)
        warnings.warn("NOISE warned", stacklevel=1)
        logging.getLogger("asyncio").error("NOISE logged")
        os.write(1, b"NOISE to descriptor 1\n")
        os.write(2, b"NOISE to descriptor 2 \x1b]0;PWNED\x07\n")
        faulthandler.dump_traceback(file=2)
        thread = threading.Thread(target=fail, name="NOISE-thread")
        thread.start()

    def on_mount(app: TcpmonApp) -> None:
        mounted(app)
        app.set_timer(0.3, talk)

    TcpmonApp.on_mount = on_mount  # type: ignore[assignment, method-assign]


WRONG: dict[str, Callable[[], None]] = {
    wrong.__name__: wrong for wrong in (picture, report, start, noise)
}

if __name__ == "__main__":
    WRONG[sys.argv[1]]()
    main(sys.argv[2:])
