"""A user's Python file that acts on what clients do, in a process of its own.

`host` stands beside an engine and gives it no way to wait: whatever the file does, loops,
crashes or forks, the server and the screen go on. Rules, `--echo` and `--reply` answer first: by
the time that the script is told of a message, what they send at once is on its way. The script is
told of every message, answered or not, and what it sends comes behind.
"""
