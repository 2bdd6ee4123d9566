"""The server's clock set back: when it counts as that, and what the record says of it."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from inventory.clock import utc_now

TOLERATED = timedelta(seconds=2)
"""Two servers of one clinic may differ by this much, and a clock that is slewed too. A product decision."""
SAID = "clock_said"
"""The fact, in an entry made while the clock is behind the record, that keeps what the clock itself said."""


@dataclass(frozen=True)
class Behind:
    """The clock is behind the newest entry; `set_back` is how far it went back since then, None if not again."""

    clock: datetime
    set_back: timedelta | None

    @property
    def facts(self) -> dict[str, object]:
        return {SAID: self.clock}


def reading() -> datetime:
    """The clock, to be read while the head of the chain is locked.

    The time an act was begun at says nothing of the clock: an act that began earlier may be recorded later.
    """
    return utc_now()


def behind(newest_at: datetime, newest_record: str, clock: datetime) -> Behind | None:
    """What the clock's `clock` means after an entry of `newest_at`; None where it is not behind it."""
    if newest_at - clock <= TOLERATED:
        return None
    said = json.loads(newest_record)["facts"].get(SAID)
    before = newest_at if said is None else datetime.fromisoformat(said)
    set_back = before - clock
    return Behind(clock, set_back if set_back > TOLERATED else None)
