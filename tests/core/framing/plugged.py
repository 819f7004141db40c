"""A framer as others may write one: packets that begin with $ and end in a checksum, "$abc*5F".

In its package's pyproject.toml:

    [project.entry-points."tcpmon.framers"]
    dollar = "plugged:Dollar"

    tcpmon --framing dollar:digits=2
"""

from tcpmon.core.framing import BadFrame


class Dollar:
    joins = False  # whether it may begin in the middle of a stream
    timed = False  # whether it wants each read by itself, and its time

    def __init__(self, digits: str = "2") -> None:
        self.behind = int(digits)  # what follows the star
        self.left: int | None = None  # how much of that, once the star has come
        self.begun = False

    def feed(self, data: bytes, time: int) -> list[int]:
        ends: list[int] = []
        for place, byte in enumerate(data, start=1):
            if not self.begun and byte != ord("$"):
                raise BadFrame(ends, "a $ to begin with")
            self.begun = True
            if self.left is not None:
                self.left -= 1
            elif byte == ord("*"):
                self.left = self.behind
            if self.left == 0:
                ends.append(place)
                self.left, self.begun = None, False
        return ends

    def missing(self) -> int | None:
        return self.left

    def body(self, message: bytes) -> bytes:
        return message[1:].rpartition(b"*")[0]
