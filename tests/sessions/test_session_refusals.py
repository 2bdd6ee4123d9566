"""The wrong things at a scan: each is refused for its own reason and changes nothing."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from inventory.audit.queries import entries_of
from inventory.clock import day_in
from inventory.db import Model, db
from inventory.disinfection.models import RinseWater
from inventory.errors import Invalid
from inventory.guns import operations as guns
from inventory.packs import operations as packs
from inventory.people.actors import PersonAtWork
from inventory.sessions import queries
from inventory.sessions.admission import scan_in
from inventory.sterilising import operations as sterilising
from inventory.sterilising.models import Load, LoadState
from inventory.stock import operations as stock
from inventory.stock.models import LifeUnit, ProductKind
from labels import codes
from tests.factories.disinfection import make_container
from tests.factories.guns import make_gun
from tests.factories.packs import make_packs
from tests.factories.sessions import Ready, open_session
from tests.factories.sterilising import CHECKED, make_load

GTIN = "09521101530001"
Maker = Callable[[PersonAtWork, datetime, Ready], str]


def _pack_without_label(by: PersonAtWork, now: datetime, ready: Ready) -> str:
    return make_packs(by, now, ready.lot, ready.store, labelled=False)[0].code


def _pack_of_load_awaiting(by: PersonAtWork, now: datetime, ready: Ready) -> str:
    load = make_load(by, now)
    return make_packs(by, now, ready.lot, ready.store, needs_load=True, load=load)[0].code


def _pack_of_rejected_load(by: PersonAtWork, now: datetime, ready: Ready) -> str:
    load = make_load(by, now)
    pack = make_packs(by, now, ready.lot, ready.store, needs_load=True, load=load)[0]
    _decide(load, LoadState.REJECTED, by, now)
    return pack.code


def _pack_of_recalled_load(by: PersonAtWork, now: datetime, ready: Ready) -> str:
    load = make_load(by, now)
    pack = make_packs(by, now, ready.lot, ready.store, needs_load=True, load=load)[0]
    _decide(load, LoadState.RELEASED, by, now)
    _decide(load, LoadState.RECALLED, by, now)
    return pack.code


def _pack_of_recalled_lot(by: PersonAtWork, now: datetime, ready: Ready) -> str:
    stock.recall(ready.lot, "Recalled by its maker", by, now)
    return ready.packs[0].code


def _pack_of_quarantined_lot(by: PersonAtWork, now: datetime, ready: Ready) -> str:
    stock.quarantine(ready.lot, "Torn cartons", by, now)
    return ready.packs[0].code


def _pack_past_its_date(by: PersonAtWork, now: datetime, ready: Ready) -> str:
    before = now - timedelta(days=2)
    return make_packs(by, before, ready.lot, ready.store, use_by=day_in(by.time_zone, before))[0].code


def _antiseptic_past_its_date(by: PersonAtWork, now: datetime, ready: Ready) -> str:
    before = now - timedelta(days=3)
    day = day_in(by.time_zone, before)
    made = make_container(
        by, before, kind=ProductKind.ANTISEPTIC, opened_life=None, opened_life_unit=None, expires_on=day
    )
    return made.code


def _antiseptic_open_too_long(by: PersonAtWork, now: datetime, ready: Ready) -> str:
    before = now - timedelta(days=3)
    made = make_container(by, before, kind=ProductKind.ANTISEPTIC, opened_life=1, opened_life_unit=LifeUnit.DAYS)
    return made.code


def _pack_of_another_session(by: PersonAtWork, now: datetime, ready: Ready) -> str:
    scan_in(open_session(by, now, ready), ready.packs[0].code, by, now)
    return ready.packs[0].code


def _gun_not_disinfected(by: PersonAtWork, now: datetime, ready: Ready) -> str:
    return make_gun(by, now).code


def _gun_out_of_service(by: PersonAtWork, now: datetime, ready: Ready) -> str:
    guns.take_out_of_service(ready.gun, "Rattles", by, now)
    return ready.gun.code


def _gun_of_another_session(by: PersonAtWork, now: datetime, ready: Ready) -> str:
    scan_in(open_session(by, now, ready), ready.gun.code, by, now)
    return ready.gun.code


def _gun_rinsed_with_tap_water(by: PersonAtWork, now: datetime, ready: Ready) -> str:
    guns.disinfect_gun(ready.gun, ready.disinfectant, 300, RinseWater.TAP, by, now)
    return ready.gun.code


def _the_disinfectant_for_guns(by: PersonAtWork, now: datetime, ready: Ready) -> str:
    return ready.disinfectant.code


def _code_with_a_wrong_symbol(by: PersonAtWork, now: datetime, ready: Ready) -> str:
    code = ready.packs[0].code
    return f"https://sterilog.example/P/{code[:5]}{'7' if code[5] != '7' else '8'}{code[6:]}"


def _code_nobody_has(by: PersonAtWork, now: datetime, ready: Ready) -> str:
    return codes.new_code()


def _package_not_in_the_catalogue(by: PersonAtWork, now: datetime, ready: Ready) -> str:
    return f"]C101{GTIN}"


def _nonsense(by: PersonAtWork, now: datetime, ready: Ready) -> str:
    return "no label at all"


RED: dict[Maker, str] = {
    _nonsense: "UNREADABLE",
    _code_with_a_wrong_symbol: "UNREADABLE",
    _code_nobody_has: "UNKNOWN_CODE",
    _package_not_in_the_catalogue: "UNKNOWN_CODE",
    _pack_without_label: "PACK_NOT_RELEASED",
    _pack_of_load_awaiting: "PACK_NOT_RELEASED",
    _pack_of_rejected_load: "LOAD_REJECTED",
    _pack_of_recalled_load: "RECALLED",
    _pack_of_recalled_lot: "RECALLED",
    _pack_of_quarantined_lot: "QUARANTINED",
    _pack_past_its_date: "EXPIRED",
    _antiseptic_past_its_date: "EXPIRED",
    _antiseptic_open_too_long: "OPEN_LIFE_EXCEEDED",
    _pack_of_another_session: "ALREADY_USED",
    _gun_not_disinfected: "GUN_NOT_DISINFECTED",
    _gun_out_of_service: "GUN_OUT_OF_SERVICE",
    _gun_of_another_session: "GUN_IN_USE",
    _gun_rinsed_with_tap_water: "TAP_WATER_RINSE",
    _the_disinfectant_for_guns: "WRONG_THING",
}
wrong_things = pytest.mark.parametrize("maker", RED, ids=lambda maker: maker.__name__.strip("_"))


@wrong_things
def test_the_wrong_thing_is_refused_for_the_right_reason(
    nurse: PersonAtWork, ready: Ready, now: datetime, maker: Maker
) -> None:
    text, treatment = maker(nurse, now, ready), open_session(nurse, now, ready)
    scan = scan_in(treatment, text, nurse, now)
    assert (scan.code, scan.tone, scan.subject_id) == (RED[maker], "red", None)
    assert scan.sentence.endswith(".")
    assert scan.next_step.endswith(".")


@wrong_things
def test_inv_04_every_scan_leaves_an_entry_and_a_refused_one_changes_nothing_else(
    nurse: PersonAtWork, ready: Ready, now: datetime, maker: Maker
) -> None:
    text, treatment = maker(nurse, now, ready), open_session(nurse, now, ready)
    before = _everything_but_the_scan()
    scan = scan_in(treatment, text, nurse, now)
    assert _everything_but_the_scan() == before
    assert queries.scans_of(treatment) == [scan]
    entry = next(e for e in entries_of(nurse.clinic_id, treatment.id) if e.action == "session.scanned")
    assert (entry.actor_id, entry.at) == (nurse.id, now)
    assert str(scan.id) in entry.record


@pytest.mark.parametrize("nothing", ["", "   ", "\x1d"])
def test_a_scan_of_nothing_is_refused_and_leaves_no_trace(
    nurse: PersonAtWork, ready: Ready, now: datetime, nothing: str
) -> None:
    treatment = open_session(nurse, now, ready)
    with pytest.raises(Invalid) as refused:
        scan_in(treatment, nothing, nurse, now)
    assert (refused.value.status, refused.value.field) == (422, "text")
    assert queries.scans_of(treatment) == []


def _decide(load: Load, state: LoadState, by: PersonAtWork, now: datetime) -> None:
    """A decision on a load with its packs, as the page makes it."""
    sterilising.decide_load(load, state, CHECKED, by, now)
    packs.refresh_load(load, by, now)


def _everything_but_the_scan() -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, but for scans, the record and the flag an incident leaves."""
    db.session.flush()
    left_out = {"scan", "audit_entry", "audit_head", "flag"}
    return {
        table.name: sorted((tuple(row) for row in db.session.execute(select(table))), key=repr)
        for table in Model.metadata.sorted_tables
        if table.name not in left_out
    }
