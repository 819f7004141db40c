"""A line of the log fits, says what was said, and does no harm."""

import re
from array import array
from typing import Any

import pytest
from hypothesis import example, given, strategies as st
from rich.cells import cell_len

from tcpmon.core.escape import unescape
from tcpmon.core.model import (
    Cast,
    End,
    Kind,
    Reason,
    Record,
    State,
    open_data,
    story,
)
from tcpmon.ui.client_rows import broken, client_line, columns_for, last
from tcpmon.ui.log_lines import (
    TIMES,
    copied,
    delivery,
    message_line,
    record_time,
    skipped,
    style_of,
    told,
)
from tcpmon.ui.render import Line
from tcpmon.ui.widgets.lines import STYLES
from tests.core.safety import unsafe_in
from tests.ui.fakes import a_row
from tests.ui.pictures import (
    ANY_TIME,
    ENDS,
    EVENTS,
    HOUR,
    NOON,
    PAYLOADS,
    WIDTHS,
    WORKDAY,
    a_client,
    casts,
    cells,
    records,
    said,
)

STUCK = "does not read, 8.4 MB unsent"
TWO_STUCK = Record(
    1, NOON, Kind.CAST, 0, b"status?\n",
    Cast(array("I", range(1, 15)), dict.fromkeys((12, 13, 14), STUCK), {9}), 1,
)  # fmt: skip
"""A broadcast to fourteen, of whom three do not read."""


def record_line(record: Record, when: str, width: int, id_width: int, body: bool = True) -> Line:
    """Return a record as the log shows it where nothing is cut."""
    return message_line(a_row(record), [(f"{when} ", "dim")], width, id_width, body)


@given(records(), st.integers(80, 200), st.integers(4, 8), st.booleans())
@example(TWO_STUCK, 120, 4, True)
def test_a_record_fits(record: Record, width: int, id_width: int, body: bool) -> None:
    """From 80 cells up no record, of whatever kind, is wider than asked."""
    when = record_time("clock", record.time, None, 0)
    assert cells(record_line(record, when, width, id_width, body)) <= width


@given(records(), st.integers(1, 79), st.integers(4, 8), st.booleans())
def test_a_record_fits_a_narrow_window(
    record: Record, width: int, id_width: int, body: bool
) -> None:
    """A record is never wider than asked, even where there is no room for all of it."""
    when = record_time("clock", record.time, None, 0)
    assert cells(record_line(record, when, width, id_width, body)) <= width


@given(records(), WIDTHS, st.booleans())
def test_a_record_is_harmless(record: Record, width: int, body: bool) -> None:
    """A line of the log does nothing to a terminal, and its styles are known."""
    line = record_line(record, "12:00:04.121", width, 4, body)
    assert unsafe_in(said(line)) == []
    assert {style for _, style in line} <= {"", *STYLES}
    assert style_of(record.kind) in STYLES


@given(records())
def test_a_story_is_harmless(record: Record) -> None:
    """What an event says does nothing to a terminal, and a payload is no event."""
    assert unsafe_in(story(record)) == []
    if record.kind <= Kind.CAST:
        assert story(record) == ""
    elif record.kind not in (Kind.INFO, Kind.WARN):
        assert story(record)


@given(records(PAYLOADS), st.integers(80, 200))
def test_columns_of_the_log_line_up(record: Record, width: int) -> None:
    """Time, client, direction and size of a payload take the same cells in every line."""
    line = record_line(record, "12:00:04.121", width, 8)
    assert [cell_len(text) for text, _ in line[:4]] == [13, 8, 8, 8]


def line_of(record: Record, width: int = 100) -> str:
    """Return a record as a line that begins at 12 o'clock."""
    return said(record_line(record, "12:00", width, 4))


