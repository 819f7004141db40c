"""The same payload again and again, on the beat."""

import asyncio
import math

from tcpmon.core.commands import Whom
from tcpmon.core.errors import BadTime
from tcpmon.core.jobs import Job, JobState
from tcpmon.core.payload import Payload
from tcpmon.core.units import counted
from tcpmon.engine.job import Floor, Run
from tcpmon.engine.sending import Awaited

SHORTEST = 0.001  # seconds from one beat to the next


def check_every(seconds: float) -> None:
    """Raise BadTime unless one can repeat in so many seconds."""
    if not (math.isfinite(seconds) and seconds >= SHORTEST):
        raise BadTime("nothing is sent more often than every millisecond", "write 1ms or longer")


class Repeating(Run):
    """Sends a payload every so often. What would be late is left out, never sent in a burst, and
    who has not taken what came before gets no more of it."""

    def __init__(self, floor: Floor, picture: Job, payload: Payload, whom: Whom) -> None:
        super().__init__(floor, picture)
        self._payload = payload
        self._whom = whom
        self._awaited = Awaited(floor.sender.roster)

    def amount(self) -> str:
        return f"sent {counted(self.picture.done, 'time')}"

    async def run(self) -> None:
        clock = asyncio.get_running_loop().time
        beat = clock()
        while not self.over:
            if self.is_held:
                await self.go_on()
                beat = clock()
                continue
            await self._send()
            if self.picture.of and self.picture.done >= self.picture.of:
                self.finish(JobState.DONE)
                return
            every = self.picture.every
            late = max(0, int((clock() - beat) / every) - 1)
            self.miss(late)
            beat += every * (late + 1)
            if (wait := beat - clock()) > 0:
                await self.until(lambda: False, wait)
            else:
                await asyncio.sleep(0)  # nothing on the way here may have let others have a turn

    async def _send(self) -> None:
        """Send it once, to those who are there and have taken what came before."""
        clients = await self.floor.sender.choose(self._whom)
        if not clients and isinstance(self._whom, tuple):
            self.finish(JobState.FAILED, "all of those it was for have gone")
        if self.over:
            return
        busy = self._awaited.clients()
        ready = [id for id in clients if id not in busy]
        given = await self.floor.sender.send_payload(self._payload, ready)
        self._awaited.add(given)
        self.floor.settle()
        skipped = len(given.delivery.skipped) + len(clients) - len(ready)
        self.miss(skipped or int(not clients))
        if given.delivery.accepted:
            self.show(done=self.picture.done + 1)
        self.become(JobState.RUNNING if given.delivery.accepted else JobState.WAITING)
