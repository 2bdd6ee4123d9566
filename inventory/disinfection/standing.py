"""Whether anything may be taken from a container, as lists show it. Pure."""

from datetime import date, datetime
from enum import StrEnum

from inventory.disinfection.models import Container
from inventory.stock.models import LotStatus


class Standing(StrEnum):
    USABLE = "usable"
    ENDED = "ended"
    RECALLED = "recalled"
    QUARANTINED = "quarantined"
    EXPIRED = "expired"
    OPEN_TOO_LONG = "open_too_long"


def standing_of(container: Container, now: datetime, today: date) -> Standing:
    """The gravest reason against it at `now`, on the clinic's day `today`; today's test strip aside."""
    if container.ended_at is not None:
        return Standing.ENDED
    if container.lot.status is LotStatus.RECALLED:
        return Standing.RECALLED
    if container.lot.status is LotStatus.QUARANTINED:
        return Standing.QUARANTINED
    if container.lot.expired_on(today):
        return Standing.EXPIRED
    return Standing.OPEN_TOO_LONG if now >= container.usable_until else Standing.USABLE
