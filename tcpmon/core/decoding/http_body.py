"""The body of an HTTP message: joined from chunks, unpacked, and what is in it."""

import re
import zlib
from urllib.parse import unquote_plus

from tcpmon.core.decoding import FIELDS, UNPACKED, VALUE_CHARACTERS, Decoded, Field
from tcpmon.core.decoding.values import brief, name_of, shown_text

_CHUNKS = 2000
_ENOUGH = f"no more than {UNPACKED >> 20} MiB are unpacked"
_PAIR = re.compile(rb"[^&]++")


def dechunked(data: bytes, start: int, end: int) -> tuple[bytes, int, str]:
    """Return what the chunks from start on hold, where they end, and why there, "" if at the
    last one. Source: RFC 9112 section 7.1."""
    parts: list[bytes] = []
    for _ in range(_CHUNKS):
        line_end = data.find(b"\n", start, min(end, start + 1024))
        if line_end < 0:
            return b"".join(parts), start, "the end is missing: there should be more chunks"
        try:
            length = int(data[start:line_end].split(b";")[0].strip()[:16], 16)
        except ValueError:
            return b"".join(parts), start, f"byte {start} should be the length of a chunk"
        start = line_end + 1
        if length <= 0:
            return b"".join(parts), _behind_trailers(data, start, end), ""
        parts.append(data[start : min(end, start + length)])
        if start + length > end:
            return b"".join(parts), end, "the end is missing: a chunk is not complete"
        start += length
        start += 2 if data[start : start + 2] == b"\r\n" else data[start : start + 1] == b"\n"
    return b"".join(parts), start, f"there are more than {_CHUNKS:,} chunks"


def _behind_trailers(data: bytes, start: int, end: int) -> int:
    if data[start : start + 2] == b"\r\n":
        return start + 2
    found = data.find(b"\r\n\r\n", start, end)
    return found + 4 if found >= 0 else end


def unpacked(data: bytes, how: bytes, most: int = UNPACKED) -> tuple[bytes | None, str]:
    """Return what was compressed, and a note if that is not all; None if it cannot be unpacked.

    how: the content coding, in small letters. most: no more bytes than that are unpacked.
    """
    if how not in (b"gzip", b"x-gzip", b"deflate"):
        return None, "its content coding is not known"
    if most <= 0:
        return None, _ENOUGH
    wraps = [zlib.MAX_WBITS | 32]  # gzip or zlib, by its header
    if how == b"deflate":
        wraps.append(-zlib.MAX_WBITS)  # what some send by that name, without any
    for wrap in wraps:
        unpacker = zlib.decompressobj(wrap)
        try:
            plain = unpacker.decompress(data, most)
        except zlib.error:
            continue
        if unpacker.eof:
            return plain, ""
        if unpacker.unconsumed_tail or len(plain) >= most:
            return plain, _ENOUGH
        return plain, "the end of the compressed body is missing"
    return None, "the body is not compressed as it says"


def form(data: bytes) -> Decoded:
    """Return the fields of a form. Source: WHATWG URL, "application/x-www-form-urlencoded"."""
    found: list[Field] = []
    note = ""
    for pair in _PAIR.finditer(data):
        if len(found) >= FIELDS:
            note = f"there are more than {FIELDS:,} fields"
            break
        name, _, value = pair.group().partition(b"=")
        found.append(Field(name_of(_plain(name)), shown_text(_plain(value)), *pair.span()))
    return Decoded(brief(found, "{}"), tuple(found), note)


def _plain(word: bytes) -> str:
    text = str(word[: 3 * VALUE_CHARACTERS + 3], "latin-1")
    return unquote_plus(text, "utf-8", "surrogateescape")
