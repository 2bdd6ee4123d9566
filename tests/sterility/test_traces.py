"""Tracing forward and back: what went into a thing, where it went, whom it reached."""

from datetime import datetime, timedelta

import pytest

from inventory.db import db
from inventory.disinfection.models import RinseWater
from inventory.errors import NotHere
from inventory.guns import operations as guns
from inventory.packs import operations as packs
from inventory.packs import remaking
from inventory.people.actors import PersonAtWork
from inventory.recalls import operations as recalls
from inventory.recalls.queries import reached_by
from inventory.sessions import operations as sessions
from inventory.sessions.admission import Swap, scan_in
from inventory.sessions.models import RemovalReason, TreatmentSession
from inventory.sessions.undoing import undo_swap
from inventory.sterilising.models import LoadState, RecallScope
from inventory.sterility import load_recalls
from inventory.sterility.exposed import exposed, exposed_rows
from inventory.sterility.exposure import Period, count_patients, count_reached, newest_reached
from inventory.sterility.subjects import Kind, NothingToTrace, find, thing_of
from inventory.sterility.tracing import Trace, trace
from inventory.stock.models import Lot
from inventory.stock.shelf_models import RecallReach
from tests.factories.disinfection import make_container
from tests.factories.packs import decide, make_load, make_packs
from tests.factories.sessions import Ready, make_ready, set_up, start_session
from tests.factories.stock import make_lot
from tests.sterility.treating import MINUTE, treat

HOUR = timedelta(hours=1)


@pytest.fixture
def ready(nurse: PersonAtWork, now: datetime) -> Ready:
    return make_ready(nurse, now, packs=6)


@pytest.fixture
def treated(nurse: PersonAtWork, ready: Ready, now: datetime) -> list[TreatmentSession]:
    """Three sessions of one lot on one gun, an hour apart."""
    return [treat(nurse, ready, now + number * HOUR) for number in (1, 2, 3)]


def _things(ready: Ready, nurse: PersonAtWork) -> dict[Kind, object]:
    return {
        Kind.LOT: ready.lot.id,
        Kind.GUN: ready.gun.id,
        Kind.CONTAINER: ready.antiseptic.id,
        Kind.ROOM: ready.room.id,
        Kind.PERSON: nurse.membership_id,
    }


def _traced(by: PersonAtWork, kind: Kind, thing_id, period: Period = Period()) -> Trace:  # noqa: B008
    return trace(by.clinic_id, thing_of(by.clinic_id, kind, thing_id), period)


def _titles(found: Trace) -> dict[str, int]:
    return {stage.title: stage.total for stage in (*found.before, *found.after)}


@pytest.mark.parametrize("kind", [Kind.LOT, Kind.GUN, Kind.CONTAINER, Kind.ROOM, Kind.PERSON])
def test_a_thing_used_in_three_sessions_leads_to_the_three(
    kind: Kind, treated: list[TreatmentSession], ready: Ready, nurse: PersonAtWork
) -> None:
    found = _traced(nurse, kind, _things(ready, nurse)[kind])
    assert [thing.id for thing in found.sessions.things] == [one.id for one in reversed(treated)]
    assert count_reached(nurse.clinic_id, kind, [found.subject.id]) == found.sessions.total == 3
    assert all(thing.label and thing.kind for stage in found.stages for thing in stage.things)


def test_a_lot_went_into_packs_and_the_guns_of_their_sessions(
    treated: list[TreatmentSession], ready: Ready, nurse: PersonAtWork
) -> None:
    found = _traced(nurse, Kind.LOT, ready.lot.id)
    assert _titles(found) == {"Packs made up from it": 6, "Guns": 1, "Sessions": 3}
    links = found.links(5)
    assert (ready.gun.id, treated[-1].id) in links
    assert all(first != last for first, last in links)
    linked = {each for pair in links for each in pair}
    assert linked == {thing.id for stage in found.stages for thing in stage.things[:5]}


def test_a_gun_leads_back_to_lots_packs_and_what_it_was_disinfected_with(
    treated: list[TreatmentSession], ready: Ready, nurse: PersonAtWork
) -> None:
    titles = _titles(_traced(nurse, Kind.GUN, ready.gun.id))
    assert titles == {
        "Lots of the needles": 1, "Packs opened": 3, "Containers it was disinfected with": 1, "Sessions": 3,
    }  # fmt: skip


