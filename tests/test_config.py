"""What nobody has said otherwise is what UX.md calls the defaults."""

import pytest

from tcpmon.config import Config, Own, ScreenConfig, ServeConfig
from tcpmon.core.endpoint import TcpEndpoint
from tcpmon.core.limits import Limits

HERE = TcpEndpoint("localhost", 0)
MIB = 1 << 20


def test_a_node_only_listens() -> None:
    """Without more said, a node answers nothing and lets a client go that has said all."""
    config = Config((HERE,))
    assert config.endpoints == (HERE,)
    assert not config.echo
    assert config.reply is None
    assert not config.half_open
    assert config.limits == Limits()
    assert (config.framing, config.hints) == ("none", True)
    assert (config.names, config.name_from, config.silence) == ({}, "", 0.0)


def test_limits() -> None:
    """The limits are those that users are told."""
    limits = Config((HERE,)).limits
    assert limits.clients == 10_000
    assert limits.keep == 64 * MIB
    assert (limits.slow, limits.stuck, limits.total) == (MIB, 8 * MIB, 256 * MIB)
    assert limits.closed_rows == 1_000
    assert limits.stop_seconds == 2


def test_reports() -> None:
    """Without more said, serve prints each message as a line for people."""
    config = ServeConfig(Config((HERE,)))
    assert (config.format, config.quiet) == ("text", False)


def test_nothing_is_its_own() -> None:
    """Without more said, an address is treated as all are."""
    assert Config((HERE,)).own == {}
    assert Own() == Own(None, None, None)


def test_screen() -> None:
    """Without more said, the screen takes its colours from the terminal."""
    assert ScreenConfig(Config((HERE,))).theme == "auto"


@pytest.mark.parametrize("config", [Config((HERE,)), ServeConfig(Config((HERE,)))])
def test_settled(config: Config | ServeConfig) -> None:
    """A config cannot be changed once the program runs by it."""
    with pytest.raises(AttributeError):
        setattr(config, config.__struct_fields__[0], None)
