"""A whole filter, compiled once: what it lets through, and where in the bytes it finds it."""

from collections.abc import Iterable
from functools import reduce

from tcpmon.core.model import Client, Message
from tcpmon.core.query import needs
from tcpmon.core.query.keys import KEY
from tcpmon.core.query.parts import OnClient, OnMessage, Part
from tcpmon.core.query.patterns import MARKS, Finder, Marks, Pattern
from tcpmon.core.query.syntax import And, Not, Or, Term, Tree, read, written
from tcpmon.core.query.terms import compiled


class Query:
    """Which clients and messages are wanted. Made by `parse`."""

    def __init__(self, tree: Tree | None, parts: dict[Term, Part]) -> None:
        """parts: what each term in the tree means."""
        self.tree = tree
        whole = _whole(tree, parts) if tree is not None else Part(_any_client, _any_message)
        self.client: OnClient = whole.client
        """(client, now): whether a client of the table is wanted. now: ns since 1970."""
        self.message: OnMessage = whole.message
        """(message, client, now): whether a row of the log is wanted. client: whose it is, None
        where it is nobody's or that is not known."""
        self.needs = whole.needs
        """What must hold of a record in any case, for a quick look."""
        keys = [KEY[term.key] for term in parts if term.key]
        self.changing = any(key.changes for key in keys)
        """Whether it depends on what changes of a client, or with time; but not whether text is
        looked for in names too."""
        self._finders = tuple(_sought(tree, parts))
        self._all_finders = tuple(part.finder for part in parts.values() if part.finder)

    def marks(self, data: bytes) -> Marks:
        """Return where data has what is looked for, (start, end) in order and apart, to be set
        off: in its first patterns.LOOKED bytes, and about patterns.MARKS at most."""
        found = sorted(place for finder in self._finders for place in finder.places(data))
        merged: Marks = []
        for start, end in found[:MARKS]:
            if merged and start <= merged[-1][1]:
                merged[-1] = merged[-1][0], max(end, merged[-1][1])
            else:
                merged.append((start, end))
        return merged

    @property
    def trouble(self) -> str:
        """What is wrong with it by now, a sentence that is safe to print, "" for nothing."""
        return next((finder.trouble for finder in self._all_finders if finder.trouble), "")

    def forgive(self) -> None:
        """Forget what is wrong with it by now."""
        for finder in self._all_finders:
            if isinstance(finder, Pattern):
                finder.forgive()

    def __str__(self) -> str:
        return written(self.tree)


def parse(text: str) -> Query:
    """Return the filter that was typed; "" matches all. Raises BadFilter."""
    tree, terms = read(text)
    parts: dict[Term, Part] = {}
    for term, start, place in terms:
        if term not in parts:
            parts[term] = compiled(term, start, place)
    return Query(tree, parts)


def _any_client(_: Client, __: int) -> bool:
    return True


def _any_message(_: Message, __: Client | None, ___: int) -> bool:
    return True


def _whole(tree: Tree, parts: dict[Term, Part]) -> Part:
    match tree:
        case Term():
            return parts[tree]
        case Not(part):
            return _negated(_whole(part, parts))
        case And(trees):
            return _and(_whole(part, parts) for part in trees)
        case Or(trees):
            return _or(_whole(part, parts) for part in trees)


def _negated(part: Part) -> Part:
    on_client, on_message = part.client, part.message
    return Part(
        lambda client, now: not on_client(client, now),
        lambda message, client, now: not on_message(message, client, now),
    )


def _and(parts: Iterable[Part]) -> Part:
    """What costs little is tried first, a pattern last."""
    ordered = sorted(parts, key=lambda part: (isinstance(part.finder, Pattern), bool(part.finder)))
    on_client = tuple(part.client for part in ordered)
    on_message = tuple(part.message for part in ordered)

    def client(who: Client, now: int) -> bool:
        for test in on_client:  # noqa: SIM110 (all() takes twice as long)
            if not test(who, now):
                return False
        return True

    def message(what: Message, who: Client | None, now: int) -> bool:
        for test in on_message:  # noqa: SIM110
            if not test(what, who, now):
                return False
        return True

    return Part(client, message, reduce(needs.both, (part.needs for part in ordered)))


def _or(parts: Iterable[Part]) -> Part:
    ordered = tuple(parts)
    on_client = tuple(part.client for part in ordered)
    on_message = tuple(part.message for part in ordered)

    def client(who: Client, now: int) -> bool:
        for test in on_client:  # noqa: SIM110
            if test(who, now):
                return True
        return False

    def message(what: Message, who: Client | None, now: int) -> bool:
        for test in on_message:  # noqa: SIM110
            if test(what, who, now):
                return True
        return False

    return Part(client, message, reduce(needs.either, (part.needs for part in ordered)))


def _sought(tree: Tree | None, parts: dict[Term, Part], wanted: bool = True) -> list[Finder]:
    """Return what is looked for and not to be absent."""
    match tree:
        case Term():
            finder = parts[tree].finder
            return [finder] if finder and wanted else []
        case Not(part):
            return _sought(part, parts, not wanted)
        case And(trees) | Or(trees):
            return [finder for part in trees for finder in _sought(part, parts, wanted)]
        case None:
            return []
