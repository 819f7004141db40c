"""The whole exception tree, split by whose fault it is.

Every error that leaves a module carries one sentence for a person and, where
there is one, a hint that says what to do next. What a peer does is never an
exception: it is a row on the screen.
"""

from typing import Self


class TcpmonError(Exception):
    """Something a person can act on.

    message: what happened and why, one line, already safe to print.
    hint: what to do about it, "" where nothing is known.
    """

    exit_code = 70

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}; {self.hint}" if self.hint else self.message


class InputError(TcpmonError):
    """The person's input cannot be used."""

    exit_code = 2


class BadAddress(InputError):
    """Not an address that tcpmon can listen on."""


class BadSize(InputError):
    """Not an amount of bytes."""


class BadTime(InputError):
    """Not a span of time."""


class BadNetwork(InputError):
    """Not an address or a network."""


class BadPayload(InputError):
    """What was typed is not bytes yet.

    place: index of the first character that cannot be read.
    """

    def __init__(self, message: str, place: int, hint: str = "") -> None:
        super().__init__(message, hint)
        self.place = place


class BadFraming(InputError):
    """Not a way to cut a stream into messages."""


class BadFilter(InputError):
    """Not a filter yet.

    place: index of the first character that cannot be read.
    """

    def __init__(self, message: str, place: int, hint: str = "") -> None:
        super().__init__(message, hint)
        self.place = place


class BadPattern(InputError):
    """Not a regular expression that can be used."""


class BadName(InputError):
    """Not a name, or not a pattern of one."""


class BadRules(InputError):
    """Not rules that can be followed.

    line: the line of the text that is wrong, from 1 on; 0 where that is not known.
    """

    def __init__(self, message: str, line: int, hint: str = "") -> None:
        super().__init__(message, hint)
        self.line = line


class BadScript(InputError):
    """Not a script that can be run."""


class BadConfig(InputError):
    """A config file says something that cannot be used."""


class BadNumber(InputError):
    """Not a way to take a number from a message.

    place: index of the first character that cannot be read.
    """

    def __init__(self, message: str, place: int, hint: str = "") -> None:
        super().__init__(message, hint)
        self.place = place


class NoSuchTarget(InputError):
    """A command names a client, listener or rule that is not there (any more)."""


class WorldError(TcpmonError):
    """The machine or the network refused."""


class CannotListen(WorldError):
    """An address could not be bound."""

    exit_code = 3


class CannotRead(WorldError):
    """A file cannot be read."""


class CannotWrite(WorldError):
    """A file or a pipe takes no more."""

    exit_code = 4

    @classmethod
    def to_stdout(cls, error: OSError) -> Self:
        """Return the error for what the system said of a write to stdout."""
        return cls(f"cannot write to stdout: {(error.strerror or str(error)).lower()}")


class Stopped(WorldError):
    """The node has stopped and takes no more commands."""
