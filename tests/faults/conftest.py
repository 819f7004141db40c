"""What the tests of faults share: the kinds of listeners, and the engine's own stage."""

from collections.abc import Iterator

import pytest

from tests.engine.conftest import (
    PLACES as STAGES,
    Place as Stage,
    clock,
    descriptors,
    place_name,
    poller,
    serve,
)
from tests.faults import program
from tests.faults.program import PLACES, Place

__all__ = ["clock", "descriptors", "poller", "serve"]


@pytest.fixture(params=PLACES, ids=lambda place: place.name)
def via(request: pytest.FixtureRequest) -> Place:
    """The kind of listener that is called; `over_tcp` takes those that are TCP."""
    found: Place = request.param
    return found


@pytest.fixture(params=STAGES, ids=place_name)
def place(request: pytest.FixtureRequest) -> Stage:
    """The kind of listener of an engine in this process, for what serve cannot be asked."""
    found: Stage = request.param
    return found


@pytest.fixture(autouse=True)
def limits_hit(request: pytest.FixtureRequest) -> Iterator[None]:
    """Have the limits that a test has hit printed at the end of the run."""
    program.hits.clear()
    yield
    request.node.user_properties += [("limit", hit) for hit in program.hits]
