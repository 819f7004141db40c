"""The page that tells what a child is at."""

import tempfile

from tcpmon.script.page import IDLE, SIZE, WORDS, Page


def test_page() -> None:
    """What is marked by one is read by the other; each mark can be told from the one before."""
    with tempfile.TemporaryFile() as file:
        file.truncate(SIZE)
        child, host = Page(file.fileno()), Page(file.fileno())
    assert host.read() == (0, IDLE, 0)
    seen = set()
    for word in WORDS * 2:
        child.mark(word, 7)
        serial, at, client = host.read()
        assert (at, client) == (word, 7)
        seen.add(serial)
    assert len(seen) == 2 * len(WORDS)
    child.close()
    host.close()
