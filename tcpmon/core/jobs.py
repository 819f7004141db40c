"""What is sent over a while, a payload again and again or a file: pictures for the screen."""

from enum import StrEnum

from msgspec import Struct


class JobState(StrEnum):
    """How it is with a job."""

    RUNNING = "running"
    HELD = "held"
    """Somebody has told it to wait."""
    WAITING = "waiting"
    """Nobody takes more at the moment: those it is for do not read, or none is there."""
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"

    @property
    def over(self) -> bool:
        """Whether nothing more will come of it."""
        return self in (JobState.DONE, JobState.STOPPED, JobState.FAILED)


class Job(Struct, frozen=True):
    """Something that is being sent, or was.

    what: the payload as it was written, or the file's path; whom: for whom, as a person says it;
    both are as they came: escape them. every: seconds between two sendings, 0 for a file. done, of:
    sendings so far and in all, bytes of a file; of = 0: until it is stopped. missed: what
    came to nothing: beats that were late or for nobody, those who did not get one, or clients who
    were left out of a file. began, ended: ns since 1970, ended 0 while it runs.
    note: what went wrong, safe to print, "" for nothing.
    """

    id: int
    is_file: bool
    what: str
    whom: str
    state: JobState
    every: float
    done: int
    of: int
    missed: int
    began: int
    ended: int
    note: str = ""