def test_a_pack_leads_back_to_its_lot_and_its_load_and_a_load_on_to_its_packs(
    lead_nurse: PersonAtWork, second_lead_nurse: PersonAtWork, ready: Ready, now: datetime
) -> None:
    load = make_load(lead_nurse, now - 3 * HOUR, now - 2 * HOUR)
    made = make_packs(lead_nurse, now - HOUR, ready.lot, ready.store, 2, load=load)
    decide(load, LoadState.RELEASED, second_lead_nurse, now)
    ready.packs[:0] = made
    treatment = treat(lead_nurse, ready, now + HOUR)
    pack = _traced(lead_nurse, Kind.PACK, made[0].id)
    assert _titles(pack) == {"Lots in it": 1, "Load it was in": 1, "Guns": 1, "Sessions": 1}
    assert pack.before[1].things[0].id == load.id and pack.sessions.things[0].id == treatment.id
    whole = _traced(lead_nurse, Kind.LOAD, load.id)
    assert _titles(whole) == {"Lots in it": 1, "Packs in it": 2, "Sessions": 1}
    assert {(load.id, made[0].id), (made[0].id, treatment.id)} <= whole.links(5)
    assert [one.id for one in load_recalls.reached_by(load, RecallScope.THIS_LOAD).treatments] == [treatment.id]


def test_a_pack_made_of_anothers_contents_is_traced_through_both(
    lead_nurse: PersonAtWork, ready: Ready, now: datetime
) -> None:
    (whole,) = make_packs(lead_nurse, now, ready.lot, ready.store, 1, each=2)
    half, other = remaking.split(whole, 2, lead_nurse, now)
    packs.mark_labelled([half, other], "test sheet", 1, lead_nurse, now)
    ready.packs[:0] = [half]
    treatment = treat(lead_nurse, ready, now + HOUR)
    found = _traced(lead_nurse, Kind.PACK, whole.id)
    assert _titles(found)["Packs made of it"] == 2
    assert [thing.id for thing in found.sessions.things] == [treatment.id]
    assert _titles(_traced(lead_nurse, Kind.PACK, half.id))["Pack it was made of"] == 1


def test_a_disinfectant_reaches_the_sessions_on_the_guns_it_disinfected(
    nurse: PersonAtWork, ready: Ready, now: datetime
) -> None:
    """Until the gun is disinfected with another one; the other's sessions are not its own."""
    treat(nurse, ready, now + HOUR)
    other = make_container(nurse, now + HOUR)
    guns.disinfect_gun(ready.gun, other, 300, RinseWater.STERILE, nurse, now + HOUR + 10 * MINUTE)
    second = treat(nurse, ready, now + 2 * HOUR)
    third = treat(nurse, ready, now + 3 * HOUR)
    assert [each for each, _ in newest_reached(nurse.clinic_id, Kind.CONTAINER, [other.id])] == [second.id]
    opa = newest_reached(nurse.clinic_id, Kind.CONTAINER, [ready.disinfectant.id])
    assert third.id in [each for each, _ in opa] and second.id not in [each for each, _ in opa]


def test_a_gun_that_was_only_set_up_touched_nobody(nurse: PersonAtWork, ready: Ready, now: datetime) -> None:
    treatment = set_up(nurse, now, ready)
    sessions.abandon(treatment, "The patient left", nurse, now + MINUTE)
    assert _traced(nurse, Kind.GUN, ready.gun.id).sessions.total == 0
    assert _traced(nurse, Kind.LOT, ready.lot.id).sessions.total == 1


@pytest.mark.parametrize("kind", [Kind.LOT, Kind.GUN, Kind.CONTAINER, Kind.ROOM, Kind.PERSON])
def test_an_exposure_lies_between_two_days_or_is_not_there(
    kind: Kind, treated: list[TreatmentSession], ready: Ready, nurse: PersonAtWork, now: datetime
) -> None:
    ids = [_things(ready, nurse)[kind]]
    middle = Period(now + 1.5 * HOUR, now + 2.5 * HOUR)
    assert [row.number for row in exposed(nurse.clinic_id, kind, ids, middle)] == [treated[1].number]
    assert count_reached(nurse.clinic_id, kind, ids, Period(now + 4 * HOUR)) == 0
    assert count_patients(nurse.clinic_id, kind, ids, middle) == 1


def test_the_file_holds_every_session_with_its_reference_oldest_first(
    treated: list[TreatmentSession], ready: Ready, nurse: PersonAtWork
) -> None:
    rows = list(exposed_rows(nurse.clinic_id, Kind.LOT, [ready.lot.id], Period()))
    assert [(row[0], row[1]) for row in rows] == [("C-1001", one.number) for one in treated]


