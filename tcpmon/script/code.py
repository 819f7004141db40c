"""The user's file: made into functions, and what went wrong in it put into words."""

import importlib
import inspect
import io
import linecache
import os
import sys
import tokenize
import traceback
from collections.abc import Callable
from types import ModuleType, TracebackType
from typing import Any

from tcpmon.core.errors import BadScript
from tcpmon.script import beside
from tcpmon.script.page import HOOKS

Functions = dict[str, Callable[..., Any]]

MODULE = "tcpmon_script"
_TAKES = {
    "on_connect": ("client",), "on_message": ("client", "message"), "on_close": ("client",),
    "on_tick": (),
}  # fmt: skip
_FRAMES = 6  # of a traceback: the last are where it happened
_LONGEST = 500  # characters of what an error says, or of a line: it may quote a whole message
_MOST = 4 << 20  # bytes of a file that somebody has written


def load(path: str) -> Functions:
    """Run a file, and return its hooks by name.

    Raises BadScript: what is wrong, and where; its cause is what the file has raised.
    """
    source = _read(path)
    _check_text(source)
    module = ModuleType(MODULE)
    module.__file__ = path
    before = beside.modules(path)  # the script's own among them
    for name in before:
        del sys.modules[name]
    importlib.invalidate_caches()
    sys.modules[MODULE] = module  # where dataclasses and pickle look for it
    try:
        exec(compile(source, path, "exec", dont_inherit=True), module.__dict__)  # noqa: S102
        hooks = _hooks(module)
    except BaseException as error:
        sys.modules.update(before)
        if isinstance(error, BadScript):
            raise
        raise BadScript(explain(error, path, source)) from error
    _keep_lines(path, source)
    return hooks


def _check_text(source: bytes) -> None:
    """Raises BadScript for what is not text: Python would not mind it in a comment, or speak of
    positions."""
    try:
        encoding = tokenize.detect_encoding(io.BytesIO(source).readline)[0].removesuffix("-sig")
    except SyntaxError:  # in the first two lines; or an encoding that does not exist, it says so
        encoding = "utf-8"
    try:
        source.decode(encoding)
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        raise BadScript(
            f"line {line}: byte 0x{source[error.start]:02x} is not {encoding.upper()} text"
        ) from None


def _keep_lines(path: str, source: bytes) -> None:
    """Have tracebacks quote what runs, whatever is in the file by then."""
    linecache.checkcache()
    lines = source.decode("utf-8", "replace").splitlines(keepends=True)
    linecache.cache[path] = (len(source), None, lines, path)


def _read(path: str) -> bytes:
    try:
        if not os.path.isfile(path):
            os.stat(path)
            raise BadScript("it is not a file")
        with open(path, "rb") as file:
            source = file.read(_MOST + 1)
    except OSError as error:
        raise BadScript(f"cannot be read: {(error.strerror or str(error)).lower()}") from None
    if len(source) > _MOST:
        raise BadScript("it is larger than 4 MiB")
    return source


def _hooks(module: ModuleType) -> Functions:
    found: Functions = {}
    for name in HOOKS:
        if (function := getattr(module, name, None)) is not None:
            _check(name, function)
            found[name] = function
    if not found:
        raise BadScript(f"it has none of {', '.join(HOOKS)}")
    return found


def _check(name: str, function: object) -> None:
    """Make sure that a hook can be called as it will be. Raises BadScript."""
    if not callable(function):
        raise BadScript(f"{name} is not a function")
    line = getattr(getattr(function, "__code__", None), "co_firstlineno", 0)
    where = f"line {line}: " if line else ""
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise BadScript(f"{where}{name} has a yield in it, so that it would never run")
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # one that is not made by Python does not tell
        return
    try:
        signature.bind(*_TAKES[name])
    except TypeError:
        wanted = ", ".join(_TAKES[name])
        raise BadScript(f"{where}{name}{signature} must be {name}({wanted})") from None


def explain(error: BaseException, path: str, source: bytes = b"") -> str:
    """Return what an error says, and the lines of the file that led to it, as one line.

    source: what the file held, if that is not what `load` returned last.
    """
    if source and path in linecache.cache:
        before = linecache.cache[path]
        _keep_lines(path, source)
        try:
            return explain(error, path)
        finally:
            linecache.cache[path] = before
    if isinstance(error, SyntaxError) and error.filename == path:
        text = (error.text or "").strip()
        where = f"line {error.lineno}: " if error.lineno else ""
        return f"{where}{type(error).__name__}: {error.msg}" + (text and f": {text}")
    return "; ".join([_sentence(error), *_steps(error.__traceback__, path)])


def _sentence(error: BaseException) -> str:
    try:
        said = str(error)
    except Exception:  # noqa: BLE001 - the user's own class of error may be wrong, too
        said = "it cannot be said"
    said = said if len(said) <= _LONGEST else f"{said[:_LONGEST]}…"
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def _steps(trace: TracebackType | None, path: str) -> list[str]:
    frames = [(frame, line) for frame, line in traceback.walk_tb(trace)
              if beside.is_beside(frame.f_code.co_filename, path)]  # fmt: skip
    steps: list[str] = []
    for frame, line in frames[-_FRAMES:]:
        file = frame.f_code.co_filename
        text = linecache.getline(file, line).strip()[:_LONGEST]
        where = f"line {line}" if file == path else f"{os.path.basename(file)} line {line}"
        step = f"{where} in {frame.f_code.co_name}" + (text and f": {text}")
        if [step] != steps[-1:]:  # one that calls itself
            steps.append(step)
    if len(frames) > _FRAMES:
        steps.insert(0, f"{len(frames) - _FRAMES} calls before")
    return steps
