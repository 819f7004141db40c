"""What was found stays, whatever ends the reading."""

import re

import pytest

from tcpmon.core.decoding import DEPTH, FIELDS, Decoded, Field, NotDecoded
from tcpmon.core.decoding.sheet import Sheet, Stop, read
from tests.core.decoding.trial import flat


def test_reading() -> None:
    """Bytes are taken one behind the other, and fields know where they were."""
    sheet = Sheet(b"\x01\x02\x03rest\r\nline")
    assert (sheet.number(1), sheet.number(2, "little"), sheet.left) == (1, 0x302, 10)
    assert (sheet.peek(2), sheet.place) == (b"re", 3)
    assert (sheet.line(), sheet.line(), sheet.left) == (b"rest", b"line", 0)
    assert (sheet.peek(2), sheet.line()) == (b"", b"")
    sheet.place = 0
    assert sheet.add_number("n", 1) == 1
    assert sheet.add_number("m", 1, {2: "two"}) == 2
    assert sheet.add_bytes("b", 1) == b"\x03"
    assert sheet.match(re.compile(rb"\d")) is None
    assert sheet.match(re.compile(rb"\w+")) == b"rest"
    assert sheet.found == [
        Field("n", "1", 0, 1),
        Field("m", "2, two", 1, 2),
        Field("b", "\\x03", 2, 3),
    ]


def test_short() -> None:
    """It is told whether the bytes end, or a part says that it is longer than it can be."""
    sheet = Sheet(b"abcd")
    with pytest.raises(Stop, match=r"^the end is missing: 1 more byte should follow$"):
        sheet.take(5)
    with (
        pytest.raises(Stop, match=r"^before byte 0 something is longer than what it is in$"),
        sheet.within(2),
    ):
        sheet.take(3)
    with pytest.raises(Stop, match=r"^the end is missing: 6 more bytes"), sheet.within(10):
        sheet.take(4)
    assert (sheet.end, sheet.place) == (4, 4)


def test_within() -> None:
    """What is not read of a part is added as the rest, and reading goes on behind it."""
    sheet = Sheet(b"abcdef")
    with sheet.within(4):
        assert sheet.take(1) == b"a"
        assert sheet.left == 3
    assert (sheet.found, sheet.place, sheet.left) == ([Field("rest", "bcd", 1, 4)], 4, 2)


def test_group() -> None:
    """A group has the fields that were added in it, also when reading ended there."""
    sheet = Sheet(b"abc")

    def group() -> None:
        with sheet.group("outer") as outer:
            outer.value = "told later"
            sheet.add_bytes("a", 1)
            with sheet.group("inner", "v"):
                sheet.take(9)

    with pytest.raises(Stop):
        group()
    inner = Field("inner", "v", 1, 1)
    assert sheet.found == [Field("outer", "told later", 0, 1, (Field("a", "a", 0, 1), inner))]


def test_bounds() -> None:
    """Neither depth nor number of fields is without end."""

    def deeper(sheet: Sheet) -> None:
        sheet.summary = "deep"
        with sheet.group("g"):
            deeper(sheet)

    def longer(sheet: Sheet) -> None:
        sheet.summary = "long"
        while True:
            sheet.add("f", "v", 0)

    deep, long = read(b"a", deeper), read(b"a", longer)
    assert (deep.summary, deep.note) == ("deep", f"it is nested deeper than {DEPTH} levels")
    assert len(list(flat(deep.fields))) == DEPTH + 1
    assert long.note == f"there are more than {FIELDS:,} fields"
    assert len(long.fields) == FIELDS


def letter(sheet: Sheet) -> None:
    """Read a letter and a digit."""
    if not sheet.peek(1).isalpha():
        raise NotDecoded("no letter")
    sheet.summary = sheet.add_bytes("letter", 1).decode()
    sheet.add_bytes("digit", 1)


SPACE = re.compile(rb" *+")


@pytest.mark.parametrize(
    ("data", "summary", "names", "note"),
    [
        (b"a1", "a", ["letter", "digit"], ""),
        (b" a1 ", "a", ["letter", "digit"], ""),
        (b"a1 b2", "a; b", ["message 1", "message 2"], ""),
        (b"a1b", "a; b", ["message 1", "message 2"],
         "the end is missing: 1 more byte should follow"),
        (b"a1 22", "a", ["letter", "digit"], "from byte 3 on it is something else: no letter"),
        (b"a1" * 20, "a; " * 16 + "…", [f"message {n}" for n in range(1, 21)], ""),
        (b"a1" * 30, "a; " * 16 + "…", [f"message {n}" for n in range(1, 26)],
         "there are more than 25 messages"),
    ],
)  # fmt: skip
def test_messages(data: bytes, summary: str, names: list[str], note: str) -> None:
    """One message is told by itself, several one by one, up to where something else begins."""
    decoded = read(data, letter, SPACE, 25)
    assert decoded.summary == summary
    assert [field.name for field in decoded.fields] == names
    assert decoded.note == note


@pytest.mark.parametrize("data", [b"", b"  ", b"11"])
def test_nothing(data: bytes) -> None:
    """Where there is no message nothing is decoded."""
    with pytest.raises(NotDecoded):
        read(data, letter, SPACE)


def test_no_progress() -> None:
    """A reader that takes no byte is not called again."""

    def idle(sheet: Sheet) -> None:
        sheet.summary = "idle"

    assert read(b"abc", idle) == Decoded("idle", ())


def test_embed() -> None:
    """What was decoded by itself is moved to where its bytes are, and counted."""
    inner = Decoded("s", (Field("a", "1", 0, 2, (Field("b", "2", 1, 2), Field("c", "3"))),), "why")
    sheet = Sheet(b"abcdef")
    sheet.embed(inner, 3)
    assert sheet.found == [Field("a", "1", 3, 5, (Field("b", "2", 4, 5), Field("c", "3")))]
    sheet.embed(inner, -1)
    assert [field.start for field in flat(sheet.found)][3:] == [-1, -1, -1]
    assert sheet.decoded().note == "why"
    with pytest.raises(Stop, match="fields"):
        sheet.embed(Decoded("s", tuple([Field("a", "1")] * FIELDS)), 0)
