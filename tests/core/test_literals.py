"""What is copied as code is exactly the bytes, as whoever reads that code sees it."""

import ast
import base64 as base64_
import re
import shutil
import subprocess
from collections.abc import Callable

import pytest
from hypothesis import given, strategies as st

from tcpmon.core import literals
from tcpmon.core.escape import unescape
from tcpmon.core.literals import LITERALS, PART, Literal, quoted, shell

NASTY = {
    "nothing": b"",
    "a line": b"hello\n",
    "every byte": bytes(range(256)),
    "backwards": bytes(range(255, -1, -1)),
    "quotes": b"'\"`$(id)\\ %s %% \\n !x ${a} #{b}",
    "trigraphs": b"??/??'??(??)??!??<??>??-",
    "digits behind escapes": b"\x00" + b"0123456789abcdefABCDEF" + b"\x01a\x1f7\xff8\n8",
    "blanks behind newlines": b"a\n  b\n\tc\n\n d \\\n e",
    "dash": b"-n -e --help",
    "letters": "grüße, 日本語 👍 ${".encode(),
    "long": b"0123456789 " * 50,
    "long blank": b" " * 300,
    "ends the comment": b'*/ // """ r#"',
}
anything = st.one_of(
    st.binary(max_size=300),
    st.lists(st.sampled_from([b"?", b"\\", b'"', b"'", b"%", b"\n", b" ", b"0", b"a", b"\xff", b"$",
                              b"{", b"-", b"\x00", b"0123456789" * 7])).map(b"".join),
)  # fmt: skip


def written(literal: Literal, data: bytes) -> str:
    """Return a literal whole."""
    return "".join(literal.write(data))


def by_key(key: str) -> Literal:
    """Return the literal that a letter chooses."""
    return next(literal for literal in LITERALS if literal.key == key)


_ESCAPED = {"n": 10, "r": 13, "t": 9, "\\": 92, '"': 34, "'": 39, "?": 63}


def string(text: str, escapes: str) -> bytes:
    """Return what stands between the quotes of a literal. escapes: a regular expression for
    those of its language; whatever else begins with a backslash is an error."""
    found = bytearray()
    token = re.compile(rf"\\(?P<escape>{escapes})|(?P<plain>[^\\\"])")
    place = 0
    while place < len(text):
        match = token.match(text, place)
        assert match, text[place : place + 8]
        escape, plain = match["escape"], match["plain"]
        if plain:
            assert plain.isprintable(), repr(plain)
            found += plain.encode("ascii")
        elif escape[0] == "x":
            found.append(int(escape[1:], 16))
        elif escape[0].isdigit():
            found.append(int(escape, 8))
        else:
            found.append(_ESCAPED[escape])
        place = match.end()
    return bytes(found)


def read_c_string(text: str) -> bytes:
    """As C: trigraphs first, then as many hex digits as there are, up to three octal ones."""
    assert not re.search(r"\?\?[=/'()!<>-]", text)
    parts = [line for line in text.split("\n") if re.fullmatch('".*"', line)]
    assert len(parts) == text.count("\n") + 1
    return b"".join(
        string(part[1:-1], r"""[nrt\\"'?]|[0-7]{1,3}|x[0-9a-fA-F]+""") for part in parts
    )


def read_c_array(text: str) -> bytes:
    """As C, whose compilers count."""
    match = re.fullmatch(r"unsigned char message\[(\d+)\] = \{\n((?: {4}.*,\n)*)\};", text)
    assert match
    data = bytes(int(word, 16) for word in re.findall("0x[0-9a-f]{2}(?=,)", match[2]))
    assert len(data) == int(match[1])
    return data


def read_go(text: str) -> bytes:
    """As Go: a hex escape has two digits, an octal one three; strings are joined by a +."""
    match = re.fullmatch(r'\[\]byte\((".*")\)', text, re.DOTALL)
    assert match
    parts = re.split(r" \+\n\t", match[1])
    assert all(re.fullmatch('".*"', part) for part in parts)
    return b"".join(string(part[1:-1], r'[nrt\\"]|x[0-9a-f]{2}') for part in parts)


def read_rust(text: str) -> bytes:
    """As Rust: a backslash at the end of a line takes the blanks that follow."""
    match = re.fullmatch(r'b"(.*)"', text, re.DOTALL)
    assert match
    return string(re.sub(r"(?<!\\)((?:\\\\)*)\\\n\s*", r"\1", match[1]), r'[nrt\\"]|x[0-9a-f]{2}')


def read_dump(text: str) -> bytes:
    """As whoever reads along: offset, digits, the characters."""
    data = bytearray()
    for line in text.splitlines():
        match = re.fullmatch(r"([0-9a-f]{8})  ([0-9a-f ]{48})  \|([ -~]{1,16})\|", line)
        assert match
        assert int(match[1], 16) == len(data)
        row = bytes.fromhex(match[2])
        assert match[3] == "".join(chr(b) if 0x20 <= b < 0x7F else "." for b in row)
        data += row
    return bytes(data)


