"""The driver holds on a real terminal: a pty, whose other end is in the test's hands."""

import asyncio
import base64
import os
import pty
import re
import select
import signal
import sys
import tempfile
import termios
import threading
import tty
from collections.abc import AsyncIterator, Callable, Iterator
from typing import IO, TYPE_CHECKING, cast

import pytest
from textual import events
from textual.message import Message

from tcpmon.ui import terminal as module
from tcpmon.ui.fence import allow_listed
from tcpmon.ui.keys import KeyFence
from tcpmon.ui.terminal import ASIDE_BYTES, LEAVE, Aside, Ending, Terminal, WayHome, _Stream

if TYPE_CHECKING:
    from textual.app import App

WAIT = 5.0  # long enough for a machine that is busy with something else
SIGNALS = (
    signal.SIGTSTP, signal.SIGCONT, signal.SIGTTOU, signal.SIGTTIN, signal.SIGWINCH,
    signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT,
)  # fmt: skip


class Pty:
    """A terminal: what a person sees and types is at the master, the program at the slave."""

    def __init__(self) -> None:
        self.master, self.slave = pty.openpty()
        self.files: list[IO[str]] = []

    def file(self, mode: str) -> IO[str]:
        """Open the program's end as a file of text."""
        self.files.append(os.fdopen(os.dup(self.slave), mode))
        return self.files[-1]

    def hang_up(self) -> None:
        """Take the terminal away."""
        if self.master >= 0:
            os.close(self.master)
            self.master = -1

    def seen(self, enough: Callable[[bytes], bool]) -> bytes:
        """Return what was written to the terminal, as soon as it is enough."""
        data = b""
        while not enough(data):
            ready = select.select([self.master], [], [], WAIT)[0]
            assert ready, f"nothing more after {len(data)} bytes that end in {data[-60:]!r}"
            data += os.read(self.master, 65536)
        return data

    def fill(self) -> None:
        """Write until the terminal takes no more, because nobody reads it."""
        os.set_blocking(self.slave, False)
        try:
            while True:
                os.write(self.slave, b"x" * 4096)
        except BlockingIOError:
            os.set_blocking(self.slave, True)

    def close(self) -> None:
        """Close all that is left."""
        self.hang_up()
        os.close(self.slave)
        for file in self.files:
            try:
                file.close()
            except OSError:
                pass  # the terminal went before the last words did


@pytest.fixture
def console(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pty]:
    """A pty as the program's standard input and error, and the signals as they were."""
    handlers = {number: signal.getsignal(number) for number in SIGNALS}
    made = Pty()
    monkeypatch.setattr(sys, "__stdin__", made.file("r"))
    monkeypatch.setattr(sys, "__stderr__", made.file("w"))
    yield made
    for number, handler in handlers.items():
        signal.signal(number, handler)
    made.close()


class FakeApp:
    """What the driver knows of an app: where messages go, and the way out."""

    def __init__(self) -> None:
        self.messages: asyncio.Queue[Message] = asyncio.Queue()
        self.exits = 0
        self.left = asyncio.Event()

    async def _post_message(self, message: Message) -> bool:
        self.messages.put_nowait(message)
        return True

    def exit(self) -> None:
        self.exits += 1
        self.left.set()

    async def key(self, wanted: str) -> list[str]:
        """Wait for a key; return all keys up to it."""
        keys: list[str] = []
        async with asyncio.timeout(WAIT):
            while wanted not in keys:
                message = await self.messages.get()
                if isinstance(message, events.Key):
                    keys.append(message.key)
        return keys


@pytest.fixture
async def app() -> FakeApp:
    """An app that only takes down what it is told."""
    return FakeApp()


def a_terminal(app: FakeApp) -> Terminal:
    """Return the driver of an app, not started."""
    return Terminal(cast("App[None]", app))


def start(terminal: Terminal) -> None:
    """Enter the full screen."""
    terminal.start_application_mode()


