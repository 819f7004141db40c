"""Every read is a message: what came together stays together."""

from typing import ClassVar


class Reads:
    """Cuts where reads end, which is where the sender paused or the network chose."""

    joins: ClassVar[bool] = True
    timed: ClassVar[bool] = True

    def feed(self, data: bytes, time: int) -> list[int]:
        return [len(data)]

    def missing(self) -> int | None:
        return 0

    @staticmethod
    def whole(data: bytes) -> bytes | None:
        return data

    def body(self, message: bytes) -> bytes:
        return message
