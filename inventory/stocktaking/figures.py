"""What a count means against books that go on moving. Pure.

A count of a lot at a place stands for the moment of its last scan, and what the books expected is what they held at
that moment: what comes or goes later is not touched by it. What moved between the first and the last scan may be in
the count or not, so such a line is counted again. A correction of the books booked after the count speaks of the same
shelf, so it counts as booked before. What nobody scanned is counted as none, at the moment the first count ended.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Moved:
    """A movement of the line since the stocktake began."""

    at: datetime
    quantity: int
    correction: bool = False


@dataclass(frozen=True)
class Count:
    """The scans of one round: `quantity` base units between two moments, by these people."""

    round: int
    quantity: int
    first_at: datetime
    last_at: datetime
    people: frozenset[str]


@dataclass(frozen=True)
class Figure:
    expected: int
    counted: int
    moved_meanwhile: bool

    @property
    def difference(self) -> int:
        return self.counted - self.expected

    @property
    def settled(self) -> bool:
        """Whether the line needs no further count."""
        return self.difference == 0 and not self.moved_meanwhile


def newest(counts: Iterable[Count], up_to_round: int) -> Count | None:
    """The count that stands: of the last round not after `up_to_round`."""
    return max((each for each in counts if each.round <= up_to_round), key=lambda each: each.round, default=None)


def figure(on_hand: int, moved: Sequence[Moved], count: Count | None, first_counted_at: datetime) -> Figure:
    """`on_hand` is what the books hold now, after all of `moved`."""
    moment = count.last_at if count is not None else first_counted_at
    later = sum(each.quantity for each in moved if each.at > moment and not each.correction)
    meanwhile = count is not None and any(
        count.first_at < each.at <= count.last_at and not each.correction for each in moved
    )
    return Figure(on_hand - later, count.quantity if count is not None else 0, meanwhile)
