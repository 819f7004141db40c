"""Which rule may fit a message: of a hundred, all but a few are ruled out by a quick look, and
what fitted a message that is said again and again is remembered."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from tcpmon.core.rules.matching import LINE_END, Fits, MessageTest
from tcpmon.core.rules.model import Groups, Rule, Test, When
from tcpmon.core.rules.needles import Needles

Fit = tuple[int, Rule, Groups]
"""A rule's place in the list, the rule, and what it captures of a message, if it has a use for
that."""

ByStart = dict[bytes, list[int]]

SHORT = 256
"""Messages of at most so many bytes are remembered."""
KNOWN_MOST = 4096
"""So many of them; a power of two."""
FITS_MOST = 8
"""And only those that so many rules fit."""


class Book:
    """The rules of a list that are about messages, by what is easily seen of one.

    off: the places of those that are never asked. For whom and how often a rule holds is not
    asked here.
    """

    def __init__(self, rules: Sequence[Rule], off: Collection[int] = ()) -> None:
        self._rules = [(rule, _ask(rule), _ends(rule)) for rule in rules]
        self._always: list[int] = []
        self._equal: dict[bytes, list[int]] = {}
        self._starts: dict[bytes, list[int]] = {}
        needles: list[tuple[int, str]] = []
        asked = [
            index
            for index, rule in enumerate(rules)
            if rule.when is When.MESSAGE and index not in off
        ]
        for index in asked:
            self._enter(index, rules[index].test, needles)
        self._short = max(map(len, self._equal), default=-1) + len(LINE_END)
        self._start = _by_first(self._starts)
        self._needles = Needles(needles) if needles else None
        self._all = self._takes_all(asked)
        self._known: dict[bytes, tuple[bytes, list[Fit]]] = {}
        self._seen = [0] * KNOWN_MOST

    def _enter(self, index: int, test: Test | None, needles: list[tuple[int, str]]) -> None:
        quick = test if isinstance(test, MessageTest) else MessageTest()
        if quick.equal is not None:
            self._equal.setdefault(quick.equal, []).append(index)
        elif quick.start:
            self._starts.setdefault(quick.start, []).append(index)
        elif quick.needle:
            needles.append((index, quick.needle.decode("latin-1")))
        else:
            self._always.append(index)

    def _takes_all(self, asked: Sequence[int]) -> tuple[int, Rule] | None:
        """Return the first rule, if none behind it can ever act."""
        for index in asked[:1]:
            rule, _, ends = self._rules[index]
            if rule.test is None and ends:
                return index, rule
        return None

    def candidates(self, data: bytes, content: bytes) -> Iterable[Fit]:
        """Return each rule that fits a message, in order, up to the first behind which none can
        act, whoever said it; none is asked before the one in front is dealt with. data, content:
        as Test's."""
        if self._all is not None:
            return ((*self._all, {"0": content}),)
        known = self._known.get(data)
        if known is not None and known[0] == content:
            return known[1]
        likely, rules = self._likely(data, content), self._rules
        if (fits := self._begun(data)) is not None:
            return self._asked(likely, data, content, fits)
        for place, index in enumerate(likely, 1):  # one is asked for in any case
            rule, ask, ends = rules[index]
            groups = ask(data, content)
            if groups is not None:
                fit = index, rule, groups
                return (fit,) if ends else self._behind(fit, likely[place:], data, content)
        return ()

    def _behind(self, fit: Fit, likely: list[int], data: bytes, content: bytes) -> Iterator[Fit]:
        yield fit
        yield from self._asked(likely, data, content, None)

    def _asked(
        self, likely: list[int], data: bytes, content: bytes, fits: list[Fit] | None
    ) -> Iterator[Fit]:
        """Yield what fits; what does is added to fits, if they are to be remembered."""
        for index in likely:
            rule, ask, ends = self._rules[index]
            groups = ask(data, content)
            if groups is None:
                if fits is not None and isinstance(rule.test, MessageTest) and rule.test.failed:
                    fits = None  # the next time it may be in time
                continue
            fit = index, rule, groups
            if fits is not None:
                fits.append(fit)
            if ends:
                self._keep(data, content, fits)
                yield fit
                return
            yield fit
        self._keep(data, content, fits)

    def _begun(self, data: bytes) -> list[Fit] | None:
        """Return what fits a message, to be filled in, if it is worth to be remembered: it was
        said before, and not long ago."""
        if len(data) > SHORT:
            return None
        sign = hash(data)
        slot = sign & (KNOWN_MOST - 1)
        if self._seen[slot] == sign:
            return []
        self._seen[slot] = sign
        return None

    def _keep(self, data: bytes, content: bytes, fits: list[Fit] | None) -> None:
        if fits is None or len(fits) > FITS_MOST:
            return
        if len(self._known) >= KNOWN_MOST:
            self._known.clear()
        self._known[data] = content, fits

    def _likely(self, data: bytes, content: bytes) -> list[int]:
        """Return the places of the rules that may fit, in order."""
        found = self._always.copy()
        if len(data) <= self._short or len(content) <= self._short:
            for key in {data, content, content.rstrip(LINE_END)}:
                found += self._equal.get(key, ())
        begins = content is data or data.startswith(content)
        if self._start:
            for each in (data,) if begins else (data, content):
                for length, by_start in self._start.get(each[:1], ()):
                    found += by_start.get(each[:length], ())
        if self._needles is not None:
            # a str for each byte a letter: Python looks in it four times as fast as in bytes
            found += self._needles.found_in(data.lower().decode("latin-1"))
            if not begins and content not in data:
                found += self._needles.found_in(content.lower().decode("latin-1"))
        return sorted(set(found)) if len(found) > 1 else found


def _ask(rule: Rule) -> Callable[[bytes, bytes], Groups | None]:
    """Return what says whether a message fits a rule, and what is captured if that is of use."""
    test = rule.test
    if test is None:
        return MessageTest().match
    if isinstance(test, Fits) and not rule.captures:
        return lambda data, content: None if test.fits(data, content) is None else _NOTHING
    return test.match


_NOTHING: Groups = {}


def _ends(rule: Rule) -> bool:
    """Say whether no rule behind this one can act on a message that it fits."""
    return rule.plain and not rule.go_on


def _by_first(starts: Mapping[bytes, list[int]]) -> dict[bytes, list[tuple[int, ByStart]]]:
    """Return what messages begin with, by the first byte of it, then by its length."""
    lengths: dict[bytes, dict[int, ByStart]] = {}
    for start, indexes in starts.items():
        lengths.setdefault(start[:1], {}).setdefault(len(start), {})[start] = indexes
    return {first: list(by_length.items()) for first, by_length in lengths.items()}
