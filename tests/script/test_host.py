"""A script beside a server: it acts, and whatever it does, the server goes on."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from tcpmon.core.commands import Disconnect, Flag, How, Name, Note, Send, StopReading
from tcpmon.core.hooks import Hooks
from tcpmon.core.inbox import HELD_SECONDS, ITEMS
from tcpmon.script.host import ORDERED, PAUSE, Host
from tests.script.conftest import ECHO, WAIT, Stage

Bad = tuple[str, str, str]


def test_is_hooks() -> None:
    """An engine can be given a host."""
    hooks: Hooks = Host("x.py", lambda *_: None, lambda *_: None, lambda _: None)
    assert hooks


async def test_all_a_client_is_asked_for(stage: Stage) -> None:
    """What a script wants of a client comes as the commands that a key would give."""
    await stage.runs(
        "def on_message(c, message):\n"
        "    c.send(f'{c.id} {c.name} {c.address} {c.port} {c.listener}')\n"
        "    c.send(bytearray(b'\\xff')); c.rename('x'); c.note('n'); c.mark('why')\n"
        "    c.half_close(); c.close(); c.reset()\n"
    )
    stage.host.renamed(1, "new")
    stage.host.said(1, b"go")
    await stage.until(lambda: len(stage.orders) == 8)
    assert stage.orders == [
        (1, Send(b"1 new 10.0.0.9 5001 127.0.0.1:8000", (1,))), (1, Send(b"\xff", (1,))),
        (1, Name(1, "x", literal=True)), (1, Note(1, "n")), (1, Flag(1, "why")),
        (1, Disconnect((1,), How.HALF)), (1, Disconnect((1,))), (1, Disconnect((1,), How.RESET)),
    ]  # fmt: skip


async def test_hooks(stage: Stage) -> None:
    """Each hook is called, plain or async; a client's state is its own, and is still there when
    it goes; on_tick comes by itself."""
    await stage.runs(
        "import asyncio\n"
        "async def on_connect(client): client.state.said = []\n"
        "def on_message(client, message): client.state.said.append(message)\n"
        "async def on_close(client):\n"
        "    await asyncio.sleep(0)\n"
        "    print('said', client.state.said)\n"
        "def on_tick(): print('tick')\n"
    )
    for client in (2, 3):
        stage.come(client)
    await stage.noted("tick")
    stage.host.said(2, b"a")
    stage.host.said(3, b"b")
    stage.host.said(2, bytes([0, 255]))
    stage.host.ended(2, "closed by peer")
    stage.host.ended(3, "closed by peer")
    assert await stage.noted("said") == (2, r"said [b'a', b'\x00\xff']", False)
    assert await stage.noted("said") == (3, "said [b'b']", False)


async def test_async_hooks_do_not_wait_for_each_other(stage: Stage) -> None:
    """While one client's hook waits another client is answered; what on_connect does for ever
    ends with its client."""
    await stage.runs(
        "import asyncio\n"
        "gate = asyncio.Event()\n"
        "async def on_connect(client):\n"
        "    try:\n"
        "        await asyncio.Event().wait()\n"
        "    finally:\n"
        "        print('over')\n"
        "async def on_message(client, message):\n"
        "    if message == b'wait': await gate.wait()\n"
        "    gate.set()\n"
        "    client.send(message)\n"
    )
    stage.come(2)
    stage.host.said(1, b"wait")
    stage.host.said(2, b"go")
    await stage.until(lambda: stage.sent(1) == b"wait")
    assert [client for client, _ in stage.orders] == [2, 1]
    stage.host.ended(2, "")
    assert await stage.noted("over") == (2, "over", False)


async def test_one_behind_the_other(stage: Stage) -> None:
    """An async hook is called for a client's messages one behind the other, and for its end behind
    those; who says more than it can deal with is not read for a while."""
    await stage.runs(
        "import asyncio\n"
        "gate, all = asyncio.Event(), []\n"
        "async def on_message(client, message):\n"
        "    if message == b'open': return gate.set()\n"
        "    await gate.wait()\n"
        "    all.append(message)\n"
        "def on_close(client):\n"
        "    print('in order' if all == sorted(all) else 'not in order', len(all))\n"
    )
    stage.come(2)
    for number in range(10 * ITEMS):
        stage.host.said(1, b"%09d" % number)
    await stage.noted("is not read for now")
    await stage.until(lambda: stage.orders == [(1, StopReading(1, HELD_SECONDS))])
    stage.host.said(2, b"open")
    await stage.until(lambda: len(stage.orders) == 2)
    assert stage.orders[1] == (1, StopReading(1, 0))
    stage.host.ended(1, "")
    assert await stage.noted("in order") == (1, f"in order {10 * ITEMS}", False)


async def test_reload_keeps_state(stage: Stage) -> None:
    """New code takes over the clients as they are; code that cannot be taken is told of, and
    the old goes on."""
    await stage.runs("def on_message(c, m): c.state.n = 7; c.send('1')\n")
    stage.host.said(1, b"x")
    await stage.hears(1, b"1")
    await stage.runs("def on_message(c, m): c.send(f'2 {c.state.n}')\n")
    stage.host.said(1, b"x")
    await stage.hears(1, b"2 7")
    stage.write("def on_message(c, m):\n    c.send('3'\n")
    _, text, warn = await stage.noted("SyntaxError")
    assert text.startswith("script my.py: line 2: SyntaxError: '(' was never closed: c.send('3'")
    assert text.endswith("; what it was before goes on")
    assert warn
    assert stage.host.trouble.startswith("line 2: SyntaxError")
    stage.host.said(1, b"x")
    await stage.hears(1, b"2 7")
    stage.path.unlink()
    await stage.noted("cannot be read: no such file or directory; what it was before")
    await stage.runs(ECHO)
    assert stage.host.trouble == ""


async def test_a_file_that_is_being_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is read when it is whole: once two looks at it find the same."""
    looks = iter([1, 2, 3, 3, 3])
    monkeypatch.setattr("tcpmon.script.host.look_at", lambda files: {"x.py": [next(looks)]})
    host = Host("x.py", lambda *_: None, lambda *_: None, lambda _: None)
    found = [await host._has_changed() for _ in range(5)]
    assert found == [False, False, False, True, False]


