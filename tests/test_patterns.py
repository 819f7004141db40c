"""Regular expressions mean the same in every Python that tcpmon runs on."""

import re
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "tcpmon"


def test_possessive_groups() -> None:
    """A group that is repeated possessively ends in an alternative that is empty.

    Python 3.11.0 to 3.11.4, Debian 12's among them, would otherwise go on at the place where its
    last repetition has failed, not at the one where it began.
    """
    found = [
        f"{path.relative_to(PACKAGE)}: {line.strip()}"
        for path in PACKAGE.rglob("*.py")
        for line in path.read_text().splitlines()
        if re.search(r"(?<!\\)(?<!\|)\)(?:[*+?]|\{[^}]*\})\+", line)
    ]
    assert found == []
