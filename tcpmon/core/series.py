"""What a log amounts to over time: how much came and went, the gaps, a number out of each message.

It is fed one message after the other and keeps buckets, bins and who is connected: never more of
them than stated here, however much was said. It knows nothing of how they are drawn.
"""

from math import inf, log10

from msgspec import Struct

from tcpmon.core.model import Kind, Message, Place
from tcpmon.core.numbers import Number

BUCKETS = 2_048
"""When a series spans more buckets than that, pairs of them become one."""
UNFINISHED = "incomplete"
"""What the log says of a message that goes on."""
FINEST = 1_953_125
"""Nanoseconds in the smallest bucket: 2**-9 s, so that widths from 1 s on are whole seconds."""


class Figures(Struct):
    """Numbers that were taken from messages. low, high, mean and last count only with a count."""

    count: int = 0
    without: int = 0
    """Messages that held none."""
    total: float = 0.0
    low: float = inf
    high: float = -inf
    last: float = 0.0

    def take(self, value: float | None) -> None:
        """Add what was found in a message."""
        if value is None:
            self.without += 1
            return
        self.count += 1
        self.total += value
        self.low = min(self.low, value)
        self.high = max(self.high, value)
        self.last = value

    def join(self, later: "Figures") -> None:
        """Add those that came after."""
        self.count += later.count
        self.without += later.without
        self.total += later.total
        self.low = min(self.low, later.low)
        self.high = max(self.high, later.high)
        if later.count:
            self.last = later.last

    @property
    def mean(self) -> float:
        """Within low and high, whatever was lost by rounding."""
        return max(self.low, min(self.high, self.total / self.count)) if self.count else 0.0


class Flow(Struct):
    """What went one way. A broadcast counts once for each who was given it, but what it says
    only once."""

    figures: Figures
    messages: int = 0
    size: int = 0

    def join(self, later: "Flow") -> None:
        """Add what went after it."""
        self.messages += later.messages
        self.size += later.size
        self.figures.join(later.figures)


class Bucket(Struct):
    """All within a span of time. place: of the first message that is counted here."""

    place: Place
    rx: Flow
    tx: Flow

    def join(self, later: "Bucket") -> None:
        """Add what came after."""
        self.rx.join(later.rx)
        self.tx.join(later.tx)

    @classmethod
    def at(cls, place: Place) -> "Bucket":
        """Return an empty one."""
        return cls(place, Flow(Figures()), Flow(Figures()))


SHORTEST = 10_000
"""Nanoseconds at which the first bin of a histogram begins; it holds what is shorter, too."""
BINS_A_DECADE = 6
BINS = 10 * BINS_A_DECADE
"""The last one ends at 100,000 s and holds what is longer, too."""


class Histogram(Struct):
    """How often there were gaps of which length, on a log scale."""

    counts: list[int]
    places: list[Place]
    """Of the newest message with such a gap before it, for each bin that has any."""
    count: int = 0
    low: int = 0
    high: int = 0

    @classmethod
    def empty(cls) -> "Histogram":
        """Return one of no gaps."""
        return cls([0] * BINS, [(0, 0)] * BINS)

    def take(self, gap: int, place: Place) -> None:
        """Add a gap; a negative one, from a clock that was set back, is none."""
        if gap < 0:
            return
        bin = int(log10(gap / SHORTEST) * BINS_A_DECADE) if gap > SHORTEST else 0
        bin = min(bin, BINS - 1)
        self.counts[bin] += 1
        self.places[bin] = place
        self.low = min(self.low, gap) if self.count else gap
        self.high = max(self.high, gap)
        self.count += 1

    @property
    def median(self) -> int:
        """The length that half of the gaps reach, as exact as the bins are."""
        seen = 0
        for bin, count in enumerate(self.counts):
            seen += count
            if count and 2 * seen >= self.count:
                return max(self.low, min(self.high, bin_start(bin)))
        return 0


