"""Text arrives on the clipboard to the byte, and nothing is claimed that was not done."""

import asyncio
import base64
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tcpmon.ui import clipboard as module
from tcpmon.ui.clipboard import OSC52_BYTES, Clipboard

TEXTS = {
    "line": "GET / HTTP/1.0\\r\\n",
    "letters": "grüße, 日本語 👍",
    "nothing is a command": "$(reboot) `id` 'x' \"y\" \\ %s -n --help",
    "dashes first": "--version",
    "lines": "one\ntwo\r\nthree\0",
    "much": "0123456789" * 7_000,
}


class Programs:
    """A PATH of its own, with the programs that a test puts there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def install(self, name: str, script: str = "") -> None:
        """Add a program that keeps what it is given, or does what script says."""
        keeping = (
            f'printf "%s\\n" "$@" > {self.folder}/{name}.words\n{CAT} > {self.folder}/{name}.got'
        )
        path = self.folder / name
        path.write_text(f"#!{SH}\n{script or keeping}\n")
        path.chmod(0o755)

    def got(self, name: str) -> bytes | None:
        """Return what a program was given, None if it never ran."""
        path = self.folder / f"{name}.got"
        return path.read_bytes() if path.exists() else None

    def words(self, name: str) -> list[str]:
        """Return the words after a program's name with which it was called."""
        return (self.folder / f"{name}.words").read_text().splitlines()