@pytest.mark.parametrize(
    ("record", "shown"),
    [
        (Record(1, 0, Kind.RX, 7, b"hi\r\n"), r"12:00   #7 RX          4  hi\r\n"),
        (Record(1, 0, Kind.TX, 7, b"yo"), "12:00   #7 TX          2  yo"),
        (Record(1, 0, Kind.TX, 7, b"yo", queued=1), "12:00   #7 TX          2  yo  queued"),
        (Record(1, 0, Kind.TX, 7, b"yo", unsent=1), "12:00   #7 TX          2  yo  unsent"),
        (Record(1, 0, Kind.CAST, 0, b"yo", Cast(array("I", [1, 2]))),
         "12:00   x2 TX          2  yo  to 2 of 2 clients"),
        (Record(1, 0, Kind.RX, 7, b"x" * 1204), "12:00   #7 RX      1,204  " + "x" * 73 + "…"),
        (Record(1, 0, Kind.OPEN, 7, open_data("127.0.0.1:5", "127.0.0.1:8")),
         "12:00   #7 open   127.0.0.1:5 via 127.0.0.1:8"),
        (Record(1, 0, Kind.EOF, 7, b""), "12:00   #7 eof    peer closed its sending side"),
        (Record(1, 0, Kind.CLOSE, 7, End(Reason.PEER_CLOSED, 6, 0, 0, 5_300_000_000).pack()),
         "12:00   #7 closed by peer, rx 6 B, tx 0 B, after 5.3 s"),
        (Record(1, 0, Kind.CLOSE, 7, End(Reason.PEER_RESET, 6, 0, 0, 5_300_000_000).pack()),
         "12:00   #7 reset  by peer, rx 6 B, tx 0 B, after 5.3 s"),
        (Record(1, 0, Kind.CLOSE, 7, End(Reason.RESET, 6, 9, 9, 12_000_000).pack()),
         "12:00   #7 reset  by us, 9 B unsent, rx 6 B, tx 9 B, after 12.0 ms"),
        (Record(1, 0, Kind.CLOSE, 7, End(Reason.NO_ANSWER, 6, 9, 0, 12 * 10**9).pack()),
         "12:00   #7 lost   peer is gone, no answer, rx 6 B, tx 9 B, after 12.0 s"),
        (Record(1, 0, Kind.INFO, 0, b"listening on 127.0.0.1:8000"),
         "12:00      info   listening on 127.0.0.1:8000"),
        (Record(1, 0, Kind.WARN, 0, b"bad \x1b[2J"), r"12:00      warn   bad \x1b[2J"),
    ],
)  # fmt: skip
def test_record_line(record: Record, shown: str) -> None:
    """Each kind of record says when, who, what, how much, and what became of it."""
    assert line_of(record) == shown.replace("12.0 ms", "12 ms")


@pytest.mark.parametrize("count", [1, 99_999, 100_000, 262_144, 1_003_270])
def test_an_amount_of_any_size_keeps_the_columns(count: int) -> None:
    """The payload begins in the same cell, be it one byte or as much as can be sent."""
    short = line_of(Record(0, 0, Kind.RX, 7, b"z"), 100)
    assert line_of(Record(0, 0, Kind.RX, 7, b"z" * count), 100).index("z") == short.index("z")


def test_a_long_fate_leaves_room_for_the_payload() -> None:
    """What became of a broadcast is cut before its payload is, which has half the room."""
    shown = line_of(TWO_STUCK, 100)
    assert "status?\\n  to 10 of 14 clients, 1 queued, not to #12 (does not read" in shown
    assert shown.endswith("…")
    assert line_of(Record(**{**_fields(TWO_STUCK), "data": b"x" * 500}), 100).count("x") > 30


def _fields(record: Record) -> dict[str, Any]:
    return {name: getattr(record, name) for name in record.__struct_fields__}


ORDERLY = {Reason.PEER_CLOSED, Reason.CLOSED, Reason.STOPPED, Reason.IDLE}


