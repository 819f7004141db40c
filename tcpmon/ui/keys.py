"""What comes from the keyboard side, made fit for a parser that expects good manners.

Terminals, multiplexers and lost connections send bytes that are no UTF-8, NULs
by the thousand, and escape sequences and pastes without an end.
"""

import codecs
import re
from math import inf

SEQUENCE = 32
"""Characters of a control sequence at most: Textual's parser takes a longer one for typing."""
PASTE = 1_000_000
"""Characters of a paste, beyond which the rest of it is left out."""

_PASTE_START, _PASTE_END = "\x1b[200~", "\x1b[201~"
# A control sequence is parameters and intermediate bytes, then one final byte: ECMA-48, 5.4.
_TOKEN = re.compile(r"\x1b(?:\[[ -?]*[@-~]?)?|[^\x1b]+")
_OPEN = re.compile(r"\x1b(?:\[[ -?]*)?\Z")


class KeyFence:
    """Bytes in, text out."""

    def __init__(self) -> None:
        self._decode = codecs.getincrementaldecoder("utf-8")("ignore").decode
        self._open = ""  # the control sequence that the last read ended in
        self._room = inf  # for what is being pasted

    def feed(self, data: bytes) -> str:
        """Return the text of what was read, without what no key sends."""
        known = len(self._open)
        text = self._open + self._decode(data).replace("\0", "")
        unfinished = _OPEN.search(text)
        self._open = unfinished[0][: SEQUENCE + 1] if unfinished else ""
        tokens = _TOKEN.finditer(text)
        return "".join(self._pass(token[0], max(0, known - token.start())) for token in tokens)

    def _pass(self, token: str, known: int) -> str:
        """Return what is to be passed on of a token. known: characters that were before."""
        if token[0] == "\x1b" and len(token) > SEQUENCE:
            return ""
        fresh = token[known:]
        room = min(self._room, PASTE) if token == _PASTE_START else self._room
        self._room = inf if token == _PASTE_END else room - len(fresh)
        if room <= 0:
            return ""
        return fresh if self._room > 0 else fresh + _PASTE_END
