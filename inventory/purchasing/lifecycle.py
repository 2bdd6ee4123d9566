"""What may happen to a purchase order, and who may approve it. Pure: one table."""

from collections.abc import Mapping
from enum import StrEnum


class OrderState(StrEnum):
    DRAFT = "draft"
    APPROVED = "approved"
    SENT = "sent"
    PARTLY_RECEIVED = "partly_received"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Act(StrEnum):
    CHANGE = "change"
    APPROVE = "approve"
    REOPEN = "reopen"
    SEND = "send"
    RECEIVE_PART = "receive_part"
    RECEIVE_REST = "receive_rest"
    CLOSE = "close"
    CANCEL = "cancel"


TRANSITIONS: Mapping[tuple[OrderState, Act], OrderState] = {
    (OrderState.DRAFT, Act.CHANGE): OrderState.DRAFT,
    (OrderState.DRAFT, Act.APPROVE): OrderState.APPROVED,
    (OrderState.DRAFT, Act.CANCEL): OrderState.CANCELLED,
    (OrderState.APPROVED, Act.REOPEN): OrderState.DRAFT,
    (OrderState.APPROVED, Act.SEND): OrderState.SENT,
    (OrderState.APPROVED, Act.CANCEL): OrderState.CANCELLED,
    (OrderState.SENT, Act.RECEIVE_PART): OrderState.PARTLY_RECEIVED,
    (OrderState.SENT, Act.RECEIVE_REST): OrderState.CLOSED,
    (OrderState.SENT, Act.CANCEL): OrderState.CANCELLED,
    (OrderState.PARTLY_RECEIVED, Act.RECEIVE_PART): OrderState.PARTLY_RECEIVED,
    (OrderState.PARTLY_RECEIVED, Act.RECEIVE_REST): OrderState.CLOSED,
    (OrderState.PARTLY_RECEIVED, Act.CLOSE): OrderState.CLOSED,
}
ON_ITS_WAY = (OrderState.APPROVED, OrderState.SENT, OrderState.PARTLY_RECEIVED)
"""What is ordered and did not come yet counts as on order in these."""
RECEIVABLE = (OrderState.SENT, OrderState.PARTLY_RECEIVED)


def after(state: OrderState, act: Act) -> OrderState | None:
    """The state after `act`, or None where it is not allowed."""
    return TRANSITIONS.get((state, act))


def received_as(outstanding: int) -> Act:
    """What a receipt does to an order of which `outstanding` base units are still to come."""
    return Act.RECEIVE_REST if outstanding <= 0 else Act.RECEIVE_PART