@pytest.mark.parametrize("reason", Reason)
def test_broken_ends_stand_out(reason: Reason) -> None:
    """An end that nobody ordered, and every reset, is in the colour of an error."""
    record = Record(1, 0, Kind.CLOSE, 7, End(reason, 0, 0, 0, 0).pack())
    styles = {style for _, style in record_line(record, "12:00", 100, 4)[2:]}
    assert styles == ({"event"} if reason in ORDERLY else {"error"})


@given(ENDS)
def test_an_end_is_judged_alike_everywhere(end: End) -> None:
    """The glyph, the last column and the log agree on whether a connection broke."""
    client = a_client(state=State.CLOSED, closed=NOON, end=end.why)
    record = Record(1, 0, Kind.CLOSE, 7, end.pack())
    orderly = end.reason in ORDERLY
    resets = {Reason.PEER_RESET, Reason.RESET, Reason.UNREAD}
    word = "reset" if end.reason in resets else "lost"
    assert broken(end.why) == ("" if orderly else word)
    assert (client_line(client, NOON, columns_for(120))[0][1] == "error") != orderly
    assert (last(client, 60)[0][1] == "error") != orderly
    assert (record_line(record, "12:00", 100, 4)[2][1] == "error") != orderly


@given(records(EVENTS), WIDTHS)
def test_an_event_is_told_in_lines(record: Record, width: int) -> None:
    """An event in lines is harmless, fits, and says what its story says."""
    lines = told(record, width)
    assert unsafe_in("".join(map(said, lines))) == []
    assert all(cells(line) <= max(2, width) for line in lines)
    if b"\n" not in record.data:
        assert said([span for line in lines for span in line]) == story(record)


def test_an_event_keeps_its_own_lines() -> None:
    """A line break of a warning ends a line, also an empty one; its backslashes are its own."""
    record = Record(1, 0, Kind.WARN, 0, b"one\n\n  C:\\new\x1b\n")
    assert [said(line) for line in told(record, 40)] == ["one", "", "  C:\\new\\x1b"]


@given(records())
def test_what_is_copied_is_harmless(record: Record) -> None:
    """A copied payload can be typed back; of an event it is what it says."""
    assert unsafe_in(copied(record)) == []
    if record.kind <= Kind.CAST:
        assert unescape(copied(record)) == record.data
    elif record.data:
        assert copied(record) == story(record)


def a_cast(skips: int = 0, queued: int = 0, unsent: int = 0, dropped: int = 0) -> Record:
    """A payload for ten clients, of whom the last ones were left out."""
    left_out = {10 - number: "gone" for number in range(skips)}
    cast = Cast(array("I", range(1, 11)), left_out)
    return Record(1, 0, Kind.CAST, 0, b"x", cast, queued, unsent, dropped)


@pytest.mark.parametrize(
    ("record", "told"),
    [
        (Record(1, 0, Kind.RX, 1, b"x"), ("", "")),
        (Record(1, 0, Kind.TX, 1, b"x"), ("", "")),
        (Record(1, 0, Kind.TX, 1, b"x", queued=1), ("queued", "warn")),
        (Record(1, 0, Kind.TX, 1, b"x", unsent=1), ("unsent", "error")),
        (Record(1, 0, Kind.TX, 1, b"x", unsent=1, dropped=1), ("dropped", "error")),
        (a_cast(), ("to 10 of 10 clients", "")),
        (a_cast(queued=2), ("to 8 of 10 clients, 2 queued", "warn")),
        (a_cast(unsent=3), ("to 7 of 10 clients, 3 ended before", "warn")),
        (a_cast(unsent=3, dropped=2), ("to 7 of 10 clients, 1 ended before, 2 dropped", "warn")),
        (a_cast(unsent=1, dropped=1), ("to 9 of 10 clients, 1 dropped", "warn")),
        (a_cast(skips=1), ("to 9 of 10 clients, not to #10 (gone)", "warn")),
        (a_cast(skips=3, queued=1, unsent=1),
         ("to 5 of 10 clients, 1 queued, 1 ended before, not to #10 (gone), #9 (gone) and 1 more",
          "warn")),
    ],
)  # fmt: skip
def test_delivery(record: Record, told: tuple[str, str]) -> None:
    """What was sent says who has it, who waits for it, and who will not get it."""
    assert delivery(record) == told