def stop(terminal: Terminal) -> None:
    """Leave the full screen; all is written when this returns."""
    terminal.stop_application_mode()
    terminal.close()


# -- the way out ---------------------------------------------------------------------


@pytest.fixture
async def screen(console: Pty, app: FakeApp) -> AsyncIterator[Terminal]:
    """A driver in application mode, whose first words have been read."""
    terminal = a_terminal(app)
    start(terminal)
    console.seen(lambda data: b"\x1b[?7l" in data and data.endswith(b"\x1b[?1006h"))
    yield terminal
    stop(terminal)


async def test_starting_and_leaving_pass_the_fence(
    console: Pty, app: FakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All that the driver writes to enter and to leave arrives at the terminal as it is."""
    asked: list[str] = []

    def fence(output: str) -> str:
        asked.append(output)
        return allow_listed(output)

    monkeypatch.setattr(module, "allow_listed", fence)
    tty.setraw(console.slave)
    terminal = a_terminal(app)
    start(terminal)
    stop(terminal)
    assert len(asked) > 20
    whole = "".join(asked).encode()
    assert console.seen(lambda data: len(data) >= len(whole)) == whole


async def test_leaving_undoes_what_starting_did(console: Pty, app: FakeApp) -> None:
    """LEAVE switches off every mode that the driver switches on, and shows the cursor again."""
    terminal = a_terminal(app)
    start(terminal)
    terminal._enable_mouse_pixels()
    terminal._enable_in_band_window_resize()
    stop(terminal)
    written = console.seen(lambda data: b"\x1b[?1004l" in data).decode()
    switched = {int(mode) for mode in re.findall(r"\x1b\[\?(\d+)h", written)}
    assert switched >= {1000, 1003, 1004, 1006, 1016, 1049, 2004, 2048}
    leave = LEAVE.decode()
    off = {int(mode) for mode in re.findall(r"\x1b\[\?(\d+)l", leave)}
    assert switched - off == {7, 25}
    assert {"\x1b[?7h", "\x1b[?25h", "\x1b[<u", "\x1b[0m"} <= set(
        re.findall(r"\x1b[^\x1b]+", leave)
    )


async def test_the_terminal_knows_its_size(
    console: Pty, app: FakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The size is the terminal's own, whatever COLUMNS and LINES say, and never nothing."""
    monkeypatch.setenv("COLUMNS", "7")
    monkeypatch.setenv("LINES", "3")
    termios.tcsetwinsize(console.slave, (45, 160))
    assert a_terminal(app)._get_terminal_size() == (160, 45)
    termios.tcsetwinsize(console.slave, (0, 0))
    assert a_terminal(app)._get_terminal_size() == (80, 24)


@pytest.mark.parametrize(
    ("output", "written"),
    [
        ("\x1b[1;1Hgrüße, 日本\x1b[0m", "\x1b[1;1Hgrüße, 日本\x1b[0m"),
        ("\x1b]0;PWNED\x07", "?]0;PWNED\x07"),
        ("\x1b]52;c;aGFja2Vk\x07", "?]52;c;aGFja2Vk\x07"),
        ("a\x9b2Jb\x00c", "a?2Jb?c"),
        ("\x1bc", "?c"),
    ],
    ids=repr,
)
async def test_write_passes_the_fence(
    console: Pty, screen: Terminal, output: str, written: str
) -> None:
    """What is written reaches the terminal without what this program never says to one."""
    tty.setraw(console.slave)
    screen.write(output + "\x1b[999H")
    end = b"\x1b[999H"
    assert console.seen(lambda data: data.endswith(end)) == written.encode() + end


@pytest.mark.parametrize(
    "text", ["text", "grüße, 日本 👍", "\x1b]52;c;?\x07\r\n", "x" * 74_000, ""]
)
async def test_the_clipboard_is_set_with_one_sequence(
    console: Pty, screen: Terminal, text: str
) -> None:
    """Copying writes one OSC 52 and nothing else, and it decodes to the text."""
    tty.setraw(console.slave)
    screen.write_clipboard(text)
    written = console.seen(lambda data: data.endswith(b"\x07"))
    match = re.fullmatch(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07", written)
    assert match, written[:80]
    assert base64.b64decode(match[1], validate=True).decode() == text


async def test_nobody_to_write_to_ends_the_program(
    console: Pty, screen: Terminal, app: FakeApp
) -> None:
    """When the terminal is gone, writing to it ends the program and hurts nobody."""
    console.hang_up()
    screen.write("anybody?")
    async with asyncio.timeout(WAIT):
        await app.left.wait()
    for _ in range(100):
        screen.write("still there?")


async def test_nobody_to_tell_hurts_nobody(console: Pty, app: FakeApp) -> None:
    """A terminal that goes when the app's loop is closed already ends nothing and fails not."""
    terminal = a_terminal(app)
    terminal._loop = asyncio.new_event_loop()
    terminal._loop.close()
    terminal._hang_up()
    assert app.exits == 0


class Recording:
    """A file that takes a few writes and then fails, or never does."""

    def __init__(self, good: int, error: OSError | None = None) -> None:
        self.good = good
        self.error = error or OSError(5, "Input/output error")
        self.written: list[str] = []
        self.tries = 0

    def write(self, text: str) -> int:
        self._try()
        self.written.append(text)
        return len(text)

    def flush(self) -> None:
        self._try()

    def fileno(self) -> int:
        return 42

    def _try(self) -> None:
        self.tries += 1
        if self.tries > self.good:
            raise self.error


def a_stream(file: Recording, gone: Callable[[], None]) -> _Stream:
    """Return a stream on a file."""
    return _Stream(cast("IO[str]", file), gone)  # type: ignore[arg-type]


def test_a_stream_that_works_writes_all() -> None:
    """What a terminal takes is written, in order, and nothing is told."""
    file, told = Recording(10), list[int]()
    stream = a_stream(file, lambda: told.append(1))
    stream.write("a")
    stream.flush()
    stream.write("b")
    assert (file.written, file.tries, told, stream.fileno()) == (["a", "b"], 3, [], 42)


@pytest.mark.parametrize(
    "error",
    [OSError(5, "Input/output error"), BrokenPipeError(), BlockingIOError(), OSError(9, "closed")],
    ids=repr,
)
@pytest.mark.parametrize("first", ["write", "flush"])
def test_a_stream_stops_at_the_first_error(error: OSError, first: str) -> None:
    """After the first error nothing more is written to the terminal, and that is told once."""
    file, told = Recording(1, error), list[int]()
    stream = a_stream(file, lambda: told.append(1))
    stream.write("a")
    stream.write("b") if first == "write" else stream.flush()
    assert told == [1]
    for _ in range(3):
        stream.write("c")
        stream.flush()
    assert (file.written, file.tries, told) == (["a"], 2, [1])


@pytest.mark.parametrize("room", [True, False])
def test_what_others_write_is_set_aside(
    console: Pty, monkeypatch: pytest.MonkeyPatch, room: bool
) -> None:
    """While it is set aside nothing that is written to stdout or stderr reaches the terminal; it
    is told afterwards, as far as there is room for it and not without end."""
    if not room:
        monkeypatch.setattr(tempfile, "TemporaryFile", no_room)
    aside = Aside()
    for _ in range(2):
        terminal = aside.begin()
        assert aside.begin() is terminal
        os.write(1, b"out\n")
        os.write(2, b"err\xff\n" + b"x" * ASIDE_BYTES)
        terminal.write("screen\n")
        terminal.flush()
        assert console.seen(lambda data: data.endswith(b"\n")) == b"screen\r\n"
        text = aside.end()
        assert text.startswith("out\nerr\\xff\nxxx") == room
        assert text.endswith("… and 9 B more") == room
        assert aside.end() == ""


def no_room() -> None:
    raise OSError(28, "No space left on device")


# -- the way in ----------------------------------------------------------------------


class Typist:
    """Types at the terminal, and waits until the program has read it."""

    def __init__(self, console: Pty, app: FakeApp, monkeypatch: pytest.MonkeyPatch) -> None:
        self._console = console
        self._read = read = threading.Semaphore(0)

        class Counting(KeyFence):
            """Tells how many bytes it was fed."""

            def feed(self, data: bytes) -> str:
                text = super().feed(data)
                read.release(len(data))
                return text

        monkeypatch.setattr(module, "KeyFence", Counting)
        monkeypatch.setattr(module, "INPUT_SECONDS", 0.005)
        tty.setraw(console.slave)
        self.app = app
        self.terminal = a_terminal(app)
        self.thread = threading.Thread(target=self.terminal.run_input_thread, daemon=True)
        self.thread.start()

    async def types(self, data: bytes) -> None:
        """Type bytes; they have been read when this returns."""
        await asyncio.to_thread(self._type, data)

    def _type(self, data: bytes) -> None:
        for start in range(0, len(data), 1024):  # less than a pty holds
            part = data[start : start + 1024]
            os.write(self._console.master, part)
            for _ in part:
                assert self._read.acquire(timeout=WAIT), "the program does not read"

    async def leaves(self) -> None:
        """Wait until the program has been told to end and reads no more."""
        async with asyncio.timeout(WAIT):
            await self.app.left.wait()
        await asyncio.to_thread(self.thread.join, WAIT)
        assert not self.thread.is_alive()


@pytest.fixture
async def typist(
    console: Pty, app: FakeApp, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Typist]:
    """Somebody at the keyboard of a driver that reads keys."""
    made = Typist(console, app, monkeypatch)
    yield made
    made.terminal.exit_event.set()
    await asyncio.to_thread(made.thread.join, WAIT)
    assert not made.thread.is_alive()


async def test_keys_arrive(typist: Typist) -> None:
    """Letters of any script, arrows and chords arrive as the keys they are."""
    await typist.types("aé日\x1b[A\x1b[1;5C\x1b[97;5u\r".encode() + b"z")
    keys = await typist.app.key("z")
    assert keys == ["a", "é", "日", "up", "ctrl+right", "ctrl+a", "enter", "z"]


BAD = {
    "no UTF-8": b"\xff\xfe\x80",
    "half a character": b"\xe6\x97",
    "giant code point": b"\x1b[99999999999999u",
    "beyond Unicode": b"\x1b[1114112u",
    "giant text of a key": b"\x1b[97;1;99999999999u",
    "surrogate": b"\x1b[55296u",
    "giant mouse": b"\x1b[<" + b"9" * 40 + b";1;1M",
    "giant window": b"\x1b[48;" + b"9" * 40 + b";1;1;1t",
    "window of nothing": b"\x1b[48;0;0;0;0t\x1b[<0;1;1M",
    "negative mouse": b"\x1b[<0;-5;-5M",
    "digits that are none": "\x1b[¹u\x1b[<٣;٣;٣M".encode(),
    "sequence without an end": b"\x1b[1;",
    "endless sequence": b"\x1b[" + b"1;" * 50_000 + b"m",
    "string without an end": b"\x1bP1$r" + b"x" * 1000,
    "clipboard's answer": b"\x1b]52;c;" + b"QUJD" * 1000 + b"\x07",
    "NULs": b"\0" * 40_000,
    "escapes": b"\x1b" * 1000,
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
async def test_keys_arrive_after_anything(typist: Typist, bad: bytes) -> None:
    """Whatever has come from the keyboard side, a key that is pressed after it arrives."""
    await typist.types(bad)
    await typist.types(b"\r")  # the end of what had none
    await typist.types(b"\t")
    await typist.app.key("tab")
    assert typist.app.exits == 0


@pytest.mark.parametrize("bad", [BAD["no UTF-8"], BAD["giant code point"]], ids=repr)
async def test_keys_of_the_same_read_arrive(typist: Typist, bad: bytes) -> None:
    """A key that is read together with what cannot be borne arrives as well."""
    await typist.types(b"a" + bad + b"z")
    assert (await typist.app.key("z"))[0] == "a"


async def test_many_bad_sequences_do_not_wear_it_out(typist: Typist) -> None:
    """Each of two hundred sequences that cannot be borne is survived like the first."""
    for _ in range(200):
        await typist.types(BAD["giant code point"])
    await typist.types(b"z")
    await typist.app.key("z")


async def test_a_terminal_that_is_gone_ends_the_program(console: Pty, typist: Typist) -> None:
    """When the terminal goes away (EIO), the program is told to end and nothing spins."""
    await typist.types(b"a")
    console.hang_up()
    await typist.leaves()
    assert typist.app.exits == 1


async def test_the_end_of_input_ends_the_program(
    app: FakeApp, console: Pty, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When standard input is at its end, the program is told to end and nothing spins."""
    reading, writing = os.pipe()
    with os.fdopen(reading) as stdin:
        monkeypatch.setattr(sys, "__stdin__", stdin)
        terminal = a_terminal(app)
        thread = threading.Thread(target=terminal.run_input_thread, daemon=True)
        thread.start()
        os.write(writing, b"a")
        await app.key("a")
        os.close(writing)
        async with asyncio.timeout(WAIT):
            await app.left.wait()
        await asyncio.to_thread(thread.join, WAIT)
        assert not thread.is_alive()
    assert app.exits == 1


class Ends:
    """Where the process would have ended: with which status, and when."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.came = threading.Event()

    def exit(self, status: int) -> None:
        self.statuses.append(status)
        self.came.set()


@pytest.fixture
def ends(monkeypatch: pytest.MonkeyPatch) -> Ends:
    """Nothing ends the process of the tests."""
    made = Ends()
    monkeypatch.setattr(os, "_exit", made.exit)
    return made


# -- the way home --------------------------------------------------------------------


def restored(home: WayHome) -> bool:
    """Restore with a deadline; return whether that was kept."""
    thread = threading.Thread(target=home.restore, daemon=True)
    thread.start()
    thread.join(WAIT)
    return not thread.is_alive()


def test_the_way_home(console: Pty) -> None:
    """The terminal is told to leave every mode, and behaves as it did before."""
    before = termios.tcgetattr(console.slave)
    home = WayHome()
    tty.setraw(console.slave)
    assert termios.tcgetattr(console.slave) != before
    assert restored(home)
    assert termios.tcgetattr(console.slave) == before
    assert console.seen(lambda data: data.endswith(b"\x1b[?25h")) == LEAVE
    assert os.get_blocking(console.slave)


def test_the_way_home_past_a_full_terminal(console: Pty) -> None:
    """A terminal that nobody reads and that takes no more is restored at once all the same."""
    before = termios.tcgetattr(console.slave)
    home = WayHome()
    tty.setraw(console.slave)
    console.fill()
    assert restored(home)
    assert termios.tcgetattr(console.slave) == before
    assert console.seen(lambda data: data.endswith(b"\x1b[?25h")).endswith(LEAVE)
    assert os.get_blocking(console.slave)


def in_write(thread: threading.Thread, fd: int) -> bool:
    """Return whether a thread is in a system call on a descriptor. Source: proc(5)."""
    try:
        with open(f"/proc/self/task/{thread.native_id}/syscall") as syscall:
            words = syscall.read().split()
    except OSError:
        pytest.skip("this system does not tell what a thread is doing")
    return len(words) > 1 and int(words[1], 16) == fd


def nothing() -> None:
    """Neither server nor screen end when they are asked."""


def an_ending(seconds: float, stop: Callable[[], None] = nothing) -> Ending:
    """An end that signals begin."""
    ending = Ending(stop, seconds)
    ending.on_signals(nothing)
    return ending


@pytest.fixture(params=["at work", "while it leaves"])
async def stuck(
    console: Pty, app: FakeApp, ends: Ends, request: pytest.FixtureRequest
) -> AsyncIterator[WayHome]:
    """The way home from a terminal that stands still, in a write to which the driver's
    thread is stuck; the driver is at work, or has begun to leave. Signals have handlers,
    as in the program."""
    ending = an_ending(600)
    terminal = a_terminal(app)
    start(terminal)
    writer = terminal._writer_thread
    assert writer
    terminal.write("x" * 1_000_000)
    if request.param == "while it leaves":
        terminal.disable_input()
    while not in_write(writer, writer.fileno()):
        os.sched_yield()
    yield ending._way_home
    console.hang_up()
    stop(terminal)
    ending.over()
    assert not writer.is_alive()


async def test_the_way_home_past_a_stuck_writer(console: Pty, stuck: WayHome) -> None:
    """While the thread that writes is stuck, the terminal behaves at once as it did before."""
    assert restored(stuck)
    assert termios.tcgetattr(console.slave) == stuck._before


async def test_the_last_words_past_a_stuck_writer(console: Pty, stuck: WayHome) -> None:
    """While the thread that writes is stuck, the terminal is still told to leave every mode."""
    assert restored(stuck)
    console.seen(lambda data: LEAVE in data)


def test_the_way_home_without_a_terminal(console: Pty) -> None:
    """Where the terminal is gone there is nothing to restore, and no error."""
    home = WayHome()
    console.hang_up()
    assert restored(home)


def test_the_way_home_from_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there never was a terminal nothing is restored, and there is no error."""
    reading, writing = os.pipe()
    os.close(writing)
    with os.fdopen(reading) as stdin:
        monkeypatch.setattr(sys, "__stdin__", stdin)
        assert restored(WayHome())


# -- signals -------------------------------------------------------------------------


end_signals = pytest.mark.parametrize(
    "number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT]
)


@end_signals
def test_an_end_signal_leaves(console: Pty, ends: Ends, number: signal.Signals) -> None:
    """Each of the four asks server and screen at once to end, and nothing else happens if
    that is done."""
    asked: list[str] = []
    ending = Ending(lambda: asked.append("server"), 600)
    ending.on_signals(lambda: asked.append("screen"))
    os.kill(os.getpid(), number)
    assert asked == ["server", "screen"]
    ending.over()
    assert ends.statuses == []


@end_signals
def test_the_deadline_ends_it(console: Pty, ends: Ends, number: signal.Signals) -> None:
    """Where leaving takes too long, the terminal is restored and the process ends, with the
    signal's status."""
    before = termios.tcgetattr(console.slave)
    ending = an_ending(0.01)
    tty.setraw(console.slave)
    os.kill(os.getpid(), number)
    assert ends.came.wait(WAIT)
    assert ends.statuses == [128 + number]
    assert termios.tcgetattr(console.slave) == before
    assert console.seen(lambda data: data.endswith(b"\x1b[?25h")).endswith(LEAVE)
    ending.over()


def test_an_end_by_key_has_a_deadline_too(console: Pty, ends: Ends) -> None:
    """The server is asked at once; a terminal that stands still does not hold the program."""
    asked: list[int] = []
    ending = Ending(lambda: asked.append(1), 0.01)
    ending.begin()
    assert asked == [1]
    assert ends.came.wait(WAIT)
    assert ends.statuses == [0]
    ending.over()


def test_there_is_one_deadline(console: Pty, ends: Ends) -> None:
    """However often the end is begun, there is one deadline, that of the first."""
    asked: list[int] = []
    ending = an_ending(0.01, lambda: asked.append(1))
    for _ in range(5):
        os.kill(os.getpid(), signal.SIGTERM)
    assert ends.came.wait(WAIT)
    ending.over()
    assert (len(asked), ends.statuses) == (5, [128 + signal.SIGTERM])


def test_without_an_end_there_is_no_deadline(console: Pty, ends: Ends) -> None:
    """A program whose end nobody has begun waits for nothing."""
    Ending(nothing, 0.0).over()
    assert (ends.statuses, ends.came.is_set()) == ([], False)
