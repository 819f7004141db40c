"""What the keyboard side can do to the program: nothing."""

import pytest

from tests.program.terminal import Program


@pytest.mark.parametrize(
    "noise",
    [
        b"\xff\xfe\xc3\x28\x80\x80\xf0\x9f",
        b"\0" * 40_000,
        b"\x1b[" + b"1;" * 50_000,
        b"\x1b[99999999999999999999u\x1b[1114112u\x1b[55296;1;55296u",
        b"\x1b[<999999999;999999999;999999999M\x1b[M\xff\xff\xff",
        b"\x1b]52;c;" + b"E" * 5_000 + b"\x1b\\",
        b"\x1b[200~" + b"pasted, not typed " * 5_000 + b"\x1b[201~",
    ],
    ids=["not-utf8", "nul", "endless-csi", "giant-numbers", "mouse", "osc-answer", "paste"],
)
def test_odd_bytes_do_not_end_it(noise: bytes) -> None:
    """After bytes that no keyboard sends, the program serves and obeys keys as before."""
    with Program("localhost:0", "--echo") as program:
        program.shows("Nobody is connected yet")
        for start in range(0, len(noise), 1024):
            program.keys(noise[start : start + 1024])
            program.read(0)
        client = program.client()
        client.sendall(b"ping\n")
        assert program.hears(client, 5) == b"ping\n"
        program.keys("u")
        program.shows("ping\\n")
        program.keys("\x1b[A\x1b[B")
        program.keys("b")
        program.shows("BROADCAST to 1 client")
