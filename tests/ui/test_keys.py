"""What keys and the mouse send goes through untouched, and what nothing sends does not."""

import pytest
from hypothesis import example, given, strategies as st
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._xterm_parser import _MAX_SEQUENCE_SEARCH_THRESHOLD, XTermParser
from textual.events import Key, Paste

from tcpmon.ui import keys as module
from tcpmon.ui.keys import SEQUENCE, KeyFence

KEYS = sorted(sequence for sequence in ANSI_SEQUENCES_KEYS if sequence != "\0")
"""Every sequence that Textual knows as a key, but Ctrl+@, which is a NUL."""
REPORTS = [
    "\x1b[<0;12;40M", "\x1b[<35;212;61M", "\x1b[<64;1;1M", "\x1b[<0;12;40m", "\x1b[M !!",  # mouse
    "\x1b[32;12;40M",  # mouse, as urxvt says it
    "\x1b[200~pasted and\r\nmore\x1b[201~", "\x1b[200~\x1b[201~",
    "\x1b[97u", "\x1b[97;5u", "\x1b[97:65;2;65u", "\x1b[57441;2u", "\x1b[127;1:3u",  # kitty
    "\x1b[0;;12354:12356u", "\x1b[1;5A", "\x1b[3;2~",
    "\x1b[I", "\x1b[O", "\x1b[?2026;2$y", "\x1b[?2048;1$y", "\x1b[48;45:1;160:1;900;1600t",
    "\x1b[12;40R", "\x1b[?62;4c",
]  # fmt: skip
TYPED = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=6)
INPUT = st.lists(st.one_of(TYPED, st.sampled_from(KEYS), st.sampled_from(REPORTS)), max_size=12)


def test_every_key_goes_through() -> None:
    """Each key that Textual knows goes through as it came."""
    assert len(KEYS) > 200
    assert [key for key in KEYS if KeyFence().feed(key.encode()) != key] == []


@pytest.mark.parametrize("report", REPORTS, ids=repr)
def test_a_report_goes_through(report: str) -> None:
    """Each kind of mouse report, paste, kitty key and answer of a terminal goes through."""
    assert KeyFence().feed(report.encode()) == report


@given(INPUT, st.data())
def test_input_may_be_cut_anywhere(parts: list[str], data: st.DataObject) -> None:
    """What is typed, pressed, clicked and pasted comes out the same in any cut of its bytes."""
    raw = "".join(parts).encode()
    cuts = data.draw(st.lists(st.integers(0, len(raw)), max_size=8).map(sorted))
    fence = KeyFence()
    pieces = [raw[a:b] for a, b in zip([0, *cuts], [*cuts, len(raw)], strict=True)]
    assert "".join(map(fence.feed, pieces)) == KeyFence().feed(raw) == raw.decode()


@given(TYPED)
@example("é日👍")
def test_characters_may_come_byte_by_byte(text: str) -> None:
    """A character whose bytes come one at a time is a character all the same."""
    fence = KeyFence()
    assert "".join(fence.feed(bytes([byte])) for byte in text.encode()) == text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\xff", ""),
        (b"a\xffb\xfec", "abc"),
        (b"\x80\x80q", "q"),
        (b"\xe6\x97q", "q"),
        (b"\xc0\xafq", "q"),
        (b"\xed\xa0\x80q", "q"),
        (b"\0", ""),
        (b"\0" * 40_000 + b"q", "q"),
        (b"a\0b", "ab"),
        (b"\x1b[\0A", "\x1b[A"),
        (b"", ""),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_what_no_key_sends_is_left_out(data: bytes, text: str) -> None:
    """Bytes that are no UTF-8, and NULs, are left out, and the keys among them are not."""
    assert KeyFence().feed(data) == text


@given(st.lists(st.binary(max_size=12), max_size=6))
def test_any_bytes_give_text(pieces: list[bytes]) -> None:
    """Whatever bytes come, in any cut, what goes on is text without NULs and surrogates, and
    never more than came."""
    fence = KeyFence()
    text = "".join(map(fence.feed, pieces))
    assert "\0" not in text
    assert len(text.encode()) <= sum(map(len, pieces))


@given(st.lists(st.binary(max_size=12), max_size=6))
def test_a_key_comes_through_after_any_bytes(pieces: list[bytes]) -> None:
    """After any few bytes at all, a second key at the latest comes through."""
    fence = KeyFence()
    for piece in pieces:
        fence.feed(piece)
    fence.feed(b"k")
    assert fence.feed(b"j") == "j"


ENDLESS = b"\x1b[" + b"1;" * 50_000
CUTS = [1, 7, SEQUENCE - 1, SEQUENCE, SEQUENCE + 1, 1000, 4096, len(ENDLESS)]
CONTROLS = ["\x1b[A", "\x1b", "\x1b[97;5u", "\r", "\x03"]


def fed_endless(cut: int) -> tuple[KeyFence, str]:
    """Feed a control sequence without an end in pieces; return the fence and what came out."""
    fence = KeyFence()
    pieces = [ENDLESS[start : start + cut] for start in range(0, len(ENDLESS), cut)]
    return fence, "".join(map(fence.feed, pieces))


@pytest.mark.parametrize("cut", CUTS)
def test_a_sequence_without_an_end_is_given_up(cut: int) -> None:
    """Of a control sequence of 100,000 bytes no more comes through than of a long one,
    however it is cut."""
    _, text = fed_endless(cut)
    assert len(text) <= SEQUENCE + 2


