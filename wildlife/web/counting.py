"""What the workers count, in memory that all of them share.

The server makes the segments before it forks its workers, so each has them. They are in no file: a
disk that is full or gone costs no number, and a service that is killed leaves nothing behind. A
worker writes to a segment of its own, and whichever is asked adds up those of all. What a worker
counted that died stays counted; how it stood with it does not.
"""

from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate
from mmap import mmap
from typing import Final, TypeAlias

import msgspec
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.utils import floatToGoString

_Key: TypeAlias = tuple[str, ...]
"""The name of a family, and the values of its labels."""

_Totals: TypeAlias = dict[_Key, list[float]]

_Numbers: TypeAlias = "memoryview[float]"

# Three times what every route takes with every problem. Memory that is not written costs nothing.
_SEGMENT_BYTES: Final = 16 * 1024 * 1024
_WORD: Final = 8

_USED, _LIVES, _FIRST = 0, 1, 2


class Segment:
    """Lists of numbers by their keys: one process writes them while others read.

    It is made of words, since a word is written at once: how many are in use; whether the process
    lives; then of each list how many bytes its key has, how many numbers, the key, the numbers.
    """

    def __init__(self) -> None:
        self._bytes = mmap(-1, _SEGMENT_BYTES)
        self._words: _Numbers = memoryview(self._bytes).cast("d")
        self._words[_USED] = _FIRST
        self._numbers: dict[_Key, _Numbers] = {}

    @property
    def lives(self) -> bool:
        """Whether a process writes to it that has not been replaced."""
        return bool(self._words[_LIVES])

    @lives.setter
    def lives(self, is_so: bool) -> None:
        self._words[_LIVES] = is_so

    @property
    def used(self) -> float:
        """How much of it is in use, of 1."""
        return float(self._words[_USED] / len(self._words))

    def __iter__(self) -> Iterator[tuple[_Key, _Numbers]]:
        at = _FIRST
        while at < self._words[_USED]:
            length, count = int(self._words[at]), int(self._words[at + 1])
            begin = (at + 2) * _WORD
            key = msgspec.json.decode(self._bytes[begin : begin + length], type=_Key)
            at += 2 + _words(length)
            yield key, self._words[at : at + count]
            at += count

    def resume(self) -> None:
        """Go on with what another process counted here before."""
        self._numbers = dict(self)

    def numbers(self, key: _Key, count: int) -> _Numbers:
        """Those of a key, from 0. For which there is no room is counted, and told to nobody."""
        found = self._numbers.get(key)
        if found is None:
            found = self._numbers[key] = self._add(key, count)
        return found

    def _add(self, key: _Key, count: int) -> _Numbers:
        encoded = msgspec.json.encode(key)
        at = int(self._words[_USED])
        first = at + 2 + _words(len(encoded))
        if first + count > len(self._words):
            return memoryview(bytearray(count * _WORD)).cast("d")
        self._words[at], self._words[at + 1] = len(encoded), count
        begin = (at + 2) * _WORD
        self._bytes[begin : begin + len(encoded)] = encoded
        self._words[_USED] = first + count  # from now on it is read
        return self._words[first : first + count]


def _words(length: int) -> int:
    return -(-length // _WORD)


class Segments:
    """The segments of the server and of its workers, and which of them is this process's own."""

    def __init__(self) -> None:
        self.mine = Segment()
        self.mine.lives = True
        self._all = [self.mine]
        self._of_workers: list[tuple[Segment, Segment]] = []
        self._next: Segment | None = None

    def share(self, workers: int) -> None:
        """Make segments for so many workers: two for each, since the next one of the same number
        starts while the last may still answer."""
        self._of_workers = [(Segment(), Segment()) for _ in range(workers)]
        self._all = [self.mine, *(one for two in self._of_workers for one in two)]

    def prepare(self, worker: int) -> None:
        """Decide, before it is forked, where the next worker of this number counts."""
        last, self._next = self._of_workers[worker]
        self._of_workers[worker] = self._next, last
        last.lives, self._next.lives = False, True

    def take(self) -> None:
        """In a worker: count in the segment that was prepared. One that was not forked has none,
        and counts for itself."""
        if self._next is not None:
            self.mine = self._next
            self.mine.resume()

    def totals(self) -> _Totals:
        """Of each key the sum of all; of the gauges, of those that live."""
        sums: _Totals = {}
        for segment in self._all:
            for key, numbers in segment:
                if segment.lives or key[0] not in _GAUGES:
                    before = sums.get(key, [0.0] * len(numbers))
                    sums[key] = [a + b for a, b in zip(before, numbers, strict=True)]
        return sums


SEGMENTS: Final = Segments()

_GAUGES: Final[set[str]] = set()


class _Family:
    """What is counted under one name, with the values of its labels."""

    def __init__(self, name: str, help_text: str, labels: tuple[str, ...] = ()) -> None:
        self._name, self._help, self._labels = name, help_text, labels

    def _own(self, labels: tuple[object, ...], count: int = 1) -> _Numbers:
        """This process's numbers for these labels."""
        return SEGMENTS.mine.numbers((self._name, *map(str, labels)), count)

    def _all(self, totals: _Totals) -> Iterator[tuple[_Key, list[float]]]:
        """The numbers of all workers, by their labels."""
        own = ((key, numbers) for key, numbers in sorted(totals.items()) if key[0] == self._name)
        return ((key[1:], numbers) for key, numbers in own)


class Counter(_Family):
    """How often something happened, since the service started."""

    def add(self, *labels: object) -> None:
        """It happened once more."""
        self._own(labels)[0] += 1

    def exposed(self, totals: _Totals) -> Metric:
        """Of all workers, as Prometheus reads it."""
        family = CounterMetricFamily(self._name, self._help, labels=self._labels)
        for labels, [total] in self._all(totals):
            family.add_metric(labels, total)
        if not self._labels and not family.samples:
            family.add_metric((), 0)
        return family


class Histogram(_Family):
    """How long something took."""

    _BOUNDS: Final = (
        *(0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75),
        *(1.0, 2.5, 5.0, 7.5, 10.0, float("inf")),
    )

    def observe(self, seconds: float, *labels: object) -> None:
        """It took so long."""
        numbers = self._own(labels, len(self._BOUNDS) + 1)
        numbers[bisect_left(self._BOUNDS, seconds)] += 1
        numbers[-1] += seconds

    def exposed(self, totals: _Totals) -> Metric:
        """Of all workers, as Prometheus reads it."""
        family = HistogramMetricFamily(self._name, self._help, labels=self._labels)
        for labels, [*buckets, seconds] in self._all(totals):
            up_to = zip(map(floatToGoString, self._BOUNDS), accumulate(buckets), strict=True)
            family.add_metric(labels, list(up_to), seconds)
        return family


class Gauge(_Family):
    """How something stands in a worker."""

    def __init__(self, name: str, help_text: str, labels: tuple[str, ...]) -> None:
        super().__init__(name, help_text, labels)
        _GAUGES.add(name)

    def set(self, value: float, *labels: object) -> None:
        """It stands so now."""
        self._own(labels)[0] = value

    def exposed(self, totals: _Totals) -> Metric:
        """Of all workers that live, as Prometheus reads it."""
        family = GaugeMetricFamily(self._name, self._help, labels=self._labels)
        for labels, [total] in self._all(totals):
            family.add_metric(labels, total)
        return family
