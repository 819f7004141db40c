"""What payloads are filled in with in these tests."""

import random

from tcpmon.core.payload import Facts, parse

GROUPS = {
    "0": b"id=12", "1": b"12", "imei": b"\x12\xab", "n": b"3", "two": b"\0\2", "none": b"",
}  # fmt: skip


def facts() -> Facts:
    """Return the same facts each time, with counters of their own."""
    return Facts(
        1_700_000_000_123_456_789, 7, "é", "10.0.0.1", 40_001, "127.0.0.1:8000", b"id=12\n",
        GROUPS, {}, random.Random(1).randbytes,
    )  # fmt: skip


def filled(text: str) -> bytes:
    """Return the bytes of a payload that was written."""
    return parse(text, groups=GROUPS).fill(facts())
