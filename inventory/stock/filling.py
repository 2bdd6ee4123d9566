"""What a location lacks of its par levels, and from which lots it is filled. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True)
class Supply:
    """Usable units of a lot at a place other than the one that is filled."""

    lot_id: UUID
    location_id: UUID
    expires_on: date | None
    on_hand: int


@dataclass(frozen=True)
class Pick:
    lot_id: UUID
    location_id: UUID
    quantity: int


@dataclass(frozen=True)
class Need:
    """What one product lacks; `picks` may give less than `lacking`, and then `short` stays unfilled."""

    product_id: UUID
    par: int
    there: int
    picks: tuple[Pick, ...]

    @property
    def lacking(self) -> int:
        return max(0, self.par - self.there)

    @property
    def short(self) -> int:
        return self.lacking - sum(pick.quantity for pick in self.picks)


def need_of(product_id: UUID, par: int, there: int, supplies: Iterable[Supply]) -> Need:
    """First expired first; among equals the fuller place, so that fewer places are walked to."""
    lacking, picks = par - there, list[Pick]()
    for supply in sorted(supplies, key=_order):
        if lacking <= 0:
            break
        taken = min(lacking, supply.on_hand)
        if taken > 0:
            picks.append(Pick(supply.lot_id, supply.location_id, taken))
            lacking -= taken
    return Need(product_id, par, there, tuple(picks))


def picks_of(needs: Sequence[Need]) -> list[Pick]:
    return [pick for need in needs for pick in need.picks]


def _order(supply: Supply) -> tuple[date, int, str, str]:
    return (supply.expires_on or date.max, -supply.on_hand, supply.lot_id.hex, supply.location_id.hex)
