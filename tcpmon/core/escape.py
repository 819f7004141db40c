r"""Bytes to printable text and back, in one syntax: `\r\n`, `\x00`, `\u{202e}`.

This is the only road from a peer's bytes to a terminal, a log line, a toast or
a clipboard, and the composer's way back: `unescape(escape(data)) == data` for
every `data`. What comes out holds no character that could move a cursor, join
its neighbour, hide, or change the direction of writing (letters of scripts that
are written from right to left are kept). It knows nothing of widths or styles.
"""

import codecs
import re
import unicodedata
from collections.abc import Iterator

from tcpmon.core.errors import BadPayload

ESCAPE = re.compile(r"\\(?:x[0-9a-f]{2}|u\{[0-9a-f]+\}|[^xu])")
"""One escape in what `escape` returns, for setting it off by style."""

_SHORT = {"\r": "\\r", "\n": "\\n", "\t": "\\t", "\\": "\\\\"}

# Other, control, format, surrogate, private, unassigned; marks that sit on their
# neighbour; line and paragraph separators. Spaces are dealt with in _visible.
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Mn", "Me", "Mc", "Zl", "Zp"}

# Letters and symbols that terminals draw together with a neighbour, or not at all.
# Source: Unicode's GraphemeBreakProperty (L, V, T, Prepend, SpacingMark, Extend) for
# what is not caught by its category.
_JOINING = (
    (0x0D4E, 0x0D4E),  # Malayalam dot reph
    (0x0E33, 0x0E33),  # Thai sara am
    (0x0EB3, 0x0EB3),  # Lao am
    (0x1100, 0x11FF),  # Hangul jamo: they pile up into one syllable
    (0x2800, 0x2800),  # Braille blank
    (0x3164, 0x3164),  # Hangul filler: a letter that is blank
    (0xA960, 0xA97F),  # Hangul jamo extended-A
    (0xD7B0, 0xD7FF),  # Hangul jamo extended-B
    (0xFF9E, 0xFF9F),  # halfwidth katakana voice marks: they extend the letter before
    (0xFFA0, 0xFFDC),  # halfwidth Hangul: a blank filler, and jamo
    (0x111C2, 0x111C3),  # Sharada prefixes
    (0x113D1, 0x113D1),  # Tulu-Tigalari repha
    (0x1193F, 0x11941),  # Dives Akuru prefixes
    (0x11A84, 0x11A89),  # Soyombo prefixes
    (0x11D46, 0x11D46),  # Masaram Gondi repha
    (0x11F02, 0x11F02),  # Kawi repha
    (0x1D159, 0x1D159),  # musical null notehead: blank
    (0x1F1E6, 0x1F1FF),  # regional indicators: two of them are one flag
    (0x1F3FB, 0x1F3FF),  # emoji skin tones: they colour the emoji before
)


def _visible(code: int) -> str:
    character = chr(code)
    if short := _SHORT.get(character):
        return short
    if code < 0x80:
        return character if 0x20 <= code < 0x7F else f"\\x{code:02x}"
    category = unicodedata.category(character)
    if category in _HIDDEN or category == "Zs":
        return f"\\u{{{code:x}}}"
    if any(first <= code <= last for first, last in _JOINING):
        return f"\\u{{{code:x}}}"
    return character


_LEARNT = 16_384  # a peer that sends every code point there is must not fill our memory


class _Visible(dict[int, str]):
    """A `str.translate` table that learns each code point when it is first met."""

    def __missing__(self, code: int) -> str:
        not_utf8 = 0xDC80 <= code <= 0xDCFF  # a byte on its own, see surrogateescape
        text = f"\\x{code - 0xDC00:02x}" if not_utf8 else _visible(code)
        if len(self) < _LEARNT:
            self[code] = text
        return text


_TABLE = _Visible()


def escape(data: bytes, limit: int | None = None) -> str:
    r"""Return data as text that is safe anywhere and can be typed back.

    limit: look at no more than so many bytes; a character that this cuts is
    left out. The caller says in its own way that there was more.
    """
    if limit is not None and len(data) > limit:
        # Not final: a character that the cut goes through is not decoded.
        return escape_text(codecs.utf_8_decode(data[:limit], "surrogateescape")[0])
    if data.isascii() and not (b"'" in data and b'"' in data):  # else Python escapes a quote
        return repr(data)[2:-1].replace("${", "\\${")  # the same syntax, three times as fast
    return escape_text(str(data, "utf-8", "surrogateescape"))


