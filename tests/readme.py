"""The parts of README.md that are made from the program.

python -m tests.readme          make them anew
"""

import contextlib
import inspect
import io
import os
import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import get_args, get_type_hints

from tcpmon import cli
from tcpmon.core import payload, rules
from tcpmon.core.framing.kinds import KINDS
from tcpmon.core.query import guide
from tcpmon.headless import jsonl
from tcpmon.ui import actions
from tests.core.framing import plugged

README = Path(__file__).parent.parent / "README.md"

_KINDS = {
    int: "integer", float: "number", str: "string", bytes: "string, base64",
    list[int]: "array of integers", dict[int, str]: "object",
}  # fmt: skip


def keys() -> str:
    """Return all keys as tables, one for each heading of the help screen."""
    parts = []
    for group in actions.Group:
        rows = [
            f"| {' '.join(f'`{actions.shown_key(key)}`' for key in action.keys)} | {action.help} |"
            for action in actions.ACTIONS
            if action.group is group
        ]
        parts.append("\n".join([f"| {group} | |", "|---|---|", *rows]))
    return "\n\n".join(parts)


def events() -> str:
    """Return what each line of `tcpmon serve --format jsonl` may hold."""
    rows = ["| `event` | when | fields beside `time` |", "|---|---|---|"]
    for kind in get_args(jsonl.Event):
        when = re.sub(r"\s+", " ", inspect.getdoc(kind) or "")
        fields = ", ".join(
            f"`{name}` {_KINDS[hint]}"
            for name, hint in get_type_hints(kind).items()
            if name != "time"
        )
        rows.append(f"| `{kind.__struct_config__.tag}` | {when} | {fields} |")
    return "\n".join(rows)


def framings() -> str:
    """Return all ways to cut a stream into messages."""
    rows = ["| way | what it does | for example |", "|---|---|---|"]
    for kind in KINDS:
        options = f"; {kind.options}" if kind.options else ""
        rows.append(f"| `{kind.name}` | {kind.what}{options} | `{kind.example}` |")
    return "\n".join(rows)


def framer() -> str:
    """Return the framer that tests/core/framing tries, as an example."""
    return f"```py\n{Path(plugged.__file__).read_text().rstrip()}\n```"


def filters() -> str:
    """Return all that a filter may be made of."""
    rows = [f"| `{_cell(form)}` | {_cell(meaning)} |" for form, meaning in guide()]
    return "\n".join(["| term | a message, or a client, that |", "|---|---|", *rows])


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def payloads() -> str:
    """Return all that a payload may hold."""
    return _told(payload)


def rules_() -> str:
    """Return all that a rules file may say."""
    return _told(rules)


def _told(package: ModuleType) -> str:
    """Return what the docstring of a package says below its first line."""
    told = (inspect.getdoc(package) or "").partition("\n")[2].strip("\n")
    return f"```text\n{told}\n```"


def command_line() -> str:
    """Return what --help says, with and without a screen."""
    return f"```text\n{_help()}```\n\n```text\n{_help('serve')}```"


def _help(*verb: str) -> str:
    told = io.StringIO()
    columns, os.environ["COLUMNS"] = os.environ.get("COLUMNS"), "80"
    try:
        with contextlib.redirect_stdout(told), contextlib.suppress(SystemExit):
            cli.main([*verb, "--help"])
    finally:
        if columns is None:
            del os.environ["COLUMNS"]
        else:
            os.environ["COLUMNS"] = columns
    return f"$ {' '.join(['tcpmon', *verb, '--help'])}\n{told.getvalue()}"


PARTS: dict[str, Callable[[], str]] = {
    "keys": keys,
    "events": events,
    "framings": framings,
    "framer": framer,
    "filters": filters,
    "payloads": payloads,
    "rules": rules_,
    "command line": command_line,
}


def renewed(text: str) -> str:
    """Return README.md with every made part as it is now."""
    for name, make in PARTS.items():
        begin, end = f"<!-- made: {name} -->\n", "<!-- made -->"
        before, found, rest = text.partition(begin)
        if not found or end not in rest:
            raise ValueError(f"README.md has no part {begin.strip()} ... {end}")
        text = f"{before}{begin}\n{make()}\n\n{end}{rest.partition(end)[2]}"
    return text


def set_up(name: str) -> str:
    """Return a set-up command of README.md: "run" or "test"."""
    found = re.search(
        rf"<!-- command: {name} -->\n+```sh\n(.*?)\n```", README.read_text(), re.DOTALL
    )
    if not found:
        raise ValueError(f"README.md has no command {name}")
    return found[1]


if __name__ == "__main__":
    README.write_text(renewed(README.read_text()))
