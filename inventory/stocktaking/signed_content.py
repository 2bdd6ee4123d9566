"""What is signed with the approval of a stocktake: what was counted of each line, and what the books said."""

from collections.abc import Iterable

from inventory.stocktaking.lifecycle import StocktakeState
from inventory.stocktaking.models import Stocktake, StocktakeLine
from inventory.stocktaking.queries import reported_lines


def content_of(stocktake: Stocktake) -> dict[str, object] | None:
    """None where it is not approved."""
    if stocktake.state is not StocktakeState.APPROVED:
        return None
    return content_of_lines(stocktake, reported_lines(stocktake))


def content_of_lines(stocktake: Stocktake, lines: Iterable[StocktakeLine]) -> dict[str, object]:
    """As it is being approved: its lines are not stored yet."""
    rows = [
        {
            "product": line.lot.product_id or line.lot.product.id,
            "product_then": line.lot.product.name,
            "lot": line.lot.number,
            "place": line.location_id or line.location.id,
            "place_then": line.location.name,
            "old": line.expected,
            "new": line.counted,
            "counted_by": line.counted_by,
        }
        for line in lines
    ]
    return {
        "number": stocktake.number,
        "place": stocktake.location_id,
        "lines": sorted(rows, key=lambda row: (str(row["lot"]), str(row["place"]), str(row["product"]))),
    }
