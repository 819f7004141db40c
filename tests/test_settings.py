"""Flags come before the file and the file before what is the default; what is wrong is told
as it was said."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tcpmon.config import Config, Own, ScreenConfig
from tcpmon.core.endpoint import TcpEndpoint
from tcpmon.core.errors import BadConfig, BadFraming, InputError
from tcpmon.core.limits import Unread
from tcpmon.settings import Given, node, parse_framing, screen
from tests.core.safety import unsafe_in

MIB = 1 << 20
Meant = Callable[..., Config]


@pytest.fixture
def meant(tmp_path: Path) -> Meant:
    """Return what a file and flags come to."""

    def meant(text: str, **flags: Any) -> Config:
        path = tmp_path / "c.toml"
        path.write_text(text)
        return node(Given({"address": [], "config": str(path), **flags}))

    return meant


def test_defaults() -> None:
    """Where nothing is said, it is what a config is by itself."""
    assert node(Given({"address": [], "config": None})) == Config((TcpEndpoint("localhost", 8000),))


def test_all_of_a_file(meant: Meant) -> None:
    """Every key of a file has its effect."""
    config = meant(
        "half_open = true\nkeep = 2097152\nframing = 'none'\nhints = false\nmax_clients = 9\n"
        "max_per_address = 3\nmax_accepts = 5\nmax_idle = '90s'\nmax_unsent = '1MiB'\n"
        "unread = 'drop'\nallow = ['10.0.0.0/8']\ndeny = ['10.0.0.7']\nreply = 'OK\\n'\n"
        "[names]\n'10.0.0.0/8' = 'ours'\n'imei*' = 'lorry'\n[naming]\nmatch = 'id=(.)'\n"
        "[silence]\n'gps-*' = '30s'\ndefault = 600\n'off' = 0\n[filters]\nquiet = 'idle>60s'\n"
        "[messages]\nping = 'PING\\r\\n'\nanother = 'x'\n"
    )
    limits = config.limits
    assert (config.half_open, config.reply, config.echo, config.hints) == (
        True,
        b"OK\n",
        False,
        False,
    )
    assert (limits.keep, limits.clients, limits.per_address, limits.accepts) == (2 * MIB, 9, 3, 5)
    assert (limits.idle_seconds, limits.stuck, limits.unread) == (90.0, MIB, Unread.DROP)
    assert (config.allow, config.deny) == (("10.0.0.0/8",), ("10.0.0.7",))
    assert config.names == {"10.0.0.0/8": "ours", "imei*": "lorry"}
    assert (config.name_from, config.silence) == ("id=(.)", 600.0)
    assert config.silences == {"gps-*": 30.0, "off": 0.0}
    assert config.filters == {"quiet": "idle>60s"}
    assert list(config.messages.items()) == [("ping", r"PING\r\n"), ("another", "x")]


def test_one_silence_for_all(meant: Meant) -> None:
    """Who needs no patterns writes the key as the flag is written."""
    config = meant("silence = '30s'")
    assert (config.silence, config.silences) == (30.0, {})
    assert meant("silence = 5").silence == 5.0
    assert meant("silence = '30s'", silence="5s").silence == 5.0


@pytest.mark.parametrize(
    ("text", "flags", "kept"),
    [
        ("", {}, True),
        ("history = false", {}, False),
        ("history = true", {"no_history": True}, False),
        ("", {"no_history": None}, True),
    ],
)
def test_history(text: str, flags: dict[str, Any], kept: bool, tmp_path: Path) -> None:
    """What is sent is kept for the next time, unless the file or a flag says no."""
    path = tmp_path / "c.toml"
    path.write_text(text)
    given = Given({"address": [], "config": str(path), **flags})
    assert screen(given) == ScreenConfig(node(given), history=kept)


def test_flags_come_first(meant: Meant) -> None:
    """A flag takes the place of the key; the rest of the file holds."""
    config = meant(
        "keep = '2MiB'\nallow = ['10.0.0.0/8']\nhints = true\n"
        "[naming]\nmatch = 'a'\n[silence]\ndefault = 600\n'gps-*' = 3\n",
        keep="4MiB", allow=["::1"], no_hints=True, name_from="b", silence="5s", framing="none",
    )  # fmt: skip
    assert (config.limits.keep, config.allow, config.hints) == (4 * MIB, ("::1",), False)
    assert (config.name_from, config.silence, config.silences) == ("b", 5.0, {"gps-*": 3.0})


@pytest.mark.parametrize(
    ("text", "flags", "answer"),
    [
        ("echo = true", {}, (True, None)),
        ("echo = true", {"reply": "a"}, (False, b"a")),
        ("reply = 'a'", {"echo": True}, (True, None)),
        ("reply = 'a'\necho = false", {}, (False, b"a")),
        ("reply = ''", {}, (False, b"")),
    ],
)
def test_the_answer(
    text: str, flags: dict[str, Any], answer: tuple[bool, bytes | None], meant: Meant
) -> None:
    """A flag for one answer takes the place of the other one in the file."""
    config = meant(text, **flags)
    assert (config.echo, config.reply) == answer


LISTEN = """
[[listen]]
at = "9000"
silence = "30s"
framing = "none"
[[listen]]
at = ":9001"
name_from = 'id=(\\d+)'
"""
NINE, MORE = TcpEndpoint("localhost", 9000), TcpEndpoint("*", 9001)


def test_where_a_file_listens(meant: Meant) -> None:
    """The file says where to listen; addresses that are typed take their place, and what the
    file says of one of them holds there still."""
    config = meant(LISTEN)
    own = {NINE: Own("none", 30.0, None), MORE: Own(None, None, r"id=(\d+)")}
    assert (config.endpoints, config.own) == ((NINE, MORE), own)
    config = meant(LISTEN, address=["localhost:9000"])
    assert (config.endpoints, config.own) == ((NINE,), own)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("keep = '1k'", "c.toml: keep 1k is too little; 1MiB is the least"),
        ("keep = 'lots'", "c.toml: keep: 'lots' is not a size; write for example 64MiB"),
        ("keep = 0x1" + "0" * 5_000, "c.toml: keep: the number is too long"),
        ("max_idle = 0.5", "c.toml: max_idle 0.5 is too short; 1s is the least"),
        ("max_clients = 0", "c.toml: max_clients 0 lets nobody in"),
        ("max_unsent = 3", "c.toml: max_unsent 3 is too little"),
        ("reply = '\\q'", r"c.toml: reply: character 1: \q is not an escape"),
        ("echo = true\nreply = ''", "c.toml: echo and reply are two answers"),
        ("allow = ['::1', 'a']", "c.toml: allow[1]: 'a' is not an address or a network"),
        ("allow = ['::1']\ndeny = ['::1']", "::1 is both allowed and denied"),
        ("[[listen]]\nat = 'a b'", "c.toml: listen[0].at: a b is not an address"),
        ("[[listen]]\nat = '1'\n[[listen]]\nat = '1'", "c.toml: listen[1].at: localhost:1 is"),
        ("[[listen]]\nat = '1'\nsilence = 'x'", "c.toml: listen[0].silence: 'x' is not a span of"),
        ("[[listen]]\nat = '1'\nname_from = '('", "c.toml: listen[0].name_from: ( is not a"),
        ("silence = 'x'", "c.toml: silence: 'x' is not a span of time"),
        ("[filters]\n'a b' = 'c'", "c.toml: filters.\"a b\": a name has letters"),
        ("[messages]\na = 'ab\\q'", r'c.toml: messages."a": character 3: \q is not an escape'),
        ("[messages]\na = ''", 'c.toml: messages."a": there is nothing to send'),
        ("[messages]\n'' = 'a'", 'c.toml: messages."": a message has a name'),
        ("[naming]\nmatch = '*'", "c.toml: naming.match: * is not a pattern: nothing to repeat"),
        ("[names]\n'10.0.0.300' = 'a'", "c.toml: names.\"10.0.0.300\": '10.0.0.300' is not an"),
        ("[names]\na = '{b}'", 'c.toml: names."a": {b} in a name is not known; there is {host}'),
        ("[silence]\n'a*' = '1ms'", 'c.toml: silence."a*": 1ms is too short; 1s is the least, 0'),
        ("[silence]\ndefault = -1", "c.toml: silence.\"default\": '-1' is not a span of time"),
    ],
)  # fmt: skip
def test_what_makes_no_sense(text: str, told: str, meant: Meant) -> None:
    """What makes no sense is told in one line, with the file and the key."""
    with pytest.raises(InputError) as caught:
        meant(text)
    assert told in str(caught.value)
    assert not unsafe_in(str(caught.value))


def test_the_file_of_the_person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a flag the person's own file is read, if there is one; and names remembered."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    (tmp_path / "tcpmon").mkdir()
    flags: dict[str, Any] = {"address": [], "config": None}
    (tmp_path / "tcpmon" / "names.toml").write_text('"10.0.0.7" = "press"\n')
    assert node(Given(flags)).names == {"10.0.0.7": "press"}
    (tmp_path / "tcpmon" / "config.toml").write_text(
        'theme = "nord"\n[names]\n"10.0.0.7" = "seven"\n"10.0.0.8" = "eight"\n'
    )
    assert Given(flags).get("theme") == "nord"
    assert node(Given(flags)).names == {"10.0.0.7": "press", "10.0.0.8": "eight"}
    (tmp_path / "tcpmon" / "config.toml").write_text("them = 3")
    with pytest.raises(BadConfig, match="did you mean theme"):
        Given(flags)


def test_a_framing_is_looked_at(meant: Meant) -> None:
    """A framing is as the framings write it, wherever it was written; what is none is told."""
    assert meant("framing = 'none'", framing=" LINE ").framing == "line"
    config = meant("framing = 'u16be'\n[[listen]]\nat = '9000'\nframing = ' line '")
    assert (config.framing, config.own[NINE].framing) == (parse_framing("u16be"), "line")
    with pytest.raises(BadFraming):
        meant("", framing="lin")
    with pytest.raises(BadConfig, match=r"c\.toml: framing: "):
        meant("framing = 'lin'")
    with pytest.raises(BadConfig, match=r"c\.toml: listen\[0\]\.framing: "):
        meant("[[listen]]\nat = '9000'\nframing = ''")
