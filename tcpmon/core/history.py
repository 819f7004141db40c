"""What was written to be sent, and how that is kept: a line of JSON for each, the newest last."""

from collections.abc import Iterable

import msgspec
from msgspec import Struct

from tcpmon.core.escape import escape_hidden
from tcpmon.core.payload import Form

MOST = 500
"""Payloads that are kept."""
LONGEST = 1 << 14
"""Characters of one: what is longer is no line that anybody writes twice."""


class Written(Struct, frozen=True, omit_defaults=True):
    """A payload as it was written. exact: the line end that is chosen is not put behind it."""

    form: Form
    text: str
    exact: bool = False


def to_line(written: Written) -> bytes:
    """Return it as a line of a file, in ASCII; b"" if it is too long to be kept."""
    if len(written.text) > LONGEST:
        return b""
    import json

    return json.dumps(msgspec.to_builtins(written)).encode() + b"\n"


def of_lines(data: bytes) -> tuple[list[Written], int]:
    """Return the newest of a file's lines, each but once in a row, and how many lines are none.

    What could not be seen on the screen is turned into escapes, whoever wrote the file.
    """
    found: list[Written] = []
    wrong = 0
    for line in data.splitlines()[-2 * MOST :]:
        try:
            written = msgspec.json.decode(line, type=Written)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            wrong += 1
            continue
        if len(written.text) > LONGEST:
            wrong += 1
            continue
        plain = written.text.isascii() and written.text.isprintable()
        text = written.text if plain else escape_hidden(written.text)
        found = add(found, Written(written.form, text, written.exact))
    return found, wrong


def add(history: Iterable[Written], written: Written) -> list[Written]:
    """Return a history with one more, unless that is the newest already."""
    history = list(history)
    if not written.text or history[-1:] == [written]:
        return history
    return [*history[1 - MOST :], written]
