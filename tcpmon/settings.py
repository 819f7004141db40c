"""Flags and a config file to a config: a flag takes the place of the key of the same name, and
what neither says is as it is by default.

Whatever is wrong is told as it was said: `--keep 1k`, or `config.toml: keep 1k`.
"""

import os
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec.structs import replace

from tcpmon.config import Config, Own, ScreenConfig
from tcpmon.configfile import File, ListenTable, read
from tcpmon.core.access import network_text, parse_network
from tcpmon.core.endpoint import DEFAULT_PORT, LOCALHOST, Endpoint, TcpEndpoint, clash, parse
from tcpmon.core.errors import (
    BadAddress,
    BadConfig,
    BadPayload,
    BadScript,
    BadSize,
    BadTime,
    InputError,
)
from tcpmon.core.escape import escape_text
from tcpmon.core.framing import spec as framings
from tcpmon.core.limits import MIB, Limits, Unread
from tcpmon.core.naming import Finder, Names
from tcpmon.core.payload import Facts, Payload, parse as parse_payload, sendable
from tcpmon.core.units import binary_size, parse_patience, parse_size, parse_time
from tcpmon.dotfiles import config_path, remembered

if TYPE_CHECKING:
    from tcpmon.core.rules import Rules

UNSENT_LEAST = 64 << 10
DEFAULT = "default"
"""Under [silence], what is said of all whose name fits no pattern."""

T = TypeVar("T")


class Given:
    """What was said by flags, or else by the config file.

    flags: as argparse has them, None = not given. Raises BadConfig.
    """

    def __init__(self, flags: Mapping[str, Any]) -> None:
        self._flags = flags
        path = flags["config"]
        if path is None and os.path.lexists(config_path()):
            path = config_path()
        self._path = escape_text(path or "")
        self.file = File() if path is None else read(path)

    def by_flag(self, key: str) -> bool:
        """Say whether it was a flag that said it."""
        return self._flags.get(key) is not None

    def get(self, key: str, otherwise: Any = None) -> Any:
        """Return what was said."""
        value = self._flags[key] if self.by_flag(key) else getattr(self.file, key, None)
        return otherwise if value is None else value

    def called(self, key: str) -> str:
        """Return how to speak of what was said."""
        if self.by_flag(key):
            return "--" + key.replace("_", "-")
        return f"{self._path}: {key}"

    def mean(self, key: str, parse: Callable[[str], T], otherwise: T) -> T:
        """Return what is meant by what was said. Raises InputError."""
        value = self.get(key)
        if value is None:
            return otherwise
        return parse(value) if self.by_flag(key) else self.in_file(key, parse, value)

    def in_file(self, where: str, parse: Callable[[str], T], value: object) -> T:
        """Return what is meant by a value of the file. Raises BadConfig that says where it is."""
        try:
            text = str(value)
        except ValueError:  # a hex number that has more digits than Python writes
            raise BadConfig(f"{self._path}: {where}: the number is too long") from None
        try:
            return parse(text)
        except InputError as error:
            raise BadConfig(f"{self._path}: {where}: {error.message}", error.hint) from None


def node(given: Given) -> Config:
    """Return what a node is to do. Raises InputError."""
    file = given.file
    echo, reply = _answer(given)
    allow, deny = _access(given)
    own = _own(given)
    for key, name in file.names.items():
        given.in_file(f'names."{escape_text(key)}"', partial(_name, key), name)
    silence, silences = _silences(given)
    rules = given.mean("rules", _rules, None)
    return Config(
        endpoints=_endpoints(given) or tuple(own) or (TcpEndpoint(LOCALHOST, DEFAULT_PORT),),
        echo=echo,
        reply=reply,
        half_open=given.get("half_open", False),
        limits=_limits(given),
        allow=allow,
        deny=deny,
        framing=given.mean("framing", parse_framing, (rules and rules[1].framing) or "none"),
        hints=not given.by_flag("no_hints") and given.get("hints", True),
        names={**file.names, **remembered()},
        name_from=_name_from(given),
        silence=given.mean("silence", _silence_flag, 0.0) if given.by_flag("silence") else silence,
        silences=silences,
        filters={
            key: given.in_file(f'filters."{escape_text(key)}"', partial(_filter, key), value)
            for key, value in file.filters.items()
        },
        messages={
            key: given.in_file(f'messages."{escape_text(key)}"', partial(_message, key), value)
            for key, value in file.messages.items()
        },
        own=own,
        rules=rules and (rules[0], rules[1].text),
        script=_script(given),
    )


