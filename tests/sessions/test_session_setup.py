"""Setting up: every wrong thing is refused for its own reason, the right ones come in in any order."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import permutations

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from uuid6 import uuid7

from inventory.audit.queries import entries_of
from inventory.clock import day_in
from inventory.db import Model, db
from inventory.disinfection.models import RinseWater
from inventory.guns import operations as guns
from inventory.guns.models import GunState
from inventory.packs.models import PackState
from inventory.people.actors import PersonAtWork
from inventory.sessions import operations as sessions
from inventory.sessions import queries
from inventory.sessions.admission import scan_in
from inventory.sessions.errors import NotSettingUp, SessionOver, SetupIncomplete
from inventory.sessions.models import FlagSeverity, Scan, TreatmentSession, TreatmentState
from inventory.sterilising.models import LoadState
from inventory.stock import operations as stock
from inventory.stock.models import LifeUnit, ProductKind
from labels import codes
from tests.factories.disinfection import make_container
from tests.factories.guns import make_gun
from tests.factories.packs import decide, make_load, make_packs
from tests.factories.sessions import Ready, make_ready, open_session, set_up
from tests.factories.stock import make_lot, make_product, make_trade_item

GTIN = "09521101530001"
HOUR = timedelta(hours=1)
Maker = Callable[[PersonAtWork, datetime, Ready], str]


def _pack_without_label(by: PersonAtWork, now: datetime, ready: Ready) -> str:
    return make_packs(by, now, ready.lot, ready.store, labelled=False)[0].code


def _pack_of_load_awaiting(by: PersonAtWork, now: datetime, ready: Ready) -> str:
    load = make_load(by, now - 2 * HOUR, now - HOUR)
    return make_packs(by, now, ready.lot, ready.store, load=load)[0].code


def _pack_of_rejected_load(by: PersonAtWork, now: datetime, ready: Ready) -> str:
    load = make_load(by, now - 2 * HOUR, now - HOUR)
    pack = make_packs(by, now, ready.lot, ready.store, load=load)[0]
    decide(load, LoadState.REJECTED, by, now)
    return pack.code


def _pack_of_recalled_load(by: PersonAtWork, now: datetime, ready: Ready) -> str:
    load = make_load(by, now - 2 * HOUR, now - HOUR)
    pack = make_packs(by, now, ready.lot, ready.store, load=load)[0]
    decide(load, LoadState.RELEASED, by, now)
    decide(load, LoadState.RECALLED, by, now)
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


def test_inv_04_an_accepted_scan_leaves_an_entry_too(nurse: PersonAtWork, ready: Ready, now: datetime) -> None:
    treatment = set_up(nurse, now, ready)
    assert len(queries.scans_of(treatment)) == 3
    actions = [entry.action for entry in entries_of(nurse.clinic_id, treatment.id)]
    assert actions.count("session.scanned") == 3


def test_inv_04_a_scan_is_never_changed_or_deleted(nurse: PersonAtWork, ready: Ready, now: datetime) -> None:
    set_up(nurse, now, ready)
    for statement in (Scan.__table__.delete(), Scan.__table__.update().values(code="ACCEPTED")):
        with pytest.raises(IntegrityError), db.session.begin_nested():
            db.session.execute(statement)


def test_a_pack_of_another_clinic_is_unknown(
    nurse: PersonAtWork, strange_nurse: PersonAtWork, ready: Ready, now: datetime
) -> None:
    theirs = make_ready(strange_nurse, now)
    treatment = open_session(nurse, now, ready)
    for code in (theirs.packs[0].code, theirs.gun.code, theirs.antiseptic.code):
        assert scan_in(treatment, code, nurse, now).code == "UNKNOWN_CODE"
    assert theirs.packs[0].state is PackState.AVAILABLE


def test_a_used_pack_leaves_a_critical_flag_on_the_session_that_scanned_it(
    nurse: PersonAtWork, ready: Ready, now: datetime
) -> None:
    first, second = open_session(nurse, now, ready), open_session(nurse, now, ready)
    scan_in(first, ready.packs[0].code, nurse, now)
    refused = scan_in(second, ready.packs[0].code, nurse, now)
    assert nurse.name in refused.sentence
    assert queries.live_flags(first) == []
    (flag,) = queries.live_flags(second)
    assert (flag.code, flag.rule, flag.severity) == ("ALREADY_USED", "N1", FlagSeverity.CRITICAL)
    assert queries.packs_of(second) == []


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_right_things_come_in_in_any_order(
    nurse: PersonAtWork, ready: Ready, now: datetime, order: tuple[int, ...]
) -> None:
    treatment = open_session(nurse, now, ready)
    right = (ready.gun.code, ready.antiseptic.code, ready.packs[0].code)
    scans = [scan_in(treatment, right[place], nurse, now) for place in order]
    assert {(scan.code, scan.tone) for scan in scans} == {("ACCEPTED", "green")}
    assert (treatment.gun, ready.gun.state) == (ready.gun, GunState.IN_USE)
    assert queries.packs_of(treatment) == [ready.packs[0]]
    sessions.start(treatment, nurse, now)
    fitted = queries.fitted_needle(treatment)
    assert treatment.state is TreatmentState.RUNNING
    assert fitted is not None
    assert (fitted.sequence, fitted.pack, fitted.lot) == (1, ready.packs[0], ready.lot)


def test_scanning_what_is_already_in_says_so_and_takes_nothing_twice(
    nurse: PersonAtWork, ready: Ready, now: datetime
) -> None:
    treatment = set_up(nurse, now, ready)
    for code in (ready.gun.code, ready.packs[0].code):
        assert scan_in(treatment, code, nurse, now).code == "ALREADY_HERE"
    assert len(queries.packs_of(treatment)) == 1


def test_a_pack_that_soon_expires_is_amber_and_comes_in(nurse: PersonAtWork, ready: Ready, now: datetime) -> None:
    soon = day_in(nurse.time_zone, now + timedelta(days=30))
    pack = make_packs(nurse, now, ready.lot, ready.store, use_by=soon)[0]
    treatment = open_session(nurse, now, ready)
    scan = scan_in(treatment, pack.code, nurse, now)
    assert (scan.code, scan.tone, scan.subject_id) == ("EXPIRES_SOON", "amber", pack.id)
    assert queries.packs_of(treatment) == [pack]


def test_another_lot_that_expires_first_should_go_first(nurse: PersonAtWork, ready: Ready, now: datetime) -> None:
    earlier = day_in(nurse.time_zone, now + timedelta(days=90))
    make_lot(nurse, now, product=ready.lot.product, number="FIRST", expires_on=earlier, location=ready.store)
    treatment = open_session(nurse, now, ready)
    scan = scan_in(treatment, ready.packs[0].code, nurse, now)
    assert (scan.code, scan.tone) == ("FIRST_EXPIRED_FIRST_OUT", "amber")
    assert "FIRST" in scan.sentence
    assert queries.packs_of(treatment) == [ready.packs[0]]


def test_a_lot_that_swallowed_what_follows_asks_for_a_rescan(nurse: PersonAtWork, ready: Ready, now: datetime) -> None:
    make_trade_item(nurse, now, product=make_product(nurse, now, kind=ProductKind.INJECTABLE), code=GTIN)
    scan = scan_in(open_session(nurse, now, ready), f"01{GTIN}10A117271231", nurse, now)
    assert (scan.code, scan.tone) == ("LOT_UNREAD", "amber")


def test_what_was_scanned_is_kept_with_its_control_characters_shown(
    nurse: PersonAtWork, ready: Ready, now: datetime
) -> None:
    scan = scan_in(open_session(nurse, now, ready), "\x1d" + "x" * 300, nurse, now)
    assert scan.scanned == "\u241d" + "x" * 199


def test_a_session_that_is_not_set_up_says_what_is_missing(nurse: PersonAtWork, ready: Ready, now: datetime) -> None:
    treatment = open_session(nurse, now, ready, area_cm2=None)
    with pytest.raises(SetupIncomplete) as refused:
        sessions.start(treatment, nurse, now)
    assert refused.value.missing == ["a gun", "the antiseptic", "a sterile pack"]
    scan_in(treatment, ready.antiseptic.code, nurse, now)
    with pytest.raises(SetupIncomplete) as refused:
        sessions.start(treatment, nurse, now)
    assert refused.value.missing == ["a gun", "a sterile pack"]
    assert treatment.state is TreatmentState.SETUP


def test_a_session_starts_once_and_is_not_abandoned_after(nurse: PersonAtWork, ready: Ready, now: datetime) -> None:
    treatment = set_up(nurse, now, ready)
    sessions.start(treatment, nurse, now)
    with pytest.raises(NotSettingUp):
        sessions.start(treatment, nurse, now)
    with pytest.raises(NotSettingUp):
        sessions.abandon(treatment, "Too late", nurse, now)


def test_an_abandoned_session_uses_up_its_pack_and_takes_no_scan(
    nurse: PersonAtWork, ready: Ready, now: datetime
) -> None:
    treatment = set_up(nurse, now, ready)
    sessions.abandon(treatment, "The patient left", nurse, now)
    assert (ready.packs[0].state, ready.gun.state) == (PackState.USED, GunState.NEEDS_DISINFECTION)
    with pytest.raises(SessionOver):
        scan_in(treatment, ready.packs[1].code, nurse, now)


def test_inv_19_a_gun_is_in_one_open_session(nurse: PersonAtWork, ready: Ready, now: datetime) -> None:
    first, second = open_session(nurse, now, ready), open_session(nurse, now, ready)
    assert scan_in(first, ready.gun.code, nurse, now).tone == "green"
    assert scan_in(second, ready.gun.code, nurse, now).code == "GUN_IN_USE"
    assert second.gun is None
    row = dict(db.session.execute(select(TreatmentSession.__table__).filter_by(id=first.id)).mappings().one())
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(insert(TreatmentSession.__table__).values({**row, "id": uuid7(), "number": 99}))


def test_a_gun_exchanged_during_setup_is_put_back(nurse: PersonAtWork, ready: Ready, now: datetime) -> None:
    treatment = set_up(nurse, now, ready)
    other = make_gun(nurse, now)
    guns.disinfect_gun(other, ready.disinfectant, 300, RinseWater.STERILE, nurse, now)
    assert scan_in(treatment, other.code, nurse, now).tone == "green"
    assert (treatment.gun, other.state, ready.gun.state) == (other, GunState.IN_USE, GunState.AVAILABLE)


def _everything_but_the_scan() -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, but for scans, the record and the flag an incident leaves."""
    db.session.flush()
    left_out = {"scan", "audit_entry", "audit_head", "flag"}
    return {
        table.name: sorted((tuple(row) for row in db.session.execute(select(table))), key=repr)
        for table in Model.metadata.sorted_tables
        if table.name not in left_out
    }
