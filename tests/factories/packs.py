"""Sterile packs, made through the operations."""

from datetime import date, datetime

from inventory.audit.actors import Actor
from inventory.packs import operations as packs
from inventory.packs.models import Pack
from inventory.sterilising import equipment
from inventory.sterilising import operations as sterilising
from inventory.sterilising.models import Indicator, Load, LoadState, TestKind
from inventory.sterilising.readings import Readings
from inventory.stock import queries as stock
from inventory.stock.models import Location, Lot
from tests.factories.sterilising import make_programme
from tests.factories.stock import make_lot


def make_packs(
    by: Actor,
    now: datetime,
    lot: Lot | None = None,
    location: Location | None = None,
    count: int = 1,
    *,
    each: int = 1,
    use_by: date | None = None,
    needs_load: bool = False,
    load: Load | None = None,
    labelled: bool = True,
) -> list[Pack]:
    """Packs of `each` needles, labelled and so available unless a `load` is not released or still missing.

    Without a `lot`, of a new one that holds just enough; without a `location`, from where most of the lot is.
    """
    lot = lot or make_lot(by, now, quantity=count * each)
    place = location or stock.location_holding(lot)
    assert place is not None
    needed = needs_load or load is not None
    made = packs.make_up([(lot, each)], count, place, use_by, needed, by, now, load=load)
    if labelled:
        packs.mark_labelled(made, "test sheet", 1, by, now)
    return made


def make_load(by: Actor, began: datetime, ended: datetime, *, name: str = "Autoclave") -> Load:
    """A cycle that may be released: B, 134 C for five minutes, tested, both indicators passed, dry."""
    steriliser = equipment.add_steriliser(name, f"SN {name}", by, began)
    equipment.record_test(steriliser, TestKind.HELIX, True, by, began)
    return sterilising.record_load(
        make_programme(by, began, steriliser=steriliser),
        Readings(started_at=began, ended_at=ended, temperature_tenths=1340, hold_seconds=300),
        contents="Needle packs",
        wrapped_or_hollow=True,
        external_indicator=Indicator.PASSED,
        internal_indicator=Indicator.PASSED,
        internal_indicator_type=5,
        dry=True,
        by=by,
        now=ended,
    )


def decide(load: Load, state: LoadState, by: Actor, now: datetime) -> None:
    """Decide a load and bring its packs along, as the page does."""
    sterilising.decide_load(load, state, f"{state.value} in a test", by, now)
    packs.refresh_load(load, by, now)
