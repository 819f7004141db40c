"""A number against time."""

import pytest

from tcpmon.core.model import Kind
from tcpmon.ui import faces
from tcpmon.ui.faces import number
from tcpmon.ui.faces.picture import Face
from tests.ui.faces.conftest import Draw
from tests.ui.faces.test_picture import text

TALK = [(float(second), Kind.RX, b"t=%d" % second) for second in range(0, 100, 2)]


def test_what_it_amounts_to(picture: Draw) -> None:
    """Lowest, mean, highest and last are told, in how many, and in how many not."""
    said = [*TALK, (1.0, Kind.RX, b"hello"), (2.0, Kind.TX, b"ok")]
    lines = text(number.draw(picture(Face.NUMBER, said, r"t=(\d+)"), 19))
    assert lines[0] == "RX ↓  min 0  mean 49  max 98  last 98  in 50, not in 1"
    assert lines[-1] == "TX ↑  no number in 1 message"
    assert lines[1].startswith("       120 ┤")
    assert lines[15].startswith("         0 ┤⣠⠖")
    assert lines[4].strip("│ ")


def test_a_chart_for_each_direction_with_numbers(picture: Draw) -> None:
    """Only what holds numbers takes room."""
    answers = [(second, Kind.TX, b"t=5") for second, _, _ in TALK]
    rx, tx, both = (
        text(number.draw(picture(Face.NUMBER, said, r"t=(\d+)"), 19))
        for said in (TALK, answers, TALK + answers)
    )
    tails = [lines.index(next(x for x in lines if x.startswith("TX"))) for lines in (rx, tx, both)]
    assert tails == [18, 3, 11]
    assert len(rx) == len(tx) == len(both) == 19


def test_how_to_ask(picture: Draw) -> None:
    """Without a number it is said how to write one, in lines that fit a small screen."""
    lines = text(number.draw(picture(Face.NUMBER, TALK), 19))
    assert "u16be@4" in "".join(lines)
    assert max(map(len, lines)) <= 76


@pytest.mark.parametrize(
    ("column", "told"),
    [(0, "RX 0   TX none"), (1, "RX 2 to 9, mean 5.5   TX none"), (2, "RX 4   TX 1")],
)
def test_the_cursor_tells(picture: Draw, column: int, told: str) -> None:
    """One value, or the range of several, is told for each direction."""
    said = [*TALK, (3.0, Kind.RX, b"t=9"), (4.0, Kind.TX, b"t=1")]
    lines = text(faces.draw(picture(Face.NUMBER, said, r"t=(\d+)", cursor=column), 76, 21))
    assert lines[-1].endswith(told)


def test_given_up_is_said(picture: Draw) -> None:
    """A pattern that took too long is told, since the line ends there."""
    slow = [(float(second), Kind.RX, b"a" * 5000) for second in range(5)]
    lines = text(faces.draw(picture(Face.NUMBER, slow, r"(a|aa)+\d$"), 76, 21))
    assert "was given up" in lines[-1]
    assert len(lines[-1]) <= 76


@pytest.mark.parametrize(
    ("taken", "shown"),
    [(22.5, "22.5"), (123456, "123456"), (-1.23456e-300, "-1.23e-300"), (1e7, "1e+07")],
)
def test_values_are_short(taken: float, shown: str) -> None:
    """A value fits before its scale."""
    assert number.value(taken) == shown
    assert len(shown) <= 10


def test_csv(picture: Draw) -> None:
    """Each column with numbers is a line, with all digits; without a number there is nothing."""
    said = [(0.0, Kind.RX, b"t=0.1234567"), (1.0, Kind.RX, b"t=3"), (8.0, Kind.TX, b"t=7")]
    assert faces.as_csv(picture(Face.NUMBER, said, r"t=(\S+)")).splitlines() == [
        "time,seconds,direction,count,without,min,mean,max,last",
        "2026-05-28T20:26:40.000000Z,2,rx,2,0,0.1234567,1.56172835,3.0,3.0",
        "2026-05-28T20:26:48.000000Z,2,tx,1,0,7.0,7.0,7.0,7.0",
    ]
    assert faces.as_csv(picture(Face.NUMBER, said)) == ""
