"""The engine: asyncio and sockets, a library on its own.

Every byte is read, counted and kept before anyone looks. The data path is
direct: non-blocking sockets on one epoll whose descriptor the asyncio loop
watches (`poller`), so that there is no transport between a read and its record,
a reset before the first read still has its address, and a queue is counted to
the byte. asyncio is the host: timers, commands, names.

Who acts on what clients say (rules: `acting`; functions: `callbacks`; a script) hears of it through
one hook of the hot loop, which is None while nobody does. What they order are commands.

`engine.Engine` is the node; `thread.EngineThread` runs one on a thread and loop
of its own behind the same face.
"""