def screen(given: Given) -> ScreenConfig:
    """Return how the screen is to be, and what its node is to do. Raises InputError."""
    history = not given.by_flag("no_history") and given.get("history", True)
    return ScreenConfig(node(given), given.get("theme", "auto"), history)


def _message(name: str, text: str) -> str:
    """Return a payload that can be saved under a name. Raises InputError."""
    if not name:
        raise InputError("a message has a name", "write for example hello = 'HELO\\r\\n'")
    sendable(text)
    return text


def parse_framing(spec: str) -> str:
    """Return a framing as it is written, if it is one. Raises BadFraming."""
    return str(framings.parse(spec))


def _rules(word: str) -> "tuple[str, Rules] | None":
    from tcpmon.rulesfile import load

    return load(word)


def _filter(name: str, text: str) -> str:
    """Return a filter, if it can be saved under a name. Raises BadFilter."""
    from tcpmon.core.query.saved import check

    check(name, text)
    return text


def _script(given: Given) -> str:
    """Return the path of a script that can be read. What is in it is found out when it runs, so
    that it can be mended then. Raises BadScript."""
    path: str | None = given.get("script")
    if path is None:
        return ""
    try:
        if not os.path.isfile(path):
            os.stat(path)
            raise BadScript(f"--script: {escape_text(path)} is not a file", "name a Python file")
        with open(path, "rb"):
            return path
    except (OSError, ValueError) as error:  # ValueError: a NUL
        why = (getattr(error, "strerror", None) or "no such path").lower()
        raise BadScript(f"--script: cannot read {escape_text(path)}: {why}") from None


def _answer(given: Given) -> tuple[bool, bytes | Payload | None]:
    flags = [key for key in ("echo", "reply") if given.by_flag(key)]
    said = [key for key in flags or ("echo", "reply") if given.get(key) not in (None, False)]
    if len(said) > 1:
        one, other = given.called("echo"), "--reply" if flags else "reply"
        raise InputError(f"{one} and {other} are two answers to the same read", "take one of them")
    return "echo" in said, given.mean("reply", _reply, None) if "reply" in said else None


def _reply(text: str) -> bytes | Payload:
    """Return what is sent for each read. Raises InputError."""
    try:
        payload = parse_payload(text)
        payload.fill(Facts())  # whether it can be made
    except BadPayload as error:
        where = f"character {error.place + 1}"
        raise InputError(f"{where}: {error.message}", error.hint) from None
    if payload.personal:
        wrong = "a reply is for any client and any message, and this asks for one"
        raise InputError(wrong, "write a rule, with do = 'send ...'")
    return payload if payload.fixed is None else payload.fixed


def _endpoints(given: Given) -> tuple[Endpoint, ...]:
    """Return where the arguments say to listen."""
    endpoints = tuple(parse(word) for word in given.get("address", ()))
    for number, endpoint in enumerate(endpoints):
        if any(clash(endpoint, other) for other in endpoints[:number]):
            raise BadAddress(f"{escape_text(str(endpoint))} is given twice", "leave one out")
    return endpoints