async def test_what_it_imports_is_read_again(stage: Stage) -> None:
    """A change in a file beside the script counts as one in the script, and a mistake in there is
    told with its place."""
    helper = stage.path.parent / "helper_of_mine.py"
    helper.write_text("x = \n")
    stage.write("import helper_of_mine\ndef on_message(c, m): c.send(helper_of_mine.answer(c))\n")
    await stage.noted("SyntaxError: invalid syntax (helper_of_mine.py, line 1); line 1 in <module>")
    for word in ("one", "two"):
        helper.write_text(f"def answer(c): return {word!r}\n")
        await stage.noted("runs: on_message")
        stage.host.said(1, b"x")
        await stage.hears(1, word.encode())
    helper.write_text("def answer(c):\n    raise ValueError\n")
    await stage.noted("runs: on_message")
    stage.host.said(1, b"x")
    _, text, _ = await stage.noted("on_message failed")
    assert text.endswith(
        "; line 2 in on_message: def on_message(c, m): c.send(helper_of_mine.answer(c))"
        "; helper_of_mine.py line 2 in answer: raise ValueError"
    )


BEGINNING = """\
def on_message(client, message):
    if message == b'ok': return client.send('ok')
"""

HARMLESS: list[Bad] = [
    ("raise", "    raise ValueError(message)\n",
     "on_message failed: ValueError: b'bad'; line 3 in on_message: raise ValueError(message)"),
    ("a helper raises", "    help_me()\ndef help_me():\n    1 / 0\n",
     "division by zero; line 3 in on_message: help_me(); line 5 in help_me: 1 / 0"),
    ("sys.exit", "    import sys; sys.exit(3)\n", "on_message failed: SystemExit: 3; line 3"),
    ("fork", "    import os\n    if os.fork() == 0: print('in the copy')\n",
     "has made a copy of its process; only the first is listened to"),
    ("recursion", "    on_message(client, message)\n",
     "RecursionError: maximum recursion depth exceeded"),
    ("memory", "    [bytes(1 << 20) for _ in range(1 << 20)]\n", "failed: MemoryError; line 3"),
    ("sends what is no data", "    client.send(5)\n", "bytes or text can be sent, not int; line 3"),
    ("sends too much", "    client.send(bytes(129 << 20))\n", "129 MiB in one send, 128 MiB are"),
    ("no name", "    client.rename(None)\n", "TypeError: this must be text, not NoneType; line 3"),
    ("half a character", "    raise ValueError('\\udc80')\n", r"ValueError: \udc80; line 3"),
    ("an endless error", "    raise ValueError('x' * 10_000_000)\n", "xxx…; line 3"),
    ("writes past print", "    import os; os.write(2, b'\\xff!\\n')\n", r"\xff!"),
]  # fmt: skip


