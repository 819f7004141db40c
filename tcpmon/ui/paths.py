"""Files to send: what they are, and what a path that is being typed may become.

All of it may wait for a disk, or for a machine far away: it is called on a thread.
"""

import os
import stat

from tcpmon.core.errors import CannotRead
from tcpmon.core.escape import escape_hidden, escape_text

MOST = 1000
"""Names of a folder that are looked at."""


def expanded(text: str) -> str:
    """Return the whole path of what was typed. Raises CannotRead."""
    try:
        return os.path.abspath(os.path.expanduser(text))
    except (OSError, ValueError):  # the folder we are in is gone; a NUL
        raise CannotRead(
            f"{escape_text(text)} is no path", "write one that begins with /"
        ) from None


def length(path: str) -> int:
    """Return how many bytes a file has. Raises CannotRead, also for what is no plain file."""
    shown = escape_text(path)
    try:
        found = os.stat(path)
    except (OSError, ValueError) as error:
        why = (getattr(error, "strerror", "") or str(error)).lower()
        raise CannotRead(f"cannot read {shown}: {why}") from None
    if stat.S_ISDIR(found.st_mode):
        raise CannotRead(f"{shown} is a folder")
    if not stat.S_ISREG(found.st_mode):
        raise CannotRead(f"{shown} is no plain file")
    if not os.access(path, os.R_OK):
        raise CannotRead(f"cannot read {shown}: permission denied")
    return found.st_size


def complete(text: str) -> str:
    """Return a path as far as there is but one way to go on with it."""
    folder, begun = os.path.split(text)
    names = []
    try:
        with os.scandir(expanded(folder)) as entries:
            for entry, _ in zip(entries, range(MOST), strict=False):
                if entry.name.startswith(begun) and escape_hidden(entry.name) == entry.name:
                    names.append(entry.name + (os.sep if entry.is_dir() else ""))
    except (CannotRead, OSError, ValueError):
        return text
    if not begun:
        names = [name for name in names if not name.startswith(".")]
    if not names:
        return text
    return os.path.join(folder, os.path.commonprefix(names))  # noqa: RUF071 - letters are meant
