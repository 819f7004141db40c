"""What is kept, as bytes for a file or a pipe: one small module for each form.

A form says what a message is in it, in parts where the message is large; `walk` brings the
messages. Clocks and files are the caller's.
"""

from collections.abc import Callable, Iterator

from tcpmon.core.model import Message

Pieces = Callable[[Message], Iterator[bytes]]
"""What a message is in a form. Joined, the pieces of all messages are the file."""

PIECE = 64 << 10
"""Bytes of a message from which it is written in parts."""
