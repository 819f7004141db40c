"""Text to a tree of terms and back. What a term means is not known here.

either = both { ("|" | "or") both }
both   = one { ["and"] one }
one    = ("!" | "-" | "not") one | "(" either ")" | term
term   = word | '"' text '"' | "/" pattern "/" | key operator value
"""

import re

from msgspec import Struct

from tcpmon.core.errors import BadFilter
from tcpmon.core.escape import escape_text

LONGEST = 1_000
"""Characters of a filter."""
DEEPEST = 32
"""Parentheses and negations inside each other."""

EXAMPLE = "for example gps dir:rx len>20 !client:9"


class Term(Struct, frozen=True):
    """One condition. key and operator: "" for bare text. value: as typed, without quotes or
    slashes. is_pattern: whether those were slashes."""

    value: str
    key: str = ""
    operator: str = ""
    is_pattern: bool = False


class Not(Struct, frozen=True):
    """What does not hold."""

    part: "Tree"


class And(Struct, frozen=True):
    """What holds all together; at least two, none of them an And."""

    parts: tuple["Tree", ...]


class Or(Struct, frozen=True):
    """Of what at least one holds; at least two, none of them an Or."""

    parts: tuple["Tree", ...]


Tree = Term | Not | And | Or

Placed = tuple[Term, int, int]
"""A term, where it begins, and where its value does."""

