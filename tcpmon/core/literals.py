r"""Bytes in the words of other programs: a literal of C, of Go, of Rust, a line for a shell.

Each form gives back exactly the bytes when its compiler, interpreter or decoder reads
it, and holds nothing but printable ASCII and line ends, the escaped text apart, which is
`core.escape`'s. A literal is made in parts, so that a large message stops nobody.
"""

from base64 import b64encode
from collections.abc import Callable, Iterator
from itertools import chain

from msgspec import Struct

from tcpmon.core.escape import escape_parts

WIDTH = 72
"""Characters of a source line, about."""
PART = 48 << 10
"""Bytes that are made into text at once: a multiple of what stands in any line."""

Parts = Iterator[str]


class Literal(Struct, frozen=True):
    """A way to write bytes. key: a letter to choose it by; suffix: of a file of it."""

    key: str
    label: str
    suffix: str
    write: Callable[[bytes], Parts]


def _sliced(data: bytes, count: int) -> Iterator[bytes]:
    return (data[start : start + count] for start in range(0, len(data), count))


def hex_digits(data: bytes) -> Parts:
    r"""Yield "01 02 ff"."""
    for place, part in enumerate(_sliced(data, PART)):
        yield (" " if place else "") + part.hex(" ")


_DOTS = bytes(byte if 0x20 <= byte < 0x7F else 0x2E for byte in range(256))


def dump(data: bytes) -> Parts:
    """Yield lines as `hexdump -Cv` writes them, but the last one, which only counts."""
    for start in range(0, len(data), PART):
        part = data[start : start + PART]
        yield "".join(
            _dump_line(start + row, part[row : row + 16]) for row in range(0, len(part), 16)
        )


def _dump_line(offset: int, row: bytes) -> str:
    digits = f"{row[:8].hex(' '):<23}  {row[8:].hex(' '):<23}"
    return f"{offset:08x}  {digits}  |{row.translate(_DOTS).decode('ascii')}|\n"


def base64(data: bytes) -> Parts:
    """Yield base64 in one line."""
    return (b64encode(part).decode("ascii") for part in _sliced(data, PART))


# -- string literals ------------------------------------------------------------------


def _table(numbers: str, special: dict[str, str]) -> list[str]:
    """Return how each byte is written. numbers: a format for those that are not printable."""
    table = [chr(byte) if 0x20 <= byte < 0x7F else numbers.format(byte) for byte in range(256)]
    for character, text in {"\n": "\\n", "\r": "\\r", "\t": "\\t", **special}.items():
        table[ord(character)] = text
    return table


_QUOTED = {"\\": "\\\\", '"': '\\"'}
_HEX = _table("\\x{:02x}", _QUOTED)
# Octal: a hex escape of C goes on for as long as there are hex digits. Two question marks may
# begin a trigraph (C17, 5.2.1.1).
_C = _table("\\{:03o}", {**_QUOTED, "?": "\\?"})
# A backslash and a quote by their numbers, too: the shells do not agree on them inside quotes.
_SHELL = _table("\\{:03o}", {"\\": "\\134", "'": "\\047", "%": "%%"})


def _lines(data: bytes, table: list[str]) -> Iterator[str]:
    """Yield data as the insides of literals that stand one below the other: a newline ends
    one, and so does the width."""
    line: list[str] = []
    width = 0
    for byte in data:
        text = table[byte]
        line.append(text)
        width += len(text)
        if byte == 0x0A or width >= WIDTH:
            yield "".join(line)
            line.clear()
            width = 0
    if line or not data:
        yield "".join(line)


def _joined(lines: Iterator[str], first: str, between: str, last: str) -> Parts:
    """Yield lines with something between them; a part for many, so that parts are few."""
    yield first + next(lines)
    batch: list[str] = []
    for line in lines:
        batch.append(between + line)
        if len(batch) == 512:
            yield "".join(batch)
            batch.clear()
    yield "".join(batch) + last


def c_string(data: bytes) -> Parts:
    r"""Yield a string literal of C and C++, which also has a NUL at its end."""
    return _joined(_lines(data, _C), '"', '"\n"', '"')


_NUMBERS = [f"0x{byte:02x}" for byte in range(256)]


def c_array(data: bytes) -> Parts:
    """Yield an array of C and C++ that has exactly these bytes, and at least one."""
    yield f"unsigned char message[{len(data)}] = {{\n"
    for part in _sliced(data, PART):
        yield "".join(
            f"    {', '.join([_NUMBERS[byte] for byte in row])},\n" for row in _sliced(part, 12)
        )
    yield "};"


def python(data: bytes) -> Parts:
    """Yield a bytes literal of Python, in parentheses where it has several lines."""
    lines = _lines(data, _HEX)
    first = next(lines)
    second = next(lines, None)
    if second is None:
        return iter((f'b"{first}"',))
    return _joined(chain((first, second), lines), '(b"', '"\n b"', '")')


def go(data: bytes) -> Parts:
    """Yield a []byte of Go."""
    return _joined(_lines(data, _HEX), '[]byte("', '" +\n\t"', '")')


def rust(data: bytes) -> Parts:
    """Yield a byte string of Rust. A backslash ends a line there, and takes the blanks that
    the next one begins with."""
    lines = _lines(data, _HEX)
    first = next(lines)
    rest = (f"\\x20{line[1:]}" if line.startswith(" ") else line for line in lines)
    return _joined(chain((first,), rest), 'b"', "\\\n  ", '"')


def shell(data: bytes, reader: str = "") -> Parts:
    """Yield a line for a POSIX shell that writes the bytes, to a reader if one is given.

    reader: a command, as it is to stand behind the pipe.
    """
    yield "printf '"
    dash = data[:1] == b"-"  # else it would be an option
    if dash:
        yield "\\055"
    for part in _sliced(data[dash:], PART):
        yield "".join([_SHELL[byte] for byte in part])
    yield f"' | {reader}" if reader else "'"


def quoted(word: str) -> str:
    """Return a word of a command as a POSIX shell reads it."""
    plain = word and all(c.isascii() and (c.isalnum() or c in "%+,-./:=@_") for c in word)
    return word if plain else "'" + word.replace("'", "'\\''") + "'"


LITERALS = (
    Literal("t", "escaped text", ".txt", escape_parts),
    Literal("h", "hex", ".txt", hex_digits),
    Literal("d", "hex dump", ".txt", dump),
    Literal("b", "base64", ".txt", base64),
    Literal("c", "C string", ".c", c_string),
    Literal("a", "C array", ".c", c_array),
    Literal("p", "Python bytes", ".py", python),
    Literal("g", "Go []byte", ".go", go),
    Literal("r", "Rust byte string", ".rs", rust),
    Literal("s", "shell line", ".sh", shell),
)
