"""Fills a history and tells what that took: `filling.py RECORDS PORT`.

Writes one JSON object once so many records are kept: `overhead`, the bytes for each
beside its payload, and `pause`, the longest work of the garbage collector in milliseconds
of processor time.
"""

import asyncio
import gc
import json
import os
import sys
import time

from tcpmon.core.limits import MIB, Limits
from tcpmon.engine.engine import Engine
from tcpmon.memory import settle_memory
from tests.benchmarks.processes import resident_kib

FIRST = 10_000  # records before which clients come, and memory is not looked at
KEEP = 256 * MIB
SECONDS = 60


class Pauses:
    """For gc.callbacks: the processor time of the longest collection, in seconds."""

    def __init__(self) -> None:
        self.longest = self._began = 0.0

    def __call__(self, phase: str, info: dict[str, int]) -> None:
        now = time.thread_time()
        if phase == "start":
            self._began = now
        else:
            self.longest = max(self.longest, now - self._began)


async def main(records: int, port: int) -> None:
    engine = Engine(limits=Limits(keep=KEEP))
    async with engine:
        await engine.listen(f"127.0.0.1:{port}")
        settle_memory()
        pauses = Pauses()
        gc.callbacks.append(pauses)
        before = await _state(engine, FIRST)
        after = await _state(engine, records)
        resident, payload, count = (new - old for new, old in zip(after, before, strict=True))
        print(json.dumps({"overhead": (resident - payload) / count, "pause": pauses.longest * 1e3}))
        sys.stdout.flush()
        await asyncio.sleep(SECONDS)


async def _state(engine: Engine, records: int) -> tuple[float, int, int]:
    """Return bytes of memory, of payload, and records, once there are so many."""
    await engine.until(lambda: engine.store.end >= records, SECONDS)
    span = engine.span()
    payload = engine.totals().rx_bytes
    return resident_kib(os.getpid()) * 1024, payload, span.end - span.first


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        runner.run(main(int(sys.argv[1]), int(sys.argv[2])))
