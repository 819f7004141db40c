"""Where things stand in a rules file, for what is said of them: a TOML reader does not tell."""

import re
from collections.abc import Iterator

_TOKEN = re.compile(
    r"""\#[^\n]*
    | \"\"\"(?:\\.|[^\\])*?\"{3,5}
    | '''.*?'{3,5}
    | (?P<string>"(?:\\.|[^"\\\n])*"|'[^'\n]*')
    | (?P<newline>\n)
    | (?P<blank>[ \t\r]+)
    | (?P<word>[A-Za-z0-9_-]+)
    | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)


class Places:
    """The lines, from 1 on, of each [[rule]], of its keys, and of the texts in their lists.

    text: TOML that can be read. What is written in another way than usual is at its rule, or at
    line 1.
    """

    def __init__(self, text: str) -> None:
        self._rules: list[dict[str, list[int]]] = []
        self._lines: list[int] = []
        self._top: dict[str, list[int]] = {}
        keys = self._top
        for line, key, is_value in _marks(text):
            if key == "[[rule]]":
                keys = {}
                self._rules.append(keys)
                self._lines.append(line)
            elif is_value:
                keys.setdefault(key, []).append(line)
            else:
                keys[key] = [line]

    def top(self, key: str) -> int:
        """Return the line of a key that stands before all rules."""
        return self._top.get(key, [1])[0]

    def rule(self, rule: int, key: str = "", item: int | None = None) -> int:
        """Return the line of a rule, of its key, or of an item of the list there; all from 0."""
        if rule >= len(self._lines):
            return self.top("rule")
        lines = self._rules[rule].get(key) or [self._lines[rule]]
        found = lines[1:]
        return found[item] if item is not None and item < len(found) else lines[0]


def _marks(text: str) -> Iterator[tuple[int, str, bool]]:
    """Yield the line and name of each heading and key, and that of each text in its value."""
    line, depth, key, begins, waiting = 1, 0, "", True, ""
    for token in _TOKEN.finditer(text):
        kind, word = token.lastgroup, token[0]
        if kind == "newline":
            begins = begins or depth == 0
        elif begins and kind in ("word", "string"):
            waiting, begins = word.strip("\"'"), False
        elif begins and word == "[":
            begins, depth, waiting = False, 1, "["
        elif waiting.startswith("["):
            waiting += "" if kind == "blank" else word.strip("\"'")
            depth += {"[": 1, "]": -1}.get(word, 0)
            if not depth:
                yield line, waiting, False
                waiting, key = "", ""
        elif waiting and word == "=":
            key, waiting = waiting, ""
            yield line, key, False
        elif not waiting:
            depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(word, 0)
            if depth and (kind == "string" or word.startswith(('"""', "'''"))):
                yield line, key, True
        line += word.count("\n")
