"""A rules file to rules. What is wrong is told with its line, the rule and a way out."""

import re
from collections.abc import Mapping
from typing import NoReturn, cast

from tcpmon.core import query
from tcpmon.core.errors import BadFilter, BadFraming, BadRules
from tcpmon.core.escape import escape_hidden, escape_text
from tcpmon.core.framing import spec as framings
from tcpmon.core.naming import clean
from tcpmon.core.rules.matching import KINDS, MessageTest
from tcpmon.core.rules.model import Expect, Rule, Rules, Step, When
from tcpmon.core.rules.places import Places
from tcpmon.core.rules.steps import VERBS, Wrong, read_step, read_test, seconds

TEXT_MOST = 1 << 20
RULES_MOST = 1_000
STEPS_MOST = 100
SHOWN = 120
"""Characters of a rule in a few words."""

_KEYS: dict[str, tuple[type, ...]] = {
    "name": (str,), "when": (str,), "for": (str,), "nth": (int, str), "after": (str, int, float),
    "every": (str, int, float), "do": (list, str),
    "once": (bool,), "go_on": (bool,), "on": (bool,),
    **dict.fromkeys(KINDS, (str,)),
}  # fmt: skip
_OF_MESSAGES = (*KINDS, "nth")
_TIMES = {When.SILENCE: "after", When.TIMER: "every"}
_WORDS: dict[type, str] = {
    str: "a text in quotes", bool: "true or false", list: "a list of texts in quotes",
}  # fmt: skip


