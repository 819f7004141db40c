"""The pictures in screenshots/ show the program as it is."""

import html
import re

from tests.scenes import FOLDER, pictures

_MEASURED = re.compile(
    r"""
    \d\d:\d\d(:\d\d(\.\d+)?)?                   # a time of day
    | [+]?\d[\d.,:]*\s?(?:[kMG]?B(?:/s)?|msg/s|us|ms|s|m|h)?(?![^\W_])   # an amount, a port
    | (?<=\s)-(?=\s)                            # nothing
    | [▁▂▃▄▅▆▇█]+                              # a sparkline
    | [^\s│]*\s?…                                # where a line is cut, for want of room
    | (?:kept|unsent)\s(?=\d)                   # what goes first where there is no room
    """,
    re.VERBOSE,
)


def text_of(svg: str) -> list[str]:
    """Return the lines of a picture, with what differs from one play to the next left out."""
    rows: dict[str, list[tuple[float, str]]] = {}
    for x, y, text in re.findall(r'<text [^>]*?x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]*)</text>', svg):
        rows.setdefault(y, []).append((float(x), html.unescape(text).replace("\xa0", " ")))
    lines = (" ".join(text for _, text in sorted(row)) for row in rows.values())
    return [re.sub(r"\s*(#\s*)+", " # ", _MEASURED.sub("#", line)).strip() for line in lines]


def colours_of(svg: str) -> set[str]:
    return set(re.findall(r"#[0-9a-f]{6}", svg))


async def test_the_pictures_are_current() -> None:
    """Each picture shows what the same scene shows now; `python -m tests.scenes` makes them."""
    made = await pictures()
    kept = {path.stem: path.read_text() for path in FOLDER.glob("*.svg")}
    assert kept.keys() == made.keys()
    for name, svg in made.items():
        assert text_of(kept[name]) == text_of(svg), name
        assert colours_of(kept[name]) == colours_of(svg), name


def test_differences_are_seen() -> None:
    """What is left out of the comparison is measured, and nothing else."""
    row = '<text class="a" x="{}" y="20.0" clip-path="c">{}</text>'
    first = row.format(0, "\xa02&#160;127.0.0.1:4711  0.3s ") + row.format(
        99, "12 kB  closed by peer"
    )
    later = row.format(0, "\xa02&#160;127.0.0.1:4712  1.3s ") + row.format(
        99, "9.1 MB  closed by peer"
    )
    other = row.format(0, "\xa02&#160;127.0.0.1:4711  0.3s ") + row.format(
        99, "12 kB  reset by peer"
    )
    assert text_of(first) == text_of(later) == ["# closed by peer"]
    assert text_of(first) != text_of(other)
