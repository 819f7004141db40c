"""Conversations as rows: when, which way, what, and by how much the right one is later."""

import pytest

from tcpmon.core.dialogue import Said, align
from tcpmon.ui.dialogues import REPORTED, Dialogue, headings, later, pair_line, report
from tcpmon.ui.render import Line, cells_of

MS = 1_000_000


def text_of(line: Line) -> str:
    """A line as a person reads it."""
    return "".join(text for text, _ in line)


def a_dialogue(left: list[bytes], right: list[bytes]) -> Dialogue:
    """Two conversations, in which the right one is slower by 10 ms for each message."""
    here = [Said((at, 0), at % 2 == 1, at * 100 * MS, len(d), d) for at, d in enumerate(left)]
    there = [Said((at, 0), at % 2 == 1, at * 110 * MS, len(d), d) for at, d in enumerate(right)]
    return Dialogue(here, there, align(here, there)[0], ("#1 gps", "#2 plc"), (1, 2))


DIALOGUE = a_dialogue([b"hi", b"ok", b"temp=21.5", b"bye"], [b"hi", b"ok", b"temp=22.5"])


@pytest.mark.parametrize("width", [74, 154])
def test_rows_line_up_under_their_headings(width: int) -> None:
    """Every row is as wide as there is room, and its columns are below their names."""
    names, columns = headings(DIALOGUE.titles, width)
    rows = [text_of(pair_line(DIALOGUE, pair, width)) for pair in DIALOGUE.pairs]
    heading = text_of(columns)
    assert text_of(names).index("#2") == heading.index("since", 10) - len("    ")
    assert len(heading) <= width
    assert all(len(row) <= width for row in rows)
    assert rows[1].index("TX") == heading.index("way")
    assert rows[1].index("ok") == heading.index("message")
    assert rows[1].endswith("+0.010")
    assert heading.endswith("later")
    assert len(rows[1]) == len(heading)


def test_each_row_has_its_sign() -> None:
    """Equal, similar, only left: a sign says so without any colour."""
    signs = [text_of(pair_line(DIALOGUE, pair, 74))[31:32] for pair in DIALOGUE.pairs]
    assert signs == ["=", "=", "~", "<"]
    mirrored = DIALOGUE.mirrored()
    assert text_of(pair_line(mirrored, mirrored.pairs[-1], 74))[31] == ">"
    assert mirrored.titles == ("#2 plc", "#1 gps")
    assert mirrored.mirrored() == DIALOGUE


def test_what_differs_in_similar_messages_is_marked_and_in_sight() -> None:
    """A row shows the first difference, however far behind in the message it is."""
    dialogue = a_dialogue([b"x" * 900 + b"left"], [b"x" * 900 + b"true"])
    line = pair_line(dialogue, dialogue.pairs[0], 74)
    assert [text for text, style in line if style == "differs"] == ["left", "true"]
    assert "…xxxxxxxx" in text_of(line)


@pytest.mark.parametrize("width", range(8, 80, 9))
def test_rows_fit_any_width(width: int) -> None:
    """However narrow it is, no row is wider."""
    dialogue = a_dialogue([b"\x1b[31m" * 40, b"a"], [b"\x1b[32m" * 40, "日本".encode() * 9])
    for pair in dialogue.pairs:
        assert cells_of(pair_line(dialogue, pair, width)) <= max(width, 14)


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [(0, "+0.000"), (160 * MS, "+0.160"), (-160 * MS, "-0.160"), (-999, "+0.000"),
     (61_000 * MS, "+1:01.0")],
)  # fmt: skip
def test_later(nanoseconds: int, text: str) -> None:
    """A delta has its sign."""
    assert later(nanoseconds) == text


def test_the_report_tells_what_is_not_equal() -> None:
    """Whose they are, how they go together, and each pair that is not equal."""
    lines = report(DIALOGUE).splitlines()
    assert lines[:3] == ["left   #1 gps", "right  #2 plc", "2 equal, 1 similar, 1 only left"]
    assert lines[3] == "similar"
    assert lines[4].startswith("  left   +0.200 RX")
    assert lines[4].endswith("9  temp=21.5")
    assert lines[6] == "only left"


def test_a_long_report_has_an_end() -> None:
    """Of very many pairs the first are told and the others counted."""
    dialogue = a_dialogue([b"%d" % at for at in range(2 * REPORTED)], [])
    assert report(dialogue).endswith(f"and {REPORTED} more\n")