async def test_mistakes_stay_with_their_client(stage: Stage) -> None:
    """What goes wrong in a hook is told with its line, and the same process goes on to serve all
    clients."""
    stage.come(2)
    for what, body, told in HARMLESS:
        await stage.runs(BEGINNING + body)
        stage.host.said(1, b"bad")
        client, _, warn = await stage.noted(told)
        assert (client, warn) == (0 if "copy" in told or "xff" in told else 1, True), what
        stage.host.said(2, b"ok")
        await stage.hears(2, b"ok")
        assert not any("started again" in text for _, text, _ in stage.notes), what


UNUSABLE: list[Bad] = [
    ("syntax", "def on_message(:\n", "line 1: SyntaxError: "),
    ("signature", "\ndef on_message(client): pass\n",
     "line 2: on_message(client) must be on_message(client, message)"),
    ("yield", "def on_close(client): yield\n", "line 1: on_close has a yield in it"),
    ("no function", "on_tick = 5\n", "on_tick is not a function"),
    ("nothing", "", "it has none of on_connect, on_message, on_close, on_tick"),
    ("raises", "x = 1\nimport no_such_name\n",
     "No module named 'no_such_name'; line 2 in <module>: import no_such_name"),
    ("exits", "import sys\nsys.exit('no')\n", "SystemExit: no; line 2 in <module>"),
    ("not text", "\0", "null bytes"),
    ("not UTF-8", "x = 1\n# caf\udce9\n", "line 2: byte 0xe9 is not UTF-8 text"),
]  # fmt: skip


async def test_unusable_code(stage: Stage) -> None:
    """A file that cannot be run is told of, with the place; the script waits for a better one."""
    for what, source, told in UNUSABLE:
        stage.write(source)
        _, _, warn = await stage.noted(told)
        assert warn, what
        assert stage.host.trouble, what
        stage.host.said(1, b"still")
        await stage.hears(1, b"still")


@pytest.mark.parametrize("at_start", ["nothing", "a folder"])
async def test_not_a_file(tmp_path: Path, at_start: str) -> None:
    """Where there is no file the script waits for one; those who came meanwhile are known."""
    stage = Stage(tmp_path / "my.py")
    if at_start == "a folder":
        stage.path.mkdir()
    stage.host.start()
    stage.come(1)
    try:
        await stage.noted("it is not a file" if at_start == "a folder" else "cannot be read: no")
        if at_start == "a folder":
            stage.path.rmdir()
        await stage.runs(ECHO)
        stage.host.said(1, b"hello")
        await stage.hears(1, b"hello")
    finally:
        await stage.host.stop()


HANGING: list[Bad] = [
    ("loop", "    while True:\n        pass\n", "line "),
    ("sleep", "    import time\n    time.sleep(60)\n", "line 4"),
    ("regex", "    import re\n    re.match(r'(a+)+$', 'a' * 60 + 'b')\n", "line 4"),
]