@pytest.mark.parametrize("cut", CUTS)
def test_keys_come_through_after_a_sequence_without_an_end(cut: int) -> None:
    """A letter ends a sequence without an end, and the keys after it come through."""
    fence, _ = fed_endless(cut)
    fence.feed(b"m")
    assert fence.feed("qé\x1b[A\r".encode()) == "qé\x1b[A\r"


@pytest.mark.parametrize("key", CONTROLS, ids=repr)
def test_a_control_character_ends_a_sequence(key: str) -> None:
    """A key that begins with a control character comes through whole right behind a sequence
    without an end, of which it cannot be a part. Source: ECMA-48, 5.4."""
    came = {cut: fed_endless(cut)[0].feed(key.encode()) for cut in CUTS}
    assert came == dict.fromkeys(CUTS, key)


@pytest.mark.parametrize("key", CONTROLS, ids=repr)
def test_a_control_character_ends_a_sequence_at_once(key: str) -> None:
    """So does a key that comes in the same read as the sequence without an end."""
    assert KeyFence().feed(ENDLESS + key.encode() + b"q") == key + "q"


@pytest.mark.parametrize("end", ["m", "u", "~"])
def test_a_long_sequence_is_left_out(end: str) -> None:
    """A control sequence longer than any is left out, and what stands around it is not."""
    sequence = "\x1b[" + "1" * SEQUENCE + end
    assert KeyFence().feed(f"a{sequence}b{sequence}c".encode()) == "abc"


def test_much_typing_is_no_sequence() -> None:
    """Text of any length, digits too, is not mistaken for a sequence."""
    text = "[" + "0123456789;" * 10_000
    assert KeyFence().feed(text.encode()) == text


def test_no_sequence_is_taken_for_typing() -> None:
    """A sequence that comes through is one to Textual's parser, and not so many letters."""
    assert SEQUENCE <= _MAX_SEQUENCE_SEARCH_THRESHOLD


# -- pastes --------------------------------------------------------------------------

START, END = b"\x1b[200~", b"\x1b[201~"
LIMIT = 1000


@pytest.fixture
def short_pastes(monkeypatch: pytest.MonkeyPatch) -> None:
    """No paste is longer than a thousand characters."""
    monkeypatch.setattr(module, "PASTE", LIMIT)


def fed(data: bytes, cut: int) -> str:
    """Return what comes out of bytes that are read in pieces."""
    fence = KeyFence()
    return "".join(fence.feed(data[at : at + cut]) for at in range(0, len(data), cut))


PASTE_CUTS = pytest.mark.parametrize("cut", [1, 4, 7, 999, 100_000])


@PASTE_CUTS
@pytest.mark.parametrize("inside", [b"x", b"\x1b[200~", b"\x1b[A", b"\x1b", b"x\x1b[20"], ids=repr)
@pytest.mark.usefixtures("short_pastes")
def test_a_paste_without_an_end_is_ended(inside: bytes, cut: int) -> None:
    """Of a paste that does not end no more comes through than of a long one, and its end."""
    endless = inside * (20_000 // len(inside))
    text = fed(START + endless, cut)
    assert text.endswith(END.decode())
    assert len(text) <= LIMIT + cut + 20
    assert text.count(END.decode()) == 1


@PASTE_CUTS
@pytest.mark.usefixtures("short_pastes")
def test_the_rest_of_a_long_paste_is_no_typing(cut: int) -> None:
    """What is too much of a paste is left out up to its end, and the keys after it are not."""
    text = fed(START + b"q" * 5000 + b"\x1b[A\r" + END + b"z", cut)
    events = list(XTermParser().feed(text))
    assert [event.key for event in events if isinstance(event, Key)] == ["z"]
    pasted = [event.text for event in events if isinstance(event, Paste)]
    assert len(pasted) == 1
    assert set(pasted[0]) == {"q"}


@PASTE_CUTS
@pytest.mark.usefixtures("short_pastes")
def test_one_paste_does_not_shorten_the_next(cut: int) -> None:
    """Each paste has all the room there is, and typing takes none of it."""
    whole = (START + b"p" * (LIMIT - 20) + END + b"t" * LIMIT) * 3
    assert fed(whole, cut) == whole.decode()


@given(st.lists(st.sampled_from(["\x1b", "[", "201", "~", "x", "\x1b[31m", "D\r"])), st.data())
def test_a_paste_is_one_piece_whatever_is_in_it(parts: list[str], data: st.DataObject) -> None:
    """An escape sequence in a paste is pasted, and nothing of it is taken for keys."""
    pasted = "".join(parts).replace("\x1b[201~", "")
    text = f"a\x1b[200~{pasted}\x1b[201~b".encode()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=3)))
    fence, parser = KeyFence(), XTermParser()
    events = []
    for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True):
        if passed := fence.feed(text[start:end]):
            events += list(parser.feed(passed))
    assert [type(event) for event in events] == [Key, Paste, Key]
    assert isinstance(events[1], Paste)
    assert events[1].text.replace(module.PASTED_ESCAPE, "\x1b") == pasted


def test_a_paste_that_is_cut_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is too long ends at the limit, once, and keys work again behind it."""
    monkeypatch.setattr(module, "PASTE", 10)
    told: list[None] = []
    fence = KeyFence(lambda: told.append(None))
    assert fence.feed(b"\x1b[200~1234567") == "\x1b[200~1234567"
    assert fence.feed(b"89012345") == "890\x1b[201~"
    assert fence.feed(b"6789") == ""
    assert fence.feed(b"\x1b[201~q") == "q"
    assert len(told) == 1
