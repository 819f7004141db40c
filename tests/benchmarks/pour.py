"""A load for the screen: many clients that each send a line now and then, so many a second in all.

    python -m tests.benchmarks.pour PORT CLIENTS MESSAGES_A_SECOND SECONDS

Prints how many messages went out. What is not taken at once is waited for, so
every message counts.
"""

import socket
import sys
import time

LINE = b"dev=%06d;temp=21.5;hum=40;seq=%09d;state=ok;abcdefgh;xyz\n"
SLICE = 0.005


def pour(port: int, count: int, rate: float, seconds: float) -> int:
    """Send lines of 64 bytes from all clients in turn; return how many."""
    clients = [socket.create_connection(("127.0.0.1", port)) for _ in range(count)]
    print("connected", flush=True)
    sent = 0
    start = time.monotonic()
    while (now := time.monotonic() - start) < seconds:
        due = int(now * rate)
        while sent < due:
            place = sent % count
            clients[place].sendall(LINE % (place, sent))
            sent += 1
        time.sleep(max(0.0, start + now + SLICE - time.monotonic()))
    print(f"sent {sent}", flush=True)
    time.sleep(1)
    for client in clients:
        client.close()
    return sent


if __name__ == "__main__":
    port, count, rate, seconds = sys.argv[1:]
    pour(int(port), int(count), float(rate), float(seconds))
