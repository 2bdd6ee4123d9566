"""The demo clinic's steriliser."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from inventory.demo.shelf import Shelf
from inventory.packs import operations as packs
from inventory.sterilising import operations as sterilising
from inventory.sterilising.models import CycleType, Indicator, Load, LoadState

SPACER = "Gun spacer 4 mm, sterilisable"
SAID = {
    LoadState.RELEASED: "Parameters and indicators checked: sterile",
    LoadState.REJECTED: "Internal indicator failed",
    LoadState.QUARANTINED: "Printout missing; to be read from the steriliser's memory",
}


@dataclass
class Loads:
    shelf: Shelf

    def cycle(self, started: datetime, state: LoadState, *, spacers: int = 0) -> Load:
        """One cycle as the nurse records it with `spacers` packed one by one, and what the lead nurse decides."""
        lead, ended = self.shelf.clinic.lead, started + timedelta(minutes=42)
        passed = Indicator.FAILED if state is LoadState.REJECTED else Indicator.PASSED
        load = sterilising.record_load(
            self.shelf.clinic.steriliser,
            cycle_type=CycleType.B,
            programme="134 C, 3.5 min",
            started_at=started,
            ended_at=ended,
            temperature_tenths=1345,
            hold_seconds=215,
            contents="Gun holders and spacers, wrapped",
            wrapped_or_hollow=True,
            external_indicator=Indicator.PASSED,
            internal_indicator=passed,
            internal_indicator_type=5,
            dry=True,
            by=self.shelf.clinic.nurse,
            now=ended,
        )
        if spacers:
            self.shelf.make_up(self.shelf.clinic.lots[SPACER][0], 1, spacers, ended, load=load)
        if state is not LoadState.AWAITING:
            decided = ended + timedelta(minutes=8)
            sterilising.decide_load(load, state, SAID[state], lead, decided)
            packs.refresh_load(load, lead, decided)
        return load
