"""What is said to clients beside a line at a time: saved messages, what was sent before, again
and again, files, and to whom."""

from collections.abc import Callable, Mapping

from textual.screen import Screen

from tcpmon.core.commands import Repeat, Send, SendFile, Whom
from tcpmon.core.errors import BadPayload
from tcpmon.core.escape import escape, escape_hidden
from tcpmon.core.jobs import Job
from tcpmon.core.payload import parse
from tcpmon.ui.aim import Aim
from tcpmon.ui.memory import Memory
from tcpmon.ui.saved import key_of, saved
from tcpmon.ui.screens.errands import Errands, told
from tcpmon.ui.widgets.composer import Composer


class Talking:
    """Does it for a screen. write_to: turns the composer to others and puts the cursor in it."""

    def __init__(
        self,
        screen: Screen[None],
        errands: Errands,
        aim: Aim,
        composer: Composer,
        messages: Mapping[str, str],
        filters: Mapping[str, str],
        write_to: Callable[[Whom], None],
    ) -> None:
        self._screen = screen
        self._errands = errands
        self._aim = aim
        self._composer = composer
        self._messages = messages
        self._names = list(messages)
        self._filters = filters
        self._write_to = write_to

    async def remembers(self, memory: Memory) -> None:
        """Know what was sent in earlier times."""
        self._composer.older(await memory.read())

    # -- saved messages ---------------------------------------------------------------

    def _saved(self, place: int) -> str | None:
        """Return the name of a saved message, None if there is none at this place."""
        if place < len(self._names):
            return self._names[place]
        none = f"no message is saved for {key_of(place)}"
        hint = "; [messages] in the config file names some" if not self._names else ""
        self._screen.notify(none + hint, severity="warning")
        return None

    def put_saved(self, place: int) -> None:
        """Write a saved message, to be sent or changed."""
        if (name := self._saved(place)) is not None:
            self._composer.supplant(saved(name, self._messages))

    async def send_saved(self, place: int, choose: Callable[[], Whom]) -> None:
        """Send a saved message at once. choose: says to whom, () for nobody."""
        name = self._saved(place)
        whom = () if name is None else choose()
        if name is None or whom == ():
            return
        delivery = await self._errands.do(_sending(self._messages[name], whom))
        if delivery is not None:
            what = f"{key_of(place)} {escape_hidden(name)} to {self._aim.words(whom)}"
            self._errands.tell(f"{what}: {told(delivery)}", failed=not delivery.accepted)

    async def recall(self) -> None:
        """Write what was saved or sent before."""
        from tcpmon.ui.screens.recall import Recall

        written = await self._errands.ask(Recall(self._messages, self._composer.history))
        if written is not None:
            self._composer.supplant(written)

    # -- over a while -----------------------------------------------------------------

    async def repeat(self, whom: Whom) -> None:
        """Send again and again what is asked for."""
        await self._repeat(whom, escape(self._composer.end.value), writing=True)

    async def repeat_written(self) -> None:
        """Send again and again what is written."""
        composer = self._composer
        try:
            text = composer.spell()
        except BadPayload as error:
            self._errands.tell(f"character {error.place + 1}: {error}", failed=True)
            return
        if await self._repeat(composer.targets, text, writing=not composer.input.value):
            composer.begin_anew()

    async def _repeat(self, whom: Whom, text: str, writing: bool) -> bool:
        from tcpmon.ui.screens.repeating import RepeatScreen

        if self._is_nobody(whom):
            return False
        screen = RepeatScreen(self._aim.words(whom), text, whom, writing)
        repeat: Repeat | None = await self._errands.ask(screen)
        return repeat is not None and self._begun(await self._errands.do(repeat))

    async def send_file(self, whom: Whom) -> None:
        """Send a file that is asked for."""
        from tcpmon.ui.screens.sending import SendFileScreen

        if self._is_nobody(whom):
            return
        path = await self._errands.ask(SendFileScreen(self._aim.words(whom)))
        if path:
            self._begun(await self._errands.do(SendFile(path, whom)))

    def _is_nobody(self, whom: Whom) -> bool:
        """Say so where the composer is written in and nobody is there."""
        if whom == ():
            self._screen.notify("nobody to send to", severity="warning")
        return whom == ()

    def _begun(self, job: Job | None) -> bool:
        if job is not None:
            self._errands.tell(f"job #{job.id} to {escape_hidden(job.whom)} has begun; J shows it")
        return job is not None

    # -- to whom ----------------------------------------------------------------------

    async def whom(self, client: int | None, marked: tuple[int, ...], filter: str) -> None:
        """Write to others; what is written is for them then."""
        from tcpmon.ui.screens.whom import ask_whom

        whom = await ask_whom(self._errands, self._aim, client, marked, filter, self._filters)
        if isinstance(whom, bool):
            return
        composer = self._composer
        written = composer.written
        composer.put(composer.blank)
        self._write_to(whom)
        if written.text:
            composer.supplant(written)


def _sending(text: str, whom: Whom) -> Send:
    payload = parse(text)
    if payload.fixed is None:
        return Send(clients=whom, text=text)
    return Send(payload.fixed, whom)
