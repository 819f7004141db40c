"""Gaps between messages."""

import pytest

from tcpmon.core.model import Kind
from tcpmon.core.series import BINS
from tcpmon.ui import faces
from tcpmon.ui.faces import gaps
from tcpmon.ui.faces.picture import Face
from tcpmon.ui.stretch import Window
from tests.ui.faces.conftest import START, Draw
from tests.ui.faces.test_picture import text

TALK = [
    (float(second) + late, kind, b"x")
    for second in range(20)
    for late, kind in ((0.0, Kind.RX), (0.02, Kind.TX))
]


def test_three_histograms(picture: Draw) -> None:
    """What comes, our answers and theirs are told apart, with range and median."""
    lines = text(gaps.draw(picture(Face.GAPS, TALK), 19))
    assert lines[0] == "RX ↓ from one RX to the next  19, 1.0s to 1.0s, median 1.0s"
    assert "TX ↑ our answers: from RX to TX  20, 20ms to 20ms, median 20ms" in lines
    assert "RX ↓ their answers: from TX to RX  19, 980ms to 980ms, median 980ms" in lines
    assert lines[-1].split() == [
        "10us", "100us", "1.0ms", "10ms", "100ms", "1.0s", "10s", "100s", "16m40", "2h46m",
    ]  # fmt: skip
    assert len(lines) == 19
    assert lines[2][12:] == " " * 5 * 6 + "█" + " " * 29


def test_none(picture: Draw) -> None:
    """Where nobody talks there are no gaps."""
    lines = text(gaps.draw(picture(Face.GAPS, []), 19))
    assert sum(line.endswith("  none") for line in lines) == 3


@pytest.mark.parametrize(("columns", "cells"), [(3, 1), (65, 1), (120, 2), (145, 2), (300, 5)])
def test_bins_use_the_room(columns: int, cells: int) -> None:
    """On a wide screen a bin is wider."""
    assert gaps.bin_cells(Window(0, 1, columns)) == cells


@pytest.mark.parametrize(
    ("bin", "told"),
    [
        (0, "up to 15us   RX to RX 0   RX to TX 0   TX to RX 0"),
        (19, "15ms to 22ms   RX to RX 0   RX to TX 20   TX to RX 0"),
        (30, "1.0s to 1.5s   RX to RX 19   RX to TX 0   TX to RX 0"),
        (BINS - 1, "18h55m and longer   RX to RX 0   RX to TX 0   TX to RX 0"),
    ],
)
def test_the_cursor_tells(picture: Draw, bin: int, told: str) -> None:
    """What is in a bin is told with its limits."""
    lines = text(faces.draw(picture(Face.GAPS, TALK, cursor=bin), 76, 21))
    assert lines[-1] == told


def test_the_way_to_the_log(picture: Draw) -> None:
    """A bin knows the newest message that came after such a gap; an empty one knows none."""
    shown = picture(Face.GAPS, TALK)
    assert faces.place_of(shown, 19) == (39, 0)
    assert faces.place_of(shown, 30) == (38, 0)
    assert faces.place_of(shown, 0) is None
    assert faces.newest(shown) == 19


def test_the_stretch_is_told(picture: Draw) -> None:
    """Which time the gaps are of is told above."""
    shown = picture(Face.GAPS, TALK)
    assert text(faces.draw(shown, 76, 21))[0].endswith(" to now")
    held = picture(Face.GAPS, TALK, stretch=(START, START))
    first = text(faces.draw(held, 76, 21))[0]
    assert first.split()[-3] == first.split()[-1]


def test_csv(picture: Draw) -> None:
    """Each bin is a line."""
    lines = faces.as_csv(picture(Face.GAPS, TALK)).splitlines()
    assert lines[:2] == ["from_seconds,rx_to_rx,rx_to_tx,tx_to_rx", "0,0,0,0"]
    assert lines[20] == "0.014678,0,20,0"
    assert len(lines) == 1 + BINS