@pytest.mark.parametrize(("what", "body", "line"), HANGING, ids=[each[0] for each in HANGING])
async def test_hanging(stage: Stage, what: str, body: str, line: str) -> None:
    """A hook that does not end is told of with its line, even if no Python gets to run; then its
    process is ended, and the script goes on in a new one that knows the clients."""
    await stage.runs(BEGINNING + body)
    stage.host.said(1, b"hang")
    client, text, warn = await stage.noted("has been in on_message for client 1 for")
    assert (client, warn) == (1, True)
    assert line in text
    assert stage.host.trouble.startswith("has been in on_message for client 1")
    await stage.noted(
        "and was ended; it is started again; what it had not done yet is lost, and client.state too"
    )
    await stage.noted("runs: on_message")
    stage.host.said(1, b"ok")
    await stage.hears(1, b"ok")


async def test_async_hook_that_blocks(stage: Stage) -> None:
    """An async hook that blocks is told of, too; when it goes on all is well again."""
    await stage.runs(
        "import time\nasync def on_message(client, message):\n    time.sleep(0.45)\n"
        "    client.send('done')\n"
    )
    stage.host.said(1, b"x")
    _, text, _ = await stage.noted("has been in on_message for client 1")
    assert text.endswith(", line 3")
    await stage.hears(1, b"done")


DEADLY: list[Bad] = [
    ("os._exit", "os._exit(3)", "ended with exit code 3"),
    ("crash", "os.kill(os.getpid(), signal.SIGSEGV)", "was ended by SIGSEGV, line 2"),
    ("closes what is ours", "os.closerange(3, 50)", "ended"),
]


@pytest.mark.parametrize(("what", "code", "why"), DEADLY, ids=[each[0] for each in DEADLY])
async def test_deadly(stage: Stage, what: str, code: str, why: str) -> None:
    """A script that ends its process is told of and started again, a few times; then it is off
    until its file changes."""
    await stage.runs(f"import os, signal\ndef on_message(client, message): {code}\n")
    stage.host.said(1, b"x")
    await stage.noted(why)
    await stage.noted("runs: ")
    stage.host.said(1, b"x")
    await stage.noted("; off until the file changes")
    assert stage.host.trouble.endswith("; off until the file changes")
    stage.host.said(1, b"lost")
    await stage.runs(ECHO)
    assert stage.host.trouble == ""
    stage.host.said(1, b"again")
    await stage.hears(1, b"again")


async def test_a_flood_of_words(stage: Stage) -> None:
    """Of what is printed only so much is kept as can be read; the rest is counted."""
    await stage.runs(
        "def on_message(client, message):\n"
        "    if message == b'ok': return client.send('ok')\n"
        "    for _ in range(2000): print('x' * 10_000)\n"
        "    print('a', end=''); print('b')\n"
    )
    stage.host.said(1, b"x")
    stage.host.said(1, b"ok")
    await stage.hears(1, b"ok")
    lines = [text for client, text, _ in stage.notes if client == 1]
    assert 200 <= len(lines) <= 1200
    assert lines[0] == "x" * 4096 + "…"
    await stage.noted("more left out")


async def test_backpressure(stage: Stage) -> None:
    """Clients are read no more while too much waits for the script; nothing is lost."""
    await stage.runs(
        "import time\ntotal = 0\n"
        "def on_message(client, message):\n"
        "    global total\n"
        "    if not total: time.sleep(0.2)\n"
        "    total += len(message)\n"
        "    if message == b'end': client.send(str(total))\n"
    )
    piece = bytes(100_000)
    count = 0
    while not stage.pauses:
        stage.host.said(1, piece)
        count += 1
    assert count * len(piece) > PAUSE
    stage.host.said(1, b"end")
    await stage.until(lambda: stage.pauses == [True, False] and bool(stage.orders))
    assert int(stage.sent(1)) == count * len(piece) + 3


