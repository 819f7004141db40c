"""A job in words: what it does, how far it is, and what came to nothing."""

from tcpmon.core.escape import escape_hidden
from tcpmon.core.jobs import Job, JobState
from tcpmon.core.units import counted, lasted, number, size, span
from tcpmon.ui.render import Line, fit

STATE_CELLS, PROGRESS_CELLS, WHOM_CELLS = 8, 24, 20
SHOWN = 400  # characters of a payload that are told of
_STYLES = {
    JobState.RUNNING: "good",
    JobState.HELD: "note",
    JobState.WAITING: "warn",
    JobState.DONE: "dim",
    JobState.STOPPED: "dim",
    JobState.FAILED: "error",
}


def progress(job: Job) -> str:
    """Return how far it is: "12 of 20", "41.0 MB of 1.0 GB, 4 %"."""
    if not job.is_file:
        return f"{number(job.done)} of {number(job.of)}" if job.of else counted(job.done, "time")
    percent = 100 * job.done // job.of if job.of else 100
    return f"{size(job.done)} of {size(job.of)}, {percent} %"


def heading() -> Line:
    """Name the columns."""
    columns = (("State", STATE_CELLS), ("So far", PROGRESS_CELLS), ("To", WHOM_CELLS))
    names = "".join(f"{name:<{cells}} " for name, cells in columns)
    return [(f"  {names}What", "heading")]


def row(job: Job, width: int) -> Line:
    """Return a row of the list in so many cells."""
    what = escape_hidden(job.what[:SHOWN])
    wrong = f"{job.note or f'{number(job.missed)} missed'}  " if job.note or job.missed else ""
    rest = width - STATE_CELLS - PROGRESS_CELLS - WHOM_CELLS - 3
    return [
        (f"{job.state:<{STATE_CELLS}} ", _STYLES[job.state]),
        (f"{fit(progress(job), PROGRESS_CELLS)} ", ""),
        (f"{fit(escape_hidden(job.whom), WHOM_CELLS)} ", ""),
        (fit(wrong + what, max(1, rest)).rstrip(), "warn" if wrong else "dim"),
    ]


def details(job: Job, now: int) -> list[tuple[str, str]]:
    """Return all that is known of a job: three lines, each with its style."""
    kind = "file" if job.is_file else "payload"
    pace = "" if job.is_file else f"every {lasted(job.every)}, "
    took = span(((job.ended or now) - job.began) / 1e9)
    since = f"took {took}" if job.ended else f"for {took} now"
    missed = f", {number(job.missed)} missed" if job.missed else ""
    note = f"; {job.note}" if job.note else ""
    return [
        (f"{kind}  {escape_hidden(job.what[:SHOWN])}", ""),
        (f"to {escape_hidden(job.whom)}", ""),
        (f"{job.state}, {pace}{progress(job)}{missed}, {since}{note}", _STYLES[job.state]),
    ]
