"""Who acts, as far as the record needs to know."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID


class Actor(Protocol):
    """Somebody at work in one clinic; the name is kept in the record as it was then."""

    @property
    def id(self) -> UUID | None: ...
    @property
    def name(self) -> str: ...
    @property
    def clinic_id(self) -> UUID: ...
    @property
    def time_zone(self) -> str: ...


@dataclass(frozen=True)
class Program:
    """The program itself, acting by a command and not for a signed-in person."""

    clinic_id: UUID
    time_zone: str
    name: str = "Sterilog"
    id: None = None
