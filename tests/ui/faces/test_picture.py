"""What all faces have in common."""

import pytest

from tcpmon.core.model import Kind
from tcpmon.ui import faces
from tcpmon.ui.faces.picture import Face, scaled
from tests.ui.faces.conftest import SECOND, START, Draw

TALK = [
    (0.0, Kind.RX, b"t=1"),
    (0.5, Kind.TX, b"ok"),
    (61.0, Kind.RX, b"t=-7"),
    (118.0, Kind.TX, b"9"),
]
SIZES = [(76, 21), (156, 42)]


def text(lines: list[list[tuple[str, str]]]) -> list[str]:
    return ["".join(text for text, _ in line) for line in lines]


@pytest.mark.parametrize("face", Face)
@pytest.mark.parametrize("number", ["", r"-?\d+", "u64be@9"])
@pytest.mark.parametrize("said", [[], TALK, TALK * 200], ids=["nothing", "little", "much"])
@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("cursor", [None, 0, 59])
def test_it_fits(
    picture: Draw, face: Face, number: str, said: list[tuple[float, Kind, bytes]], width: int,
    height: int, cursor: int | None,
) -> None:  # fmt: skip
    """Every face fills its place and no more, on a small screen and on a large one."""
    lines = text(faces.draw(picture(face, said, number, cursor=cursor), width, height))
    assert len(lines) == height
    assert max(map(len, lines)) <= width
    assert f"[{list(Face).index(face) + 1} {face}]" in lines[0]


@pytest.mark.parametrize("size", [(0, 0), (1, 1), (20, 3), (30, 8)])
@pytest.mark.parametrize("face", Face)
def test_it_draws_in_any_size(picture: Draw, face: Face, size: tuple[int, int]) -> None:
    """A terminal that is too small is no error."""
    assert faces.draw(picture(face, TALK, r"\d"), *size)
    assert faces.columns_in(size[0]) > 0


@pytest.mark.parametrize("face", [Face.MESSAGES, Face.BYTES, Face.NUMBER])
def test_rx_above_tx(picture: Draw, face: Face) -> None:
    """RX stands above the time axis and TX below it, in words."""
    lines = text(faces.draw(picture(face, TALK, r"-?\d+"), 76, 21))
    rx, axis, tx = (
        next(place for place, line in enumerate(lines) if mark in line)
        for mark in ("RX ↓", "└", "TX ↑")
    )
    assert rx < axis < tx


def test_the_cursor_tells(picture: Draw) -> None:
    """What is in the column that is pointed at is told below, with its time."""
    lines = text(faces.draw(picture(Face.BYTES, TALK, cursor=0), 76, 21))
    assert "RX 1 message, 3 B" in lines[-1]
    assert "TX 1 message, 2 B" in lines[-1]
    assert "+ 2 s" in lines[-1]
    lines = text(faces.draw(picture(Face.BYTES, TALK, cursor=1), 76, 21))
    assert lines[-1].endswith("nothing")


@pytest.mark.parametrize(
    ("face", "column", "place"),
    [(Face.BYTES, 0, (0, 0)), (Face.BYTES, 1, None), (Face.NUMBER, 30, (2, 0))],
)
def test_the_first_message_of_a_column(
    picture: Draw, face: Face, column: int, place: tuple[int, int] | None
) -> None:
    """Each column knows where in the log it begins."""
    assert faces.place_of(picture(face, TALK, r"\d"), column) == place


def test_the_newest_column(picture: Draw) -> None:
    """The cursor begins where there is something."""
    assert faces.newest(picture(Face.MESSAGES, TALK)) == 59
    assert faces.newest(picture(Face.MESSAGES, TALK[:2])) == 0
    assert faces.newest(picture(Face.NUMBER, TALK[:3], r"\d")) == 30
    assert faces.newest(picture(Face.MESSAGES, [])) == 59


def test_columns_of_other_times_are_left_out(picture: Draw) -> None:
    """Before the first message and after now there is nothing to be told, not even nothing."""
    shown = picture(Face.MESSAGES, TALK, first=START + 3 * SECOND, now=START + 9 * SECOND)
    assert [(time - START) // SECOND for time, _ in shown.columns()] == [2, 4, 6, 8]


def test_a_column_that_is_pointed_at_is_seen() -> None:
    """It is marked in its empty cells too, and no cell more."""
    lines = text(scaled(["a  b", "cdef"], {0: "9"}, True, 1))
    assert [line[12:] for line in lines] == ["a┊ b", "cdef"]
    assert text(scaled(["aabb"], {}, True, 1, 2)) == [" " * 11 + "│aabb"]


def test_a_number_is_safe_to_print(picture: Draw) -> None:
    """What a person wrote cannot move the cursor either."""
    shown = picture(Face.NUMBER, [], "a\x1b[2J](.)")
    assert shown.number
    assert faces.name_of(shown.number) == "a\\x1b[2J](.)"
