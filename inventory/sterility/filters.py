"""What part of the log is asked for. Pure."""

from dataclasses import dataclass, fields
from datetime import date
from uuid import UUID


@dataclass(frozen=True)
class LogFilter:
    """Days are the clinic's, both ends included; None leaves that side open."""

    first_day: date | None = None
    last_day: date | None = None
    room_id: UUID | None = None
    gun_id: UUID | None = None
    lot_id: UUID | None = None
    flag: str | None = None
    """A flag's code, `any` for flagged sessions of whatever kind, or None."""

    def as_mapping(self) -> dict[str, object]:
        """The parts that are set, for the record of an export."""
        return {part.name: getattr(self, part.name) for part in fields(self) if getattr(self, part.name)}
