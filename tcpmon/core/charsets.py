"""Bytes as characters of an encoding, each safe to show and each with its size.

Unlike a codec of Python's it never gives up: what is no character of the encoding comes
out as escaped bytes, in the same syntax as in `core.escape`.
"""

from collections.abc import Callable
from enum import StrEnum

from tcpmon.core.escape import escape_text


class Encoding(StrEnum):
    """How text can be read."""

    UTF8 = "UTF-8"
    LATIN1 = "Latin-1"
    CP437 = "CP437"
    UTF16LE = "UTF-16 LE"
    UTF16BE = "UTF-16 BE"
    EBCDIC = "EBCDIC"
    SHIFT_JIS = "Shift JIS"

    @property
    def following(self) -> "Encoding":
        """The next one, round and round."""
        encodings = list(Encoding)
        return encodings[(encodings.index(self) + 1) % len(encodings)]


Characters = tuple[list[str], list[int]]
"""Each character as it is shown, in order, and how many bytes each takes."""

LINE_ENDS = frozenset((escape_text("\n"), escape_text("\x85")))
"""How the characters are shown that end a line: LF, and NEL, which is EBCDIC's."""


def characters(data: bytes, encoding: Encoding) -> Characters:
    """Return all characters of data; their sizes add up to its own."""
    texts, sizes = _READERS[encoding](data)
    place = texts.index("$") if "$" in texts else len(texts)
    for number in range(place, len(texts) - 1):
        if texts[number] == "$" and texts[number + 1] == "{":
            texts[number] = "\\$"  # as one would have to type it
    return texts, sizes


def start_near(data: bytes, at: int, encoding: Encoding) -> int:
    """Return where a character may begin, at a place or up to three bytes before it."""
    if encoding in (Encoding.UTF16LE, Encoding.UTF16BE):
        return at - at % 2
    if encoding is Encoding.UTF8:
        starts = (start for start in range(at, max(-1, at - 4), -1) if not _continues(data, start))
        return next(starts, at)
    return at


def _continues(data: bytes, at: int) -> bool:
    return at < len(data) and data[at] & 0xC0 == 0x80


def _single(codec: str) -> Callable[[bytes], Characters]:
    table = [escape_text(bytes([byte]).decode(codec)) for byte in range(256)]
    return lambda data: ([table[byte] for byte in data], [1] * len(data))


def _utf8(data: bytes) -> Characters:
    text = data.decode("utf-8", "surrogateescape")
    known = set(text)
    shown = {character: escape_text(character) for character in known}
    sizes = {character: _utf8_size(ord(character)) for character in known}
    return [shown[character] for character in text], [sizes[character] for character in text]


def _utf8_size(code: int) -> int:
    if code < 0x80 or 0xDC80 <= code <= 0xDCFF:  # the latter: a byte on its own
        return 1
    return 2 if code < 0x800 else 3 if code < 0x10000 else 4


def _walk(first: int, longest: int, codec: str) -> Callable[[bytes], Characters]:
    """Return a reader that tries first bytes, and then as many more, up to longest."""

    def learn(part: bytes) -> tuple[bytes, tuple[str, int]]:
        """Return the character in front, behind the bytes that settle which it is."""
        for size in range(first, min(longest, len(part)) + 1, first):
            try:
                return part[:size], (escape_text(part[:size].decode(codec)), size)
            except UnicodeDecodeError:
                continue
        wrong = part[:first]
        return part, ("".join(f"\\x{byte:02x}" for byte in wrong), len(wrong))

    def read(data: bytes) -> Characters:
        known: dict[bytes, tuple[str, int]] = {}
        texts, sizes = [], []
        at = 0
        while at < len(data):
            part = data[at : at + longest]
            character = known.get(part[:first]) or known.get(part)
            if character is None:
                settles, character = learn(part)
                known[settles] = character
            texts.append(character[0])
            sizes.append(character[1])
            at += character[1]
        return texts, sizes

    return read


_READERS: dict[Encoding, Callable[[bytes], Characters]] = {
    Encoding.UTF8: _utf8,
    Encoding.LATIN1: _single("latin-1"),
    Encoding.CP437: _single("cp437"),
    Encoding.UTF16LE: _walk(2, 4, "utf-16-le"),
    Encoding.UTF16BE: _walk(2, 4, "utf-16-be"),
    Encoding.EBCDIC: _single("cp037"),
    # As it is met: with Microsoft's additions, of which Python's shift_jis knows nothing.
    Encoding.SHIFT_JIS: _walk(1, 2, "cp932"),
}