def _own(given: Given) -> dict[Endpoint, Own]:
    """Return where the file says to listen, and what holds there alone."""
    own: dict[Endpoint, Own] = {}
    for number, table in enumerate(given.file.listen):
        where = f"listen[{number}]"
        endpoint = given.in_file(f"{where}.at", partial(_another, own), table.at)
        own[endpoint] = _own_of(given, where, table)
    return own


def _another(known: Mapping[Endpoint, Own], text: str) -> Endpoint:
    endpoint = parse(text)
    if endpoint in known:
        raise BadAddress(f"{escape_text(str(endpoint))} is given twice", "leave one out")
    return endpoint


def _own_of(given: Given, where: str, table: ListenTable) -> Own:
    def meant(key: str, parse: Callable[[str], T]) -> T | None:
        value = getattr(table, key)
        return None if value is None else given.in_file(f"{where}.{key}", parse, value)

    return Own(
        meant("framing", parse_framing),
        meant("silence", parse_patience),
        meant("name_from", _pattern),
    )


def _name(key: str, name: str) -> Names:
    return Names({key: name})


def _pattern(text: str) -> str:
    if text:
        Finder(text)
    return text


def _name_from(given: Given) -> str:
    if given.by_flag("name_from"):
        return given.mean("name_from", _pattern, "")
    return given.in_file("naming.match", _pattern, given.file.naming.match)


def _silences(given: Given) -> tuple[float, dict[str, float]]:
    """Return what the file says of all others, and by pattern."""
    said = given.file.silence
    if not isinstance(said, dict):
        return given.in_file("silence", parse_patience, said), {}
    times = {
        key: given.in_file(f'silence."{escape_text(key)}"', parse_patience, value)
        for key, value in said.items()
    }
    return times.pop(DEFAULT, 0.0), times


def _silence_flag(text: str) -> float:
    try:
        return parse_patience(text)
    except BadTime as error:
        raise BadTime(f"--silence: {error.message}", error.hint) from None


def _limits(given: Given) -> Limits:
    plain = Limits()
    counts: dict[str, int] = {}
    for key in ("max_clients", "max_per_address", "max_accepts"):
        count = given.get(key)
        if count is not None and count < 1:
            raise InputError(f"{given.called(key)} {count} lets nobody in", "1 is the least")
        counts[key] = count or 0
    keep = given.mean("keep", parse_size, plain.keep)
    if keep < MIB:
        raise BadSize(_too(given, "keep", "little"), "1MiB is the least")
    unsent = given.mean("max_unsent", parse_size, plain.stuck)
    if unsent < UNSENT_LEAST:
        least = f"{binary_size(UNSENT_LEAST)} is the least"
        raise BadSize(_too(given, "max_unsent", "little"), least)
    idle = given.mean("max_idle", parse_time, 0.0)
    if given.get("max_idle") is not None and idle < 1:
        raise BadTime(_too(given, "max_idle", "short"), "1s is the least")
    return replace(
        plain,
        clients=counts["max_clients"] or plain.clients,
        per_address=counts["max_per_address"],
        accepts=counts["max_accepts"],
        keep=keep,
        slow=unsent // 8,
        stuck=unsent,
        total=max(plain.total, unsent),
        unread=Unread(given.get("unread", plain.unread)),
        idle_seconds=idle,
    )


def _too(given: Given, key: str, what: str) -> str:
    return f"{given.called(key)} {escape_text(str(given.get(key)))} is too {what}"


def _access(given: Given) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return who is allowed, and who is denied."""
    allow, deny = (_networks(given, key) for key in ("allow", "deny"))
    if both := set(allow).intersection(deny):
        raise InputError(f"{both.pop()} is both allowed and denied", "leave one out")
    return allow, deny


def _networks(given: Given, key: str) -> tuple[str, ...]:
    words = given.get(key, ())
    if given.by_flag(key):
        return tuple(network_text(parse_network(word)) for word in words)
    return tuple(
        network_text(given.in_file(f"{key}[{number}]", parse_network, word))
        for number, word in enumerate(words)
    )
