"""The parts of a digest. A new one is one function and its line in `SECTIONS`.

A function gives the lines of one clinic on one day, none where there is nothing to say. No line speaks of a patient:
mail is read on other screens than the clinic's.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from inventory.oversight.lifecycle import FlagState
from inventory.oversight.queries import flags_in, overdue_actions
from inventory.purchasing.queries import overdue as orders_overdue
from inventory.sharps.lifecycle import Fill
from inventory.sharps.queries import nearly_full
from inventory.stock.expiry_board import board
from inventory.stock.levels import expired, low

SOON_DAYS = 30
MOST_FLAGS = 500
Lines = Callable[[UUID, str, date], Sequence[str]]
"""Of a clinic's id, its time zone and the day."""


@dataclass(frozen=True)
class Section:
    """`key` is stored with people's choices and never changes; `permission` is what reading the same page asks for."""

    key: str
    title: str
    page: str
    permission: str
    lines: Lines


def low_stock(clinic_id: UUID, _zone: str, today: date) -> Sequence[str]:
    return [
        f"{line.product.name}: {line.usable} usable, order again at {line.product.reorder_point}"
        for line in low(clinic_id, today)
    ]


def expiring_stock(clinic_id: UUID, zone: str, today: date) -> Sequence[str]:
    gone = [
        f"{line.lot.product.name}, lot {line.lot.number}: EXPIRED, {line.on_hand} left"
        for line in expired(clinic_id, today)
    ]
    soon = [
        f"{line.lot.product.name}, lot {line.lot.number}: expires {line.lot.expires_on}, {line.on_hand} in stock"
        + ("" if line.left is None else f", about {line.left} will be left")
        for line in board(clinic_id, zone, today, SOON_DAYS)
    ]
    return [*gone, *soon]


def open_flags(clinic_id: UUID, _zone: str, _today: date) -> Sequence[str]:
    """How many of each kind; whom they are about stands in the program."""
    waiting = Counter(each.flag.code for each in flags_in(clinic_id, [FlagState.OPEN], limit=MOST_FLAGS))
    return [f"{code.replace('_', ' ').capitalize()}: {count}" for code, count in sorted(waiting.items())]


def overdue_flag_actions(clinic_id: UUID, _zone: str, today: date) -> Sequence[str]:
    """Actions agreed on flags, past their day."""
    return [
        f"{action.action}: {action.owner_name}, was due {action.due_on}" for action in overdue_actions(clinic_id, today)
    ]


def overdue_orders(clinic_id: UUID, _zone: str, today: date) -> Sequence[str]:
    return [
        f"Order {order.number}, {order.supplier.name}: expected {order.expected_on}"
        for order in orders_overdue(clinic_id, today)
    ]


def full_sharps(clinic_id: UUID, _zone: str, _today: date) -> Sequence[str]:
    word = {Fill.FULL: "full", Fill.NEARLY_FULL: "nearly full"}
    return [
        f"{each.container.room.name}: {word[each.fill]}, {each.needles} of {each.container.needles_to_line} needles"
        for each in nearly_full(clinic_id)
    ]


SECTIONS: tuple[Section, ...] = (
    Section("low", "Low stock", "/stock/low", "stock.view", low_stock),
    Section("expiring", "Expiring and expired", "/stock/expiring", "stock.view", expiring_stock),
    Section("orders", "Overdue orders", "/orders", "orders.view", overdue_orders),
    Section("flags", "Flags that wait for review", "/flags", "flags.view", open_flags),
    Section("actions", "Overdue actions", "/flags", "flags.view", overdue_flag_actions),
    Section("sharps", "Sharps containers", "/sharps", "sharps.view", full_sharps),
)
