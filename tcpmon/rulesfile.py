"""Rules on disk: from a file of the person's, or from those that come with tcpmon.

The file may be edited elsewhere at the same time; it is written only when rules were edited on
the screen. What stands in it is for core.rules.
"""

import os
import stat

from tcpmon import dotfiles, presets
from tcpmon.core.errors import BadRules, CannotWrite
from tcpmon.core.escape import escape_text
from tcpmon.core.rules import Rules, parse

MOST = 4 << 20
"""Bytes that are read: more are no rules in any case."""

Stamp = tuple[int, int, int]
"""What changes with a file: when it was written, how long it is, which one it is."""


def load(word: str) -> tuple[str, Rules]:
    """Return the file, "" for none, and the rules of a path or of a preset's name.

    Raises BadRules with the file and the line.
    """
    is_preset = word in presets.names()
    source = "" if is_preset else os.path.expanduser(word)
    text = presets.text(word) if is_preset else _text_of(source)
    try:
        return source, parse(text)
    except BadRules as error:
        raise BadRules(f"{escape_text(word)}: {error.message}", error.line, error.hint) from None


def read(path: str) -> str:
    """Return what a rules file says by now. Raises BadRules where it cannot be read, and for what
    is no plain file: a pipe gives what it has once, and would be waited for."""
    if _is_odd(path):
        raise BadRules(f"{escape_text(path)} is no plain file, it cannot be read again", 0)
    return _text_of(path)


def _is_odd(path: str) -> bool:
    """Say whether there is something else than a plain file."""
    try:
        return not stat.S_ISREG(os.stat(path).st_mode)
    except (OSError, ValueError):
        return False


def _text_of(path: str) -> str:
    shown = escape_text(path)
    try:
        with open(path, "rb") as file:
            data = file.read(MOST)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        why = (getattr(error, "strerror", None) or "no such path").lower()
        hint = f"a file, or one of {', '.join(presets.names())}"
        raise BadRules(f"cannot read {shown}: {why}", 0, hint) from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadRules(f"{shown}: line {line}: not UTF-8", line, "TOML is UTF-8 text") from None


def stamp(path: str) -> Stamp | None:
    """Return what tells whether a file has changed, None while there is none."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    if not stat.S_ISREG(found.st_mode):
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def write(path: str, text: str) -> None:
    """Put rules in place of what was in the file, whole or not at all; who may read it stays.

    Raises CannotWrite.
    """
    target = os.path.realpath(path)
    if _is_odd(path):
        raise CannotWrite(f"cannot write {escape_text(path)}: it is no plain file")
    try:
        mode = os.stat(target).st_mode & 0o777 if os.path.exists(target) else 0o600
        dotfiles.replace(target, text.encode("utf-8", "surrogateescape"), mode)
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise CannotWrite(f"cannot write {escape_text(path)}: {why}") from None
