"""An order is carried out to the last byte, or leaves nothing."""

import errno
import json
import os
import time
from array import array
from pathlib import Path

import pytest

from tcpmon import files
from tcpmon.core.errors import CannotWrite
from tcpmon.core.export.walk import Scope
from tcpmon.core.model import Cast, Kind, Lens, Record, open_data
from tcpmon.files import Found
from tcpmon.ui import exporting
from tcpmon.ui.exporting import SUFFIXES, Export, Form, Order
from tests.ui.fakes import NOW, FakeNode, a_record


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty directory to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


CAST = Record(4, NOW, Kind.CAST, 0, b"all\n", Cast(array("I", (1, 2))))
RECORDS = [
    Record(0, NOW, Kind.OPEN, 1, open_data("127.0.0.1:4", "127.0.0.1:8000")),
    a_record(1, b"ping\x1b[2J\n", client=1),
    a_record(2, b"pong\n", Kind.TX, 1),
    a_record(3, b"\xff\0", client=2),
    CAST,
    a_record(5, b"bye\n", client=1),
]
PAIR, ALL = Scope(Lens(1)), Scope()


class Node(FakeNode):
    """A node whose broadcasts concern whom they were for."""

    def records(self, start: int, count: int, client: int | None = None) -> list[Record]:
        assert count > 0
        fitting = [r for r in self.kept if client in (None, r.client) or (r.cast and client)]
        return [record for record in fitting if record.seq >= start][:count]


def run(scope: Scope, form: Form, name: str = "out", over: bool = False) -> str:
    """Export to a file here and return what is told of it."""
    export = Export(Node([], RECORDS), Order(scope, form, os.path.abspath(name)), over)
    export.run()
    return export.outcome


def contents(folder: Path) -> dict[str, bytes]:
    """Return all files of a folder, hidden ones too."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_text(here: Path) -> None:
    """As text each message is a line, with nothing in it that acts on a terminal."""
    told = run(PAIR, Form.TEXT)
    assert told == f"5 messages, {(here / 'out').stat().st_size} B, written to out"
    lines = (here / "out").read_text().splitlines()
    assert [line[13:] for line in lines] == [
        "1 open   127.0.0.1:4 via 127.0.0.1:8000",
        r"1 RX   9 ping\x1b[2J\n",
        r"1 TX   5 pong\n",
        r"- TX   4 all\n (to 2 clients)",
        r"1 RX   4 bye\n",
    ]


def test_jsonl(here: Path) -> None:
    """As JSON each message is an object, with its exact bytes."""
    run(ALL, Form.JSONL)
    told = [json.loads(line) for line in (here / "out").read_text().splitlines()]
    assert [event["event"] for event in told] == ["open", "rx", "tx", "rx", "broadcast", "rx"]
    assert told[3]["base64"] == "/wA="


def test_dump(here: Path) -> None:
    """As a hex dump each message has a line with its date, and its bytes below."""
    run(Scope(only=(3, 0)), Form.DUMP)
    head, dump = (here / "out").read_text().splitlines()
    assert head.endswith(" 2 RX 2 B")
    assert dump.startswith("00000000  ff 00 ")


@pytest.mark.parametrize("name", ["out", "out.raw", "out.rx", "out.tx"])
def test_raw_of_a_client(here: Path, name: str) -> None:
    """Raw bytes of a client are two files: what came, and what went."""
    told = run(PAIR, Form.RAW, name)
    assert contents(here) == {"out.rx": b"ping\x1b[2J\nbye\n", "out.tx": b"pong\nall\n"}
    assert told == "4 messages, 22 B, written to out.rx and out.tx"


@pytest.mark.parametrize("scope", [ALL, Scope(clients=frozenset((1, 2)))])
def test_raw_of_several(here: Path, scope: Scope) -> None:
    """Raw bytes of several clients are a folder with two files for each."""
    run(scope, Form.RAW)
    assert contents(here / "out") == {
        "1.rx": b"ping\x1b[2J\nbye\n",
        "1.tx": b"pong\nall\n",
        "2.rx": b"\xff\0",
        "2.tx": b"all\n",
    }


def test_raw_of_one_of_several(here: Path) -> None:
    """Raw bytes of the only marked client are two files, too."""
    run(Scope(clients=frozenset((2,))), Form.RAW)
    assert contents(here) == {"out.rx": b"\xff\0", "out.tx": b"all\n"}


@pytest.mark.parametrize(("seq", "data"), [(1, b"ping\x1b[2J\n"), (4, b"all\n")])
def test_raw_of_a_message(here: Path, seq: int, data: bytes) -> None:
    """Raw bytes of one message are one file, with nothing else in it."""
    run(Scope(only=(seq, 0)), Form.RAW, "out.bin")
    assert contents(here) == {"out.bin": data}


@pytest.mark.parametrize("form", Form)
def test_nothing_to_export(here: Path, form: Form) -> None:
    """Where there is no message the file is empty, and that is said."""
    assert run(Scope(Lens(1), first=9), form).startswith("0 messages, 0 B, written to out")


def test_what_was_dropped_is_told(here: Path) -> None:
    """What the ring had dropped before its turn came is counted in the sentence."""
    node = Node([], list(RECORDS))
    export = Export(node, Order(ALL, Form.TEXT, os.path.abspath("out")), over=False)
    del node.kept[:3]
    export.run()
    assert export.outcome.startswith("3 messages, ")
    end = "; 3 records had been dropped before they could be written"
    assert export.outcome.endswith(end)


@pytest.mark.parametrize("form", Form)
def test_stopped(here: Path, form: Form) -> None:
    """What is stopped leaves nothing."""
    order = Order(ALL, form, os.path.abspath("out"))
    export = Export(Node([], RECORDS), order, over=False)
    export.stop()
    export.run()
    assert export.stopped
    assert contents(here) == {}


def test_progress() -> None:
    """How far it is is told in records, or while matches are sought in messages."""
    export = Export(Node([], RECORDS), Order(ALL, Form.TEXT, "out"), over=False)
    assert export.progress == "0 of 6 records; esc stops"
    export._walk.looked = 4
    assert export.progress == "4 of 6 records; esc stops"
    export._walk.looked, export._walk.sifted = 0, 4100
    assert export.progress == "4,100 messages looked at for those that match; esc stops"


@pytest.mark.parametrize("form", Form)
def test_a_failure(here: Path, monkeypatch: pytest.MonkeyPatch, form: Form) -> None:
    """A disk that fails is a sentence, and leaves nothing, whatever the form."""

    def write(fd: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", write)
    with pytest.raises(CannotWrite, match="the disk is full; make room"):
        run(ALL, form)
    assert contents(here) == {}


def test_others_get_their_turn(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It rests after a while of work, so that screen and server go on."""
    naps: list[float] = []
    monkeypatch.setattr(exporting, "WORK_SECONDS", -1.0)
    monkeypatch.setattr(time, "sleep", naps.append)
    run(ALL, Form.TEXT)
    assert naps == [exporting.REST_SECONDS] * 6