_KEYED = re.compile(r"([A-Za-z]+)(:|>=|<=|!=|>|<|=)")
_BARE = re.compile(r'[^\s"()|]+')
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_PATTERN = re.compile(r"/((?:[^/\\]|\\.)*)/", re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_PAIRS = re.compile(r"(?:\s+[0-9A-Fa-f?]{2}(?=[\s()|]|$))+")
_RESERVED = re.compile(r'(and|or|not)(?=[\s"()|]|$)', re.IGNORECASE)


def read(text: str) -> tuple[Tree | None, list[Placed]]:
    """Return what a filter says, None if nothing, and its terms as they come.

    Raises BadFilter.
    """
    if len(text) > LONGEST:
        raise BadFilter("a filter has at most 1,000 characters", LONGEST, "leave something out")
    reader = _Reader(text)
    return reader.whole(), reader.terms


class _Reader:
    """Reads from left to right; at: where it is."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.depth = 0
        self.terms: list[Placed] = []

    def whole(self) -> Tree | None:
        self._skip()
        if self.at == len(self.text):
            return None
        tree = self._either()
        if self.at < len(self.text):
            raise BadFilter("no ( belongs to this )", self.at, 'for the text itself write ")"')
        return tree

    def _skip(self) -> None:
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1

    def _take(self, sign: str, word: str) -> bool:
        """Go past a sign or its long form; say whether it was there."""
        if sign and self.text.startswith(sign, self.at):
            self.at += len(sign)
        elif self._is_word(word):
            self.at += len(word)
        else:
            return False
        self._skip()
        return True

    def _either(self) -> Tree:
        parts = [self._both()]
        while self._take("|", "or"):
            parts.append(self._both())
        return joined(Or, parts)

    def _both(self) -> Tree:
        parts = [self._one()]
        while not self._ends():
            self._take("", "and")
            parts.append(self._one())
        return joined(And, parts)

    def _ends(self) -> bool:
        if self.at == len(self.text) or self.text[self.at] in "|)":
            return True
        return self._is_word("or")

    def _one(self) -> Tree:
        if self._ends() or self._is_word("and"):
            raise self._missing()
        self.depth += 1
        if self.depth > DEEPEST:
            raise BadFilter(f"nested more than {DEEPEST} deep", self.at, "write it flatter")
        tree: Tree
        if self._take("!", "not") or self._take("-", "not"):
            tree = Not(self._one())
        elif self.text[self.at] == "(":
            tree = self._group()
        else:
            tree = self._term()
        self.depth -= 1
        self._skip()
        return tree

    def _is_word(self, word: str) -> bool:
        reserved = _RESERVED.match(self.text, self.at)
        return reserved is not None and reserved[1].lower() == word

    def _missing(self) -> BadFilter:
        before = self.text[: self.at].rstrip()
        what = f"after {escape_text(before.split()[-1][-20:])}" if before else "before it"
        return BadFilter(f"a term is missing {what}", self.at, EXAMPLE)

    def _group(self) -> Tree:
        opened = self.at
        self.at += 1
        self._skip()
        tree = self._either()
        if self.at == len(self.text):
            raise BadFilter("this ( is not closed", opened, 'for the text itself write "("')
        self.at += 1
        return tree

    def _term(self) -> Term:
        start = self.at
        key, operator = self._key()
        value, is_pattern, begin = self._value(key)
        term = Term(value, key, operator, is_pattern)
        self.terms.append((term, start, begin))
        return term

    def _key(self) -> tuple[str, str]:
        match = _KEYED.match(self.text, self.at)
        if match is None:
            if self.text[self.at] in "<>=":
                raise BadFilter(
                    "nothing stands before this to compare", self.at, "for example len>100"
                )
            return "", ""
        key, operator = match[1].lower(), match[2]
        if operator == "!=":
            raise BadFilter("!= is not known", match.start(2), f"write !{key}=…")
        self.at = match.end()
        return key, operator

    def _value(self, key: str) -> tuple[str, bool, int]:
        begin = self.at
        if self.text.startswith('"', begin):
            value = self._between(_QUOTED, 'this " is not closed', 'for a quote itself write \\"')
            return _ESCAPE.sub(_unquoted, value), False, begin + 1
        if key in ("", "text") and self.text.startswith("/", begin):
            return self._pattern(), True, begin + 1
        match = _BARE.match(self.text, begin)
        value = match[0] if match else ""
        self.at += len(value)
        if key == "hex" and value and (pairs := _PAIRS.match(self.text, self.at)):
            self.at = pairs.end()
            value += pairs[0]
        return value, False, begin

    def _pattern(self) -> str:
        begin = self.at
        value = self._between(_PATTERN, "this / is not closed", 'for the text itself write "/…"')
        if self.at < len(self.text) and _BARE.match(self.text, self.at):
            hint = f'for the text itself write "{escape_text(self.text[begin : self.at + 8])}…"'
            raise BadFilter("something follows the / that ends the pattern", self.at, hint)
        return value

    def _between(self, form: re.Pattern[str], missing: str, hint: str) -> str:
        match = form.match(self.text, self.at)
        if match is None:
            raise BadFilter(missing, self.at, hint)
        self.at = match.end()
        return match[1]


def _unquoted(match: re.Match[str]) -> str:
    return '"' if match[1] == '"' else match[0]


def joined(kind: type[And] | type[Or], parts: list[Tree]) -> Tree:
    """Return parts as one tree; what is of the same kind is opened up."""
    flat: list[Tree] = []
    for part in parts:
        flat += part.parts if isinstance(part, kind) else (part,)
    return kind(tuple(flat)) if len(flat) > 1 else flat[0]


def written(tree: Tree | None) -> str:
    """Return a tree as text that is read as the same tree."""
    match tree:
        case None:
            return ""
        case Term():
            return _term(tree)
        case Not(part):
            return f"!{_grouped(part) if isinstance(part, And | Or) else written(part)}"
        case And(parts):
            return " ".join(_grouped(p) if isinstance(p, Or) else written(p) for p in parts)
        case Or(parts):
            return " | ".join(map(written, parts))


def _grouped(tree: Tree) -> str:
    return f"({written(tree)})"


def _term(term: Term) -> str:
    value = term.value
    if term.is_pattern:
        return f"{term.key}{term.operator}/{value}/"
    if term.key == "hex" or not _is_bare(value, term.key):
        value = '"' + value.replace('"', '\\"') + '"'
    return f"{term.key}{term.operator}{value}"


def _is_bare(value: str, key: str) -> bool:
    """Say whether a value is read as itself without quotes."""
    if not _BARE.fullmatch(value) or value[0] == "/":
        return False
    if key:
        return True
    return value[0] not in "!-<>=" and not _KEYED.match(value) and not _RESERVED.fullmatch(value)
