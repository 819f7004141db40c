"""How much a regular expression asks for by its counts, as in a{3,9}.

Whoever compiles what a person types looks here first: the compiler writes out repeats of
literals, (a{1000}){1000} takes it 0.3 s and 100 MB, one level more 10 s and all memory.
"""

import re
from typing import NamedTuple

COUNT = 1_000
"""The most that {} may ask for."""
UNROLLED = 20_000
"""The most that counts inside each other may come to."""


class TooMuch(NamedTuple):
    """What is asked for too much: a sentence, the place of the character, what to do."""

    message: str
    place: int
    hint: str


_PIECE = re.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{(?P<least>\d*)(?P<comma>,(?P<most>\d*))?\}|.", re.DOTALL
)


def too_much(pattern: str) -> TooMuch | None:
    """Return what would take too much to compile: large counts, and counts inside counts."""
    sizes, last = [0], 0  # of each open group so far; of what stands last
    for piece in _PIECE.finditer(pattern):
        if piece[0] == "(":
            sizes.append(0)
            last = 0
        elif piece[0] == ")" and len(sizes) > 1:
            last = sizes.pop()
            sizes[-1] += last
        elif piece["least"] or piece["most"]:
            count = max(int(piece[group] or 0) for group in ("least", "most"))
            if count > COUNT:
                hint = "for more write * or +"
                return TooMuch(f"a count is at most {COUNT:,}", piece.start(), hint)
            sizes[-1] += last * max(0, count - 1)
            last *= max(1, count)
        else:
            last = 1
            sizes[-1] += 1
        if sizes[-1] > UNROLLED:
            hint = "say it with fewer counts inside each other"
            return TooMuch("the pattern is too large", piece.start(), hint)
    return None