async def test_a_flood_of_orders(stage: Stage) -> None:
    """A script that orders faster than can be carried out has to wait; nothing is lost."""
    stage.at_once = False
    await stage.runs(
        "def on_message(client, message):\n"
        "    for number in range(20_000): client.send(b'%05d' % number * 100)\n"
    )
    stage.host.said(1, b"x")
    await stage.until(lambda: len(stage.orders) > ORDERED)
    assert stage.host._process
    assert not stage.host._process._is_heard
    assert len(stage.orders) < 20_000  # two socket buffers hold less than half of that
    stage.at_once = True
    for done in stage.undone:
        done()
    await stage.until(lambda: len(stage.orders) == 20_000)
    assert stage.sent(1).endswith(b"19999")


async def test_text_that_is_none(stage: Stage) -> None:
    """Half a surrogate pair, in what a script says or in the path of a socket, costs nothing
    else."""
    await stage.runs(
        "def on_message(client, message):\n"
        "    client.send(client.listener)\n"
        "    client.note(chr(0xd800))\n"
        "    client.send(message)\n"
    )
    stage.host.opened(2, "", "", 0, "unix:/tmp/\udcff")
    stage.host.said(2, b"!")
    await stage.until(lambda: stage.sent(2) == rb"unix:/tmp/\udcff!")
    assert stage.orders[1] == (2, Note(2, r"\ud800"))


async def test_a_flood_of_notes(stage: Stage) -> None:
    """Notes are lines as well: what is too much is counted."""
    await stage.runs(
        "def on_message(client, message):\n"
        "    for _ in range(5000): client.note('x')\n"
        "    client.send('end')\n"
    )
    stage.host.said(1, b"x")
    await stage.noted("lines more left out")
    assert len(stage.orders) < 5000


async def test_who_was_held_is_let_go_on(stage: Stage) -> None:
    """A client that is not read for a script's sake is read again when that script has gone."""
    await stage.runs(
        "import asyncio, os\n"
        "async def on_message(client, message):\n"
        "    if message == b'die': os._exit(3)\n"
        "    await asyncio.Event().wait()\n"
    )
    stage.come(2)
    for _ in range(2 * ITEMS):
        stage.host.said(1, b"x")
    await stage.until(lambda: stage.orders == [(1, StopReading(1, HELD_SECONDS))])
    stage.host.said(2, b"die")
    await stage.until(lambda: stage.orders[1:] == [(1, StopReading(1, 0))])


async def test_stop_lets_it_finish(stage: Stage) -> None:
    """At the end the script does what it was told, and is gone."""
    await stage.runs("def on_close(client): print('bye')\n")
    stage.host.ended(1, "closed by us")
    await stage.host.stop()
    assert (1, "bye", False) in stage.notes
    await stage.host.stop()


async def test_ends_with_its_parent(tmp_path: Path) -> None:
    """A script in the middle of a loop does not outlive a tcpmon that was killed."""
    (tmp_path / "my.py").write_text("import os\nprint(os.getpid())\nwhile True: pass\n")
    host = (
        "import asyncio, sys\nfrom tcpmon.script.host import Host\n"
        "async def main():\n"
        f"    Host({str(tmp_path / 'my.py')!r}, print, lambda c, t, w: print(t, flush=True),"
        " print).start()\n"
        "    await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", host, stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout
    async with asyncio.timeout(WAIT):
        child = int(await parent.stdout.readline())
        parent.kill()
        await parent.wait()
        watch = os.pidfd_open(child) if _is_there(child) else None
        if watch is not None:
            ended = asyncio.Event()
            asyncio.get_running_loop().add_reader(watch, ended.set)
            await ended.wait()
            asyncio.get_running_loop().remove_reader(watch)
            os.close(watch)


def _is_there(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


async def test_a_killed_child(stage: Stage) -> None:
    """A child that somebody kills is started again."""
    stage.write("import os\nprint('process', os.getpid())\n" + ECHO)
    _, text, _ = await stage.noted("process ")
    os.kill(int(text.split()[1]), signal.SIGKILL)
    await stage.noted("was ended by SIGKILL; it is started again")
    stage.host.said(1, b"x")
    await stage.hears(1, b"x")
