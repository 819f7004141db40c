"""Framers of others are found, given their options, and do no harm."""

import copy
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tcpmon.core.errors import BadFraming
from tcpmon.core.framing import BadFrame, plugin
from tcpmon.core.framing.spec import parse
from tests.core.framing.trial import trial
from tests.core.safety import unsafe_in

POINTS = """\
[tcpmon.framers]
dollar = tests.core.framing.plugged:Dollar
wild = tests.core.framing.test_plugin:Wild
shy = tests.core.framing.test_plugin:Shy
number = tests.core.framing.test_plugin:NUMBER
gone = tests.core.framing.nowhere:Nothing
line = tests.core.framing.plugged:Dollar
"""

NUMBER = 7
DOLLAR = b"$GPGLL*1F"


class Wild:
    """Answers as it is told to, right or wrong."""

    joins = timed = True

    def __init__(self, **options: str) -> None:
        self.seen = bytearray()
        self.answer: Callable[[], object] = list

    def feed(self, data: bytes, time: int) -> object:
        self.seen += data
        return self.answer()

    def missing(self) -> object:
        return self.answer()

    def body(self, message: bytes) -> object:
        return self.answer()


class Shy:
    """Knows only half of what a framer must."""

    def feed(self, data: bytes, time: int) -> list[int]:
        return []


@pytest.fixture(autouse=True)
def _installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Install a distribution with the framers of this file, as pip would."""
    info = tmp_path / "wild_framers-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: wild-framers\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(POINTS)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    forget()
    yield
    forget()


def forget() -> None:
    plugin._points.cache_clear()
    plugin.load.cache_clear()


def wild(answer: Callable[[], object]) -> plugin.Fence:
    """Return a fenced framer that gives one answer to everything."""
    fence = plugin.make("wild", ())
    assert isinstance(fence, plugin.Fence)
    inner = fence._framer
    assert isinstance(inner, Wild)
    inner.answer = answer
    return fence


def fail(error: BaseException) -> Callable[[], object]:
    """Return what raises an error when it is called."""

    def failing() -> object:
        raise error

    return failing


def test_example() -> None:
    """The example of the README passes the trial of our own."""
    trial("dollar", DOLLAR, b"$*00", bodies=[b"GPGLL", b""])
    trial("dollar:digits=4", b"$a*beef", rest=b"$b*c", missing=3, bodies=[b"a"])
    trial("dollar", DOLLAR, rest=b"x", bad="a $ to begin with", bodies=[b"GPGLL"])


def test_names() -> None:
    """What is installed can be offered; a name of ours stays ours."""
    assert {"dollar", "wild"} <= set(plugin.names())
    assert parse("line").make().body(b"a\n") == b"a"
    assert str(parse(" dollar : digits = 4 ")) == "dollar:digits=4"
    assert parse("dollar").short == "dollar"
    assert parse("dollar") == parse("dollar:")


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("gone", "the framer gone failed: ModuleNotFoundError: No module named"),
        ("dollar:digits=x", "the framer dollar failed: ValueError: invalid literal"),
        ("dollar:colour=red", "the framer dollar failed: TypeError:"),
        ("number", "the framer number failed: TypeError:"),
        ("shy", "the framer shy has no missing()"),
        ("dolar", "no framing is called 'dolar'"),
    ],
)
def test_refused(spec: str, message: str) -> None:
    """What cannot be loaded or made is one sentence, before any stream is cut by it."""
    with pytest.raises(BadFraming) as caught:
        parse(spec)
    assert caught.value.message.startswith(message)
    assert "\n" not in str(caught.value)


def test_near() -> None:
    """A name nearly right is helped, for what is installed too."""
    with pytest.raises(BadFraming) as caught:
        parse("dolar")
    assert caught.value.hint == "did you mean dollar?"
    with pytest.raises(BadFraming):
        plugin.check("dolar", ())


@pytest.mark.parametrize(
    "answer",
    [
        fail(ValueError("\x1b[2J" * 1000)),
        fail(RecursionError()),
        fail(BadFrame([9], "x")),
        fail(BadFrame([2, 1], "x")),
        lambda: None,
        lambda: 3,
        lambda: [0],
        lambda: [5],
        lambda: [2, 2],
        lambda: [3, 2],
        lambda: [-1],
        lambda: [1.0],
        lambda: [True],
        lambda: ["a"],
    ],
)
def test_fence(answer: Callable[[], object]) -> None:
    """An error and a nonsensical answer are a BadFrame, short and safe."""
    with pytest.raises(BadFrame) as caught:
        wild(answer).feed(b"abcd", 0)
    assert caught.value.ends == []
    assert caught.value.why.startswith("the framer wild failed: ")
    assert len(caught.value.why) < 250
    assert not unsafe_in(caught.value.why)


def test_bad_frame() -> None:
    """Its own BadFrame stands, made safe."""
    with pytest.raises(BadFrame) as caught:
        wild(fail(BadFrame([1, 3], "no\x1b"))).feed(b"abcd", 0)
    assert caught.value.ends == [1, 3]
    assert caught.value.why == "no\\x1b"


def test_ended_before() -> None:
    """0 ends a message that has begun, and no other."""
    fence = wild(list)
    assert fence.feed(b"ab", 0) == []
    inner = fence._framer
    assert isinstance(inner, Wild)
    inner.answer = lambda: [0, 2]
    assert fence.feed(b"cd", 0) == [0, 2]
    with pytest.raises(BadFrame):
        fence.feed(b"ef", 0)


@pytest.mark.parametrize("answer", [fail(ValueError()), lambda: "x", lambda: -1, lambda: None])
def test_unknown(answer: Callable[[], object]) -> None:
    """What it cannot say in sense is not known, and the body is the message."""
    assert wild(answer).missing() is None
    assert wild(answer).body(b"ab") == b"ab"


def test_sense() -> None:
    """What it says in sense is handed on."""
    assert wild(lambda: 3).missing() == 3
    assert wild(lambda: b"body").body(b"ab") == b"body"
    assert wild(list).joins
    assert wild(list).timed


def test_copy() -> None:
    """A copy shares nothing, though the framer changes its values in place."""
    fence = wild(list)
    fence.feed(b"ab", 0)
    twin = copy.copy(fence)
    twin.feed(b"cd", 0)
    inner = fence._framer
    assert isinstance(inner, Wild)
    assert inner.seen == b"ab"


def test_copy_fails() -> None:
    """One that cannot be copied says so when its copy is fed."""
    fence = wild(list)
    inner = fence._framer
    inner.file = sys.stdout.buffer  # type: ignore[attr-defined]
    twin = copy.copy(fence)
    with pytest.raises(BadFrame, match="the framer wild failed: TypeError"):
        twin.feed(b"ab", 0)
    assert twin.missing() is None
    assert twin.body(b"ab") == b"ab"


def test_made_later() -> None:
    """One that cannot be made any more says so when it is fed, not before."""
    fence = plugin.make("dollar", (("digits", "x"),))
    with pytest.raises(BadFrame, match="the framer dollar failed: ValueError"):
        fence.feed(b"$", 0)
    with pytest.raises(BadFrame, match="the framer nobody failed: LookupError"):
        plugin.make("nobody", ()).feed(b"$", 0)
