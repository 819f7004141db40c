"""Messages or bytes a second, as bars."""

import time
from collections.abc import Callable, Iterator

from tcpmon.core.series import Flow
from tcpmon.core.timestamps import SECOND, Stamper
from tcpmon.core.units import counted, size
from tcpmon.ui.charts import amount, bars, round_up
from tcpmon.ui.faces.picture import Face, Picture, axis, flows, legend, scaled
from tcpmon.ui.render import Line

_utc = Stamper(time.gmtime)


def draw(picture: Picture, height: int) -> list[Line]:
    """Return both charts and the axis between them."""
    rows = max(2, height - 4)
    above = _chart(picture, True, rows - rows // 2)
    return [*above, *axis(picture), *_chart(picture, False, rows // 2)]


def _chart(picture: Picture, received: bool, rows: int) -> list[Line]:
    window, of_bytes = picture.window, picture.face is Face.BYTES
    told: Callable[[float], str] = size if of_bytes else amount
    directed = list(flows(picture.buckets, received))
    amounts = [(flow.size if of_bytes else flow.messages) if flow else 0 for flow in directed]
    rates = [count * SECOND / window.width for count in amounts]
    seconds = (min(window.end, picture.now) - max(window.start, picture.first)) / SECOND
    # A stretch that is shorter than a column says nothing of a mean.
    mean = sum(amounts) / max(seconds, window.width / SECOND)
    total = size(sum(amounts)) if of_bytes else counted(sum(amounts), "message")
    summary = f"peak {told(max(rates))}/s   mean {told(mean)}/s   {total}"
    top = round_up(max(rates))
    scale = {0: f"{told(top)}/s", rows - 1: "0"}
    if rows >= 6 and rows % 2 == 0:
        scale[rows // 2] = f"{told(top / 2)}/s"
    chart = bars(rates, top, rows)
    name = "received" if received else "sent"
    return [legend(received, name, summary), *scaled(chart, scale, received, picture.cursor)]


def said(flow: Flow) -> str:
    """Return what went one way in a column."""
    return f"{counted(flow.messages, 'message')}, {size(flow.size)}"


def csv(picture: Picture) -> Iterator[str]:
    """Return lines of CSV, a column a line. Times are in UTC."""
    yield "time,seconds,rx_messages,rx_bytes,tx_messages,tx_bytes\n"
    seconds = picture.window.width / SECOND
    for when, bucket in picture.columns():
        both = (bucket.rx, bucket.tx) if bucket else ()
        counts = [count for flow in both for count in (flow.messages, flow.size)] or [0] * 4
        yield ",".join([_utc.rfc3339(when), f"{seconds:g}", *map(str, counts)]) + "\n"
