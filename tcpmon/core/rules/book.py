"""Which rule may fit a message: of a hundred, all but a few are ruled out by a quick look."""

from collections.abc import Iterator, Sequence

from tcpmon.core.rules.matching import LINE_END, MessageTest
from tcpmon.core.rules.model import Groups, Rule, Test, When


class Book:
    """The rules of a list that are about messages, by what is easily seen of one.

    Whether a rule is on, and for whom and how often it holds, is not asked here.
    """

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = tuple(rules)
        self._always: list[int] = []
        self._equal: dict[bytes, list[int]] = {}
        self._start: dict[int, dict[int, dict[bytes, list[int]]]] = {}  # by first byte, length
        self._needles: list[tuple[int, str]] = []
        for index, rule in enumerate(self._rules):
            if rule.when is When.MESSAGE:
                self._enter(index, rule.test)
        self._longest = max(map(len, self._equal), default=-1)

    def _enter(self, index: int, test: Test | None) -> None:
        quick = test if isinstance(test, MessageTest) else MessageTest()
        if quick.equal is not None:
            self._equal.setdefault(quick.equal, []).append(index)
        elif quick.start:
            by_length = self._start.setdefault(quick.start[0], {})
            by_start = by_length.setdefault(len(quick.start), {})
            by_start.setdefault(quick.start, []).append(index)
        elif quick.needle:
            self._needles.append((index, quick.needle.decode("latin-1")))
        else:
            self._always.append(index)

    def candidates(self, data: bytes, content: bytes) -> Iterator[tuple[int, Rule, Groups]]:
        """Yield each rule that fits a message, its place in the list and what it captures, in
        order; it is not asked before the one in front is dealt with. data, content: as Test's."""
        rules = self._rules
        for index in self._likely(data, content):
            rule = rules[index]
            groups = rule.test.match(data, content) if rule.test else {"0": content}
            if groups is not None:
                yield index, rule, groups

    def _likely(self, data: bytes, content: bytes) -> list[int]:
        """Return the places of the rules that may fit, in order."""
        found = self._always
        if min(len(data), len(content)) <= self._longest + len(LINE_END):
            for key in {data, content, content.rstrip(LINE_END)}:
                if key in self._equal:
                    found = found + self._equal[key]
        if self._start:
            found = found + self._starting(data)
            if content is not data and not data.startswith(content):
                found = found + self._starting(content)
        if self._needles:
            found = found + self._holding(data)
            if content is not data and content not in data:
                found = found + self._holding(content)
        return sorted(set(found)) if len(found) > 1 else found

    def _starting(self, data: bytes) -> list[int]:
        if not data or data[0] not in self._start:
            return []
        found: list[int] = []
        for length, by_start in self._start[data[0]].items():
            found += by_start.get(data[:length], ())
        return found

    def _holding(self, data: bytes) -> list[int]:
        # a str for each byte a letter: Python looks in it four times as fast as in bytes
        lowered = data.lower().decode("latin-1")
        return [index for index, needle in self._needles if needle in lowered]
