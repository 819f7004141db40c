"""Rules from a file, or from those that come with tcpmon."""

import os

from tcpmon import presets
from tcpmon.core.errors import BadRules
from tcpmon.core.escape import escape_text
from tcpmon.core.rules import Rules, parse

MOST = 4 << 20
"""Bytes that are read: more are no rules in any case."""


def load(word: str) -> tuple[str, Rules]:
    """Return the file, "" for none, and the rules of a path or of a preset's name.

    Raises BadRules with the file and the line.
    """
    is_preset = word in presets.names()
    source = "" if is_preset else os.path.expanduser(word)
    shown = escape_text(word)
    text = presets.text(word) if is_preset else _read(source, shown)
    try:
        return source, parse(text)
    except BadRules as error:
        raise BadRules(f"{shown}: {error.message}", error.line, error.hint) from None


def _read(path: str, shown: str) -> str:
    try:
        with open(path, "rb") as file:
            data = file.read(MOST)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        why = (getattr(error, "strerror", "") or str(error)).lower()
        hint = f"a file, or one of {', '.join(presets.names())}"
        raise BadRules(f"cannot read {shown}: {why}", 0, hint) from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadRules(f"{shown}: line {line}: not UTF-8", line, "TOML is UTF-8 text") from None