@given(casts())
def test_delivery_accounts_for_everyone(cast: Cast) -> None:
    """Who got it, who waits, who ended before and who was left out are all there is."""
    waiting, lost = len(cast.waiting), len(cast.lost)
    told, _ = delivery(Record(1, 0, Kind.CAST, 0, b"x", cast, waiting, lost))
    words = re.match(
        r"to (\d+) of (\d+) clients(?:, (\d+) queued)?(?:, (\d+) ended before)?"
        r"(?:, not to #\d+ \([^)]*\)(?P<second>, #\d+ \([^)]*\))?(?: and (\d+) more)?)?\Z",
        told,
    )
    assert words, told
    sent, count, queued, ended, more = (int(words[place] or 0) for place in (1, 2, 3, 4, 6))
    named = 2 if words["second"] else 1 if "not to" in told else 0
    assert (queued, ended, named + more) == (waiting, lost, len(cast.skipped))
    assert sent + queued + ended + named + more == count == len(cast.receivers)


@pytest.mark.parametrize(
    ("left_out", "told"),
    [
        ({7: "gone"}, "#7 (gone)"),
        ({7: "gone", 9: "SLOW"}, "#7 (gone), #9 (SLOW)"),
        ({7: "gone", 9: "SLOW", 11: "gone", 12: "gone"}, "#7 (gone), #9 (SLOW) and 2 more"),
    ],
)
def test_skipped(left_out: dict[int, str], told: str) -> None:
    """Who was left out is named with the reason, as far as that is short."""
    assert skipped(left_out) == told


# -- times ---------------------------------------------------------------------------


@pytest.mark.parametrize("form", TIMES)
@given(at=ANY_TIME, before=st.none() | ANY_TIME, start=ANY_TIME)
@example(at=NOON + 10 * HOUR, before=NOON, start=NOON)
def test_times_are_equally_wide(form: str, at: int, before: int | None, start: int) -> None:
    """In each form, the times of any two records are equally wide."""
    shown = record_time(form, at, before, start)
    assert len(shown) == cell_len(shown) == len(record_time(form, NOON, None, NOON)), repr(shown)


@pytest.mark.parametrize("form", TIMES)
@given(at=WORKDAY, before=st.none() | WORKDAY, start=WORKDAY)
def test_times_are_equally_wide_in_a_workday(
    form: str, at: int, before: int | None, start: int
) -> None:
    """In each form, the times of records of the same eight hours are equally wide."""
    shown = record_time(form, at, before, start)
    assert len(shown) == len(record_time(form, NOON, None, NOON)), repr(shown)


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        ("delta", r" *\+0\.160"),
        ("start", r" *\+1:02:03"),
        ("clock", r"\d\d:\d\d:\d\d\.121"),
        ("both", r"\d\d:\d\d:\d\d\.121 +\+0\.160"),
        ("date", r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.121"),
    ],
)
def test_record_time(form: str, shown: str) -> None:
    """Each form says what its name says."""
    at = NOON + 121_000_000
    start = at - 3_723_000_000_000
    assert re.fullmatch(shown, record_time(form, at, at - 160_000_000, start))


@pytest.mark.parametrize(
    ("hours", "shown"), [(9, " +9:00:00"), (10, "+10:00:00"), (99, "+99:00:00"), (100, "    +4d4h")]
)
def test_long_spans_line_up(hours: int, shown: str) -> None:
    """Ten hours and days are written out, as wide as a moment is."""
    assert record_time("start", NOON + hours * HOUR, None, NOON) == shown
    assert record_time("delta", NOON + hours * HOUR, NOON, 0) == shown


def test_the_first_line_has_no_delta() -> None:
    """Where no line is above there is a blank instead of a span."""
    assert record_time("delta", NOON, None, 0).strip() == ""


# -- sparklines ----------------------------------------------------------------------
