"""What comes from the keyboard side, made fit for a parser that expects good manners.

Terminals, multiplexers and lost connections send bytes that are no UTF-8, NULs
by the thousand, and escape sequences and pastes without an end.
"""

import codecs
import re
from collections.abc import Callable

SEQUENCE = 32
"""Characters of a control sequence at most: Textual's parser takes a longer one for typing."""
PASTE = 1_000_000
"""Characters of a paste, beyond which the rest of it is left out."""
PASTED_ESCAPE = "\ufdd0"
"""An ESC inside a paste, where Textual's parser would begin to read keys. Unicode keeps the
character for such uses; whoever gets the paste turns it back."""

_PASTE_START, _PASTE_END = "\x1b[200~", "\x1b[201~"
# A control sequence is parameters and intermediate bytes, then one final byte: ECMA-48, 5.4.
_TOKEN = re.compile(r"\x1b(?:\[[ -?]*[@-~]?)?|[^\x1b]+")
_OPEN = re.compile(r"\x1b(?:\[[ -?]*)?\Z")


class KeyFence:
    """Bytes in, text out. cut: called when a paste is longer than PASTE."""

    def __init__(self, cut: Callable[[], object] = bool) -> None:
        self._cut = cut
        self._decode = codecs.getincrementaldecoder("utf-8")("ignore").decode
        self._open = ""  # the control sequence that the last read ended in
        self._pasting = False
        self._room = 0  # for what is being pasted
        self._held = ""  # what may become the end of a paste

    def feed(self, data: bytes) -> str:
        """Return the text of what was read, without what no key sends."""
        text = self._decode(data).replace("\0", "")
        passed = []
        while text:
            part, text = self._paste(text) if self._pasting else self._type(text)
            passed.append(part)
        return "".join(passed)

    def _type(self, text: str) -> tuple[str, str]:
        """Return what is to be passed on up to the start of a paste, and what is behind it."""
        known = len(self._open)
        typed, start, rest = (self._open + text).partition(_PASTE_START)
        self._open = ""
        if start:
            self._pasting, self._room = True, PASTE
        elif unfinished := _OPEN.search(typed):
            self._open = unfinished[0][: SEQUENCE + 1]
        tokens = _TOKEN.finditer(typed + start)
        return "".join(_fresh(token, known) for token in tokens), rest

    def _paste(self, text: str) -> tuple[str, str]:
        """Return what is to be passed on of a paste, and what is behind its end."""
        body, end, rest = (self._held + text).partition(_PASTE_END)
        self._held = ""
        if not end:
            self._held = next(part for part in _STARTS_OF_THE_END if body.endswith(part))
            body = body.removesuffix(self._held)
        passed = body[: self._room].replace("\x1b", PASTED_ESCAPE)
        if self._room and (end or len(body) >= self._room):
            passed += _PASTE_END
        if self._room and len(body) >= self._room:
            self._cut()
        self._room = max(0, self._room - len(body))
        self._pasting = not end
        return passed, rest


_STARTS_OF_THE_END = [_PASTE_END[:length] for length in range(len(_PASTE_END) - 1, -1, -1)]


def _fresh(token: re.Match[str], known: int) -> str:
    """Return what is to be passed on of a token. known: characters that have been before."""
    if token[0][0] == "\x1b" and len(token[0]) > SEQUENCE:
        return ""
    return token[0][max(0, known - token.start()) :]
