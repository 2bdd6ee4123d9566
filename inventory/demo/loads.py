"""The demo clinic's steriliser."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from inventory.clock import day_in
from inventory.demo.shelf import Shelf
from inventory.packs import operations as packs
from inventory.sterilising import biological, equipment
from inventory.sterilising import operations as sterilising
from inventory.sterilising.models import Control, Growth, Indicator, Load, LoadState, TestKind
from inventory.sterilising.readings import Readings

SPACER = "Gun spacer 4 mm, sterilisable"
SAID = {
    LoadState.RELEASED: "Parameters and indicators checked: sterile",
    LoadState.REJECTED: "Internal indicator failed",
    LoadState.QUARANTINED: "Printout missing; to be read from the steriliser's memory",
}
MONDAY = 0
READ_AFTER = timedelta(minutes=65)
"""The load of a Monday begins that much earlier: its biological indicator incubates for an hour."""


@dataclass
class Loads:
    shelf: Shelf
    tested_on: date | None = None
    """The last day with its helix test."""

    def cycle(self, started: datetime, state: LoadState, *, spacers: int = 0) -> Load:
        """One cycle as the nurse records it with `spacers` packed one by one, and what the lead nurse decides."""
        clinic = self.shelf.clinic
        with_spores = self._is_first_of_a_monday(started) and state is LoadState.RELEASED
        if with_spores:
            started -= READ_AFTER
        self._test(started)
        ended = started + timedelta(minutes=42)
        passed = Indicator.FAILED if state is LoadState.REJECTED else Indicator.PASSED
        load = sterilising.record_load(
            clinic.programme,
            Readings(
                started_at=started,
                ended_at=ended,
                temperature_tenths=1345,
                highest_temperature_tenths=1352,
                pressure_millibar=3090,
                hold_seconds=215,
                drying_seconds=900,
            ),
            contents="Gun holders and spacers, wrapped",
            wrapped_or_hollow=True,
            external_indicator=Indicator.PASSED,
            internal_indicator=passed,
            internal_indicator_type=5,
            dry=True,
            by=clinic.nurse,
            now=ended,
        )
        if spacers:
            self.shelf.make_up(clinic.lots[SPACER][0], 1, spacers, ended, load=load)
        if with_spores:
            self._prove(load, ended)
        decided = ended + timedelta(minutes=8) + (READ_AFTER if with_spores else timedelta(0))
        if state is not LoadState.AWAITING:
            sterilising.decide_load(load, state, SAID[state], clinic.lead, decided)
            packs.refresh_load(load, clinic.lead, decided)
        return load

    def _is_first_of_a_monday(self, started: datetime) -> bool:
        day = day_in(self.shelf.clinic.lead.time_zone, started)
        return day != self.tested_on and day.weekday() == MONDAY

    def _test(self, started: datetime) -> None:
        clinic = self.shelf.clinic
        day = day_in(clinic.lead.time_zone, started)
        if day != self.tested_on:
            self.tested_on = day
            at = started - timedelta(minutes=10)
            equipment.record_test(clinic.programme.steriliser, TestKind.HELIX, True, clinic.nurse, at)

    def _prove(self, load: Load, ended: datetime) -> None:
        nurse = self.shelf.clinic.nurse
        indicator = biological.place_indicator(
            load, product="Rapid steam indicator", lot="BI-2291", incubation_hours=1, by=nurse, now=ended
        )
        biological.read_indicator(indicator, Growth.NEGATIVE, Control.GREW, nurse, ended + READ_AFTER)
