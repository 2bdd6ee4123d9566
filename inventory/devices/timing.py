"""When something done on a device happened, by the server's clock. Pure."""

from datetime import datetime, timedelta

TOLERATED = timedelta(minutes=5)
"""A device's clock may be this far off before it is called an anomaly. A product decision."""
LARGEST = timedelta(days=20)
"""Offsets are kept in 32 bits of milliseconds; a clock further off tells nothing anyway."""


def offset_of(device_now: datetime, received_at: datetime) -> timedelta:
    """How far the device's clock is ahead. The way of the request counts as lag: under a second on a clinic's wifi."""
    return max(-LARGEST, min(LARGEST, device_now - received_at))


def happened(device_at: datetime, offset: timedelta, not_before: datetime, received_at: datetime) -> datetime:
    """The claimed time less the offset, kept between what was already known and its arrival."""
    return min(received_at, max(not_before, device_at - offset))


def is_anomaly(offset: timedelta) -> bool:
    return abs(offset) > TOLERATED
