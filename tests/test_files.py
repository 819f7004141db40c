"""A file is whole or not there, and whatever the system refuses is one line that helps."""

import errno
import os
import resource
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tcpmon import files
from tcpmon.core.errors import CannotWrite
from tcpmon.files import Drafts, Folder, Found, Sink, Stream, expanded, look, telling, write_all

WRITE = os.write


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty directory to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def export(sink: Sink, *writes: tuple[str, bytes], over: bool = False) -> None:
    """Write and keep, as a user of a sink has to."""
    try:
        for name, data in writes:
            sink.write(name, data)
        sink.keep(over)
    finally:
        sink.discard()


def contents(folder: Path) -> dict[str, bytes]:
    """Return all files of a folder, hidden ones too."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


# -- drafts ----------------------------------------------------------------------------


@pytest.mark.parametrize("count", [0, 1, files.BUFFER - 1, files.BUFFER, 3 * files.BUFFER + 7])
def test_what_is_written_is_there(here: Path, count: int) -> None:
    """All bytes are in the file, in order, and nothing beside it; only the owner may read it."""
    data = os.urandom(count)
    third = count // 3
    export(Drafts({"": "out"}), ("", data[:third]), ("", data[third:]))
    assert contents(here) == {"out": data}
    assert stat.S_IMODE((here / "out").stat().st_mode) == 0o600


def test_several_files(here: Path) -> None:
    """Each file has what was written by its name, also if that was nothing."""
    export(Drafts({"rx": "a.rx", "tx": "a.tx"}), ("rx", b"one"), ("rx", b"two"))
    assert contents(here) == {"a.rx": b"onetwo", "a.tx": b""}


def test_nothing_has_the_name_before_it_is_whole(here: Path) -> None:
    """While it is written there is no file of that name; what is given up leaves nothing."""
    drafts = Drafts({"": "out"})
    drafts.write("", b"x" * 2 * files.BUFFER)
    assert "out" not in contents(here)
    assert len(contents(here)) == 1
    drafts.discard()
    assert contents(here) == {}


def test_an_old_file_is_safe(here: Path) -> None:
    """What has the name already stays, unless it is said that it may go; then it goes whole."""
    (here / "out").write_bytes(b"old")
    with pytest.raises(FileExistsError):
        export(Drafts({"": "out"}), ("", b"new"))
    assert contents(here) == {"out": b"old"}
    drafts = Drafts({"": "out"})
    drafts.write("", b"new" * files.BUFFER)
    assert (here / "out").read_bytes() == b"old"
    drafts.discard()
    assert contents(here) == {"out": b"old"}
    export(Drafts({"": "out"}), ("", b"new"), over=True)
    assert contents(here) == {"out": b"new"}


@pytest.mark.parametrize("code", [errno.EPERM, errno.EOPNOTSUPP])
def test_where_there_are_no_hard_links(
    here: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    """On FAT and its like, too, a file gets its name and takes nobody's."""

    def link(source: str, target: str) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "link", link)
    export(Drafts({"": "out"}), ("", b"new"))
    with pytest.raises(FileExistsError):
        export(Drafts({"": "out"}), ("", b"newer"))
    assert contents(here) == {"out": b"new"}


