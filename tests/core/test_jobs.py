"""What is sent over a while, as the screen shows it."""

import pytest

from tcpmon.core.jobs import JobState


@pytest.mark.parametrize("state", JobState)
def test_it_is_over_or_something_may_come_of_it(state: JobState) -> None:
    """Only what is done, stopped or failed is over: what waits or is held may go on."""
    goes_on = {JobState.RUNNING, JobState.HELD, JobState.WAITING}
    assert state.over == (state not in goes_on)
