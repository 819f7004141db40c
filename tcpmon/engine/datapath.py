"""The hot loops: what happens to a byte that arrives on a healthy connection, and to a
payload that goes to many.

Read, count, keep, answer, send; everything rarer is the connection's own business.
They are functions without calls of our own, because that is what the speed of the
whole program hangs on: each call in them costs every message 2 % (measured by
tests/benchmarks).
"""

from collections.abc import Callable, Iterable
from time import time_ns
from typing import cast

from tcpmon.core.model import Cast
from tcpmon.core.store import Store
from tcpmon.engine.connection import (
    ANSWER_FAILED,
    LAST_BYTES,
    READ_SMALL,
    Connection,
    Hook,
    Sums,
    as_bytes,
)
from tcpmon.engine.poller import READ, Events, Target


class DataPath:
    """Serves events on behalf of a store. answer: bytes to send back for each read."""

    hook: Hook | None = None
    """As connection.Shared.hook."""

    def __init__(self, store: Store, sums: Sums, answer: Callable[[bytes], bytes] | None) -> None:
        self._store = store
        self._sums = sums
        self._answer = answer

    def serve(self, events: Events, targets: dict[int, Target]) -> bool:  # noqa: C901
        """Handle a few events; say whether the turn should end because much has come.

        targets: who is told, by descriptor; none if it is gone. All is read before
        anything is answered: so a caller that waits for answers is woken up once for
        many of them, which costs as much as all that is done here.
        """
        store, answer, hook = self._store, self._answer, self.hook
        answering = answer is not None or hook is not None
        keep_time, keep_head, keep_data = store.columns()
        small, plain = READ_SMALL, READ
        received = answered = sent_off = messages = 0
        answers: list[tuple[Connection, bytes]] = []
        connections = cast("dict[int, Connection]", targets)  # but for those that are odd
        for fd, ready in events:
            try:
                connection = connections[fd]
            except KeyError:  # closed by an event before this one
                continue
            if ready != plain or connection.odd:
                connection.on_ready(ready)
                continue
            try:
                recv = connection.recv  # in a line of its own it is found at once
                data = recv(connection.read_size)
                count = len(data)
                if count >= small or not count:
                    connection.take(data)
                    continue
                connection.heard_at = now = time_ns()
                connection.rx_bytes += count
                connection.rx_messages += 1
                connection.last = data  # smaller than `small`: it is let go of soon enough
                keep_time(now)
                keep_head(connection.rx_head)
                keep_data(data)
                received += count
                messages += 1
                if answering:
                    reply = hook(connection, data) if hook is not None else None
                    if reply is None:
                        if answer is None or connection.odd:
                            continue
                        try:
                            reply = answer(data)
                            if type(reply) is not bytes:
                                reply = as_bytes(reply)
                        except Exception:  # noqa: BLE001 - the fence of a connection
                            connection.bug(ANSWER_FAILED)
                            continue
                    answers.append((connection, reply))
            except BlockingIOError:
                pass
            except OSError as error:
                connection.failed(error)
            except Exception:  # noqa: BLE001 - the fence of a connection
                connection.bug()
        now = time_ns()
        for connection, reply in answers:
            try:
                if connection.queue is not None or not reply:
                    connection.send(reply)
                    continue
                keep_time(now)
                keep_head(connection.tx_head)
                keep_data(reply)
                size = len(reply)
                answered += size
                messages += 1
                connection.tx_messages += 1
                connection.last = reply if size < small else reply[:small]
                try:
                    write = connection.write
                    sent = write(reply)
                except OSError as error:
                    connection.note_write_error(error)
                    sent = 0
                connection.tx_bytes += sent
                sent_off += sent
                if sent != size:
                    connection.enqueue(reply, sent)
            except Exception:  # noqa: BLE001 - the fence of a connection
                connection.bug()
        store.weigh(received + answered)
        sums = self._sums
        sums.rx_bytes += received
        sums.tx_bytes += sent_off
        sums.messages += messages
        return store.crowded

    def send_all(self, connections: Iterable[Connection], data: bytes, cast: Cast) -> None:
        """Give a payload whose record is kept to each of several connections, and note in the
        cast who is not given it, and why."""
        size, last = len(data), data[:LAST_BYTES]
        sent_off = messages = 0
        for connection in connections:
            if connection.queue is not None or connection.odd:
                if reason := connection.offer():
                    cast.skipped[connection.id] = reason
                else:
                    connection.transmit(data, cast)
                continue
            try:
                write = connection.write
                sent = write(data)
            except OSError as error:
                connection.note_write_error(error)
                sent = 0
            connection.tx_messages += 1
            connection.last = last
            connection.tx_bytes += sent
            sent_off += sent
            messages += 1
            if sent != size:
                connection.enqueue(data, sent, cast)
        self._sums.tx_bytes += sent_off
        self._sums.messages += messages
