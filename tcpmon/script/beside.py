"""What a script imports from its own folder: it belongs to the script, and is read with it."""

import os
import sys
import sysconfig
import traceback
from collections.abc import Iterable
from functools import cache
from types import ModuleType

Stamp = list[int] | None
"""What differs when a file has changed, None if there is none."""

_INSTALLED = ("site-packages", "dist-packages")


@cache
def _not_theirs() -> tuple[str, ...]:
    """Return the folders of Python and of tcpmon: a script in a home may lie above both."""
    own = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    found = {own, sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")}
    return tuple(os.path.join(folder, "") for folder in found)


def is_beside(file: object, path: str) -> bool:
    """Say whether a file is the user's own, and lies in or below the folder of the script."""
    if not isinstance(file, str) or file == path:
        return file == path
    folder = os.path.join(os.path.dirname(path), "")
    if not file.startswith(folder) or file.startswith(_not_theirs()):
        return False
    return not any(word in file for word in _INSTALLED)


def modules(path: str) -> dict[str, ModuleType]:
    """Return the modules that were read from files beside a script, by name."""
    return {
        name: module for name, module in list(sys.modules.items())
        if is_beside(getattr(module, "__file__", None), path)
    }  # fmt: skip


def files(path: str, error: BaseException | None) -> dict[str, Stamp]:
    """Return the files that a script was read from beside its own, as they are now; also those that
    an error came from, so that it is known when to try again."""
    found = {module.__file__ for module in modules(path).values()}
    if error is not None:
        found |= {frame.f_code.co_filename for frame, _ in traceback.walk_tb(error.__traceback__)}
    if isinstance(error, SyntaxError):
        found.add(error.filename)
    return look_at([file for file in found if file and file != path and is_beside(file, path)])


def look_at(files: Iterable[str]) -> dict[str, Stamp]:
    """Return how files are now."""
    return {file: _stamp(file) for file in files}


def _stamp(file: str) -> Stamp:
    try:
        found = os.stat(file)
    except OSError:
        return None
    return [found.st_mtime_ns, found.st_size]
