"""Which lots will not be used up before they expire, at the present rate of use."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from uuid import UUID

from sqlalchemy import func, select

from inventory.clock import day_in, start_of_day
from inventory.db import db
from inventory.stock.levels import held_lots
from inventory.stock.models import Lot, Movement, MovementKind, Product
from inventory.stock.use_up import WINDOW_DAYS, Held, Rate, left_at_expiry, rate_of

USE = (MovementKind.CONSUMPTION, MovementKind.ADJUSTMENT)
"""What is used without a scan is missing at a count, so corrections are use too; write-offs and returns are not."""


@dataclass(frozen=True)
class BoardLine:
    """A usable lot in stock that expires soon. `left` is None while the rate of its product is not known."""

    lot: Lot
    on_hand: int
    days: int
    rate: Rate
    left: int | None

    @property
    def a_week(self) -> str:
        """Use of the product per week, with one decimal."""
        tenths = round(self.rate.a_day * 70)
        return f"{tenths // 10}.{tenths % 10}"


def board(clinic_id: UUID, time_zone: str, today: date, within_days: int) -> list[BoardLine]:
    """Usable lots whose last day is `today` or one of the `within_days` after it, first expired first.

    The rate is of the product in the whole clinic; its other lots are used in their turn, also those that expire later.
    """
    held = held_lots(clinic_id, today)
    last = today + timedelta(days=within_days)
    soon = {line.lot.product_id for line in held if line.lot.expires_on is not None and line.lot.expires_on <= last}
    rates = rates_of(clinic_id, time_zone, today, soon)
    lines = []
    by_product = sorted((line for line in held if line.lot.product_id in soon), key=lambda line: line.lot.product_id)
    for product_id, mine in groupby(by_product, key=lambda line: line.lot.product_id):
        rate, of_product = rates[product_id], list(mine)
        left = left_at_expiry([Held(x.lot.id, x.lot.expires_on, x.on_hand) for x in of_product], rate, today)
        for line in of_product:
            if line.lot.expires_on is not None and line.lot.expires_on <= last:
                days = (line.lot.expires_on - today).days
                lines.append(BoardLine(line.lot, line.on_hand, days, rate, left[line.lot.id] if rate.known else None))
    return sorted(lines, key=lambda line: (line.days, line.lot.product.name, line.lot.number))


def rates_of(clinic_id: UUID, time_zone: str, today: date, products: Sequence[UUID] | set[UUID]) -> dict[UUID, Rate]:
    """Use per product over the last 90 days, from the ledger."""
    since = start_of_day(time_zone, today - timedelta(days=WINDOW_DAYS))
    used = dict(
        db.session.execute(
            select(Lot.product_id, func.sum(Movement.quantity))
            .join(Lot, Lot.id == Movement.lot_id)
            .where(
                Movement.clinic_id == clinic_id,
                Movement.at >= since,
                Movement.kind.in_(USE),
                Lot.product_id.in_(products),
            )
            .group_by(Lot.product_id)
        ).all()
    )
    first = dict(
        db.session.execute(
            select(Product.id, func.min(Lot.created_at))
            .join(Lot, Lot.product_id == Product.id)
            .where(Product.clinic_id == clinic_id, Product.id.in_(products))
            .group_by(Product.id)
        ).all()
    )
    return {
        each: rate_of(-(used.get(each) or 0), day_in(time_zone, first[each]) if first.get(each) else None, today)
        for each in products
    }