@pytest.mark.parametrize("most", [1, 7])
def test_short_writes(here: Path, monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    """A system that takes a few bytes at a time gets all of them."""
    monkeypatch.setattr(os, "write", lambda fd, data: WRITE(fd, bytes(data[:most])))
    export(Drafts({"": "out"}), ("", b"hello world" * 9))
    assert contents(here) == {"out": b"hello world" * 9}


FAULTS = [errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO]


@contextmanager
def failing(name: str, code: int, after: int = 0) -> Iterator[None]:
    """Let one of the system's calls fail, after it has worked some times."""
    calls = 0
    real = getattr(os, name)

    def call(*arguments: object) -> object:
        nonlocal calls
        calls += 1
        if calls > after:
            raise OSError(code, os.strerror(code))
        return real(*arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, name, call)
        yield


@pytest.mark.parametrize("call", ["write", "fsync"])
@pytest.mark.parametrize("code", FAULTS, ids=errno.errorcode.get)
def test_a_failure_leaves_nothing_and_destroys_nothing(here: Path, call: str, code: int) -> None:
    """A disk that is full, or fails, at any time: the old file is there, no half one is."""
    (here / "out").write_bytes(b"old")
    writes = [("", b"x" * files.BUFFER)] * 3
    with failing(call, code), pytest.raises(OSError, match=os.strerror(code)):
        export(Drafts({"": "out"}), *writes, over=True)
    assert contents(here) == {"out": b"old"}


def test_a_disk_that_is_full_in_the_middle(here: Path) -> None:
    """What was written before the disk was full is gone, too."""
    writes = [("", b"x" * files.BUFFER)] * 9
    with failing("write", errno.ENOSPC, after=4), pytest.raises(OSError, match="space"):
        export(Drafts({"": "out"}), *writes)
    assert contents(here) == {}


def test_a_second_file_that_cannot_be_made(here: Path) -> None:
    """If one of several files cannot be begun, none is."""
    with pytest.raises(FileNotFoundError):
        Drafts({"rx": "a.rx", "tx": "missing/a.tx"})
    assert contents(here) == {}


def test_the_limit_of_file_sizes(here: Path) -> None:
    """`ulimit -f` is met with an error that says so, not with the end of the program."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (files.BUFFER, hard))
    try:
        with pytest.raises(CannotWrite, match="ulimit -f"), telling("out"):
            export(Drafts({"": "out"}), ("", b"x" * files.BUFFER * 3))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert contents(here) == {}


@pytest.mark.parametrize("code", [errno.EINVAL, errno.ENOTSUP])
def test_a_system_that_cannot_sync(here: Path, code: int) -> None:
    """Where there is no way to bring a file to the disk at once, it is written all the same."""
    with failing("fsync", code):
        export(Drafts({"": "out"}), ("", b"x"))
    assert contents(here) == {"out": b"x"}


# -- folders ---------------------------------------------------------------------------


def test_a_folder(here: Path) -> None:
    """A folder has all its files when it gets its name; only the owner may look into it."""
    folder = Folder(str(here / "out"))
    folder.write("1.rx", b"a")
    assert not (here / "out").exists()
    export(folder, ("2.tx", b"b" * (files.FOLDER_BUFFER + 1)), ("1.rx", b"c"))
    assert [path.name for path in here.iterdir()] == ["out"]
    assert contents(here / "out") == {"1.rx": b"ac", "2.tx": b"b" * (files.FOLDER_BUFFER + 1)}
    assert stat.S_IMODE((here / "out").stat().st_mode) == 0o700
    assert stat.S_IMODE((here / "out" / "1.rx").stat().st_mode) == 0o600


def test_a_folder_takes_nobodys_place(here: Path) -> None:
    """What has the name already stays, whatever is said; what was written is gone."""
    (here / "out").mkdir()
    for over in (False, True):
        with pytest.raises(FileExistsError):
            export(Folder(str(here / "out")), ("1.rx", b"a"), over=over)
    assert [path.name for path in here.iterdir()] == ["out"]


def test_a_folder_that_fails(here: Path) -> None:
    """A folder that could not be written whole is gone."""
    with failing("write", errno.ENOSPC, 2), pytest.raises(OSError, match="space"):
        export(Folder(str(here / "out")), ("1.rx", b"a"), ("2.rx", b"b"), ("3.rx", b"b"))
    assert contents(here) == {}


# -- pipes and devices --------------------------------------------------------------------


def test_a_pipe_gets_everything(here: Path) -> None:
    """A reader that takes its time gets every byte, and then the end."""
    os.mkfifo("pipe")
    data = os.urandom(500_000)
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(Path("pipe").read_bytes()))
    reader.start()
    while True:
        try:
            stream = Stream("pipe", lambda: False)
            break
        except OSError as error:
            assert error.errno == errno.ENXIO  # noqa: PT017 - until the reader is there
    export(stream, ("", data))
    reader.join(10)
    assert got == [data]
    assert stat.S_ISFIFO(os.stat("pipe").st_mode)


def test_nobody_reads(here: Path) -> None:
    """A pipe without a reader does not wait for one."""
    os.mkfifo("pipe")
    with pytest.raises(CannotWrite, match="nobody reads there; start the reader first"):  # noqa: SIM117
        with telling("pipe"):
            Stream("pipe", lambda: False)


def test_a_reader_that_does_not_read_can_be_left(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever waits for a reader that is stuck can stop."""
    monkeypatch.setattr(files, "WAIT_SECONDS", 0.001)
    os.mkfifo("pipe")
    fd = os.open("pipe", os.O_RDONLY | os.O_NONBLOCK)
    asked = 0

    def stopped() -> bool:
        nonlocal asked
        asked += 1
        return asked > 5

    export(Stream("pipe", stopped), ("", bytes(1 << 20)))
    os.close(fd)
    assert asked == 6


def test_a_reader_that_leaves(here: Path) -> None:
    """A pipe whose reader ends is told like any error."""
    os.mkfifo("pipe")
    fd = os.open("pipe", os.O_RDONLY | os.O_NONBLOCK)
    stream = Stream("pipe", lambda: False)
    os.close(fd)
    with pytest.raises(CannotWrite, match="whoever read there has ended"), telling("pipe"):
        export(stream, ("", b"x"))


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has none")
def test_a_device_that_is_full() -> None:
    """A device that takes nothing is told, and is still there."""
    with pytest.raises(CannotWrite, match="/dev/full: the disk is full; make room"):  # noqa: SIM117
        with telling("/dev/full"):
            export(Stream("/dev/full", lambda: False), ("", b"x"))
    assert look("/dev/full") is Found.STREAM


def test_a_terminal_is_refused() -> None:
    """Bytes of a peer never reach a terminal as they are."""
    leader, follower = os.openpty()
    with pytest.raises(CannotWrite, match="it is a terminal"), telling("tty"):
        Stream(os.ttyname(follower), lambda: False)
    os.close(leader)
    os.close(follower)


def test_write_all(here: Path) -> None:
    """Everything is written, and nothing of nothing."""
    fd = os.open("out", os.O_CREAT | os.O_WRONLY)
    write_all(fd, b"")
    write_all(fd, bytearray(b"ab"))
    os.close(fd)
    assert contents(here) == {"out": b"ab"}


# -- names ------------------------------------------------------------------------------


def test_expanded(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name is one in the current directory, ~ is home, and links are followed."""
    monkeypatch.setenv("HOME", str(here / "home"))
    (here / "link").symlink_to("target")
    assert expanded("a b.txt") == str(here / "a b.txt")
    assert expanded(" a.txt ") == str(here / "a.txt")
    assert expanded("~/a.txt") == str(here / "home" / "a.txt")
    assert expanded("x/../a.txt") == str(here / "a.txt")
    assert expanded("link") == str(here / "target")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "no file name; write one, such as ~/messages.txt"),
        ("  ", "no file name; write one, such as ~/messages.txt"),
        ("out/", "cannot write out/: it is a directory; add the name of a file"),
        ("a\0b", "this cannot be a file's name; choose another"),
        ("a\ud800b", "this cannot be a file's name; choose another"),
    ],
)
def test_no_names(name: str, message: str) -> None:
    """What cannot be a name is told with what to do."""
    with pytest.raises(CannotWrite) as caught:
        expanded(name)
    assert str(caught.value) == message


def test_what_is_there(here: Path) -> None:
    """Nothing, a file, or a pipe: each is asked about in another way."""
    os.mkfifo("pipe")
    (here / "file").touch()
    (here / "link").symlink_to("file")
    assert look(str(here / "new")) is Found.NOTHING
    assert look(str(here / "file")) is Found.FILE
    assert look(str(here / "link")) is Found.FILE
    assert look(str(here / "pipe")) is Found.STREAM
    assert look("/dev/null") is Found.STREAM


@pytest.mark.parametrize(
    ("name", "why"),
    [
        (".", "it is a directory; add the name of a file"),
        ("missing/out", "there is no such directory; make it first, or choose another"),
        ("file/out", "a part of the path is no directory; choose another"),
        ("x" * 300, "the name is too long; choose a shorter one"),
        ("\x1b[2J/out", "there is no such directory; make it first, or choose another"),
    ],
)
def test_where_no_file_can_be(here: Path, name: str, why: str) -> None:
    """What is in the way is told in one safe line, with what to do."""
    (here / "file").touch()
    with pytest.raises(CannotWrite) as caught:
        look(str(here / name))
    assert str(caught.value).endswith(why)
    assert str(caught.value).isprintable()


def test_sockets_and_disks_are_refused(here: Path) -> None:
    """What is neither a file nor a pipe is not written to."""
    import socket

    with socket.socket(socket.AF_UNIX) as server:
        server.bind("sock")
        with pytest.raises(CannotWrite, match="is a disk or a socket; choose a file"):
            look(str(here / "sock"))


def test_no_permission(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that may not be written is not replaced, and a directory may refuse."""
    (here / "kept").touch()
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    why = "kept: no permission; choose a directory of your own"
    with pytest.raises(CannotWrite, match=why):
        look(str(here / "kept"))
    with pytest.raises(CannotWrite, match=why), telling("kept"), failing("open", errno.EACCES):
        Drafts({"": "kept"})


@pytest.mark.parametrize("code", [*FAULTS, errno.EACCES, errno.EROFS, errno.EMFILE, errno.ELOOP])
def test_telling(code: int) -> None:
    """Whatever the system says is one line that names the file and what to do."""
    with pytest.raises(CannotWrite) as caught, telling("out\n.txt"):
        raise OSError(code, os.strerror(code))
    assert caught.value.message.startswith(r"cannot write out\n.txt: ")
    assert caught.value.hint
    assert "Errno" not in str(caught.value)
