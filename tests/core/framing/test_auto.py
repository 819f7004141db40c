"""The guess: lines where text is cut by line ends, reads where it is anything else."""

import copy

import pytest

from tcpmon.core.framing.auto import GAP, LOOKED_AT, SEGMENT, Auto
from tests.core.framing.trial import singles

SOON = 1_000_000
LATE = GAP

Reads = list[tuple[int, bytes]]


def cut(reads: Reads) -> tuple[list[bytes], bytes, int | None]:
    """Return the messages, the rest, and what is missing; the time is since the read before."""
    framer = Auto()
    messages: list[bytes] = []
    rest, now = b"", 10**18
    for later, data in reads:
        now += later
        twin = copy.copy(framer)
        ends = framer.feed(data, now)
        assert twin.feed(data, now) == ends
        begin, whole = 0, rest + data
        for end in (len(rest) + end for end in ends):
            assert begin < end
            messages.append(whole[begin:end])
            begin = end
        rest = whole[begin:]
    return messages, rest, framer.missing()


@pytest.mark.parametrize(
    "reads",
    [
        [(SOON, b"a\nb\r\nc\n")],
        [(SOON, b"a\n"), (LATE, b"b\r"), (SOON, b"\nc"), (LATE, b"\n")],
        [(SOON, b"a"), (SOON, b"\nb\r\nc\n")],
        [(SOON, one) for one in singles(b"a\nb\r\nc\n")],
    ],
)
def test_lines(reads: Reads) -> None:
    """Once a line has ended, lines are lines, however slowly they come."""
    messages, rest, _ = cut(reads)
    assert [message.rstrip() for message in messages] == [b"a", b"b", b"c"]
    assert rest == b""


def test_line_typed() -> None:
    """The first line may come byte by byte, and its end by itself."""
    assert cut([(SOON, one) for one in singles(b"hello\nyou")]) == ([b"hello\n"], b"you", None)
    assert cut([(SOON, b"hello"), (SOON, b"\n")]) == ([b"hello\n"], b"", None)
    assert cut([(SOON, b"hello\n"), (SOON, b"you\r")]) == ([b"hello\n"], b"you\r", 0)


def test_text_without_end() -> None:
    """Text without line ends is what was sent at once, and may always be complete."""
    assert cut([(SOON, b"PING"), (SOON, b"PING")]) == ([b"PING"], b"PING", 0)
    assert cut([(SOON, b"PING"), (LATE, b"a\n")]) == ([b"PING", b"a\n"], b"", None)
    assert cut([(SOON, b"a"), (LATE, b"b")]) == ([b"a"], b"b", 0)


def test_reads() -> None:
    """Anything else ends with its read."""
    assert cut([(SOON, b"\x00\n\x01"), (SOON, b"\x02\n")]) == ([b"\x00\n\x01", b"\x02\n"], b"", 0)
    assert cut([(SOON, b"PING"), (SOON, b"\x00")]) == ([b"PING", b"\x00"], b"", 0)


def test_segments() -> None:
    """A read that filled a segment goes on with the next, unless that comes late."""
    full = bytes(SEGMENT)
    assert cut([(SOON, full), (SOON, full), (SOON, b"\1")]) == ([full * 2 + b"\1"], b"", 0)
    assert cut([(SOON, full), (LATE, b"\1")]) == ([full, b"\1"], b"", 0)
    assert cut([(SOON, full)]) == ([], full, 0)
    text = b"{" * SEGMENT
    assert cut([(SOON, text), (SOON, b"}"), (LATE, b"{}")]) == ([text + b"}"], b"{}", 0)


def test_begins_as_text() -> None:
    """What turns out not to be text within 4 KiB is cut by reads from there; later is too late."""
    assert cut([(SOON, b"SSH-2.0-x\r\n"), (SOON, b"\0\0\n\1"), (SOON, b"\n")]) == (
        [b"SSH-2.0-x\r\n", b"\0\0\n\1", b"\n"], b"", 0,
    )  # fmt: skip
    assert cut([(SOON, b"a\nb"), (SOON, b"\0")]) == ([b"a\n", b"b", b"\0"], b"", 0)
    assert cut([(SOON, b"a\r"), (SOON, b"\0")]) == ([b"a\r", b"\0"], b"", 0)
    lines = b"a\n" * (LOOKED_AT // 2)
    assert cut([(SOON, lines), (SOON, b"\0\n\0")])[1] == b"\0"


def test_no_line_for_long() -> None:
    """Text that has no line end in 4 KiB is not lines."""
    text = b"a" * LOOKED_AT
    assert cut([(SOON, text), (LATE, b"b\nc")]) == ([text, b"b\nc"], b"", 0)


def test_timed() -> None:
    """Once lines are sure, reads may come joined; before that, and else, each counts."""
    framer = Auto()
    assert framer.timed
    framer.feed(b"a\n", 0)
    assert framer.timed
    framer.feed(b"b\n" * LOOKED_AT, 0)
    assert not framer.timed
    framer = Auto()
    framer.feed(bytes(2 * LOOKED_AT), 0)
    assert framer.timed


def test_body() -> None:
    """A line is carried without its end, anything else as it came."""
    framer = Auto()
    assert framer.body(b"a\r\n") == b"a"
    assert framer.body(b"\0\r\n") == b"\0\r\n"
