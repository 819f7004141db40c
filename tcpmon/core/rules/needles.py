"""Which of many texts are in a message, by one look at it instead of one for each."""

import re
from collections.abc import Container, Iterable, Sequence
from itertools import islice

STEM_LEAST, STEM_MOST = 4, 8
"""Of each text so many letters are looked for together; of those found the rest is looked at."""
MANY = 8
"""Where more is found, it is looked at for one text after the other."""
LONG = 4096
"""Of a message of more letters that is known before all of it is looked at."""

Needle = tuple[int, str]
"""Whose it is, and the text."""


class Needles:
    """The texts that are looked for: one at least, none of them empty."""

    def __init__(self, needles: Sequence[Needle]) -> None:
        self._needles = tuple(needles)
        starts = {text[:size] for _, text in needles for size in range(1, STEM_MOST + 1)}
        by_stem: dict[str, list[Needle]] = {}
        for needle in self._needles:
            by_stem.setdefault(_stem(needle[1], starts), []).append(needle)
        self._of = {stem: _beginning(stem, by_stem) for stem in by_stem}
        self._alone = {stem for stem in by_stem if _is_alone(stem, starts, by_stem)}
        self._stems = re.compile(_any_of(by_stem))
        self._findall = self._stems.findall

    def found_in(self, text: str) -> list[int]:
        """Return whose texts are in this one; some may be named twice."""
        stems: list[str]
        if len(text) <= LONG:
            stems = self._findall(text)
        else:
            stems = [match[0] for match in islice(self._stems.finditer(text), MANY + 1)]
        found: list[int] = []
        if not stems:
            return found
        if len(stems) > MANY:
            return [whose for whose, needle in self._needles if needle in text]
        if not self._alone.issuperset(stems):
            stems = self._overlapping(text)
        for stem in stems:
            for whose, needle in self._of[stem]:
                if needle in text:
                    found.append(whose)
        return found

    def _overlapping(self, text: str) -> list[str]:
        """Return the stems that are there, also those that begin within another."""
        stems = []
        at = 0
        while match := self._stems.search(text, at):
            stems.append(match[0])
            at = match.start() + 1
        return stems


def _beginning(stem: str, by_stem: dict[str, list[Needle]]) -> list[Needle]:
    """Return the texts that may begin where a stem does, which is the longest one there."""
    starts = (stem[:size] for size in range(1, len(stem) + 1))
    return [needle for start in starts for needle in by_stem.get(start, ())]


def _stem(text: str, starts: Container[str]) -> str:
    """Return with what a text begins: cut where no other one can begin within it, if that can be,
    so that who has found it may go on behind it."""
    cuts = [text[:size] for size in range(STEM_MOST, STEM_LEAST - 1, -1)]
    return next((cut for cut in cuts if _is_alone(cut, starts, ())), cuts[0])


def _is_alone(stem: str, starts: Container[str], stems: Container[str]) -> bool:
    """Say whether no other one can begin behind a stem's begin and before its end. starts: of all
    texts, as long as stems are."""
    rests = [stem[at:] for at in range(1, len(stem))]
    return not any(
        rest in starts or any(rest[:size] in stems for size in range(1, len(rest)))
        for rest in rests
    )


def _any_of(stems: Iterable[str]) -> str:
    """Return a pattern for the longest of several texts, in which what they begin with is there
    once: re tries one branch after the other."""
    branches: dict[str, list[str]] = {}
    for stem in stems:
        branches.setdefault(stem[:1], []).append(stem[1:])
    ends = "" in branches
    branches.pop("", None)
    every = [re.escape(letter) + _any_of(rests) for letter, rests in branches.items()]
    if not every:
        return ""
    joined = f"(?:{'|'.join(every)})" if len(every) > 1 or ends else every[0]
    return joined + "?" * ends