def test_a_recall_reaches_what_a_trace_of_its_lot_reaches(
    treated: list[TreatmentSession], ready: Ready, manager: PersonAtWork, nurse: PersonAtWork, now: datetime
) -> None:
    for lot_id in (ready.lot.id, ready.disinfectant.lot_id):
        lot = db.session.get_one(Lot, lot_id)
        entered = recalls.enter(
            lot.product, f"FSN {lot.number}", now.date(), "Seals", RecallReach.ALL, manager, now + 5 * HOUR
        )
        traced = newest_reached(nurse.clinic_id, Kind.LOT, [lot.id])
        assert {one.id for one in reached_by(entered.notice).treatments} == {each for each, _ in traced} != set()


def test_another_clinics_things_are_not_there_to_be_traced(
    treated: list[TreatmentSession], ready: Ready, stranger: PersonAtWork, nurse: PersonAtWork
) -> None:
    for kind, thing_id in _things(ready, nurse).items():
        with pytest.raises(NotHere):
            thing_of(stranger.clinic_id, kind, thing_id)
        assert count_reached(stranger.clinic_id, kind, [thing_id]) == 0
    with pytest.raises(NothingToTrace):
        find(ready.lot.number, stranger.clinic_id, datetime(2026, 11, 23).date())  # noqa: DTZ001


def test_anything_is_found_by_its_label_its_number_or_its_name(
    treated: list[TreatmentSession], ready: Ready, nurse: PersonAtWork, now: datetime
) -> None:
    for text, kind in (
        (ready.gun.code, Kind.GUN),
        (ready.packs[0].code, Kind.PACK),
        (ready.antiseptic.code, Kind.CONTAINER),
        (ready.gun.serial_number.lower(), Kind.GUN),
        (ready.lot.number, Kind.LOT),
        (ready.room.name.upper(), Kind.ROOM),
        ("nora nurse", Kind.PERSON),
    ):
        assert kind in {thing.kind for thing in find(text, nurse.clinic_id, now.date())}, text
    with pytest.raises(NothingToTrace):
        find("no such thing", nurse.clinic_id, now.date())


def test_a_swap_taken_back_is_no_exposure_to_its_lot_but_to_its_pack(
    nurse: PersonAtWork, ready: Ready, now: datetime
) -> None:
    """The needle was never on the gun; its pack was open beside the patient."""
    lot = make_lot(nurse, now, location=ready.store, quantity=5)
    (pack,) = make_packs(nurse, now, lot, ready.store, 1)
    treatment = start_session(nurse, now, ready)
    assert scan_in(treatment, pack.code, nurse, now + 6 * MINUTE, swap=Swap(RemovalReason.COMFORT, 9)).tone == "green"
    undo_swap(treatment, nurse, now + 6 * MINUTE + timedelta(seconds=2))
    fitted = [each for each, _ in newest_reached(nurse.clinic_id, Kind.LOT, [lot.id])]
    assert fitted == [treatment.id] == [each for each, _ in newest_reached(nurse.clinic_id, Kind.PACK, [pack.id])]


def test_of_many_sessions_the_newest_are_listed_and_all_are_counted(
    treated: list[TreatmentSession], ready: Ready, nurse: PersonAtWork
) -> None:
    two = newest_reached(nurse.clinic_id, Kind.ROOM, [ready.room.id], limit=2)
    assert [each for each, _ in two] == [treated[2].id, treated[1].id]
    assert count_reached(nurse.clinic_id, Kind.ROOM, [ready.room.id]) == 3


def test_another_lot_on_another_gun_is_no_part_of_it(
    treated: list[TreatmentSession], nurse: PersonAtWork, ready: Ready, now: datetime
) -> None:
    other = make_ready(nurse, now + MINUTE, policy=False)
    treat(nurse, other, now + 5 * HOUR)
    found = _traced(nurse, Kind.LOT, ready.lot.id)
    assert found.sessions.total == 3 and _titles(found)["Guns"] == 1
    assert other.gun.id not in {thing.id for stage in found.stages for thing in stage.things}


def test_a_lot_never_opened_leads_to_its_packs_only(nurse: PersonAtWork, now: datetime) -> None:
    lot = make_lot(nurse, now)
    (pack,) = make_packs(nurse, now, lot)
    found = _traced(nurse, Kind.LOT, lot.id)
    assert _titles(found) == {"Packs made up from it": 1, "Sessions": 0}
    assert found.links(5) == {(lot.id, pack.id)}


def test_of_a_lots_packs_those_that_were_opened_are_named_first(
    treated: list[TreatmentSession], nurse: PersonAtWork, ready: Ready, now: datetime
) -> None:
    later = make_packs(nurse, now + 5 * HOUR, ready.lot, ready.store, 2)
    packs_of_it = _traced(nurse, Kind.LOT, ready.lot.id).after[0].things
    unopened = {pack.id for pack in (*ready.packs, *later)}
    assert [pack.id in unopened for pack in packs_of_it] == [False] * 3 + [True] * 5
