"""What tcpmon knows about connections, bytes and words, without doing anything.

Pure: no asyncio, socket, ssl, threading, time, os, rich or textual. Time and
randomness come in as arguments, so all of it can be tested by tables and
properties. Read `model` and `commands` first: they say what can be seen of a
node and what can be asked of it.
"""