def parse(text: str) -> Rules:
    """Return the rules of a rules file. Raises BadRules."""
    if len(text) > TEXT_MOST:
        raise BadRules("the rules are too long", 0, "1 MiB is the most")
    told = _toml(text)
    places = Places(text)
    for key in told:
        if key not in ("framing", "rule"):
            hint = f"there is framing, and [[rule]]{_near(key, _KEYS, ' above ')}"
            _refuse(f"there is no key {escape_text(key)}", places.top(key), hint)
    tables = told.get("rule", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        _refuse("rule must be a table", places.top("rule"), "write [[rule]], once for each")
    if len(tables) > RULES_MOST:
        _refuse(f"{len(tables):,} rules are too many", places.rule(RULES_MOST), "1,000 is the most")
    rules: list[Rule] = []
    names: dict[str, int] = {}
    for number, table in enumerate(tables):
        rule = _Reader(cast("Mapping[str, object]", table), number, places).rule()
        if rule.name in names:
            first = f"the other one is at line {names[rule.name]}"
            _refuse(f"two rules are called {rule.name}", places.rule(number, "name"), first)
        names[rule.name] = rule.line
        rules.append(rule)
    return Rules(tuple(rules), _framing(told.get("framing", ""), places), text)


def _refuse(what: str, line: int, hint: str) -> NoReturn:
    raise BadRules(f"line {line}: {what}" if line else what, line, hint)


def _near(word: str, known: Mapping[str, object], before: str = "") -> str:
    from difflib import get_close_matches

    if word in known:
        return f"{before}{word}"
    near = get_close_matches(word, known, 1)
    return f"; did you mean {near[0]}?" if near else ""


_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


_NOT_CLOSED = (
    'Expected "\'"', "Unterminated string", r"Illegal character '\n'",
    r"Found invalid character '\n'",
)  # fmt: skip


def _toml(text: str) -> Mapping[str, object]:
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        told, match = str(error), _PLACE.search(str(error))
    except RecursionError:
        raise BadRules("the rules are nested too deeply", 0) from None
    except ValueError:  # more digits than Python makes a number of
        raise BadRules("a number is too long", 0) from None
    line = int(match[1]) if match and match[1] else text.count("\n") + 1
    why = _PLACE.sub("", told)
    hint = 'a line is like starts = "LOGIN "'
    if why in _NOT_CLOSED:
        if why == _NOT_CLOSED[0]:  # told at the end of the document: no other one is behind it
            line = text.count("\n", 0, text.rindex("'")) + 1
        why, hint = "a text has no quote at its end", "it ends on the line on which it begins"
    elif "\\" in why or "escape" in why.lower():
        hint = r"between '…' a backslash stays as it is: 'OK\x00'"
    why = escape_text(why)
    column = f", column {match[2]}" if match and match[2] else ""
    raise BadRules(f"line {line}{column}: {why[:1].lower()}{why[1:]}", line, hint)


def _framing(said: object, places: Places) -> str:
    if not isinstance(said, str):
        _refuse("framing must be a text in quotes", places.top("framing"), 'as in "line"')
    try:
        return str(framings.parse(said)) if said else ""
    except BadFraming as error:
        _refuse(error.message, places.top("framing"), error.hint)


class _Reader:
    """Reads one rule. number: its place, from 0 on."""

    def __init__(self, table: Mapping[str, object], number: int, places: Places) -> None:
        self._table = table
        self._number = number
        self._places = places
        self._name = f"rule {number + 1}"

    def rule(self) -> Rule:
        said = self._table.get("name")
        if isinstance(said, str):
            self._name = clean(said) or self._refuse("the name is empty", "name")
        for key, value in self._table.items():
            self._check(key, value)
        when = self._when()
        kind, test = self._test()
        whom = str(self._table.get("for", ""))
        return Rule(
            self._name,
            when,
            self._steps(when, test),
            test,
            self._nth(),
            self._seconds(when),
            whom,
            self._query(whom),
            once=bool(self._table.get("once", False)),
            go_on=bool(self._table.get("go_on", False)),
            on=bool(self._table.get("on", True)),
            line=self._places.rule(self._number),
            shown=self._shown(when, kind),
        )

    def _refuse(
        self, what: str, key: str = "", hint: str = "", step: int | None = None,
        place: int | None = None,
    ) -> NoReturn:  # fmt: skip
        line = self._places.rule(self._number, key, step)
        where = f"{self._name}, step {step + 1}" if step is not None else self._name
        at = "" if place is None else f", character {place + 1}"
        _refuse(f"{where}{at}: {what}", line, hint)

    def _check(self, key: str, value: object) -> None:
        """See that a rule may have a key, and that its value is of the right kind."""
        if key not in _KEYS:
            near = _near(key, _KEYS).removeprefix("; ")
            hint = near or f"there is {', '.join(_KEYS)}"
            self._refuse(f"there is no key {escape_text(key)}", key, hint)
        kinds = _KEYS[key]
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            hint = {"do": "as in ['echo', 'close']", "nth": 'as in 3 or "2-5"'}.get(key, "")
            hint = hint or ('as in "30s"' if key in _TIMES.values() else "")
            kind = kinds[0] if len(kinds) < 3 else int
            wanted = _WORDS.get(kind, "a number or a text")
            self._refuse(f"{key} must be {wanted}", key, hint)

    def _when(self) -> When:
        said = self._table.get("when")
        given = [when for when, key in _TIMES.items() if key in self._table]
        try:
            when = When(str(said)) if said is not None else (given or [When.MESSAGE])[0]
        except ValueError:
            shown = escape_text(str(said)[:20])
            self._refuse(f"when cannot be {shown}", "when", f"there is {', '.join(When)}")
        for other, key in _TIMES.items():
            if key in self._table and other is not when:
                self._refuse(f"{key} goes with {other}, not with {when}", key, "leave one out")
        if when is not When.MESSAGE:
            for key in _OF_MESSAGES:
                if key in self._table:
                    hint = 'it goes with when = "message"'
                    self._refuse(f"{key} asks for a message, and {when} has none", key, hint)
        return when

    def _seconds(self, when: When) -> float:
        key = _TIMES.get(when)
        if key is None:
            return 0.0
        if key not in self._table:
            self._refuse(f"{key} is missing", "when", f'write for example {key} = "30s"')
        try:
            return seconds(str(self._table[key]), None, 0.01)
        except Wrong as error:
            self._refuse(error.message, key, error.hint)

    def _test(self) -> tuple[str, MessageTest | None]:
        kinds = [kind for kind in KINDS if kind in self._table]
        if len(kinds) > 1:
            hint = "take one of them, or a regex"
            self._refuse(f"{kinds[0]} and {kinds[1]} are two tests", kinds[1], hint)
        if not kinds:
            return "", None
        try:
            return kinds[0], read_test(kinds[0], str(self._table[kinds[0]]))
        except Wrong as error:
            self._refuse(f"{kinds[0]}: {error.message}", kinds[0], error.hint, place=error.place)

    def _nth(self) -> tuple[int, int]:
        said = self._table.get("nth", "1-")
        match = re.fullmatch(r"(\d{1,9})(?:(-)(\d{1,9})?)?", str(said).strip(), re.ASCII)
        first = int(match[1]) if match else 0
        last = (int(match[3]) if match[3] else 0) if match and match[2] else first
        if first < 1 or (match and match[3] and last < first):
            shown = escape_text(str(said)[:20])
            self._refuse(f"nth cannot be {shown}", "nth", 'write 3, "2-5" or "3-"; 1 is the first')
        return first, last

    def _query(self, whom: str) -> query.Query | None:
        try:
            return query.parse(whom) if whom.strip() else None
        except BadFilter as error:
            self._refuse(f"for: {error.message}", "for", error.hint, place=error.place)

    def _steps(self, when: When, test: MessageTest | None) -> tuple[Step, ...]:
        said = self._table.get("do")
        if said is None:
            self._refuse("do is missing", "", "write for example do = ['echo']")
        texts = said if isinstance(said, list) else [said]
        if not texts:
            self._refuse("nothing is done", "do", "write for example do = ['echo']")
        if len(texts) > STEPS_MOST:
            self._refuse(f"{len(texts)} steps are too many", "do", "100 is the most")
        known = set(test.groups) if test else {"0"} if when is When.MESSAGE else set()
        heard = when is When.MESSAGE
        steps: list[Step] = []
        for number, text in enumerate(texts):
            if not isinstance(text, str):
                self._refuse("a step must be a text in quotes", "do", "as in 'echo'", number)
            if isinstance(said, str):
                self._refuse_lines(text)
            try:
                step = read_step(text.lstrip(), known, when, heard)
            except Wrong as error:
                blanks = len(text) - len(text.lstrip())
                place = None if error.place is None else error.place + blanks
                self._refuse(error.message, "do", error.hint, number, place)
            if isinstance(step, Expect):
                heard = True
                known.update(cast("MessageTest", step.test).groups)
            steps.append(step)
        return tuple(steps)

    def _refuse_lines(self, text: str) -> None:
        """See that a text that is no list is one step: several lines of them are meant as such."""
        for line in text.strip().splitlines()[1:]:
            if line.split(" ")[0] in VERBS:
                self._refuse("do has two steps in one text", "do", "write do = ['…', '…']")

    def _shown(self, when: When, kind: str) -> str:
        """Return when and what, in a few words."""
        what = f"{kind} {self._table[kind]}" if kind else str(when)
        if when in _TIMES:
            what += f" {self._table[_TIMES[when]]}"
        if "nth" in self._table:
            what += f", nth {self._table['nth']}"
        said = self._table["do"]
        steps = said if isinstance(said, list) else [said]
        shown = escape_hidden(f"{what} -> {', '.join(map(str, steps))}"[:SHOWN])
        return shown[: SHOWN - 1] + "…" if len(shown) >= SHOWN else shown
