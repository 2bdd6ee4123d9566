"""Who acts, as far as the record needs to know."""

from dataclasses import dataclass
from datetime import datetime
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


@dataclass(frozen=True)
class Brought:
    """Somebody whose act was kept on a device and arrives later: the record is written when it is `received_at`.

    Holds no permissions: what needs more than doing the work itself is decided while there is network.
    """

    id: UUID | None
    name: str
    clinic_id: UUID
    time_zone: str
    received_at: datetime
