"""The stock's charts: which numbers, in which order."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from inventory.purchasing.reordering import NEVER
from inventory.purchasing.suggesting import Suggestion
from inventory.purchasing.writing import Written
from inventory.web.charts import Chart, Value, columns, rows

MOST = 10
LONG_COVER = 365


def days_of_cover(lines: Sequence[Suggestion]) -> Chart:
    """The products that run out first."""
    used = sorted((line for line in lines if line.advice.rate > 0), key=lambda line: line.advice.cover_days)[:MOST]
    values = [
        Value(
            line.product.name,
            min(line.advice.cover_days, LONG_COVER),
            "a year or more" if line.advice.cover_days >= LONG_COVER else f"{line.advice.cover_days} days",
            "caution" if line.low else "",
        )
        for line in used
    ]
    said = f"{values[0].label} runs out first, in {values[0].said}." if values else "Nothing is used yet."
    return rows("Days of cover, shortest first", "Days", values, said)


def use_per_week(weeks: Sequence[tuple[date, int, int]], unit: str, written: Written) -> Chart:
    values = [Value(written.day(begin), used, str(used)) for begin, used, _ in weeks]
    mean = sum(used for _, used, _ in weeks) / max(1, len(weeks))
    said = f"{written.decimal(mean)} a week on average over {len(weeks)} weeks; each bar begins on the day named."
    return columns("Use per week", unit, values, said)


def value_on_shelf(lines: Sequence[Suggestion], written: Written) -> Chart:
    """At the price of the preferred offer; what nobody offers has none."""
    worth = [(line, line.shelf.on_hand * line.terms.price // line.terms.pack_units) for line in lines if line.offer]
    dearest = sorted(worth, key=lambda pair: -pair[1])[:MOST]
    values = [Value(line.product.name, value / 100, written.money(value)) for line, value in dearest if value]
    said = f"{written.money(sum(value for _, value in worth))} in all, at the prices of the preferred offers."
    return rows("Value on the shelf", "Value", values, said)


def waste(lines: Sequence[Suggestion], wasted: Mapping[UUID, int], written: Written) -> Chart:
    """What was written off within a year, in money where a price is known."""
    found = [
        (line, wasted[line.product.id], wasted[line.product.id] * line.terms.price // line.terms.pack_units)
        for line in lines
        if wasted.get(line.product.id)
    ]
    largest = sorted(found, key=lambda part: -part[2])[:MOST]
    values = [
        Value(line.product.name, max(value / 100, 0.01), f"{units} = {written.money(value)}", "stop")
        for line, units, value in largest
    ]
    total = written.money(sum(value for _, _, value in found))
    return rows("Written off within a year", "Pieces and value", values, f"{total} in all.")


def against_reorder_point(line: Suggestion) -> Chart:
    """What there is and what is coming, beside the level at which to order and what is suggested."""
    parts = (
        ("On hand, usable", line.shelf.on_hand, "go" if line.shelf.on_hand > line.advice.reorder_point else "caution"),
        ("of that will expire unused", line.advice.will_expire, "stop"),
        ("On order", line.shelf.on_order, ""),
        ("Reorder point", line.advice.reorder_point, ""),
        ("of that safety stock", line.advice.safety_stock, ""),
        ("Suggested to order", line.packs * line.terms.pack_units, "accent"),
    )
    values = [Value(name, units, str(units), tone) for name, units, tone in parts]
    cover = "no end in sight" if line.advice.cover_days >= NEVER else f"{line.advice.cover_days} days of cover"
    return rows("Stock against the reorder point", line.product.base_unit, values, f"{cover}.")
