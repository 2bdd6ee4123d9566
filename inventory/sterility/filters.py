"""What part of the log is asked for. Pure."""

from dataclasses import dataclass, fields
from datetime import date
from uuid import UUID

from inventory.errors import Invalid

EARLIEST, LATEST = date(1970, 1, 1), date(2999, 12, 31)
"""Days outside belong to no clinic's log; at the calendar's ends not even a day's first moment can be computed."""


@dataclass(frozen=True)
class LogFilter:
    """Days are the clinic's, both ends included; None leaves that side open. Raises `Invalid`."""

    first_day: date | None = None
    last_day: date | None = None
    room_id: UUID | None = None
    gun_id: UUID | None = None
    lot_id: UUID | None = None
    flag: str | None = None
    """A flag's code, `any` for flagged sessions of whatever kind, or None."""

    def __post_init__(self) -> None:
        for field in ("first_day", "last_day"):
            asked: date | None = getattr(self, field)
            if asked is not None and not EARLIEST <= asked <= LATEST:
                raise Invalid(f"{asked} lies outside any log. Choose a day from {EARLIEST.year} on.", field=field)
        if self.first_day and self.last_day and self.last_day < self.first_day:
            raise Invalid("The last day lies before the first day. Choose a later one.", field="last_day")

    def as_mapping(self) -> dict[str, object]:
        """The parts that are set, for the record of an export."""
        return {part.name: getattr(self, part.name) for part in fields(self) if getattr(self, part.name)}