def test_a_pipe(here: Path) -> None:
    """A pipe that is there gets the bytes, and stays a pipe."""
    os.mkfifo("out")
    fd = os.open("out", os.O_RDONLY | os.O_NONBLOCK)
    run(Scope(only=(1, 0)), Form.RAW, over=True)
    assert os.read(fd, 100) == b"ping\x1b[2J\n"
    os.close(fd)
    assert Order(ALL, Form.TEXT, os.path.abspath("out")).look() is Found.STREAM


@pytest.mark.parametrize(
    ("scope", "form", "there"),
    [
        (ALL, Form.TEXT, Found.FILE),
        (PAIR, Form.RAW, Found.NOTHING),
        (Scope(only=(1, 0)), Form.RAW, Found.FILE),
    ],
)
def test_look(here: Path, scope: Scope, form: Form, there: Found) -> None:
    """What is there is found for the files that will be made, not for others."""
    (here / "out").touch()
    assert Order(scope, form, os.path.abspath("out")).look() is there


@pytest.mark.parametrize("taken", ["out.rx", "out.tx"])
def test_look_at_a_pair(here: Path, taken: str) -> None:
    """If one of the two files is there, that is found; a pipe cannot be one of them."""
    order = Order(PAIR, Form.RAW, os.path.abspath("out.raw"))
    (here / taken).touch()
    assert order.look() is Found.FILE
    (here / taken).unlink()
    os.mkfifo(taken)
    with pytest.raises(CannotWrite, match="two files cannot both go into a pipe"):
        order.look()


def test_look_at_a_folder(here: Path) -> None:
    """A folder takes the place of nothing."""
    (here / "out").touch()
    with pytest.raises(CannotWrite, match="there is one by now; choose another name"):
        Order(ALL, Form.RAW, os.path.abspath("out")).look()


def test_suffixes() -> None:
    """Each form has a suffix of its own, by which a name is told to follow."""
    assert len(set(SUFFIXES.values())) == len(Form) == len(SUFFIXES)
    assert files.SUFFIX not in SUFFIXES.values()
