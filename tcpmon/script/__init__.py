"""A user's Python file that acts on what clients do, in a process of its own.

`host` stands beside an engine and gives it no way to wait: whatever the file does, loops,
crashes or forks, the server and the screen go on.
"""
