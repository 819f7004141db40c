"""Pictures of a series that is made up."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from tcpmon.core.model import Kind, Message
from tcpmon.core.numbers import parse
from tcpmon.core.series import Series
from tcpmon.ui.faces.picture import Face, Picture
from tcpmon.ui.stretch import Window

SECOND = 1_000_000_000
START = 1_780_000_000 * SECOND

Draw = Callable[..., Picture]


@pytest.fixture
def picture() -> Draw:
    """Make a picture: of (second, kind, data), by one client, in columns of two seconds."""

    def make(
        face: Face, said: list[tuple[float, Kind, bytes]], number: str = "", **changes: object
    ) -> Picture:
        taken = parse(number) if number else None
        series = Series(SECOND, taken)
        for seq, (second, kind, data) in enumerate(said):
            time = START + int(second * SECOND)
            series.take(Message(seq, time, kind, 1, data, size=len(data)))
        window = Window(START, 2 * SECOND, 60)
        halves = 2 if face is Face.NUMBER else 1
        columns = series.columns(START, window.width // halves, 60 * halves)
        shown = Picture(
            face, window, columns, series.gaps, (START, None), START + 119 * SECOND, START, taken
        )
        return replace(shown, **changes)

    return make
