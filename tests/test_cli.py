"""The command line: what is understood, what is refused in one line, and how it ends."""

import gc
import io
import os
import pty
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from msgspec.structs import replace

import tcpmon
from tcpmon.cli import main
from tcpmon.config import Config, ScreenConfig, ServeConfig
from tcpmon.core.endpoint import Endpoint, TcpEndpoint, UnixEndpoint
from tcpmon.core.errors import CannotListen, CannotWrite
from tcpmon.core.limits import Limits, Unread
from tcpmon.core.payload import Facts, Payload
from tests.core.safety import unsafe_in

MIB = 1 << 20
WAIT = 20.0

COMMON = {
    "--help", "--echo", "--reply", "--half-open", "--keep", "--max-clients", "--max-per-address",
    "--max-accepts", "--max-idle", "--max-unsent", "--unread", "--allow", "--deny",
    "--config", "--framing", "--name-from", "--silence", "--no-hints", "--rules", "--script",
}  # fmt: skip
OPTIONS = {
    (): COMMON | {"--no-history", "--theme", "--version"},
    ("serve",): COMMON | {"--filter", "--format", "--quiet"},
}


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    """Give the tests' own collector back, which the program turns off."""
    yield
    gc.enable()


@pytest.fixture
def understood(monkeypatch: pytest.MonkeyPatch) -> Callable[..., ServeConfig]:
    """Tell what `tcpmon serve` understands, without a server."""
    configs: list[ServeConfig] = []
    monkeypatch.setattr("tcpmon.headless.serve.run", configs.append)

    def understand(*arguments: str) -> ServeConfig:
        with pytest.raises(SystemExit) as ending:
            main(["serve", *arguments])
        assert ending.value.code == 0
        return configs.pop()

    return understand


@pytest.fixture
def refused(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., str]:
    """Return the one line with which arguments are refused, without a server."""

    def serve(config: ServeConfig) -> None:
        pytest.fail(f"was understood as {config}")

    monkeypatch.setattr("tcpmon.headless.serve.run", serve)
    monkeypatch.setattr("os.isatty", lambda fd: False)

    def refuse(*arguments: str) -> str:
        with pytest.raises(SystemExit) as ending:
            main(list(arguments))
        assert ending.value.code == 2
        told = capsys.readouterr()
        assert told.out == ""
        assert told.err.endswith("\n")
        line = told.err[:-1]
        assert not unsafe_in(line)
        assert re.match("tcpmon( serve)?: ", line)
        return line

    return refuse


