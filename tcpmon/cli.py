"""Understands the arguments; picks a front end and only then imports it.

Nothing but argparse is imported before the arguments are understood, so that
`tcpmon --help` is there at once.
"""

import argparse
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

from tcpmon import __version__

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

VERBS = ("serve", "rules")

DESCRIPTION = """\
A TCP server you can see into: who is connected, what each says byte by byte,
and a way to talk back to one, some or all of them.

examples:
  tcpmon                          listen on this machine, port 8000; a screen
  tcpmon :9000                    listen on all addresses, port 9000
  tcpmon 8000 unix:/tmp/my.sock   several listeners at once
  tcpmon --echo                   send back what comes
  tcpmon --reply 'OK\\r\\n'         answer each read
  tcpmon serve --format jsonl     the same without a screen, as JSON lines
"""

SERVE_DESCRIPTION = """\
The same server without a screen. Its real addresses come first, then what
happens, a line each, on stdout; what the operator should know goes to stderr.
Ctrl+C or SIGTERM closes all clients in order; a second one leaves at once.

examples:
  tcpmon serve                              lines for people
  tcpmon serve --format jsonl | jq .text    JSON, one object a line
  tcpmon serve localhost:0                  any free port; line one tells it
  tcpmon serve -q --echo :9000              echo, and tell who comes and goes
"""

RULES_DESCRIPTION = """\
Rules that come with tcpmon: without NAME, what there is.

examples:
  tcpmon rules                    what there is
  tcpmon rules smtp > my.toml     a copy to change
  tcpmon rules --check my.toml    ok, or what is wrong and where
  tcpmon --rules my.toml          answer by them
"""

RULES_EPILOG = "exit codes: 0 done, 2 bad usage or bad rules, 4 cannot write, 70 a bug"

EPILOG = """\
ADDRESS is 9000 (this machine only), :9000 (all interfaces), 192.168.1.5:9000,
[::1]:9000, a name, localhost:0 (any free port) or unix:PATH. Without one:
localhost:8000, IPv4 and IPv6. TEXT may hold \\r \\n \\t \\0 \\xNN \\u{...} \\\\ and
${now}, ${counter}, ${hex 01 02} ...; README has all of it.

exit codes: 0 done, 2 bad usage, 3 cannot listen, 4 cannot write, 70 a bug
"""


class _Help(argparse.RawDescriptionHelpFormatter):
    """Help that looks the same in every Python: those before 3.13 say FILE behind -c, too."""

    def _format_action_invocation(self, action: argparse.Action) -> str:
        if not action.option_strings or action.nargs == 0:
            return super()._format_action_invocation(action)
        return f"{', '.join(action.option_strings)} {self._format_args(action, '')}"


class _Parser(argparse.ArgumentParser):
    """argparse, but an error is one safe line that says where help is, and help is written
    to its end."""

    def error(self, message: str) -> NoReturn:
        from tcpmon.core.escape import escape_text

        _complain(f"{self.prog}: {escape_text(message)}; see {self.prog} --help")
        sys.exit(2)

    def _print_message(self, message: str, file: "SupportsWrite[str] | None" = None) -> None:
        try:
            print(message, end="", flush=True)  # noqa: T201
        except OSError as error:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # where Python flushes the rest to
            if not isinstance(error, BrokenPipeError):
                from tcpmon.core.errors import CannotWrite

                raise CannotWrite.to_stdout(error) from None


def main(arguments: list[str] | None = None) -> None:
    """Run tcpmon. Never returns: exits with a code of README.md."""
    _fill_closed_descriptors()
    from tcpmon.core.errors import TcpmonError

    try:
        _run(sys.argv[1:] if arguments is None else arguments)
    except TcpmonError as error:
        _complain(f"tcpmon: {error}")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception:  # noqa: BLE001 - the last fence
        import traceback

        _complain(traceback.format_exc() + "tcpmon: this is a bug in tcpmon, please report it")
        sys.exit(70)
    sys.exit(0)


def _run(arguments: list[str]) -> None:
    verb, options = _parse(arguments)
    import gc

    gc.disable()  # importing makes no garbage; whoever runs the program turns it on again
    if verb == "serve":
        _serve(options)
    elif verb == "rules":
        _rules(options)
    else:
        _screen(options, arguments)


def _complain(text: str) -> None:
    with suppress(OSError):  # nobody listens
        print(text, file=sys.stderr, flush=True)  # noqa: T201


