"""Framers of others: found by the entry point group `tcpmon.framers`, and fenced.

Whatever they do wrong becomes a BadFrame, so that it costs one connection its cutting
and nothing else.
"""

import copy
from collections.abc import Callable, Sequence
from functools import cache
from operator import lt
from typing import TYPE_CHECKING

from tcpmon.core.errors import BadFraming
from tcpmon.core.escape import escape_text
from tcpmon.core.framing import BadFrame, Framer

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "tcpmon.framers"

Make = Callable[..., Framer]
"""Takes the options of a spec as keywords, all of them text."""
Options = tuple[tuple[str, str], ...]


@cache
def _points() -> "dict[str, EntryPoint]":
    from importlib.metadata import entry_points

    return {point.name: point for point in entry_points(group=GROUP)}


def names() -> list[str]:
    """Return the names of what is installed. Loads none of it."""
    return sorted(_points())


@cache
def load(name: str) -> Make | None:
    """Return what makes the framers of that name; None where nothing is installed for it.

    Raises BadFraming where that cannot be loaded.
    """
    point = _points().get(name)
    if point is None:
        return None
    try:
        made: Make = point.load()
    except Exception as error:  # noqa: BLE001 - the fence around what others wrote
        raise BadFraming(f"the framer {_failed(name, error)}") from None
    return made


def check(name: str, options: Options) -> None:
    """Try to make a framer. Raises BadFraming where none is installed under that name, or where
    it does not like the options."""
    found = load(name)
    if found is None:
        raise BadFraming(f"no framer {escape_text(name)} is installed")
    try:
        framer = found(**dict(options))
    except Exception as error:  # noqa: BLE001 - the fence around what others wrote
        raise BadFraming(f"the framer {_failed(name, error)}") from None
    for needed in ("feed", "missing", "body"):
        if not callable(getattr(framer, needed, None)):
            raise BadFraming(f"the framer {escape_text(name)} has no {needed}()")


def make(name: str, options: Options) -> Framer:
    """Return a fenced framer of what is installed under a name, after `check` was content.

    Never raises: one that cannot be made this time says so when it is fed.
    """
    try:
        found = load(name)
        return Fence(name, found(**dict(options)) if found else _Broken(LookupError(name)))
    except Exception as error:  # noqa: BLE001 - the fence around what others wrote
        return Fence(name, _Broken(error))


def _failed(name: str, error: Exception) -> str:
    told = escape_text(f"{type(error).__name__}: {error}"[:200])[:200]
    return f"{escape_text(name)} failed: {told.removesuffix(': ')}"


class Fence:
    """Lets a framer do no harm: what it raises or answers wrongly is a BadFrame, and its state is
    copied whole, whatever it is made of."""

    def __init__(self, name: str, framer: Framer) -> None:
        self._name = name
        self._framer = framer
        self._pending = False
        self.joins = bool(getattr(framer, "joins", False))
        self.timed = bool(getattr(framer, "timed", False))

    def __copy__(self) -> "Fence":
        twin = object.__new__(type(self))
        twin.__dict__.update(self.__dict__)
        try:
            twin._framer = copy.deepcopy(self._framer)
        except Exception as error:  # noqa: BLE001 - the fence around what others wrote
            twin._framer = _Broken(error)
        return twin

    def feed(self, data: bytes, time: int) -> list[int]:
        try:
            ends = self._checked(self._framer.feed(data, time), data)
        except BadFrame as bad:
            raise self._bad(bad, data) from None
        except Exception as error:  # noqa: BLE001 - the fence around what others wrote
            raise BadFrame([], f"the framer {_failed(self._name, error)}") from None
        self._pending = not ends or ends[-1] < len(data)
        return ends

    def _bad(self, bad: BadFrame, data: bytes) -> BadFrame:
        try:
            return BadFrame(self._checked(bad.ends, data), escape_text(bad.why)[:200])
        except Exception as error:  # noqa: BLE001 - the fence around what others wrote
            return BadFrame([], f"the framer {_failed(self._name, error)}")

    def _checked(self, given: Sequence[int], data: bytes) -> list[int]:
        """Return the ends that were given if a message can end at each."""
        ends = [*given]
        if not ends:
            return ends
        if set(map(type, ends)) != {int}:
            raise TypeError("ends that are no numbers")
        first = 0 if self._pending else 1
        if ends[0] < first or ends[-1] > len(data) or not all(map(lt, ends, ends[1:])):
            raise ValueError("ends that do not rise, or are outside of the data")
        return ends

    def missing(self) -> int | None:
        try:
            missing = self._framer.missing()
        except Exception:  # noqa: BLE001 - it is not known then, which is an answer
            return None
        return missing if type(missing) is int and missing >= 0 else None

    def body(self, message: bytes) -> bytes:
        try:
            body = self._framer.body(message)
        except Exception:  # noqa: BLE001 - the message as it came is an answer
            return message
        return body if type(body) is bytes else message


class _Broken:
    """Stands for a framer that could not be copied, and tells when it is used."""

    joins = timed = False

    def __init__(self, error: Exception) -> None:
        self._error = error

    def feed(self, data: bytes, time: int) -> list[int]:
        raise self._error

    def missing(self) -> int | None:
        return None

    def body(self, message: bytes) -> bytes:
        return message