PART = 64 << 10


def escape_parts(data: bytes) -> Iterator[str]:
    """Yield what `escape` returns for data in parts, each of which is made in a moment: whoever
    escapes a large message at once lets every other thread wait for seconds."""
    start = 0
    while len(data) - start > PART:
        end = _seam(data, start + PART)
        yield escape(data[start:end])
        start = end
    yield escape(data[start:])


def _seam(data: bytes, place: int) -> int:
    """Return a place at or shortly before this one that no character and no `${` goes through."""
    for at in range(place, place - 4, -1):
        inside = 0x80 <= data[at] < 0xC0  # where the byte may go on with a character
        if not inside and data[at - 1 : at + 1] != b"${":
            return at
    return place  # four such bytes in a row: no character is that long


def escape_text(text: str) -> str:
    r"""Return text from outside (a path, a name, a system's message) made safe.

    A `${` becomes `\${`, since that is what a person would have to type.
    """
    return text.translate(_TABLE).replace("${", "\\${")


_TYPED = {"r": b"\r", "n": b"\n", "t": b"\t", "0": b"\0", "\\": b"\\", "$": b"$"}
_TOKEN = re.compile(r"[^\\$]+|\$(?!\{)|\\x[0-9a-fA-F]{2}|\\u\{[0-9a-fA-F]{1,6}\}|\\[rnt0\\$]")


def unescape(text: str) -> bytes:
    r"""Return the bytes that a person typed.

    Text goes out as UTF-8; `\r \n \t \0 \\ \$ \xNN \u{…}` are the escapes, and
    `$` is itself unless a `{` follows. A lone surrogate that stands for an
    undecodable keyboard byte goes out as that byte.

    Raises BadPayload with the place of the first escape that is none.
    """
    parts: list[bytes] = []
    place = 0
    while place < len(text):
        token = _TOKEN.match(text, place)
        if token is None:
            raise _not_an_escape(text, place)
        word = token.group()
        if word[0] != "\\":
            parts.append(_utf8(word, place))
        elif word[1] == "x":
            parts.append(bytes.fromhex(word[2:]))
        elif word[1] == "u":
            code = int(word[3:-1], 16)
            if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
                raise BadPayload(f"{word} is not a character", place, "the last one is \\u{10ffff}")
            parts.append(chr(code).encode())
        else:
            parts.append(_TYPED[word[1]])
        place = token.end()
    return b"".join(parts)


def _utf8(word: str, place: int) -> bytes:
    try:
        return word.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError as error:
        wrong = place + error.start
        raise BadPayload("half a surrogate pair is not a character", wrong) from None


def _not_an_escape(text: str, place: int) -> BadPayload:
    if text[place] == "$":
        end = text.find("}", place)
        word = escape_text(text[place : end + 1 if end > 0 else place + 2])[1:]
        return BadPayload(f"{word} is not known", place, "to send it as it is, write \\${")
    word = escape_text(text[place + 1 : place + 2])
    if not word:
        return BadPayload("a \\ at the end", place, "for one backslash write \\\\")
    if word == "x":
        return BadPayload("\\x needs two hex digits", place, "for example \\x0a")
    if word == "u":
        return BadPayload("\\u needs a code point in braces", place, "for example \\u{e9}")
    hint = "for one backslash write \\\\"
    if word.startswith("\\"):
        return BadPayload("\\ before something that cannot be seen", place, hint)
    return BadPayload(f"\\{word} is not an escape", place, hint)


def escape_hidden(text: str, before: str = "") -> str:
    r"""Return typed or pasted text with what could not be seen made visible; the rest,
    backslashes too, stays as a person wrote it.

    before: what stands in front of it. A backslash that is not paired there or in
    the text is doubled where it would become part of an escape that we insert.
    """
    odd = (len(before) - len(before.rstrip("\\"))) % 2 == 1
    parts = []
    for character in text:
        if character == "\\":
            odd = not odd
            parts.append(character)
            continue
        shown = character.translate(_TABLE)
        parts.append(f"\\{shown}" if odd and shown != character else shown)
        odd = False
    return "".join(parts)