def _fill_closed_descriptors() -> None:
    """Open /dev/null where stdin, stdout or stderr is closed: a socket must not get its
    number, and what is for one must not go to another."""
    for fd, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(fd)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number, which is fd
            setattr(sys, name, os.fdopen(fd, "r" if fd == 0 else "w", closefd=False))


def _parse(arguments: list[str]) -> tuple[str, argparse.Namespace]:
    if arguments and arguments[0] in VERBS:
        parser = _serve_parser() if arguments[0] == "serve" else _rules_parser()
        return arguments[0], parser.parse_args(arguments[1:])
    parser = _screen_parser()
    options = parser.parse_args(arguments)
    for word in options.address:
        if word in VERBS:
            parser.error(f"{word} is a command and comes first: tcpmon {word} [OPTION ...]")
    for word in options.address[:1]:
        if not (word[:1].isdigit() or word.startswith(("[", "localhost")) or ":" in word):
            parser.error(_no_command(word))
    return "", options


def _no_command(word: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(word, VERBS, 1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    hint = hint or ", and an address has a port, like name:8000"
    return f"no command '{word}'{hint}"


def _screen_parser() -> _Parser:
    parser = _parser(
        "tcpmon",
        "tcpmon [OPTION ...] [ADDRESS ...]\n       tcpmon serve [OPTION ...] [ADDRESS ...]"
        "\n       tcpmon rules [NAME | --check FILE]",
        DESCRIPTION,
    )
    parser.add_argument("--theme", metavar="NAME",
                        help="tcpmon-dark, tcpmon-light or a theme of the palette")  # fmt: skip
    parser.add_argument("--no-history", action="store_true", default=None,
                        help="do not keep what is sent for the next time")  # fmt: skip
    parser.add_argument("--version", action="version", version=f"tcpmon {__version__}")
    return parser


def _serve_parser() -> _Parser:
    parser = _parser("tcpmon serve", "tcpmon serve [OPTION ...] [ADDRESS ...]", SERVE_DESCRIPTION)
    parser.add_argument("--format", choices=("text", "jsonl"), default="text",
                        help="lines for people, or one JSON object a line")  # fmt: skip
    parser.add_argument("-q", "--quiet", action="store_true",
                        help="no line for each message, only who comes and goes")  # fmt: skip
    parser.add_argument("--filter", metavar="FILTER", default="",
                        help="only what matches: 'dir:rx text:login', 'kind:close | len>1kB'; "
                             "README has all of it")  # fmt: skip
    return parser


def _rules_parser() -> _Parser:
    parser = _Parser(
        prog="tcpmon rules", usage="tcpmon rules [NAME | --check FILE]", epilog=RULES_EPILOG,
        description=RULES_DESCRIPTION, allow_abbrev=False,
        formatter_class=_Help,
    )  # fmt: skip
    parser.add_argument("name", nargs="?", metavar="NAME", help="print this one, to copy it")
    parser.add_argument("--check", metavar="FILE", help="say whether a file can be followed")
    return parser


def _parser(prog: str, usage: str, description: str) -> _Parser:
    parser = _Parser(
        prog=prog, usage=usage, description=description, epilog=EPILOG, allow_abbrev=False,
        formatter_class=_Help,
    )  # fmt: skip
    add = parser.add_argument
    add("address", nargs="*", metavar="ADDRESS", help="where to listen, see below")
    add("-c", "--config", metavar="FILE",
        help="what no flag says is taken from FILE (~/.config/tcpmon/config.toml)")  # fmt: skip
    add("--echo", action="store_true", default=None, help="send back what comes")
    add("--reply", metavar="TEXT", help="answer each read with TEXT")
    add("--rules", metavar="FILE",
        help="answer by the rules of FILE, or of a name that tcpmon rules lists; reads on "
             "which no rule acts are left to --echo or --reply")  # fmt: skip
    add("--script", metavar="FILE",
        help="a Python file that acts on what clients do: on_message(client, message)")  # fmt: skip
    add("--half-open", action="store_true", default=None,
        help="keep clients that have closed their sending side")  # fmt: skip
    add("--keep", metavar="SIZE",
        help="memory for what happened, oldest out first (64MiB)")  # fmt: skip
    add("--framing", metavar="HOW",
        help="cut what comes into messages: line, u16be ... (none)")  # fmt: skip
    add("--name-from", metavar="REGEX",
        help="name clients by what they say first, as 'imei=(\\d+)'")  # fmt: skip
    add("--silence", metavar="TIME",
        help="say so when a client has been silent so long, as 30s (never)")  # fmt: skip
    add("--no-hints", action="store_true", default=None,
        help="do not tell what was noticed in what clients say")  # fmt: skip
    limits = parser.add_argument_group("limits")
    add = limits.add_argument
    add("--max-clients", metavar="N", type=int,
        help="clients at once, more are refused (10000)")  # fmt: skip
    add("--max-per-address", metavar="N", type=int,
        help="of them from one address (any number)")  # fmt: skip
    add("--max-accepts", metavar="N", type=int,
        help="new clients a second, more are refused (any number)")  # fmt: skip
    add("--max-idle", metavar="TIME",
        help="close a client when no byte has moved for so long, as 90s (never)")  # fmt: skip
    add("--max-unsent", metavar="SIZE",
        help="bytes that may wait for a client that does not read (8MiB)")  # fmt: skip
    add("--unread", choices=("skip", "drop", "disconnect"),
        help="what a client beyond that gets of more: nothing, or it loses what has waited"
             " longest, or its connection (skip)")  # fmt: skip
    add("--allow", metavar="NETWORK", action="append",
        help="let only these in: an address, or as 10.0.0.0/8; more than once")  # fmt: skip
    add("--deny", metavar="NETWORK", action="append",
        help="let these not in; where both hold, the narrower one decides")  # fmt: skip
    return parser


def _serve(options: argparse.Namespace) -> None:
    from tcpmon import settings
    from tcpmon.config import ServeConfig

    node = settings.node(settings.Given(vars(options)))
    wanted = _filter(options.filter, node.filters) if options.filter else ""
    config = ServeConfig(node, options.format, options.quiet, wanted)
    from tcpmon.headless.serve import run

    run(config)


def _rules(options: argparse.Namespace) -> None:
    from tcpmon import presets
    from tcpmon.core.errors import CannotWrite

    if options.check is not None:
        from tcpmon.rulesfile import load

        shown = f"ok, {len(load(options.check)[1].rules)} rules\n"
    elif options.name is not None:
        shown = _preset(options.name)
    else:
        shown = "".join(f"{name:<9} {presets.about(name)}\n" for name in presets.names())
    try:
        print(shown, end="", flush=True)  # noqa: T201
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # where Python flushes the rest to
        if not isinstance(error, BrokenPipeError):
            raise CannotWrite.to_stdout(error) from None


def _preset(name: str) -> str:
    from tcpmon import presets
    from tcpmon.core.errors import InputError
    from tcpmon.core.escape import escape_text

    if name not in presets.names():
        hint = f"there is {', '.join(presets.names())}"
        raise InputError(f"no rules are called {escape_text(name)}", hint)
    return presets.text(name)


def _filter(text: str, saved: dict[str, str]) -> str:
    from tcpmon.core.errors import BadFilter
    from tcpmon.core.query.saved import expand

    try:
        return expand(text, saved)
    except BadFilter as error:
        what = f"--filter, character {error.place + 1}: {error.message}"
        raise BadFilter(what, error.place, error.hint) from None


def _screen(options: argparse.Namespace, arguments: list[str]) -> None:
    from tcpmon import settings

    config = settings.screen(settings.Given(vars(options)))
    _need_a_terminal(arguments)
    from tcpmon.build import start_thread

    node = start_thread(config.node)
    from tcpmon.ui.app import run

    run(node, config)


def _need_a_terminal(arguments: list[str]) -> None:
    """Make sure that a screen can be drawn at all; one run again in UTF-8 if need be."""
    from tcpmon.core.errors import InputError

    if not all(os.isatty(fd) for fd in (0, 1, 2)) or os.environ.get("TERM", "dumb") == "dumb":
        raise InputError("the screen needs a terminal", "without one use tcpmon serve")
    if "utf" not in sys.stdout.encoding.lower() and not sys.flags.utf8_mode:
        os.environ["PYTHONUTF8"] = "1"
        os.execv(sys.executable, [sys.executable, "-P", "-m", "tcpmon", *arguments])  # noqa: S606
    if not os.environ.get("NO_COLOR", "1"):
        del os.environ["NO_COLOR"]  # set but empty means nothing, says no-color.org
