"""A suggestion in one line. Pure."""

from inventory.purchasing.amounts import Writing, decimal
from inventory.purchasing.demand import Demand
from inventory.purchasing.reordering import NEVER, Advice, LeadTime, Shelf, Terms


def why(
    demand: Demand, lead: LeadTime, shelf: Shelf, terms: Terms, advice: Advice, writing: Writing, booked: float = 0.0
) -> str:
    """What was counted, what it is held against, and what follows."""
    if not demand.known:
        level = f"Too little history: the typed level of {advice.reorder_point} holds."
        return f"{level} {_order(terms, advice)}" if advice.packs else level
    lead_said = f"{decimal(lead.days, writing)} days ({'learned' if lead.learned else 'typed'})"
    cover = "nothing is used now" if advice.cover_days >= NEVER else f"{advice.cover_days} days"
    parts = [
        f"{decimal(advice.rate, writing)} a day"
        + (" in the last four weeks" if demand.lately else "")
        + f", {demand.pattern.value}"
        + (f" ({decimal(booked, writing)} from booked sessions)" if booked >= advice.rate > 0 else ""),
        f"{shelf.on_hand} on hand last {cover}" if advice.rate else f"{shelf.on_hand} on hand, {cover}",
        f"{shelf.on_order} on order" if shelf.on_order else "",
        f"{advice.will_expire} would expire first" if advice.will_expire else "",
        f"delivery takes {lead_said}",
        f"reorder point {advice.reorder_point} with {advice.safety_stock} in reserve",
    ]
    line = "; ".join(part for part in parts if part) + "."
    return f"{line} {_order(terms, advice)}" if advice.packs else line


def _order(terms: Terms, advice: Advice) -> str:
    capped = ", no more, as it would expire" if advice.capped else ""
    return f"Order {advice.packs} x {terms.pack_units}{capped}."
