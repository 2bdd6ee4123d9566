"""What part of the log is asked for, in which shape, and as what file. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from uuid import UUID

from inventory.errors import Invalid

EARLIEST, LATEST = date(1970, 1, 1), date(2999, 12, 31)
"""Days outside belong to no clinic's log; at the calendar's ends not even a day's first moment can be computed."""
SHORTEST_CODE = 2
"""Letters and digits: fewer would be the beginning of half of everything."""
LONGEST_CODE = 200


class Shape(StrEnum):
    """One row a needle, or one row a session."""

    EVENTS = "events"
    SESSIONS = "sessions"


class ExportFormat(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"
    JSONL = "jsonl"
    PDF = "pdf"


@dataclass(frozen=True)
class LogFilter:
    """Days are the clinic's, both ends included, of a session's start; None leaves that side open. Raises `Invalid`."""

    first_day: date | None = None
    last_day: date | None = None
    room_id: UUID | None = None
    gun_id: UUID | None = None
    lot_id: UUID | None = None
    flag: str | None = None
    """A flag's code, `any` for flagged sessions of whatever kind, or None."""
    code: str | None = None
    """Of a pack, container or lot, or how it begins, in any case."""

    def __post_init__(self) -> None:
        for field in ("first_day", "last_day"):
            asked: date | None = getattr(self, field)
            if asked is not None and not EARLIEST <= asked <= LATEST:
                raise Invalid(f"{asked} lies outside any log. Choose a day from {EARLIEST.year} on.", field=field)
        if self.first_day and self.last_day and self.last_day < self.first_day:
            raise Invalid("The last day lies before the first day. Choose a later one.", field="last_day")
        if self.code is not None and not SHORTEST_CODE <= len(self.code.strip()) <= LONGEST_CODE:
            raise Invalid(f"Type at least the first {SHORTEST_CODE} characters of a code or lot.", field="code")

    def as_mapping(self) -> dict[str, object]:
        """The parts that are set, for the record of an export."""
        return {part.name: getattr(self, part.name) for part in fields(self) if getattr(self, part.name)}

    @classmethod
    def from_mapping(cls, stored: Mapping[str, str]) -> "LogFilter":
        """What `as_mapping` gave, as JSON keeps it."""
        days = {name: date.fromisoformat(stored[name]) for name in ("first_day", "last_day") if name in stored}
        ids = {name: UUID(stored[name]) for name in ("room_id", "gun_id", "lot_id") if name in stored}
        return cls(
            days.get("first_day"),
            days.get("last_day"),
            ids.get("room_id"),
            ids.get("gun_id"),
            ids.get("lot_id"),
            stored.get("flag"),
            stored.get("code"),
        )