def bin_start(bin: int) -> int:
    """Return the length at which a bin begins, in nanoseconds."""
    return round(SHORTEST * 10 ** (bin / BINS_A_DECADE))


class Gaps:
    """Gaps between the messages of a client, for each by itself.

    between: from one received message to the next. answer: from a received one to the first sent
    after it. reply: from a sent one to the first received after it.
    """

    def __init__(self) -> None:
        self.between = Histogram.empty()
        self.answer = Histogram.empty()
        self.reply = Histogram.empty()
        self._before: dict[int, tuple[bool, int, int]] = {}
        """Of those that are connected: whether the newest was received, its time, and when the
        newest was received, -1 for never."""

    def take(self, client: int, received: bool, time: int, place: Place) -> None:
        """Add a message."""
        was_received, newest, heard = self._before.get(client, (received, time, -1))
        if received:
            if heard >= 0:
                self.between.take(time - heard, place)
            heard = time
        if received != was_received:
            (self.reply if received else self.answer).take(time - newest, place)
        self._before[client] = received, time, heard

    def forget(self, client: int) -> None:
        """Nothing more will come of a client."""
        self._before.pop(client, None)


class Series:
    """Messages of a client, or of all, in buckets of time.

    width: nanoseconds of a bucket, FINEST times a power of two; it grows as need be. number: what
    is taken from each message. client: whose messages these are, None for those of all.
    """

    def __init__(
        self, width: int = FINEST, number: Number | None = None, client: int | None = None
    ) -> None:
        self.width = width
        self.gaps = Gaps()
        self._number = number
        self._client = client
        self._buckets: dict[int, Bucket] = {}
        self._first = self._last = 0

    def take(self, message: Message) -> None:
        """Add a message. Of events only the end of a connection means anything here; what is not
        whole yet stands in the log once more when it is, and counts then."""
        kind = message.kind
        if kind > Kind.CAST:
            if kind is Kind.CLOSE:
                self.gaps.forget(message.client)
            return
        if UNFINISHED in message.odd:
            return
        copies, client = 1, message.client
        if message.cast is not None:
            copies = len(message.cast.receivers) if self._client is None else 1
            client = self._client or 0
        bucket = self._bucket(message.time, message.place)
        flow = bucket.rx if kind is Kind.RX else bucket.tx
        flow.messages += copies
        flow.size += copies * message.size
        if self._number is not None:
            flow.figures.take(self._number.take(message.content))
        if client:  # a broadcast among the messages of all answers nobody
            self.gaps.take(client, kind is Kind.RX, message.time, message.place)

    def _bucket(self, time: int, place: Place) -> Bucket:
        index = time // self.width
        if (bucket := self._buckets.get(index)) is None:
            known = bool(self._buckets)
            self._first = min(self._first, index) if known else index
            self._last = max(self._last, index) if known else index
            while self._last - self._first >= BUCKETS:
                self._merge()
                index //= 2
            bucket = self._buckets.setdefault(index, Bucket.at(place))
        return bucket

    def _merge(self) -> None:
        merged: dict[int, Bucket] = {}
        for index in sorted(self._buckets):
            bucket = self._buckets[index]
            if before := merged.get(index // 2):
                before.join(bucket)
            else:
                merged[index // 2] = bucket
        self._buckets = merged
        self._first //= 2
        self._last //= 2
        self.width *= 2

    @property
    def start(self) -> int | None:
        """The time at which the first bucket begins, None while there is none."""
        return self._first * self.width if self._buckets else None

    def columns(self, start: int, width: int, count: int) -> list[Bucket | None]:
        """Return what there is from a time on in so many columns, None for a column of nothing.

        width: a multiple of the series' own; start: a multiple of width.
        """
        columns: list[Bucket | None] = [None] * count
        for index in sorted(self._buckets):
            column = (index * self.width - start) // width
            if 0 <= column < count:
                bucket = self._buckets[index]
                joined = columns[column]
                if joined is None:
                    joined = columns[column] = Bucket.at(bucket.place)
                joined.join(bucket)
        return columns
