"""The stock's charts: which numbers, in which order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from inventory.purchasing.reordering import NEVER
from inventory.purchasing.suggesting import Suggestion
from inventory.purchasing.writing import Written
from inventory.web.charts import Chart, Value, columns, rows

MOST = 10
LONG_COVER = 365
BAR = 240


@dataclass(frozen=True)
class Part:
    kind: str
    x: int
    width: int


@dataclass(frozen=True)
class StockBar:
    """A product's stock beside its reorder point at `point`, on one line `BAR` wide. `said` tells the same in words."""

    parts: tuple[Part, ...]
    point: int
    said: str


def stock_bar(line: Suggestion) -> StockBar:
    """What will be used, what will expire first, what is coming and what is suggested, one after the other."""
    suggested, point = line.packs * line.terms.pack_units, line.advice.reorder_point
    lasting = line.shelf.on_hand - line.advice.will_expire
    units = (
        ("on-hand", lasting, "on hand"),
        ("expiring", line.advice.will_expire, "will expire unused"),
        ("coming", line.shelf.on_order, "on order"),
        ("suggested", suggested, "to order"),
    )
    scale = BAR / max(1, point, sum(many for _, many, _ in units))
    parts, begun = list[Part](), 0
    for kind, many, _ in units:
        begin, end = round(begun * scale), round((begun + many) * scale)
        begun += many
        if many:
            parts.append(Part(kind, begin, max(2, end - begin)))
    said = ", ".join(f"{many} {word}" for _, many, word in units if many) or "nothing on hand"
    return StockBar(tuple(parts), min(BAR - 2, round(point * scale)), f"{said}; reorder point {point}")


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
