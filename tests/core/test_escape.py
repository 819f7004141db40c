"""What a peer sends can be read and typed back, and does nothing to a terminal."""

import codecs
from itertools import pairwise

import pytest
from hypothesis import example, given, strategies as st
from rich.cells import cell_len, get_character_cell_size

from tcpmon.core import escape as module
from tcpmon.core.errors import BadPayload
from tcpmon.core.escape import ESCAPE, escape, escape_hidden, escape_parts, escape_text, unescape
from tests.core.safety import refusal, unsafe_in

SURROGATES = range(0xD800, 0xE000)

PIECES = st.one_of(
    st.binary(max_size=6),
    st.text(max_size=6).map(str.encode),
    st.sampled_from([b"\\", b"$", b"{", b"${x}", b"\\x41", b"\\u{41}", b"\x1b[31m", b"\xc2\x9b"]),
)
BYTES = st.lists(PIECES, max_size=8).map(b"".join)


@pytest.fixture(scope="module")
def passing() -> str:
    """Every code point there is that `escape` lets through as it is."""
    everything = "".join(chr(code) for code in range(0x110000) if code not in SURROGATES)
    return ESCAPE.sub("", escape(everything.encode()))


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        pytest.param(b"hello\r\n", r"hello\r\n", id="line"),
        pytest.param(b"a\tb", r"a\tb", id="tab"),
        pytest.param(b"\x00\x07\x7f", r"\x00\x07\x7f", id="controls"),
        pytest.param(b"\x1b[2J\x1b[31m", r"\x1b[2J\x1b[31m", id="clear and red"),
        pytest.param(b"\x1b]52;c;aGk=\x07", r"\x1b]52;c;aGk=\x07", id="clipboard, OSC 52"),
        pytest.param(b"\x9b31m", r"\x9b31m", id="C1 as a byte"),
        pytest.param(b"\xc2\x9b31m", r"\u{9b}31m", id="C1 as UTF-8"),
        pytest.param(b"\xff\xfe", r"\xff\xfe", id="not UTF-8"),
        pytest.param(b"\xc0\xaf", r"\xc0\xaf", id="overlong"),
        pytest.param(b"\xed\xa0\x80", r"\xed\xa0\x80", id="surrogate"),
        pytest.param(b"\xe6\x97", r"\xe6\x97", id="half a character"),
        pytest.param("\u202eabc".encode(), r"\u{202e}abc", id="right to left"),
        pytest.param("a\u200db".encode(), r"a\u{200d}b", id="joiner"),
        pytest.param("❤\ufe0f".encode(), "❤\\u{fe0f}", id="variation selector"),
        pytest.param("e\u0301".encode(), r"e\u{301}", id="combining accent"),
        pytest.param("é".encode(), "é", id="accent in one"),
        pytest.param("a\u00a0b".encode(), r"a\u{a0}b", id="no-break space"),
        pytest.param("\u2028\ufeff\u00ad".encode(), r"\u{2028}\u{feff}\u{ad}", id="unseen"),
        pytest.param("\ue000\U0010ffff".encode(), r"\u{e000}\u{10ffff}", id="unassigned"),
        pytest.param("日本語".encode(), "日本語", id="wide"),
        pytest.param("👍🏽".encode(), "👍\\u{1f3fd}", id="skin tone"),
        pytest.param(b"[red]", "[red]", id="markup"),
        pytest.param(b"[@click=app.quit]", "[@click=app.quit]", id="markup action"),
        pytest.param(b"a\\n", r"a\\n", id="backslash"),
        pytest.param(b"${x}", r"\${x}", id="variable"),
        pytest.param(b"\\${x}", r"\\\${x}", id="backslash and variable"),
        pytest.param(b"$5 {x} $", "$5 {x} $", id="dollar"),
        pytest.param(b'{"price": "$5"}', '{"price": "$5"}', id="JSON"),
        pytest.param(b"", "", id="nothing"),
    ],
)
def test_escape(data: bytes, shown: str) -> None:
    """Each kind of danger is shown in its own escape, and the rest as it is."""
    assert escape(data) == shown
    assert unescape(shown) == data


@pytest.mark.parametrize("byte", range(256))
def test_every_byte_comes_back(byte: int) -> None:
    """Each byte, alone or among others, is harmless when shown and the same when typed."""
    for data in (bytes([byte]), bytes([byte]) * 3, b"a" + bytes([byte]) + "é$".encode()):
        assert unsafe_in(escape(data)) == []
        assert unescape(escape(data)) == data


@given(BYTES)
def test_what_is_shown_can_be_typed(data: bytes) -> None:
    """What is shown, typed back, gives the bytes that came."""
    assert unescape(escape(data)) == data


@given(BYTES)
def test_what_is_shown_is_harmless(data: bytes) -> None:
    """Nothing a peer sends comes out as a control, a mark, a blank or something unseen."""
    assert unsafe_in(escape(data)) == []


@given(st.text(st.characters(codec="ascii", exclude_categories=["Cc"], exclude_characters="\\$")))
def test_plain_text_is_untouched(text: str) -> None:
    """Printable ASCII is shown as it came."""
    assert escape(text.encode()) == text


