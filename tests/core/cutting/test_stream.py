"""A stream is cut alike, however its reads come together."""

import copy

import pytest
from hypothesis import given, strategies as st

from tcpmon.core.cutting.stream import Cut, Pending
from tcpmon.core.framing import Framer
from tests.core.cutting.framers import Counted, Lines, Made, Read, Returns, Silences, straight

FRAMERS = [Lines, Returns, Counted, Silences]
DATA = st.lists(
    st.sampled_from([b"\n", b"\r", b"\0", b"\1", b"\3", b"\xff", b"ab"]), min_size=1, max_size=6
)
READS = st.lists(st.tuples(st.integers(0, 8), DATA.map(b"".join)), max_size=12)


@pytest.fixture(autouse=True, scope="module")
def a_small_limit() -> object:
    """Messages of a few bytes are too long."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tcpmon.core.cutting.stream.LIMIT", 6)
        patch.setattr("tests.core.cutting.framers.LIMIT", 6)
        yield


def reads_of(steps: list[tuple[int, bytes]]) -> list[Read]:
    """Number reads and give each a time."""
    now, reads = 0, []
    for seq, (pause, data) in enumerate(steps):
        now += pause
        reads.append((seq, now, data))
    return reads


@pytest.mark.parametrize("kind", FRAMERS)
@given(steps=READS, sizes=st.lists(st.integers(1, 5), max_size=12), chunk=st.integers(1, 12))
def test_the_same_rows(
    kind: type[Framer], steps: list[tuple[int, bytes]], sizes: list[int], chunk: int
) -> None:
    """Rows are those of the plain way, whatever is looked at at once, across chunks too."""
    reads = reads_of(steps)
    state = Pending(Made(kind), kind())
    found: list[tuple[int, bytes]] = []
    carried = b""  # of the row that is not complete
    for first in range(0, len(reads), chunk):
        part = reads[first : first + chunk]
        cut = Cut(state)
        rest = list(sizes)
        while part:
            size = rest.pop() if rest else 3
            cut.extend(part[:size])
            part = part[size:]
        joined = b"".join(data for _, _, data in reads[first : first + chunk])
        if cut.closed and carried:
            found.append((cut.seqs[0] - 1, carried))
            carried = b""
        for at, seq in enumerate(cut.seqs):
            for row in cut.of_record(at):
                if row < len(cut.rows):
                    begin = cut.rows[row - 1] if row else 0
                    found.append((seq, carried + joined[begin : cut.rows[row]]))
                    carried = b""
        carried += joined[cut.rows[-1] if cut.rows else 0 :]
        state = cut.after()
        assert state.length == len(carried) == cut.pending
    if carried:
        found.append((reads[-1][0], carried))
    expected = straight(kind, reads)
    assert [(seq, data) for seq, data, _, _ in expected] == found
    assert b"".join(data for _, data in found) == b"".join(data for _, _, data in reads)


@given(steps=READS)
def test_the_state_goes_on_by_itself(steps: list[tuple[int, bytes]]) -> None:
    """What is taken up after a chunk leaves the chunk's cut as it was."""
    reads = reads_of(steps)
    cut = Cut(Pending(Made(Counted), Counted()))
    cut.extend(reads) if reads else None
    before = list(cut.rows), cut.pending, cut.framer.missing()
    later = Cut(cut.after())
    later.extend([(100, 100, b"\5abc")])
    assert (cut.rows, cut.pending, cut.framer.missing()) == before
    assert copy.copy(cut.framer).missing() == before[2]
