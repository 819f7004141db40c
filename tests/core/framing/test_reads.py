"""Without framing a message is a read."""

from tcpmon.core.framing.reads import Reads


def test_reads() -> None:
    """Each read ends a message, and carries all of it."""
    framer = Reads()
    assert framer.timed
    assert framer.joins
    assert framer.feed(b"ab\ncd", 0) == [5]
    assert framer.feed(b"x", 0) == [1]
    assert framer.missing() == 0
    assert framer.body(b"ab\n") == b"ab\n"