def run(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run the program to its end, without a terminal."""
    return subprocess.run(
        [sys.executable, "-m", "tcpmon", *arguments],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=WAIT,
        env=os.environ | environment, check=False,
    )  # fmt: skip


# -- help -----------------------------------------------------------------------------


@pytest.mark.parametrize("verb", OPTIONS)
@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help(verb: tuple[str, ...], option: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Help has examples, every option and no other, what an address is, and the exit codes."""
    with pytest.raises(SystemExit) as ending:
        main([*verb, option])
    assert ending.value.code == 0
    told = capsys.readouterr()
    assert told.err == ""
    assert "examples:\n" in told.out
    listed = re.findall(r"^  (?:-\w(?: [A-Z]+)?, )?(--[a-z-]+)", told.out, re.MULTILINE)
    assert set(listed) == OPTIONS[verb]
    assert len(listed) == len(OPTIONS[verb])
    for address in ("9000", ":9000", "192.168.1.5:9000", "[::1]:9000", "localhost:0", "unix:PATH"):
        assert address in told.out
    codes = told.out.partition("\nexit codes: ")[2]
    assert re.findall(r"\d+", codes) == ["0", "2", "3", "4", "70"]
    assert "tcpmon serve" in told.out


@pytest.mark.parametrize("verb", OPTIONS)
def test_help_fits(
    verb: tuple[str, ...], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a terminal of 80 columns no line of help is broken by the terminal."""
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit):
        main([*verb, "--help"])
    assert [line for line in capsys.readouterr().out.splitlines() if len(line) > 80] == []


@pytest.mark.parametrize("verb", OPTIONS)
def test_examples_work(
    verb: tuple[str, ...],
    capsys: pytest.CaptureFixture[str],
    understood: Callable[..., ServeConfig],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What help gives as an example is understood."""
    monkeypatch.setattr("os.isatty", lambda fd: False)
    with pytest.raises(SystemExit):
        main([*verb, "--help"])
    examples = capsys.readouterr().out.partition("examples:\n")[2].partition("\n\n")[0]
    assert examples.count("\n") >= 3
    for line in examples.splitlines():
        command = re.split(r" {2,}| \| ", line.strip())[0]
        program, *arguments = shlex.split(command)
        assert program == "tcpmon"
        if arguments[:1] == ["serve"]:
            understood(*arguments[1:])
            continue
        with pytest.raises(SystemExit):
            main(arguments)
        assert "needs a terminal" in capsys.readouterr().err, command


def test_version() -> None:
    """--version says which it is and nothing else."""
    found = run("--version")
    assert (found.returncode, found.stderr) == (0, "")
    assert found.stdout == f"tcpmon {tcpmon.__version__}\n"


def test_installed_command() -> None:
    """`tcpmon` is what `python -m tcpmon` is."""
    command = Path(sys.executable).with_name("tcpmon")
    found = subprocess.run(
        [command, "serve", "--help"], capture_output=True, text=True, timeout=WAIT, check=True
    )
    assert found.stdout == run("serve", "--help").stdout


@pytest.mark.parametrize("arguments", [["--help"], ["serve", "--help"], ["--version"]])
def test_reader_of_help_leaves(arguments: list[str]) -> None:
    """Help whose reader has gone ends quietly, as in `tcpmon --help | true`."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        found = to(writing, *arguments)
    finally:
        os.close(writing)
    assert found.stderr == ""
    assert found.returncode == 0


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")
def test_help_to_a_full_disk() -> None:
    """Help that cannot be written is told in one line, with the exit code for that."""
    with open("/dev/full", "wb") as full:
        found = to(full.fileno(), "--help")
    assert re.fullmatch("tcpmon: .*no space left.*\n", found.stderr)
    assert found.returncode == 4


def to(stdout: int, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run the program to its end with a certain stdout, which Python buffers as it does
    for users."""
    environment = {name: os.environ[name] for name in os.environ if name != "PYTHONUNBUFFERED"}
    return subprocess.run(
        [sys.executable, "-m", "tcpmon", *arguments],
        stdout=stdout, stderr=subprocess.PIPE, text=True, timeout=WAIT, env=environment,
        check=False,
    )  # fmt: skip


# -- what is understood ---------------------------------------------------------------


def test_defaults(understood: Callable[..., ServeConfig]) -> None:
    """Without a word it listens on this machine, port 8000, and only listens."""
    assert understood() == ServeConfig(Config((TcpEndpoint("localhost", 8000),)))


@pytest.mark.parametrize(
    ("words", "endpoints"),
    [
        (["9000"], [TcpEndpoint("localhost", 9000)]),
        ([":9000"], [TcpEndpoint("*", 9000)]),
        (["*:80"], [TcpEndpoint("*", 80)]),
        (["localhost"], [TcpEndpoint("localhost", 8000)]),
        (["raspberrypi:9000"], [TcpEndpoint("raspberrypi", 9000)]),
        (["[::1]:9000", "unix:a.sock"], [TcpEndpoint("::1", 9000), UnixEndpoint("a.sock")]),
        (["::1"], [TcpEndpoint("::1", 8000)]),
        (["localhost:0", "localhost:0"], [TcpEndpoint("localhost", 0)] * 2),
        (["8000", "8001"], [TcpEndpoint("localhost", 8000), TcpEndpoint("localhost", 8001)]),
    ],
)
def test_addresses(
    words: list[str], endpoints: list[Endpoint], understood: Callable[..., ServeConfig]
) -> None:
    """Each address is one endpoint, in the order given."""
    assert understood(*words).node.endpoints == tuple(endpoints)


def test_options(understood: Callable[..., ServeConfig]) -> None:
    """Every option reaches the config."""
    config = understood("--echo", "--half-open", "--format", "jsonl", "-q", "8000")
    assert config.node.echo
    assert config.node.half_open
    assert (config.format, config.quiet) == ("jsonl", True)
    assert understood("--filter", "dir:rx gps").filter == "dir:rx gps"
    config = understood("8000", "--quiet", "--keep", "1MiB", "--max-clients", "1")
    assert config.quiet
    assert config.filter == ""
    assert (config.node.limits.keep, config.node.limits.clients) == (MIB, 1)
    node = understood("--framing", "line", "--name-from", r"id=(\d+)", "--silence", "30s").node
    assert (node.framing, node.name_from, node.silence) == ("line", r"id=(\d+)", 30.0)
    assert (node.script, understood("--script", __file__).node.script) == ("", __file__)
    assert (node.hints, understood("--no-hints").node.hints) == (True, False)


@pytest.mark.parametrize(
    ("typed", "limits"),
    [
        ("--max-clients 7", {"clients": 7}),
        ("--max-per-address 3", {"per_address": 3}),
        ("--max-accepts 1", {"accepts": 1}),
        ("--max-idle 90s", {"idle_seconds": 90.0}),
        ("--max-idle 1.5m", {"idle_seconds": 90.0}),
        ("--max-unsent 64KiB", {"stuck": 65_536, "slow": 8_192}),
        ("--max-unsent 1GiB", {"stuck": 1 << 30, "slow": 1 << 27, "total": 1 << 30}),
        ("--unread drop", {"unread": Unread.DROP}),
        ("--unread disconnect --max-unsent 8MiB", {"unread": Unread.DISCONNECT}),
    ],
)
def test_limits(
    typed: str, limits: dict[str, object], understood: Callable[..., ServeConfig]
) -> None:
    """Each limit reaches the config, and those that are not asked for stay as they were."""
    assert understood(*typed.split()).node.limits == replace(Limits(), **limits)


def test_who_may_come_in(understood: Callable[..., ServeConfig]) -> None:
    """Networks are given as often as wanted, and are what they were given as."""
    flags = ("--allow", "10.0.0.0/8", "--deny", "10.0.0.7", "--allow=::1", "--deny", "fe80::/10")
    node = understood(*flags).node
    assert node.allow == ("10.0.0.0/8", "::1")
    assert node.deny == ("10.0.0.7", "fe80::/10")


@pytest.mark.parametrize(
    ("typed", "reply"),
    [
        (r"OK\r\n", b"OK\r\n"),
        ("", b""),
        (r"\x00\u{e9}\\\$", b"\0\xc3\xa9\\$"),
        ("é", b"\xc3\xa9"),
        ("${length u16be: ${hex 0d 0a}}${xor}", b"\0\2\r\n\5"),
    ],
)
def test_reply(typed: str, reply: bytes, understood: Callable[..., ServeConfig]) -> None:
    """A reply is typed like everything else that is sent."""
    assert understood("--reply", typed).node.reply == reply


def test_reply_that_varies(understood: Callable[..., ServeConfig]) -> None:
    """A reply may have what is put in when it is sent."""
    reply = understood("--reply", "${counter a}/${counter a}").node.reply
    assert isinstance(reply, Payload)
    assert reply.fill(Facts(counters={})) == b"1/2"


@pytest.mark.parametrize(
    ("typed", "keep"),
    [
        ("1048576", MIB),
        ("1MiB", MIB),
        ("128MB", 128_000_000),
        ("1.5GiB", 3 << 29),
        ("2g", 2 * 10**9),
    ],
)
def test_keep(typed: str, keep: int, understood: Callable[..., ServeConfig]) -> None:
    """What is kept is bounded by any size from 1 MiB on."""
    assert understood("--keep", typed).node.limits.keep == keep


def test_a_file_says_what_flags_do_not(
    understood: Callable[..., ServeConfig], tmp_path: Path
) -> None:
    """What no flag says is taken from the file."""
    path = tmp_path / "a.toml"
    path.write_text('keep = "2MiB"\nmax_clients = 7\n')
    limits = understood("-c", str(path), "--max-clients", "8").node.limits
    assert (limits.keep, limits.clients) == (2 * MIB, 8)


def test_collector_is_off_while_importing(understood: Callable[..., ServeConfig]) -> None:
    """Whoever runs the program gets the collector off, and turns it on when all is there."""
    understood()
    assert not gc.isenabled()


def test_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal, `tcpmon` starts the node and then the screen on it."""
    node = object()
    started: list[Config] = []
    shown: list[tuple[object, ScreenConfig]] = []

    def start(config: Config) -> object:
        started.append(config)
        return node

    monkeypatch.setattr("os.isatty", lambda fd: True)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("NO_COLOR", "")
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(io.BytesIO(), "utf-8"))
    monkeypatch.setattr("tcpmon.build.start_thread", start)
    monkeypatch.setattr("tcpmon.ui.app.run", lambda *both: shown.append(both))
    with pytest.raises(SystemExit) as ending:
        main(["--theme", "nord", "--no-history", "--echo", "localhost:0"])
    assert ending.value.code == 0
    config = Config((TcpEndpoint("localhost", 0),), echo=True)
    assert started == [config]
    assert shown == [(node, ScreenConfig(config, "nord", history=False))]
    assert "NO_COLOR" not in os.environ, "empty means nothing, says no-color.org"


# -- what is refused ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "wrong"),
    [
        ("99999", "99999: ports end at 65535"),
        ("65536", "65536: ports end at 65535"),
        ("9" * 5000, "ports end at 65535"),
        (":http", "http is not a port"),
        ("localhost:", "nothing is not a port"),
        ("localhost:-1", "-1 is not a port"),
        (":٣", "٣ is not a port"),
        ("300.1.1.1:80", "300.1.1.1 is not an IPv4 address"),
        ("1.2.3:80", "1.2.3 is not an IPv4 address"),
        ("[::1", "the bracket is not closed"),
        ("[::1]8000", "the bracket is not closed"),
        ("[zz]:80", "zz is not an IPv6 address"),
        ("[]:80", "nothing is not an IPv6 address"),
        ("[127.0.0.1]:80", "127.0.0.1 is not an IPv6 address"),
        ("[fe80::1%\x1b[31m]:80", r"fe80::1%\x1b[31m is not an IPv6 address"),
        ("1:2:3", "1:2:3 is not an IPv6 address"),
        ("::1:8000", "[::1]:8000 for a port"),
        ("http://localhost:80", "http:// is not something tcpmon speaks"),
        ("tls://:8443", "tls:// is not something tcpmon speaks"),
        ("unix:", "needs a path"),
        ("unix:a\0b", "NUL"),
        ("two words:80", "two words:80 is not an address"),
        ("a\x1b[2J:80", r"a\x1b[2J:80 is not an address"),
        ("a\nb:80", r"a\nb:80 is not an address"),
        ("\u202e:80", r"\u{202e}:80 is not an address"),
    ],
)
def test_bad_address(address: str, wrong: str, refused: Callable[..., str]) -> None:
    """A bad address gets one line that says what is wrong and what would be right, with the
    screen and without."""
    line = refused("serve", address)
    assert wrong in line
    assert re.search(r"; (.*write .*|0 takes any free one)$", line)
    assert refused("serve", "8000", address) == line
    if ":" in address:
        assert refused(address) == line


@pytest.mark.parametrize(
    ("filter", "told"),
    [
        ("a state:foo", "character 9: no state 'foo'; there is open half closing closed reset"),
        ("(", "character 2: a term is missing after (; for example gps dir:rx len>20 !client:9"),
        ("\x1b[2J:x /(/", "character 9: pattern: missing ), unterminated subpattern; "),
    ],
)
def test_bad_filter(filter: str, told: str, refused: Callable[..., str]) -> None:
    """A filter that cannot be read is refused with the place, and what would be right."""
    assert refused("serve", "--filter", filter).startswith(f"tcpmon: --filter, {told}")


@pytest.mark.parametrize("address", ["", "*", " "])
def test_no_address(address: str, refused: Callable[..., str]) -> None:
    """What is hardly anything is refused as well."""
    assert "is not an address" in refused("serve", address)
    refused(address)


@pytest.mark.parametrize(
    "words",
    [
        ("8000", "localhost:8000"),
        (":80", "*:80"),
        ("::1", "[::1]:8000"),
        ("8001", "[::1]:80", "[0::1]:80"),
        ("unix:a.sock", "unix:a.sock"),
        ("unix:a:0", "unix:a:0"),
    ],
)
def test_same_address_twice(words: tuple[str, ...], refused: Callable[..., str]) -> None:
    """An address that is given twice, in whatever way, is an error."""
    assert "is given twice; leave one out" in refused("serve", *words)
    assert "is given twice; leave one out" in refused(*words)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["serv"], "no command 'serv'; did you mean 'serve'?"),
        (["server", "8000"], "no command 'server'; did you mean 'serve'?"),
        (["srve", "--echo"], "no command 'srve'; did you mean 'serve'?"),
        (["myhost"], "no command 'myhost', and an address has a port, like name:8000"),
        (["\x1b[2J"], r"no command '\x1b[2J', and an address has a port"),
        (["a\nb"], r"no command 'a\nb', and"),
    ],
)
def test_no_such_command(words: list[str], told: str, refused: Callable[..., str]) -> None:
    """A first word that is no command and no address gets the nearest command."""
    assert told in refused(*words)


def test_command_behind_an_option(refused: Callable[..., str]) -> None:
    """A command that comes too late is not called unknown and proposed in one breath."""
    line = refused("--echo", "serve")
    assert "did you mean 'serve'" not in line
    assert "serve" in line


@pytest.mark.parametrize("verb", OPTIONS)
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--frobnicate"], "--frobnicate"),
        (["-x"], "-x"),
        (["--ech"], "--ech"),
        (["--echo=1"], "--echo"),
        (["--reply"], "--reply"),
        (["--keep"], "--keep"),
        (["--max-clients", "many"], "many"),
        (["--max-clients", "1.5"], "1.5"),
        (["--max-clients", "9" * 5000], "--max-clients"),
        (["--max-per-address", "few"], "--max-per-address"),
        (["--max-accepts", "1/s"], "--max-accepts"),
        (["--max-idle"], "--max-idle"),
        (["--max-unsent"], "--max-unsent"),
        (["--unread", "wait"], "'wait' (choose from 'skip', 'drop', 'disconnect')"),
        (["--allow"], "--allow"),
    ],
)
def test_bad_option(
    verb: tuple[str, ...], arguments: list[str], told: str, refused: Callable[..., str]
) -> None:
    """A bad option gets one line that names it and says where help is."""
    line = refused(*verb, *arguments)
    assert told in line
    assert line.endswith(f"; see {' '.join(['tcpmon', *verb])} --help")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--format", "xml"], "'xml' (choose from 'text', 'jsonl')"),
        (["--theme", "nord"], "--theme"),
        (["--version"], "--version"),
    ],
)
def test_bad_option_of_serve(arguments: list[str], told: str, refused: Callable[..., str]) -> None:
    """What only the screen has, serve refuses."""
    assert told in refused("serve", *arguments)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--keep", "1023KiB"], "--keep 1023KiB is too little; 1MiB is the least"),
        (["--keep", "0"], "--keep 0 is too little"),
        (["--keep", "1MB"], "--keep 1MB is too little"),
        (["--keep", "lots"], "'lots' is not a size; write for example 64MiB"),
        (["--keep", ""], "'' is not a size"),
        (["--keep", "-1"], "'-1' is not a size"),
        (["--keep", "9" * 400], "is not a size"),
        (["--max-clients", "0"], "--max-clients 0 lets nobody in; 1 is the least"),
        (["--max-clients", "-5"], "--max-clients -5 lets nobody in"),
        (["--max-per-address", "0"], "--max-per-address 0 lets nobody in; 1 is the least"),
        (["--max-accepts", "-1"], "--max-accepts -1 lets nobody in; 1 is the least"),
        (["--max-idle", "0"], "--max-idle 0 is too short; 1s is the least"),
        (["--max-idle", "999ms"], "--max-idle 999ms is too short"),
        (["--max-idle", "soon"], "'soon' is not a span of time; write for example 90s or 5m"),
        (["--max-idle=-1s"], "'-1s' is not a span of time"),
        (["--max-idle", ""], "'' is not a span of time"),
        (["--silence", "1ms"], "--silence: 1ms is too short; 1s is the least, 0 is never"),
        (["--silence", "soon"], "--silence: 'soon' is not a span of time; write for example 90s"),
        (["--name-from", "("], "( is not a pattern: missing ) at character 2"),
        (["--name-from", "x" * 201], "is too long; 200 characters are the most"),
        (["--config", "/nonexistent/a"], "cannot read /nonexistent/a: no such file or directory"),
        (
            ["--script", "/nonexistent/a.py"],
            "--script: cannot read /nonexistent/a.py: no such file",
        ),
        (["--script", "/"], "--script: / is not a file; name a Python file"),
        (["--script", "a\0"], "--script: cannot read a\\x00: no such path"),
        (["-c", "/"], "cannot read /: is a directory"),
        (["-c", ""], "cannot read : no such file or directory"),
        (["--max-unsent", "1KiB"], "--max-unsent 1KiB is too little; 64 KiB is the least"),
        (["--max-unsent", "much"], "'much' is not a size"),
        (["--allow", "localhost"], "'localhost' is not an address or a network; write for"),
        (["--deny", "10.0.0.7/8"], "names one address and a network; write 10.0.0.0/8 or 10.0.0.7"),
        (["--deny", ""], "'' is not an address or a network"),
        (["--allow", "10.0.0.7", "--deny", "10.0.0.7/32"], "10.0.0.7 is both allowed and denied"),
        (["--echo", "--reply", "OK"], "--echo and --reply are two answers"),
        (["--reply", "", "--echo"], "--echo and --reply are two answers"),
        (["--reply", r"\q"], r"\q is not an escape; for one backslash write \\"),
        (["--reply", r"a\x4"], r"\x needs two hex digits"),
        (["--reply", r"\u{110000}"], r"\u{110000} is not a character"),
        (["--reply", "a\\"], "a \\ at the end"),
        (["--reply", "ab${x}"], "character 3: ${x} is not known; to send ${ as it is"),
        (
            ["--reply", "${repeat 10000000: ${random 8}}"],
            "it would take too long to make",
        ),
        (
            ["--reply", "a${client.id}"],
            "a reply is for any client and any message, and this asks for one; write a rule",
        ),
    ],
)
@pytest.mark.parametrize("verb", OPTIONS)
def test_bad_value(
    verb: tuple[str, ...], arguments: list[str], told: str, refused: Callable[..., str]
) -> None:
    """A value that makes no sense gets one line that says what is wrong with it."""
    assert told in refused(*verb, *arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        ["serve", "--{}"],
        ["serve", "-{}"],
        ["serve", "-q{}"],
        ["serve", "--echo={}"],
        ["serve", "--format={}"],
        ["serve", "--max-clients", "{}"],
        ["serve", "--keep", "{}"],
        ["serve", "--max-idle", "{}"],
        ["serve", "--max-unsent", "{}"],
        ["serve", "--unread", "{}"],
        ["serve", "--allow", "{}"],
        ["serve", "--config", "{}"],
        ["serve", "--name-from", "({}"],
        ["serve", "--silence", "{}"],
        ["serve", "--deny", "10.0.0.0/{}"],
        ["serve", "--reply", "\\{}"],
        ["serve", "--reply", "${{{}}}"],
        ["serve", "unix:{}", "unix:{}"],
        ["serve", "http://{}"],
        ["serve", "[{}]:80"],
        ["--{}"],
        ["{}"],
        ["{}:80"],
    ],
    ids=" ".join,
)
def test_hostile_argument(arguments: list[str], refused: Callable[..., str]) -> None:
    """Nothing in an argument does anything to the terminal when it is refused."""
    for bad in ("\x1b[2J", "\x9b31m", "\u202e", "a\nb", "\r", "\x07", "\0"):
        refused(*(argument.format(bad) for argument in arguments))


@pytest.mark.parametrize("typed", ["0.1s\n", "0\ns", "0\x0bs", "\x850s", "0s\u2028", "0\x1c"])
def test_hostile_time(typed: str, refused: Callable[..., str]) -> None:
    """Nor do spaces of any kind around a time that is too short."""
    refused("serve", "--max-idle", typed)


@pytest.mark.parametrize("typed", ["1k\n", "1\nk", "1\x0bk", "\x851k", "1k\u2028", "1\x1c"])
def test_hostile_size(typed: str, refused: Callable[..., str]) -> None:
    """Spaces of any kind around a size that is too small do not break the line either."""
    refused("serve", "--keep", typed)


# -- without a terminal ---------------------------------------------------------------


def test_no_terminal() -> None:
    """`tcpmon` without a terminal says what to use instead."""
    found = run("localhost:0", TERM="xterm-256color")
    assert (found.returncode, found.stdout) == (2, "")
    assert found.stderr == ("tcpmon: the screen needs a terminal; without one use tcpmon serve\n")


@pytest.mark.parametrize(
    ("term", "streams"),
    [
        ("dumb", ()),
        (None, ()),
        ("xterm-256color", ("stdin",)),
        ("xterm-256color", ("stdout",)),
        ("xterm-256color", ("stderr",)),
    ],
)
def test_half_a_terminal(term: str | None, streams: tuple[str, ...]) -> None:
    """A dumb terminal, or one stream that is none, is not enough for the screen."""
    environment = {name: os.environ[name] for name in os.environ if name != "TERM"}
    if term is not None:
        environment["TERM"] = term
    ours, theirs = pty.openpty()
    try:
        with subprocess.Popen(
            [sys.executable, "-m", "tcpmon", "localhost:0"],
            stdin=subprocess.DEVNULL if "stdin" in streams else theirs,
            stdout=subprocess.PIPE if "stdout" in streams else theirs,
            stderr=subprocess.PIPE if "stderr" in streams else theirs,
            env=environment,
        ) as process:
            os.close(theirs)
            try:
                out, err = process.communicate(timeout=WAIT)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
        told = bytearray()
        with suppress(OSError):  # EIO is how a terminal without a program ends
            while data := os.read(ours, 1000):
                told += data
    finally:
        os.close(ours)
    assert process.returncode == 2
    assert not out
    told += err or b""
    line = told.decode().replace("\r\n", "\n")
    assert line == "tcpmon: the screen needs a terminal; without one use tcpmon serve\n"


# -- how it ends ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (CannotListen("port 1 is in use", "try 2"), 3, "tcpmon: port 1 is in use; try 2\n"),
        (CannotWrite("cannot write"), 4, "tcpmon: cannot write\n"),
        (KeyboardInterrupt(), 130, ""),
    ],
)
def test_exit_code(
    error: BaseException,
    code: int,
    told: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What goes wrong is one line on stderr and an exit code that help knows."""

    def fail(config: ServeConfig) -> None:
        raise error

    monkeypatch.setattr("tcpmon.headless.serve.run", fail)
    with pytest.raises(SystemExit) as ending:
        main(["serve", "localhost:0"])
    assert ending.value.code == code
    assert capsys.readouterr() == ("", told)


def test_a_bug() -> None:
    """A bug of ours ends with 70, as help says, and its traceback is there to be reported."""
    script = (
        "import tcpmon.cli, tcpmon.headless.serve as serve\n"
        "serve.run = lambda config: {}['a bug']\n"
        "tcpmon.cli.main(['serve', 'localhost:0'])\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=WAIT, check=False
    )
    assert "KeyError: 'a bug'" in found.stderr
    assert found.returncode == 70


def test_stdout_is_for_data() -> None:
    """An error goes nowhere else when stderr is closed."""
    found = subprocess.run(
        ["sh", "-c", 'exec "$@" 2>&-', "sh", sys.executable, "-m", "tcpmon", "serve", "99999"],
        capture_output=True, text=True, timeout=WAIT, check=False,
    )  # fmt: skip
    assert found.returncode == 2
    assert found.stdout == ""


# -- rules ----------------------------------------------------------------------------


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[object, str, str]:
    """Return the exit code of arguments, and what they put out."""
    with pytest.raises(SystemExit) as ending:
        main(list(arguments))
    out, err = capsys.readouterr()
    return ending.value.code, out, err


def test_rules(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """What there is is listed, printed to be copied, and a copy of it is ok."""
    code, out, _ = told(capsys, "rules")
    assert code == 0
    assert "smtp      Accepts every mail" in out
    code, out, _ = told(capsys, "rules", "smtp")
    path = tmp_path / "r.toml"
    path.write_text(out)
    assert told(capsys, "rules", "--check", str(path)) == (0, "ok, 7 rules\n", "")


def test_bad_rules(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """What is not there or not right is refused in one line, also for a server."""
    code, out, err = told(capsys, "rules", "smpt")
    assert (code, out) == (2, "")
    assert "no rules are called smpt" in err
    path = tmp_path / "r.toml"
    path.write_text("[[rule]]\n")
    for arguments in (["rules", "--check"], ["serve", "--rules"]):
        code, out, err = told(capsys, *arguments, str(path))
        assert (code, out) == (2, "")
        assert "r.toml: line 1: rule 1: do is missing; " in err


def test_rules_of_a_server(understood: Callable[..., ServeConfig]) -> None:
    """Rules come with a way to cut the stream, unless another one is asked for."""
    config = understood("--rules", "smtp").node
    assert config.rules is not None
    assert config.rules[0] == ""
    assert "EHLO" in config.rules[1]
    assert config.framing == "line"
    assert understood("--rules", "smtp", "--framing", "none").node.framing == "none"
