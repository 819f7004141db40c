"""Plain text in an encoding that a person has chosen.

Control characters come out as escapes, whatever the encoding; what cannot be read in it is
written as the bytes it is.
"""

import codecs
import re

from tcpmon.core.escape import escape_text

ENCODINGS = {
    "UTF-8": "utf-8", "Latin-1": "latin-1", "CP437 (DOS)": "cp437",
    "UTF-16 LE": "utf-16-le", "UTF-16 BE": "utf-16-be", "EBCDIC 037": "cp037",
    "EBCDIC 500": "cp500", "Shift JIS": "shift_jis",
}  # fmt: skip
"""What people call them, and what Python does."""

TEXT_BYTES = 1 << 16
"""No more bytes than that are read as text at a time."""

_LINE_END = re.compile("(?<=\n)|(?<=\r)(?!\n)|(?<=\x85)")  # U+0085 is EBCDIC's
_LOW = re.compile("([\udc00-\udc7f])")


def _as_bytes(error: UnicodeError) -> tuple[str, int]:
    """Stand in for bytes that are no text with surrogates, which nothing else decodes to."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    return "".join(chr(0xDC00 + byte) for byte in wrong), error.end


codecs.register_error("tcpmon-bytes", _as_bytes)


def decode_text(data: bytes, encoding: str) -> list[str]:
    """Return the lines of a text, each safe to print and with its line end as an escape.

    data: no more than TEXT_BYTES of it are read. encoding: one of ENCODINGS' names.
    """
    if not data:
        return []
    python_name = ENCODINGS[encoding]
    # The same, but in C; the others leave hardly a byte over.
    errors = "surrogateescape" if python_name == "utf-8" else "tcpmon-bytes"
    text = str(data[:TEXT_BYTES], python_name, errors)
    return [_safe(line) for line in _LINE_END.split(text) if line]


def _safe(line: str) -> str:
    pieces = _LOW.split(line)
    pieces[::2] = map(escape_text, pieces[::2])
    pieces[1::2] = [f"\\x{ord(byte) - 0xDC00:02x}" for byte in pieces[1::2]]
    return "".join(pieces)
