"""How packages stand in each other: a carton of boxes. Pure."""

from collections.abc import Sequence

from inventory.stock.models import TradeItem


def packed(packages: Sequence[TradeItem]) -> list[tuple[TradeItem, str]]:
    """Each package and what it can be made of, such as "10 boxes of 100"; "" for one of single pieces."""
    return [(package, _made_of(package, packages)) for package in packages]


def _made_of(package: TradeItem, packages: Sequence[TradeItem]) -> str:
    inside = [
        other.base_units
        for other in packages
        if 1 < other.base_units < package.base_units and package.base_units % other.base_units == 0
    ]
    if not inside:
        return ""
    return f"{package.base_units // max(inside)} boxes of {max(inside)}"
