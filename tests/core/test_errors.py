"""Every error is one sentence, says what to do next, and knows how the program ends."""

import pytest

from tcpmon.core import errors
from tcpmon.core.errors import BadPayload, InputError, TcpmonError, WorldError


@pytest.mark.parametrize(
    ("kind", "blame", "exit_code"),
    [
        (errors.BadAddress, InputError, 2),
        (errors.BadSize, InputError, 2),
        (errors.NoSuchTarget, InputError, 2),
        (errors.CannotListen, WorldError, 3),
        (errors.CannotWrite, WorldError, 4),
        (errors.Stopped, WorldError, 70),
    ],
)
def test_blame_and_exit_code(
    kind: type[TcpmonError], blame: type[TcpmonError], exit_code: int
) -> None:
    """An error tells whose fault it is, and with which code the program ends for it."""
    error = kind("it broke")
    assert isinstance(error, blame)
    assert error.exit_code == exit_code


def test_one_line() -> None:
    """An error prints as its message and, where there is one, its hint."""
    assert str(TcpmonError("it broke")) == "it broke"
    assert str(TcpmonError("it broke", "mend it")) == "it broke; mend it"


def test_bad_payload_points() -> None:
    """A payload that cannot be read says where, and is the person's to mend."""
    error = BadPayload("no", 3, "yes")
    assert (error.place, error.message, error.hint, error.exit_code) == (3, "no", "yes", 2)
    assert isinstance(error, InputError)
