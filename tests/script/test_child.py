"""The process in which a script runs, as a script sees it. What it does is in test_host."""

from tests.script.conftest import Stage


async def test_surroundings(stage: Stage) -> None:
    """A script may import what lies beside it, is its own argv, has an empty stdin, and what it
    starts gets none of our descriptors."""
    (stage.path.parent / "beside.py").write_text("WORD = 'from beside'\n")
    await stage.runs(
        "import os, subprocess, sys, beside\n"
        "def on_message(client, message):\n"
        "    print(beside.WORD, sys.argv == [__file__], repr(sys.stdin.read()))\n"
        "    os.system('ls /proc/self/fd | wc -l')\n"
    )
    stage.host.said(1, b"x")
    await stage.noted("from beside True ''")
    assert await stage.noted("4") == (0, "4", False)  # its own three, and the folder it lists


async def test_tasks_of_its_own(stage: Stage) -> None:
    """What goes wrong in a task that the script has made itself is told as well."""
    await stage.runs(
        "import asyncio\n"
        "async def fail(): raise ValueError('aside')\n"
        "async def on_message(client, message): asyncio.create_task(fail())\n"
    )
    stage.host.said(1, b"x")
    await stage.noted("a task of its own failed: ValueError: aside; line 2 in fail")


async def test_threads(stage: Stage) -> None:
    """A thread of the script may send."""
    await stage.runs(
        "import threading\n"
        "def on_message(client, message):\n"
        "    threading.Thread(target=client.send, args=(message,)).start()\n"
    )
    stage.host.said(1, b"from a thread")
    await stage.hears(1, b"from a thread")


async def test_clients(stage: Stage) -> None:
    """A script knows who is there, also when it has been read again; who leaves is not any more."""
    source = (
        "from tcpmon.script import clients\n"
        "def on_connect(client): print(clients[client.id] is client)\n"
        "def on_message(client, message):\n"
        "    for other in clients.values(): other.send(message)\n"
        "def on_close(client): print('left', list(clients))\n"
    )
    await stage.runs(source)
    stage.come(2)
    assert await stage.noted("True") == (2, "True", False)
    stage.host.said(1, b"x")
    await stage.until(lambda: len(stage.orders) == 2)
    await stage.runs(source + "# new\n")
    stage.host.said(1, b"y")
    await stage.until(lambda: len(stage.orders) == 4)
    assert (stage.sent(1), stage.sent(2)) == (b"xy", b"xy")
    stage.host.ended(1, "")
    assert await stage.noted("left") == (1, "left [2]", False)
