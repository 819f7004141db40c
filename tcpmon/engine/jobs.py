"""What an engine sends over a while: started, told to wait or stop, and remembered."""

import asyncio
import time
import traceback
from collections.abc import Awaitable, Callable

from tcpmon.core.commands import Order, Repeat, SendFile, Tell
from tcpmon.core.errors import NoSuchTarget, TcpmonError
from tcpmon.core.jobs import Job, JobState
from tcpmon.core.limits import Limits
from tcpmon.core.model import Kind
from tcpmon.core.payload import parse
from tcpmon.core.units import lasted, size
from tcpmon.engine.filing import FileSending, open_file
from tcpmon.engine.job import Floor, Run, shown_text, whom_text
from tcpmon.engine.repeating import Repeating, check_every
from tcpmon.engine.sending import Sender

KEPT = 100
STOP_SECONDS = 1.0  # how long an ending engine waits for what a job has begun


class Jobs:
    """The jobs of an engine, the newest KEPT of those that are over too."""

    def __init__(
        self,
        sender: Sender,
        until: Callable[[Callable[[], bool], float | None], Awaitable[None]],
        say: Callable[[Kind, str, int], None],
        settle: Callable[[], None],
        report: Callable[[str], None],
        limits: Callable[[], Limits],
    ) -> None:
        """See Floor."""
        self._floor = Floor(sender, until, say, settle, report, limits)
        self._runs: dict[int, Run] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._last = 0

    def pictures(self) -> tuple[Job, ...]:
        """Return what is seen of all of them, the oldest first. From any thread."""
        return tuple(run.picture for run in list(self._runs.values()))

    async def repeat(self, command: Repeat) -> Job:
        """Begin to send a payload again and again."""
        check_every(command.every)
        payload = parse(command.text)
        await self._floor.sender.choose(command.clients)  # a filter must be one
        picture = self._picture(command.text, command, command.every, max(0, command.times))
        run = Repeating(self._floor, picture, payload, command.clients)
        return self._start(run, f", every {lasted(command.every)}")

    async def send_file(self, command: SendFile) -> Job:
        """Begin to send a file."""
        clients = await self._floor.sender.choose(command.clients)
        file, length = await asyncio.to_thread(open_file, command.path)
        try:
            picture = self._picture(command.path, command, 0.0, length)
            open = self._floor.sender.roster.open
            run = FileSending(self._floor, picture, file, [id for id in clients if id in open])
        except BaseException:
            file.close()
            raise
        return self._start(run, f", {size(length)}: {shown_text(command.path)}")

    def _picture(self, what: str, command: Repeat | SendFile, every: float, of: int) -> Job:
        self._last += 1
        return Job(
            self._last, isinstance(command, SendFile), what, whom_text(command.clients),
            JobState.RUNNING, every, 0, of, 0, time.time_ns(), 0,
        )  # fmt: skip

    def _start(self, run: Run, how: str) -> Job:
        self._runs[run.picture.id] = run
        over = [id for id, each in self._runs.items() if each.over]
        for id in over[: max(0, len(self._runs) - KEPT)]:
            del self._runs[id]
        whom = shown_text(run.picture.whom)
        self._floor.say(Kind.INFO, f"{run.name} to {whom}{how}", 0)
        task = asyncio.get_running_loop().create_task(self._fenced(run))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return run.picture

    async def _fenced(self, run: Run) -> None:
        try:
            await run.run()
        except TcpmonError as error:
            run.finish(JobState.FAILED, str(error))
        except Exception:  # noqa: BLE001 - the fence of a job
            self._floor.report(traceback.format_exc())
            run.finish(JobState.FAILED, "a bug in tcpmon, see the log")
        finally:
            run.finish(JobState.STOPPED)
            self._floor.settle()

    def tell(self, command: Tell) -> None:
        """Tell a job to wait, to go on, or to stop."""
        run = self._runs.get(command.job)
        if run is None or run.over:
            raise NoSuchTarget(f"job {command.job} is over" if run else f"no job {command.job}")
        run.tell(command.order)

    def forget(self) -> int:
        """Take those that are over off the list; return how many."""
        before = len(self._runs)
        self._runs = {id: run for id, run in self._runs.items() if not run.over}
        return before - len(self._runs)

    async def stop(self) -> None:
        """Stop all of them."""
        for run in list(self._runs.values()):
            if not run.over:
                run.tell(Order.STOP)
        self._floor.settle()
        if tasks := list(self._tasks):
            _, slow = await asyncio.wait(tasks, timeout=STOP_SECONDS)
            for task in slow:
                task.cancel()
            await asyncio.gather(*slow, return_exceptions=True)
