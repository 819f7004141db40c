"""What comes from the keyboard side, made fit for a parser that expects good manners.

Terminals, multiplexers and lost connections send bytes that are no UTF-8, NULs
by the thousand, and escape sequences without an end.
"""

import codecs
import re

SEQUENCE = 64
"""Characters of a control sequence, beyond which it is none."""

_BODY = r"[ -?]"  # parameters and what stands between them and the last character: ECMA-48, 5.4
_OPEN = re.compile(rf"\x1b\[{_BODY}*\Z")
_ENDLESS = re.compile(rf"\x1b\[{_BODY}{{{SEQUENCE},}}[^ -?]")
_REST = re.compile(rf"{_BODY}*")


class KeyFence:
    """Bytes in, text out."""

    def __init__(self) -> None:
        self._decode = codecs.getincrementaldecoder("utf-8")("ignore").decode
        self._skipping = False  # inside a control sequence that was given up

    def feed(self, data: bytes) -> str:
        """Return the text of what was read, without what no key sends."""
        text = self._decode(data).replace("\0", "")
        if self._skipping:
            text = text[_REST.match(text).end() :]  # type: ignore[union-attr]
            if not text:
                return ""
            text = text[1:]
            self._skipping = False
        text = _ENDLESS.sub("", text)
        unfinished = _OPEN.search(text)
        if unfinished and len(unfinished[0]) > SEQUENCE:
            self._skipping = True
            text = text[: unfinished.start()]
        return text
