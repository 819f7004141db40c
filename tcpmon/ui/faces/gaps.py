"""Gaps between messages, on a log scale: each client by itself, however many there are."""

from collections.abc import Iterator

from tcpmon.core.model import Place
from tcpmon.core.series import BINS, BINS_A_DECADE, Gaps, Histogram, bin_start
from tcpmon.core.timestamps import SECOND
from tcpmon.core.units import delay, number, span
from tcpmon.ui.charts import amount, bars, round_up
from tcpmon.ui.faces.picture import GUTTER, Picture, legend, scaled
from tcpmon.ui.render import Line
from tcpmon.ui.stretch import Window


def histograms(gaps: Gaps) -> list[tuple[bool, str, Histogram]]:
    """Return whether each ends with a received message, what it is called, and it."""
    return [
        (True, "from one RX to the next", gaps.between),
        (False, "our answers: from RX to TX", gaps.answer),
        (True, "their answers: from TX to RX", gaps.reply),
    ]


def gap(nanoseconds: int) -> str:
    """Return the length of a gap in at most six characters: "24us", "1.2ms", "17m04"."""
    seconds = nanoseconds / SECOND
    return delay(round(nanoseconds / 1000)) if seconds < 600 else span(seconds)


def draw(picture: Picture, height: int) -> list[Line]:
    """Return the three histograms and their axis."""
    cells, kinds = bin_cells(picture.window), histograms(picture.gaps)
    rows = max(3, height - 2 - len(kinds))
    lines: list[Line] = []
    for place, (received, told, histogram) in enumerate(kinds):
        summary = "none"
        if histogram.count:
            low, median, high = map(gap, (histogram.low, histogram.median, histogram.high))
            summary = f"{number(histogram.count)}, {low} to {high}, median {median}"
        lines.append(legend(received, told, summary))
        high_rows = (rows + place) // len(kinds)
        top = round_up(max(histogram.counts))
        chart = [_wide(row, cells) for row in bars(histogram.counts, top, high_rows)]
        scale = {0: amount(top), high_rows - 1: "0"}
        lines += scaled(chart, scale, received, picture.cursor, cells)
    return [*lines, *_axis(cells, picture.cursor)]


def bin_cells(window: Window) -> int:
    """Return how wide a bin is drawn where there is room for so many columns."""
    return max(1, window.count // BINS)


def _wide(row: str, cells: int) -> str:
    return "".join(character * cells for character in row)


def _axis(cells: int, cursor: int | None) -> list[Line]:
    ticks = ["┬" if bin % BINS_A_DECADE == 0 else "─" for bin in range(BINS)]
    axis = "".join(tick + "─" * (cells - 1) for tick in ticks)
    if cursor is not None:
        axis = axis[: cursor * cells] + "▲" * cells + axis[(cursor + 1) * cells :]
    starts = (gap(bin_start(bin)) for bin in range(0, BINS, BINS_A_DECADE))
    labels = "".join(text.ljust(BINS_A_DECADE * cells) for text in starts)
    blank = " " * (GUTTER + 2)
    return [[(" " * (GUTTER + 1) + "└" + axis, "frame")], [(blank + labels, "dim")]]


def fullest(gaps: Gaps) -> int:
    """Return the bin with the most gaps of a kind."""
    counts = [max(counts) for counts in zip(*_counts(gaps), strict=True)]
    return counts.index(max(counts))


def place_of(gaps: Gaps, bin: int) -> Place | None:
    """Return the newest message with a gap of a bin before it."""
    kinds = (histogram for _, _, histogram in histograms(gaps))
    return max((kind.places[bin] for kind in kinds if kind.counts[bin]), default=None)


def _counts(gaps: Gaps) -> list[list[int]]:
    return [histogram.counts for _, _, histogram in histograms(gaps)]


def pointed(gaps: Gaps, bin: int) -> Line:
    """Return what there is in a bin."""
    between, answer, reply = (counts[bin] for counts in _counts(gaps))
    if bin == 0:
        text = f"up to {gap(bin_start(1))}"
    elif bin == BINS - 1:
        text = f"{gap(bin_start(bin))} and longer"
    else:
        text = f"{gap(bin_start(bin))} to {gap(bin_start(bin + 1))}"
    counts = f"   RX to RX {number(between)}   RX to TX {number(answer)}   TX to RX {number(reply)}"
    return [(text, "note"), (counts, "")]


def csv(gaps: Gaps) -> Iterator[str]:
    """Return lines of CSV, a bin a line."""
    yield "from_seconds,rx_to_rx,rx_to_tx,tx_to_rx\n"
    for bin, counts in enumerate(zip(*_counts(gaps), strict=True)):
        start = f"{bin_start(bin) / SECOND:.6g}" if bin else "0"
        yield ",".join([start, *map(str, counts)]) + "\n"
