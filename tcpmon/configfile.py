"""What a config file may say: its keys, and words for what is wrong with one.

The keys are called as the flags are, with underscores; what they mean, README.md says.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from tcpmon.core.errors import BadConfig
from tcpmon.core.escape import escape_text
from tcpmon.core.limits import Unread
from tcpmon.dotfiles import read_toml

Time = str | int | float
"""As a person writes it, "90s" or 90."""
Size = str | int


class Table(Struct, forbid_unknown_fields=True, kw_only=True, frozen=True):
    """A table of the file: what it does not know is an error."""


class ListenTable(Table, frozen=True):
    """One address to listen on, and what holds for those alone who come in by it."""

    at: str
    framing: str | None = None
    silence: Time | None = None
    name_from: str | None = None


class NamingTable(Table, frozen=True):
    """How clients are named by what they say first: match is a regular expression."""

    match: str = ""


class File(Table, frozen=True):
    """All of a config file.

    names: by address, network, or pattern of what a client calls itself. silence: of
    all, or by pattern of a client's name; `default` is for all others. filters: what `@name`
    stands for. history: whether what is sent is kept for the next time. messages: payloads by
    name, see core.payload.
    """

    echo: bool | None = None
    reply: str | None = None
    half_open: bool | None = None
    keep: Size | None = None
    theme: str | None = None
    framing: str | None = None
    hints: bool | None = None
    max_clients: int | None = None
    max_per_address: int | None = None
    max_accepts: int | None = None
    max_idle: Time | None = None
    max_unsent: Size | None = None
    unread: Unread | None = None
    rules: str | None = None
    allow: tuple[str, ...] | None = None
    deny: tuple[str, ...] | None = None
    listen: tuple[ListenTable, ...] = ()
    names: dict[str, str] = {}
    naming: NamingTable = NamingTable()
    silence: dict[str, Time] | Time = {}
    filters: dict[str, str] = {}
    history: bool | None = None
    messages: dict[str, str] = {}


_TABLES: dict[str, type[Table]] = {"": File, "listen": ListenTable, "naming": NamingTable}

_ELSEWHERE = {
    "name_from": "write match = '…' under [naming]",
    "script": "a program is run only when it is asked for, with --script FILE",
}
"""Where flags stand that are no keys of their own."""


def read(path: str) -> File:
    """Return what a config file says. Raises BadConfig with the key that is wrong."""
    told = read_toml(path)
    try:
        return msgspec.convert(told, File)
    except msgspec.ValidationError as error:
        message, _, place = str(error).partition(" - at `$")
        raise _explained(escape_text(path), message, place.rstrip("`"), told) from None


_WORDS = {
    "bool": "true or false", "str": "a text in quotes",
    "int": "a whole number", "float": "a number",
    "array": "a list", "object": "a table", "datetime": "a time", "date": "a date",
}  # fmt: skip
_GOT = {bool: "bool", str: "str", int: "int", float: "float", list: "array", dict: "object"}
_STEP = re.compile(r"\.(\w+)|\[(\d+)\]|(\[\.\.\.\])")
_EXPECTED = re.compile(r"Expected `([^`]*)`, got `([^`]*)`")


def _explained(shown: str, message: str, place: str, told: object) -> BadConfig:
    """Return the error for what msgspec says. place: as `.listen[0].at`."""
    expected = _EXPECTED.match(message)
    where = "".join(_steps(place, told, expected[2] if expected else "")).removeprefix(".")
    if unknown := re.match(r"Object contains unknown field `(.*)`", message, re.DOTALL):
        return _unknown(shown, where, unknown[1])
    if missing := re.match(r"Object missing required field `(\w+)`", message):
        return BadConfig(f"{shown}: {where} has no {missing[1]}", 'write for example at = "8000"')
    if expected:
        kinds = [kind for kind in expected[1].split(" | ") if kind != "null"]
        wanted = [kind for kind in kinds if kind != "int" or "float" not in kinds]
        right = " or ".join(_WORDS.get(kind, kind) for kind in wanted)
        what = _WORDS.get(expected[2], expected[2])
        hint = "write [[listen]], once for each" if where == "listen" else ""
        return BadConfig(f"{shown}: {where} must be {right}, not {what}", hint)
    wrong = escape_text(message.removeprefix("Invalid enum value "))
    return BadConfig(f"{shown}: {where} cannot be {wrong}", f"there is {', '.join(Unread)}")


def _steps(place: str, told: object, got: str) -> Iterator[str]:
    """Yield the parts of a place. Where msgspec does not name the key of a table, it is the
    first whose value is of the kind that it complains of."""
    for match in _STEP.finditer(place):
        name, number, any_key = match.groups()
        key: Any = name or (int(number) if number else None)
        if any_key and isinstance(told, Mapping):
            wrong = (each for each, value in told.items() if _GOT.get(type(value), got) == got)
            key = next(wrong, "")
            yield f'."{escape_text(key)}"'
        else:
            yield match.group()
        told = told[key] if isinstance(told, (Mapping, list)) and key != "" else None


def _unknown(shown: str, where: str, key: str) -> BadConfig:
    from difflib import get_close_matches

    table = _TABLES[re.sub(r"\[\d+\]", "", where)]
    known = table.__struct_fields__
    if not where and key in _ELSEWHERE:
        return BadConfig(f"{shown}: there is no key {key}", _ELSEWHERE[key])
    near = get_close_matches(key, known, 1)
    hint = f"did you mean {near[0]}?" if near else f"there is {', '.join(known)}"
    return BadConfig(f"{shown}: there is no key {where and where + '.'}{escape_text(key)}", hint)