READERS: dict[str, Callable[[str], bytes]] = {
    "t": unescape,
    "h": bytes.fromhex,
    "d": read_dump,
    "b": lambda text: base64_.b64decode(text, validate=True),
    "c": read_c_string,
    "a": read_c_array,
    "p": ast.literal_eval,
    "g": read_go,
    "r": read_rust,
}

every_reader = pytest.mark.parametrize("key", READERS)


@every_reader
@pytest.mark.parametrize("data", NASTY.values(), ids=NASTY)
def test_it_is_exactly_the_bytes(key: str, data: bytes) -> None:
    """What a reader of the form makes of it are the bytes again."""
    assert READERS[key](written(by_key(key), data)) == data


@every_reader
@given(data=anything)
def test_whatever_the_bytes_are(key: str, data: bytes) -> None:
    """So it is for any bytes, and for what stands at the end of a line above all."""
    assert READERS[key](written(by_key(key), data)) == data


@every_reader
def test_a_large_message_is_made_in_parts(key: str) -> None:
    """A large message comes in parts of a bounded size, which join without a seam."""
    data = bytes(range(256)) * (3 * PART // 256 + 1)
    parts = list(by_key(key).write(data))
    assert len(parts) > 2
    assert max(map(len, parts)) < 8 * PART
    assert READERS[key]("".join(parts)) == data


@pytest.mark.parametrize("literal", LITERALS, ids=lambda literal: literal.label)
@given(data=anything)
def test_it_is_harmless(literal: Literal, data: bytes) -> None:
    """Nothing but printable ASCII and line ends comes out; escaped text has letters too."""
    text = written(literal, data)
    if literal.key == "t":
        assert text.isprintable()
    else:
        assert re.fullmatch(r"[ -~\n\t]*", text)


def test_every_form_is_read_here() -> None:
    """No form goes untried, and each has a letter of its own that the question has free."""
    assert {literal.key for literal in LITERALS} == {*READERS, "s"}
    assert len({literal.key for literal in LITERALS}) == len(LITERALS)
    assert not {literal.key for literal in LITERALS} & {"n", "q"}


SHELLS = [path for name in ("sh", "bash", "dash", "zsh") if (path := shutil.which(name))]


@pytest.mark.parametrize("sh", SHELLS)
def test_a_shell_writes_exactly_the_bytes(sh: str) -> None:
    """The shell line is run by the shells that are here: the bytes come out of its pipe."""
    lines = [f"{''.join(shell(data, 'cat'))}; echo '<>'" for data in NASTY.values()]
    ran = subprocess.run([sh, "-c", "\n".join(lines)], capture_output=True, timeout=20, check=True)
    assert ran.stderr == b""
    assert ran.stdout.split(b"<>\n")[:-1] == list(NASTY.values())


@pytest.mark.parametrize("reader", ["nc 127.0.0.1 8000", ""])
def test_a_shell_line_is_one_line(reader: str) -> None:
    """A line for a shell can be pasted: it is one line, whatever is in the message."""
    line = "".join(shell(b"a\nb\r\n", reader))
    assert line == r"printf 'a\nb\r\n'" + (f" | {reader}" if reader else "")


@pytest.mark.parametrize(
    ("word", "text"),
    [("127.0.0.1", "127.0.0.1"), ("/tmp/s.sock", "/tmp/s.sock"), ("a b", "'a b'"), ("", "''"),
     ("it's", "'it'\\''s'"), ("$(id)", "'$(id)'"), ("é", "'é'")],
)  # fmt: skip
def test_quoted(word: str, text: str) -> None:
    """A word stands as it is where it may, and in quotes where a shell would see more in it."""
    assert quoted(word) == text
    ran = subprocess.run(["/bin/sh", "-c", f"printf %s {text}"], capture_output=True, check=True)
    assert ran.stdout.decode() == word


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("t", r"hi \"é\"\n\x00".replace('\\"', '"')),
        ("h", "68 69 20 22 c3 a9 22 0a 00"),
        ("d", "00000000  68 69 20 22 c3 a9 22 0a  00" + " " * 23 + '|hi ".."..|\n'),
        ("b", "aGkgIsOpIgoA"),
        ("c", '"hi \\"\\303\\251\\"\\n"\n"\\000"'),
        ("a", ("unsigned char message[9] = {\n"
               "    0x68, 0x69, 0x20, 0x22, 0xc3, 0xa9, 0x22, 0x0a, 0x00,\n};")),
        ("p", '(b"hi \\"\\xc3\\xa9\\"\\n"\n b"\\x00")'),
        ("g", '[]byte("hi \\"\\xc3\\xa9\\"\\n" +\n\t"\\x00")'),
        ("r", 'b"hi \\"\\xc3\\xa9\\"\\n\\\n  \\x00"'),
        ("s", "printf 'hi \"\\303\\251\"\\n\\000'"),
    ],
)  # fmt: skip
def test_how_it_looks(key: str, text: str) -> None:
    """Each form looks as people write it."""
    assert written(by_key(key), 'hi "é"\n\0'.encode()) == text


@pytest.mark.parametrize("data", [b"", b"hello\n", b"x" * 72])
def test_short_python_is_one_literal(data: bytes) -> None:
    """What fits in a line is a literal without parentheses."""
    assert "".join(literals.python(data)) == repr(data).replace("'", '"')
