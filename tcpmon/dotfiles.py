"""The files of tcpmon's own: where they are, how they are read, and those that are written.

The config file belongs to the person and is only read. Names that are given on the screen and
are to be remembered go to a file of their own, which is written as a whole and put in place of
the old one, so that no failure leaves half of it. What was sent goes to the end of another,
line by line, so that two tcpmons do not lose each other's.
"""

import os
import re
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from tcpmon.core.errors import BadConfig, CannotRead, CannotWrite, InputError
from tcpmon.core.escape import escape_text
from tcpmon.core.history import Written, of_lines, to_line
from tcpmon.core.naming import Names

MOST = 4 << 20
"""Bytes of a file that are read: a config is no data."""

HISTORY = 1 << 20
"""Bytes of what was sent that are read; a longer file is cut down to half of that."""

_HEADING = """\
# Names that were given in tcpmon and are to be remembered, by address.
# tcpmon writes this file anew each time. Names of your own are better kept
# in its config file, under [names].
"""


def _folder(variable: str, otherwise: str) -> str:
    """Return a folder of the XDG Base Directory Specification, which ignores relative ones."""
    folder = os.environ.get(variable, "")
    if not os.path.isabs(folder):
        folder = os.path.join(os.path.expanduser("~"), *otherwise.split("/"))
    return os.path.join(folder, "tcpmon")


def config_path() -> str:
    """Return where the config file is, if there is one."""
    return os.path.join(_folder("XDG_CONFIG_HOME", ".config"), "config.toml")


def names_path() -> str:
    """Return where names are remembered."""
    return os.path.join(_folder("XDG_STATE_HOME", ".local/state"), "names.toml")


def history_path() -> str:
    """Return where what was sent is kept."""
    return os.path.join(_folder("XDG_STATE_HOME", ".local/state"), "history")


def read_toml(path: str) -> dict[str, Any]:
    """Return what a TOML file says.

    Raises BadConfig, with the line where it is no TOML.
    """
    import tomllib

    shown = escape_text(path)
    try:
        with open(path, "rb") as file:
            data = file.read(MOST + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        why = (getattr(error, "strerror", "") or str(error)).lower()
        raise BadConfig(f"cannot read {shown}: {why}") from None
    if len(data) > MOST:
        raise BadConfig(f"{shown} is too long for a config file")
    try:
        return tomllib.loads(data.decode())
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadConfig(f"{shown}, line {line}: not UTF-8", "TOML is UTF-8 text") from None
    except tomllib.TOMLDecodeError as error:
        raise _no_toml(shown, str(error), data.count(b"\n") + 1) from None
    except RecursionError:
        raise BadConfig(f"{shown} is nested too deeply") from None
    except ValueError:  # more digits than Python makes a number of
        raise BadConfig(f"{shown}: a number in it is too long") from None


_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


def _no_toml(shown: str, told: str, last: int) -> BadConfig:
    """Return the error for what tomllib says: where, and then what is wrong."""
    where, match = "", _PLACE.search(told)
    if match:
        told = told[: match.start()]
        line = f"{match[1]}, column {match[2]}" if match[1] else f"{last}, at the end"
        where = f", line {line}"
    why = escape_text(told[:1].lower() + told[1:])
    return BadConfig(f"{shown}{where}: {why}", 'a line is like keep = "64MiB"')


def remembered() -> dict[str, str]:
    """Return the names that are remembered, by address. Raises BadConfig."""
    path = names_path()
    names = read_toml(path) if os.path.exists(path) else {}
    for address, name in names.items():
        where = f'{escape_text(path)}: "{escape_text(address)}"'
        if not isinstance(name, str):
            raise BadConfig(f"{where} must be a text in quotes", 'as in "10.0.0.7" = "press"')
        try:
            Names({address: name})
        except InputError as error:
            raise BadConfig(f"{where}: {error.message}", error.hint) from None
    return names


def remember(names: Mapping[str, str]) -> str:
    """Remember names by address, or forget those that are ""; return the file's path.

    Raises CannotWrite, and BadConfig if what is there cannot be read: it is left as it is then.
    """
    path = names_path()
    known = {address: name for address, name in {**remembered(), **names}.items() if name}
    lines = [f"{_quoted(address)} = {_quoted(name)}\n" for address, name in known.items()]
    try:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        replace(os.path.realpath(path), "".join([_HEADING, "\n", *lines]).encode())
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise CannotWrite(f"cannot write {escape_text(path)}: {why}") from None
    return path


def _quoted(text: str) -> str:
    """Return a text as TOML has it, whose escapes are those of JSON, but for one control."""
    import json

    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def replace(path: str, data: bytes, mode: int = 0o600) -> None:
    """Put data in place of what is in a file, whole or not at all. mode: who may read it.

    Raises OSError.
    """
    import tempfile

    handle, fresh = tempfile.mkstemp(dir=os.path.dirname(path), prefix=".tcpmon-")
    try:
        with os.fdopen(handle, "wb") as file:
            os.chmod(fresh, mode)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(fresh)
        raise


def read_history() -> tuple[list[Written], int]:
    """Return what was sent before, the newest last, and how many lines could not be read.

    Raises CannotRead.
    """
    path = history_path()
    try:
        with open(path, "rb", opener=_only_a_file) as file:
            length = file.seek(0, os.SEEK_END)
            file.seek(max(0, length - HISTORY))
            data = file.read(HISTORY)
    except FileNotFoundError:
        return [], 0
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise CannotRead(f"cannot read {escape_text(path)}: {why}") from None
    return of_lines(data if length <= HISTORY else data.partition(b"\n")[2])


def add_to_history(written: Written) -> None:
    """Keep what was sent, and no more of the old than is read. Raises CannotRead, CannotWrite."""
    path = history_path()
    try:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        with _locked(path) as handle:
            os.write(handle, _line_break(handle) + to_line(written))
            if os.fstat(handle).st_size > HISTORY:
                kept = b"".join(map(to_line, read_history()[0]))
                if len(kept) > HISTORY // 2:
                    kept = kept[-HISTORY // 2 :].partition(b"\n")[2]
                replace(os.path.realpath(path), kept)
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise CannotWrite(f"cannot write {escape_text(path)}: {why}") from None


def _line_break(handle: int) -> bytes:
    """Return what ends the last line of a file, where a full disk or an editor has left it open."""
    if not os.fstat(handle).st_size:
        return b""
    os.lseek(handle, -1, os.SEEK_END)
    return b"" if os.read(handle, 1) == b"\n" else b"\n"


@contextmanager
def _locked(path: str) -> Iterator[int]:
    """Open a file to write at its end, alone: who replaces it meanwhile would lose the line."""
    while True:
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT
        handle = _only_a_file(path, flags)
        try:
            _lock(handle)
            if os.path.samestat(os.fstat(handle), os.stat(path)):
                yield handle
                return
        finally:
            os.close(handle)


def _lock(handle: int) -> None:
    with suppress(ImportError):  # Windows: a line that is replaced there is lost
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX)


def _only_a_file(path: str, flags: int) -> int:
    """Open, but never wait for the other end of a pipe."""
    handle = os.open(path, flags | getattr(os, "O_NONBLOCK", 0), 0o600)
    if stat.S_ISREG(os.fstat(handle).st_mode):
        return handle
    os.close(handle)
    raise OSError(0, "it is no file")
