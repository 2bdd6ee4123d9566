"""Setting up: the right things come in in any order."""

from datetime import datetime, timedelta
from itertools import permutations

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from uuid6 import uuid7

from inventory.audit.queries import entries_of
from inventory.clock import day_in
from inventory.db import db
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
from inventory.stock.models import ProductKind
from tests.factories.guns import make_gun
from tests.factories.packs import make_packs
from tests.factories.sessions import Ready, make_ready, open_session, set_up
from tests.factories.stock import make_lot, make_product, make_trade_item

GTIN = "09521101530001"


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