SH, CAT, SLEEP = (shutil.which(name) for name in ("sh", "cat", "sleep"))
TMUX = {"TMUX": "/tmp/tmux-0/default,1,0"}
WAYLAND = {"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}
X11 = {"DISPLAY": ":0"}


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    """No program at all until one is installed, on Linux."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sys.platform", "linux")
    return Programs(tmp_path)


class Osc:
    """A terminal that remembers what its clipboard was set to."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def clipboard(self, environment: Mapping[str, str]) -> Clipboard:
        """Return a clipboard with this terminal."""
        return Clipboard(self.texts.append, environment)


WAYS = pytest.mark.parametrize(
    ("environment", "program", "name"),
    [(TMUX, "tmux", "tmux buffer"), (WAYLAND, "wl-copy", "wl-copy"), (X11, "xclip", "xclip")],
    ids=["tmux", "wayland", "x11"],
)


@WAYS
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
async def test_the_exact_bytes_arrive(
    programs: Programs, environment: dict[str, str], program: str, name: str, text: str
) -> None:
    """A clipboard program is given the text in UTF-8, to the byte, and so is the terminal."""
    programs.install(program)
    terminal = Osc()
    said = await terminal.clipboard(environment).copy(text)
    assert programs.got(program) == text.encode()
    assert terminal.texts == [text]
    assert said == f"copied {len(text.encode()):,} B ({name}, terminal)"


@pytest.mark.parametrize(
    ("environment", "program", "words"),
    [
        (TMUX, "tmux", ["load-buffer", "-w", "-"]),
        (WAYLAND, "wl-copy", []),
        (X11, "xclip", ["-selection", "clipboard"]),
    ],
    ids=["tmux", "wayland", "x11"],
)
async def test_programs_are_called_as_their_manuals_say(
    programs: Programs, environment: dict[str, str], program: str, words: list[str]
) -> None:
    """Each program is asked for the clipboard that people paste from."""
    programs.install(program)
    await Osc().clipboard(environment).copy("text")
    assert [word for word in programs.words(program) if word] == words


async def test_every_way_is_gone(programs: Programs) -> None:
    """In tmux on a desktop both get the text."""
    for program in ("tmux", "wl-copy", "xclip"):
        programs.install(program)
    said = await Osc().clipboard(TMUX | WAYLAND).copy("text")
    assert said == "copied 4 B (tmux buffer, wl-copy, terminal)"
    assert programs.got("xclip") is None


async def test_on_a_mac_it_is_pbcopy(programs: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    """On macOS the program is pbcopy, which needs no word of the environment."""
    monkeypatch.setattr("sys.platform", "darwin")
    programs.install("pbcopy")
    assert await Osc().clipboard({}).copy("text") == "copied 4 B (pbcopy, terminal)"
    assert programs.got("pbcopy") == b"text"


@pytest.mark.parametrize("environment", [{}, TMUX, WAYLAND, X11, {"TMUX": "", "DISPLAY": ""}])
async def test_without_a_program_it_is_the_terminal(
    programs: Programs, environment: dict[str, str]
) -> None:
    """Where no program is there to be asked, the terminal alone is named."""
    terminal = Osc()
    assert await terminal.clipboard(environment).copy("é") == "copied 2 B (terminal)"
    assert terminal.texts == ["é"]


async def test_a_program_without_its_place_is_not_asked(programs: Programs) -> None:
    """A program that is installed is not started where there is nothing for it to copy to."""
    for program in ("tmux", "wl-copy", "xclip", "pbcopy"):
        programs.install(program)
    assert await Osc().clipboard({}).copy("text") == "copied 4 B (terminal)"
    assert [p for p in ("tmux", "wl-copy", "xclip", "pbcopy") if programs.got(p) is not None] == []


@pytest.mark.parametrize(
    "script",
    ["exit 1", f"{CAT} >/dev/null; exit 3", "exec 0<&-; exit 1", "kill -9 $$"],
    ids=["fails", "reads and fails", "does not read", "is killed"],
)
@pytest.mark.parametrize("text", ["text", "x" * 70_000], ids=["little", "much"])
async def test_a_program_that_fails_is_not_claimed(
    programs: Programs, script: str, text: str
) -> None:
    """A program that ends with an error, whether it has read or not, is not named."""
    programs.install("xclip", script)
    said = await Osc().clipboard(X11).copy(text)
    assert said == f"copied {len(text):,} B (terminal)"


async def test_a_program_that_cannot_start_is_not_claimed(programs: Programs) -> None:
    """A program that is there and cannot be started is not named."""
    programs.install("xclip")
    (programs.folder / "xclip").write_text("#!/no/such/interpreter\n")
    assert await Osc().clipboard(X11).copy("text") == "copied 4 B (terminal)"


class Started:
    """The programs that were started, as asyncio knows them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.processes: list[asyncio.subprocess.Process] = []
        self._start = asyncio.create_subprocess_exec
        monkeypatch.setattr(asyncio, "create_subprocess_exec", self._note)

    async def _note(self, *words: str, **options: Any) -> asyncio.subprocess.Process:
        self.processes.append(await self._start(*words, **options))
        return self.processes[-1]

    async def end(self) -> None:
        """Wait for all of them, and leave nothing open behind the test's loop."""
        for process in self.processes:
            await process.wait()
            process._transport.close()  # type: ignore[attr-defined]
        await asyncio.sleep(0)


async def test_a_program_that_hangs_is_ended(
    programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that does not come back is not named, and it is over when copying is."""
    monkeypatch.setattr(module, "PROGRAM_SECONDS", 0.1)
    started = Started(monkeypatch)
    programs.install("xclip", f"exec {SLEEP} 600")
    said = await Osc().clipboard(X11).copy("text")
    ends = [process.returncode for process in started.processes]
    await started.end()
    assert said == "copied 4 B (terminal)"
    assert ends
    assert None not in ends


@pytest.mark.parametrize(("length", "fits"), [(OSC52_BYTES, True), (OSC52_BYTES + 1, False)])
async def test_too_much_for_a_terminal_is_said(programs: Programs, length: int, fits: bool) -> None:
    """What is more than terminals take is not sent to one, and that is said with the number."""
    terminal = Osc()
    said = await terminal.clipboard({}).copy("x" * length)
    if fits:
        assert (said, len(terminal.texts)) == ("copied 74,000 B (terminal)", 1)
    else:
        assert said == "not copied: 74,001 B are more than terminals take"
        assert terminal.texts == []


async def test_too_much_counts_bytes(programs: Programs) -> None:
    """What terminals take is counted in bytes, not in letters."""
    terminal = Osc()
    assert (await terminal.clipboard({}).copy("日" * 30_000)).startswith("not copied: 90,000 B")
    assert terminal.texts == []


async def test_a_program_takes_any_amount(programs: Programs) -> None:
    """What is too much for a terminal still goes to a program, and only that is claimed."""
    programs.install("wl-copy")
    terminal = Osc()
    text = "日" * 1_000_000
    assert await terminal.clipboard(WAYLAND).copy(text) == "copied 3,000,000 B (wl-copy)"
    assert programs.got("wl-copy") == text.encode()
    assert terminal.texts == []


@pytest.mark.parametrize(("length", "takers"), [(3, ["terminal"]), (OSC52_BYTES + 1, [])])
async def test_who_took_it_is_told(programs: Programs, length: int, takers: list[str]) -> None:
    """Whoever gives a text learns who has taken it, nobody included, to do something else then."""
    assert await Osc().clipboard({}).give("x" * length) == takers


async def test_nothing_to_copy_is_said(programs: Programs) -> None:
    """An empty text leaves the clipboard as it was, and says so."""
    programs.install("xclip")
    terminal = Osc()
    assert await terminal.clipboard(X11).copy("") == "nothing to copy"
    assert (terminal.texts, programs.got("xclip")) == ([], None)


async def test_osc52_bytes_are_what_terminals_take() -> None:
    """In base64 the limit still fits the 100,000 bytes that many terminals read at most."""
    assert len(base64.b64encode(bytes(OSC52_BYTES))) < 100_000
