"""The one trial for all framers: each is given its streams in every way a network may cut them."""

import copy
from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from hypothesis import given, settings, strategies as st

from tcpmon.core.framing import BadFrame, Framer
from tcpmon.core.framing.spec import Framing, parse


class Cut(NamedTuple):
    """What a framer made of a stream. ends: in the stream; why: of its BadFrame, "" for none."""

    ends: list[int]
    why: str

    def same(self, other: "Cut") -> bool:
        """Whether it came to the same; how much a BadFrame shows depends on the reads."""
        return self.ends == other.ends and bool(self.why) == bool(other.why)


def feed_all(framer: Framer, reads: Sequence[bytes], begin: int = 0, last: int = -1) -> Cut:
    """Feed reads one after the other; every end must be a place where one is possible.

    begin: where in the stream the reads do; last: the last end before that.
    """
    ends: list[int] = []
    at = begin
    last = begin if last < 0 else last
    for read in reads:
        why = ""
        try:
            found = framer.feed(read, 0)
        except BadFrame as bad:
            found, why = bad.ends, bad.why
            assert why
            assert why.isprintable()
        for end in found:
            assert last < at + end <= at + len(read)
            assert end >= 0
            last = at + end
            ends.append(last)
        if why:
            return Cut(ends, why)
        at += len(read)
    return Cut(ends, "")


def singles(stream: bytes) -> list[bytes]:
    return [stream[place : place + 1] for place in range(len(stream))]


def pieces(stream: bytes, places: Sequence[int]) -> list[bytes]:
    """Cut a stream at some places."""
    bounds = sorted({0, len(stream), *(place for place in places if 0 < place < len(stream))})
    return [stream[a:b] for a, b in pairwise(bounds)]


def trial(
    spec: str,
    *messages: bytes,
    rest: bytes = b"",
    missing: int | None = None,
    bodies: Sequence[bytes] | None = None,
    bad: str = "",
) -> None:
    """Try a framing on a stream of messages and a rest.

    missing: what it says of the rest. bodies: of the messages, where they are not the messages.
    bad: what is said of the rest, if that makes it a BadFrame.
    """
    framing = parse(spec)
    stream = b"".join(messages) + rest
    ends = list(accumulate(map(len, messages)))

    framer = framing.make()
    whole = feed_all(framer, [stream])
    assert whole.ends == ends
    assert bad in whole.why
    assert bool(bad) == bool(whole.why)
    assert whole.same(feed_all(framing.make(), singles(stream)))
    _go_on_alike(framing, stream, whole)
    if rest and not bad:
        assert framer.missing() == missing
    if not rest:
        twice = [*ends, *(len(stream) + end for end in ends)]
        assert feed_all(framing.make(), [stream * 2]).ends == twice
    assert [framer.body(message) for message in messages] == list(bodies or messages)
    _told(spec, stream, ends)
    if framer.joins:
        joins(spec, stream)


def _go_on_alike(framing: Framing, stream: bytes, whole: Cut) -> None:
    """Cut anywhere, a framer and its copy come to the same, and neither changes the other."""
    for place in range(1, len(stream)):
        framer = framing.make()
        first = feed_all(framer, [stream[:place]])
        if first.why:
            return
        for one in (copy.copy(framer), framer):
            last = first.ends[-1] if first.ends else 0
            second = feed_all(one, [stream[place:]], place, last)
            assert whole.same(Cut(first.ends + second.ends, second.why))


def _told(spec: str, stream: bytes, ends: list[int]) -> None:
    """What is missing, where it is told, is missing exactly."""
    for place in range(1, ends[-1] if ends else 0):
        framer = parse(spec).make()
        if feed_all(framer, [stream[:place]]).why:
            return
        missing = framer.missing()
        if missing and place not in ends:
            assert place + missing == min(end for end in ends if end > place)


def joins(spec: str, stream: bytes) -> None:
    """Begun anywhere, behind the first end that is found all are right."""
    ends = feed_all(parse(spec).make(), pieces(stream, [])).ends
    for place in range(len(stream)):
        found = feed_all(parse(spec).make(), [stream[place:]], place).ends
        if found:
            assert found == [end for end in ends if end >= found[0]]


def garbage(spec: str, likely: Sequence[bytes]) -> None:
    """Whatever comes, and however it is cut: nothing is raised but BadFrame, ends rise within
    the data and are the same for every cut, a body is always there.

    likely: what gets a framer far, mixed into the bytes.
    """
    parts = st.lists(st.sampled_from(likely) | st.binary(max_size=6), max_size=12)

    @settings(max_examples=60, database=None)
    @given(parts.map(b"".join), st.lists(st.integers(0, 80), max_size=6))
    def holds(stream: bytes, places: list[int]) -> None:
        framing = parse(spec)
        framer = framing.make()
        cut = feed_all(framer, pieces(stream, []))
        assert cut.same(feed_all(framing.make(), singles(stream)))
        assert cut.same(feed_all(framing.make(), pieces(stream, places)))
        assert framer.missing() in {None, 0} or (framer.missing() or 0) > 0
        for begin, end in zip([0, *cut.ends], cut.ends, strict=False):
            assert len(framer.body(stream[begin:end])) <= end - begin
        assert isinstance(framer.body(stream), bytes)
        if framer.joins:
            joins(spec, stream)

    holds()
