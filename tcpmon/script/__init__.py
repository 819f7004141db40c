"""A user's Python file that acts on what clients do, in a process of its own.

`host` stands beside an engine and gives it no way to wait: whatever the file does, loops,
crashes or forks, the server and the screen go on. Rules, `--echo` and `--reply` answer first: by
the time that the script is told of a message, what they send at once is on its way. The script is
told of every message, answered or not, and what it sends comes behind.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tcpmon.core.peer import Peer

clients: "dict[int, Peer]" = {}
"""In a script, the clients that are there, by number: `from tcpmon.script import clients`. It is
still there when the script is read again."""