@given(BYTES)
def test_outside_text_is_shown_like_its_bytes(data: bytes) -> None:
    """A path or name that the system gave is shown as its bytes would be."""
    assert escape_text(data.decode("utf-8", "surrogateescape")) == escape(data)


@given(st.text(st.characters(exclude_categories=[])))
def test_any_outside_text_is_harmless(text: str) -> None:
    """Text from outside is safe to print even if it is no valid Unicode."""
    assert unsafe_in(escape_text(text)) == []


@given(BYTES)
def test_escapes_can_be_set_off(data: bytes) -> None:
    """ESCAPE finds every escape that is shown, each of them whole, and nothing else."""
    shown = escape(data)
    assert "\\" not in ESCAPE.sub("", shown)
    assert all(unescape(token) for token in ESCAPE.findall(shown))


def test_no_code_point_passes_that_does_harm(passing: str) -> None:
    """Of all code points only letters, digits, symbols, punctuation and the space pass."""
    assert unsafe_in(passing) == []
    assert {"a", "é", "日", "👍", "[", " "} <= set(passing)


def test_each_code_point_takes_its_own_cells(passing: str) -> None:
    """Whatever passes is one or two cells wide, and all of it as wide as its parts."""
    widths = {character: get_character_cell_size(character) for character in passing}
    assert {character for character, width in widths.items() if width not in (1, 2)} == set()
    assert cell_len(passing) == sum(widths[character] for character in passing)
    assert all(cell_len(a + b) == widths[a] + widths[b] for a, b in pairwise(passing))


@given(st.text())
def test_widths_add_up(text: str) -> None:
    """Whatever is shown, in any order, is as wide as the sum of its characters."""
    shown = escape(text.encode())
    assert cell_len(shown) == sum(map(get_character_cell_size, shown))


# Source: Unicode 16, GraphemeBreakProperty.txt (UAX 29) and PropList.txt.
JOINING = {
    "Hangul jamo": [*range(0x1100, 0x1200), *range(0xA960, 0xA97D), *range(0xD7B0, 0xD7FC)],
    "blank letters": [0x115F, 0x1160, 0x3164, 0xFFA0],
    "voice marks": [0xFF9E, 0xFF9F],
    "flags": [*range(0x1F1E6, 0x1F200)],
    "skin tones": [*range(0x1F3FB, 0x1F400)],
    "joins the letter before": [0xE33, 0xEB3],
    "joins the letter after": [
        *[0xD4E, 0x111C2, 0x111C3, 0x113D1, 0x1193F, 0x11941, *range(0x11A84, 0x11A8A)],
        *[0x11D46, 0x11F02],
    ],
}


@pytest.mark.parametrize("codes", JOINING.values(), ids=JOINING)
def test_what_joins_its_neighbour_is_escaped(codes: list[int]) -> None:
    """A letter or symbol that forms one grapheme with its neighbour is shown as an escape."""
    assert [hex(code) for code in codes if escape(chr(code).encode()) == chr(code)] == []


def test_memory_is_bounded(passing: str) -> None:
    """A peer that sent every code point there is has not filled our memory with them."""
    assert len(passing) > module._LEARNT
    assert len(module._TABLE) <= module._LEARNT


@pytest.mark.parametrize(
    ("data", "limit", "shown"),
    [
        (b"hello", 3, "hel"),
        (b"hello", 5, "hello"),
        (b"hello", 0, ""),
        (b"a\r\n", 2, r"a\r"),
        ("aé".encode(), 2, "a"),
        ("aé".encode(), 3, "aé"),
        ("日本".encode(), 5, "日"),
        ("👍👍".encode(), 7, "👍"),
        ("👍".encode(), 3, ""),
        (b"\x80\x80\x80\x80\x80", 4, r"\x80\x80\x80\x80"),
        (b"a\xe6\x97", 3, r"a\xe6\x97"),
    ],
)
def test_limit(data: bytes, limit: int, shown: str) -> None:
    """The limit counts bytes, and a character that it cuts is left out."""
    assert escape(data, limit) == shown


@given(BYTES, st.integers(0, 40))
def test_limit_invents_nothing(data: bytes, limit: int) -> None:
    """Under a limit the first bytes are shown, at most so many, and no others."""
    seen = unescape(escape(data, limit))
    assert len(seen) <= limit
    assert data.startswith(seen)
    assert len(data) > limit or seen == data


@given(st.text(), st.integers(0, 40))
def test_limit_keeps_characters_whole(text: str, limit: int) -> None:
    """Of text, the limit shows as many whole characters as fit and never a part of one."""
    seen = unescape(escape(text.encode(), limit)).decode()
    assert text.startswith(seen)
    following = text[len(seen) : len(seen) + 1]
    assert not following or len((seen + following).encode()) > limit


@given(BYTES, st.integers(0, 40))
@example(b"\xff\xff", 1)
@example(b"\xe0\x80A", 2)
def test_limit_leaves_out_nothing_but_a_begun_character(data: bytes, limit: int) -> None:
    """Bytes at the limit that cannot begin a character are shown like any others."""
    _, whole = codecs.utf_8_decode(data[:limit], "surrogateescape", len(data) <= limit)
    assert unescape(escape(data, limit)) == data[:whole]


@pytest.mark.parametrize(
    ("text", "data"),
    [
        (r"GET / HTTP/1.0\r\n\r\n", b"GET / HTTP/1.0\r\n\r\n"),
        (r"\t\0\\\$", b"\t\0\\$"),
        (r"\x00\xfF", b"\x00\xff"),
        (r"\u{e9}\u{1F44D}\u{10ffff}", "é👍\U0010ffff".encode()),
        (r"\u{a}\u{00000a}", b"\n\n"),
        (r"\x41\\x41", rb"A\x41"),
        (r"\${x}", b"${x}"),
        ("$ $5 $x", b"$ $5 $x"),
        ('{"a": ["$", {}]}', b'{"a": ["$", {}]}'),
        ("日本\u202e\n", "日本\u202e\n".encode()),
        ("a\udcffb", b"a\xffb"),
        ("", b""),
    ],
)
def test_unescape(text: str, data: bytes) -> None:
    """Only backslash escapes are special in what a person types; the rest goes out as it is."""
    assert unescape(text) == data


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        (r"ab\q", 2, r"\q is not an escape"),
        (r"\X41", 0, r"\X is not an escape"),
        (r"\x1", 0, r"\x needs two hex digits"),
        (r"a\xg0", 1, r"\x needs two hex digits"),
        (r"\u{}", 0, r"\u needs a code point in braces"),
        (r"\u0041", 0, r"\u needs a code point in braces"),
        (r"\u{41", 0, r"\u needs a code point in braces"),
        (r"a\u{110000}", 1, r"\u{110000} is not a character"),
        (r"ok \u{d800}", 3, r"\u{d800} is not a character"),
        (r"\u{DFFF}", 0, r"\u{DFFF} is not a character"),
        ("\\", 0, r"a \ at the end"),
        ("ab\\\\\\", 4, r"a \ at the end"),
        ("${x}", 0, "${x} is not known"),
        (r"\${x}${y}", 5, "${y} is not known"),
        ("a${", 1, "${ is not known"),
        ("${\x1b[2J}", 0, r"${\x1b[2J} is not known"),
        ("\\\u202e", 0, "\\ before something that cannot be seen"),
    ],
)
def test_unescape_says_what_is_wrong_and_where(text: str, place: int, message: str) -> None:
    """The first thing that is no escape is named, with its place and what to write instead."""
    with pytest.raises(BadPayload) as caught:
        unescape(text)
    assert (caught.value.place, caught.value.message) == (place, message)
    assert caught.value.hint


TYPED = st.lists(
    st.one_of(
        st.text(st.characters(exclude_categories=[]), max_size=3),
        st.sampled_from(["\\", "$", "{", "}", "x", "u", "41", "\\x", "\\u{", "\x1b"]),
    ),
    max_size=8,
).map("".join)


@given(TYPED)
@example("\ud800")
def test_whatever_is_typed_is_bytes_or_a_plain_mistake(text: str) -> None:
    """Any text gives bytes, or a BadPayload that points into it and is safe to print."""
    error = refusal(unescape, text, BadPayload)
    assert error is None or 0 <= error.place < len(text)
    assert unsafe_in(str(error)) == []


@given(st.text())
def test_what_is_pasted_is_harmless_and_means_the_same(text: str) -> None:
    """Pasted text becomes safe to show, and what it sends stays the same."""
    hidden = escape_hidden(text)
    assert unsafe_in(hidden) == []
    assert refusal(unescape, text, BadPayload) or unescape(hidden) == unescape(text)


@pytest.mark.parametrize("text", ["", r"a\b\x41\q", "${x} $ é 日", '{"a": "\\n"}'])
def test_what_can_be_seen_is_pasted_as_it_is(text: str) -> None:
    """Of pasted text, what can be seen stays as it was written, escapes too."""
    assert escape_hidden(text) == text


@pytest.mark.parametrize("unseen", ["\n", "\x1b"])
def test_what_is_unseen_survives_a_backslash_before_it(unseen: str) -> None:
    """An unseen character behind a pasted backslash is sent or refused, never another in its
    place."""
    hidden = escape_hidden("\\" + unseen)
    assert refusal(unescape, hidden, BadPayload) or unseen.encode() in unescape(hidden)


@given(
    st.lists(
        st.one_of(
            st.binary(max_size=6),
            st.sampled_from(["é".encode(), "日".encode(), "👍".encode(), b"$", b"{", b"\xf0\x9f"]),
            st.sampled_from([b"'\"", b"\x80" * 5, b"\xe2\x80", "\u202e".encode(), b"plain"]),
        ),
        max_size=40,
    ).map(b"".join),
    st.integers(4, 12),
)
def test_parts_have_no_seams(data: bytes, size: int) -> None:
    """What is escaped in parts is what is escaped at once, wherever the parts end."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "PART", size)
        parts = list(escape_parts(data))
    assert "".join(parts) == escape(data)
    assert len(parts) >= len(data) // (size + 1)
