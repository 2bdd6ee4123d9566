"""A session from its opening to its last flag, through the operations and the pages."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from inventory.audit.queries import entries_of
from inventory.compliance.facts import Thresholds
from inventory.compliance.operations import publish_policy
from inventory.db import db
from inventory.disinfection.models import Container, RinseWater
from inventory.errors import NotHere
from inventory.guns import operations as guns
from inventory.guns.models import Gun, GunState
from inventory.oversight.lifecycle import Step
from inventory.oversight.review import FlagNotReviewable, take_step
from inventory.packs import operations as packs
from inventory.packs.models import Pack, PackState, PackUse
from inventory.people.actors import PersonAtWork
from inventory.people.models import Membership
from inventory.people.queries import memberships_in
from inventory.sessions import judging, operations, queries
from inventory.sessions.admission import Swap, scan_in
from inventory.sessions.errors import BadReference, SetupIncomplete
from inventory.sessions.models import (
    Flag,
    RemovalReason,
    Scan,
    Side,
    Technique,
    TreatmentSession,
    TreatmentState,
)
from inventory.stock import operations as stock
from inventory.stock.models import Location, Lot, ProductKind
from tests.factories.disinfection import make_container, make_room
from tests.factories.guns import make_gun, make_ready_gun
from tests.factories.stock import make_location, make_product


@dataclass
class Floor:
    """One treatment floor, ready to work."""

    lead: PersonAtWork
    nurse: PersonAtWork
    now: datetime
    room: Location
    store: Location
    lot: Lot
    gun: Gun
    antiseptic: Container
    packs: list[Pack]

    def open(self, *areas: tuple[str, Side, int]) -> TreatmentSession:
        practitioner = db.session.get_one(Membership, self.nurse.membership_id)
        treatment = operations.open_session(
            "P-24001", practitioner, self.room, Technique.PAPULE, 4, self.nurse, self.now
        )
        for region, side, area in areas:
            operations.add_area(treatment, region, side, self.nurse, self.now, area_cm2=area)
        return treatment

    def scan(self, treatment: TreatmentSession, code: str, at: datetime | None = None, **how: object) -> Scan:
        return scan_in(treatment, code, self.nurse, at or self.now, **how)

    def started(self, *areas: tuple[str, Side, int]) -> TreatmentSession:
        treatment = self.open(*areas)
        for code in (self.packs[0].code, self.gun.code, self.antiseptic.code):
            assert self.scan(treatment, code).code == "ACCEPTED"
        operations.start(treatment, self.nurse, self.now + timedelta(seconds=60))
        return treatment


@pytest.fixture
def floor(lead_nurse: PersonAtWork, nurse: PersonAtWork, now: datetime) -> Floor:
    earlier = now - timedelta(hours=2)
    publish_policy(Thresholds(), "The default policy", lead_nurse, earlier)
    store = make_location(lead_nurse, earlier)
    product = make_product(lead_nurse, earlier, kind=ProductKind.NEEDLE)
    lot = stock.receive(product, "N1", date(2028, 1, 31), 50, store, lead_nurse, earlier)
    return Floor(
        lead_nurse,
        nurse,
        now,
        make_room(lead_nurse, earlier),
        store,
        lot,
        make_ready_gun(lead_nurse, earlier),
        make_container(lead_nurse, earlier, kind=ProductKind.ANTISEPTIC, contact_seconds=30),
        _available([(lot, 1)], 6, store, lead_nurse, earlier),
    )


def _available(lots: list[tuple[Lot, int]], count: int, store: Location, by: PersonAtWork, now: datetime) -> list[Pack]:
    made = packs.make_up(lots, count, store, None, False, by, now, out_of_order="Asked for")
    packs.mark_labelled(made, "avery-l7160", 1, by, now)
    return made


def _codes_of(treatment: TreatmentSession) -> set[str]:
    return {flag.code for flag in queries.live_flags(treatment)}


def test_setup_takes_gun_antiseptic_and_pack_in_any_order_and_says_what_is_missing(floor: Floor) -> None:
    treatment = floor.open(("face", Side.MIDLINE, 200))
    with pytest.raises(SetupIncomplete) as refused:
        operations.start(treatment, floor.nurse, floor.now)
    assert refused.value.missing == ["a gun", "the antiseptic", "a sterile pack"]
    for code in (floor.packs[0].code, floor.antiseptic.code, floor.gun.code):
        assert floor.scan(treatment, code).code == "ACCEPTED"
    operations.start(treatment, floor.nurse, floor.now + timedelta(seconds=40))
    assert treatment.state is TreatmentState.RUNNING
    assert queries.fitted_needle(treatment) is not None
    assert floor.gun.state is GunState.IN_USE


def test_a_name_or_a_birth_date_is_no_patient_reference(floor: Floor) -> None:
    practitioner = memberships_in(floor.nurse.clinic_id)[0]
    for reference in ("Jan Peeters", "jan.peeters1", "1980-02-03", "a@b.c1", "0475/12.34.56"):
        with pytest.raises(BadReference):
            operations.open_session(reference, practitioner, floor.room, Technique.PAPULE, 4, floor.nurse, floor.now)


def test_a_pack_of_another_session_is_refused_and_kept_as_an_incident(floor: Floor) -> None:
    first, second = floor.open(), floor.open()
    floor.scan(first, floor.packs[0].code)
    refused = floor.scan(second, floor.packs[0].code)
    assert (refused.code, refused.tone.value) == ("ALREADY_USED", "red")
    assert floor.nurse.name in refused.sentence
    assert _codes_of(second) == {"ALREADY_USED"}
    assert _codes_of(first) == set()


def test_inv_01_a_second_live_use_is_refused_by_the_database(floor: Floor) -> None:
    first, second = floor.open(), floor.open()
    floor.scan(first, floor.packs[0].code)
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.add(
            PackUse(
                clinic_id=floor.nurse.clinic_id,
                pack=floor.packs[0],
                treatment_id=second.id,
                used_at=floor.now,
                used_by_id=floor.nurse.id,
                used_by_name=floor.nurse.name,
            )
        )
        db.session.flush()


def test_the_wrong_things_are_refused_for_the_right_reason(floor: Floor) -> None:
    treatment = floor.open()
    product = floor.lot.product
    unlabelled = packs.make_up([(floor.lot, 1)], 1, floor.store, None, False, floor.lead, floor.now)[0]
    recalled = stock.receive(product, "R1", date(2028, 1, 31), 5, floor.store, floor.lead, floor.now)
    held = stock.receive(product, "Q1", date(2028, 1, 31), 5, floor.store, floor.lead, floor.now)
    short = stock.receive(product, "S1", floor.now.date(), 5, floor.store, floor.lead, floor.now)
    of_recalled = _available([(recalled, 1)], 1, floor.store, floor.lead, floor.now)[0]
    of_held = _available([(held, 1)], 1, floor.store, floor.lead, floor.now)[0]
    of_short = _available([(short, 1)], 1, floor.store, floor.lead, floor.now)[0]
    stock.recall(recalled, "Field safety notice", floor.lead, floor.now)
    stock.quarantine(held, "Box open", floor.lead, floor.now)
    dirty = make_gun(floor.lead, floor.now)
    away = make_gun(floor.lead, floor.now)
    guns.take_out_of_service(away, "Dropped", floor.lead, floor.now)
    tap = make_gun(floor.lead, floor.now)
    guns.disinfect_gun(tap, make_container(floor.lead, floor.now), 300, RinseWater.TAP, floor.lead, floor.now)
    tomorrow = floor.now + timedelta(days=1)
    cases = [
        ("hello", floor.now, "UNREADABLE"),
        ("]E0" + "4006381333931", floor.now, "UNKNOWN_CODE"),
        (unlabelled.code, floor.now, "PACK_NOT_RELEASED"),
        (of_recalled.code, floor.now, "RECALLED"),
        (of_held.code, floor.now, "QUARANTINED"),
        (of_short.code, tomorrow, "EXPIRED"),
        (dirty.code, floor.now, "GUN_NOT_DISINFECTED"),
        (away.code, floor.now, "GUN_OUT_OF_SERVICE"),
        (tap.code, floor.now, "TAP_WATER_RINSE"),
        (floor.antiseptic.code, floor.now + timedelta(days=15), "OPEN_LIFE_EXCEEDED"),
    ]
    for code, at, expected in cases:
        scan = floor.scan(treatment, code, at)
        assert (scan.code, scan.tone.value) == (expected, "red"), (code, scan.sentence)
    assert not queries.packs_of(treatment) and treatment.gun is None


def test_inv_04_a_refused_scan_is_recorded_and_changes_nothing_else(floor: Floor) -> None:
    treatment = floor.open()
    packs.discard(floor.packs[0], "Dropped", floor.lead, floor.now)
    before = len(entries_of(treatment.clinic_id, treatment.id))
    scan = floor.scan(treatment, floor.packs[0].code)
    assert scan.tone.value == "red"
    assert len(entries_of(treatment.clinic_id, treatment.id)) == before + 1
    assert floor.packs[0].state is PackState.DISCARDED


def test_inv_19_a_gun_is_in_one_open_session(floor: Floor) -> None:
    first, second = floor.open(), floor.open()
    floor.scan(first, floor.gun.code)
    assert floor.scan(second, floor.gun.code).code == "GUN_IN_USE"
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(
            text("UPDATE treatment_session SET gun_id = :gun WHERE id = :id"),
            {"gun": _raw(floor.gun.id), "id": _raw(second.id)},
        )


def _raw(value: object) -> object:
    return value.hex if db.engine.dialect.name == "sqlite" else value  # type: ignore[attr-defined]


def test_a_swap_ends_one_needle_and_starts_the_next_in_one_step(floor: Floor) -> None:
    treatment = floor.started(("face", Side.MIDLINE, 200))
    at = floor.now + timedelta(minutes=5)
    scan = floor.scan(treatment, floor.packs[1].code, at, swap=Swap(RemovalReason.BENT, shots=40))
    assert scan.code == "ACCEPTED"
    first, second = queries.needle_uses_of(treatment)
    assert (first.removed_at, first.removal_reason, first.shots) == (at, RemovalReason.BENT, 40)
    assert (second.removed_at, second.sequence) == (None, 2)


def test_the_same_pack_scanned_again_is_no_second_needle(floor: Floor) -> None:
    treatment = floor.started(("face", Side.MIDLINE, 200))
    scan = floor.scan(treatment, floor.packs[0].code, floor.now + timedelta(minutes=5))
    assert scan.code == "ALREADY_COUNTED"
    assert len(queries.needle_uses_of(treatment)) == 1


def test_two_regions_with_one_needle_are_flagged_at_close_and_recompute_the_same(floor: Floor) -> None:
    """INV-14: the flags follow from the facts and the policy the session began under."""
    treatment = floor.started(("thigh_front", Side.LEFT, 425), ("thigh_front", Side.RIGHT, 425))
    publish_policy(
        Thresholds(large_area_cm2=5000, large_regions=9, large_planned_punctures=9000),
        "Looser",
        floor.lead,
        floor.now + timedelta(minutes=1),
    )
    end = floor.now + timedelta(minutes=25)
    operations.close(treatment, floor.nurse, end, shots=380)
    assert {"NEEDLE_CHANGE_TOO_FEW", "NEEDLE_OVERDUE"} <= _codes_of(treatment)
    again = {finding.code.value for finding in judging.findings_of(treatment, end) if finding.code in judging.STORED}
    assert again == _codes_of(treatment)
    flag = queries.live_flags(treatment)[0]
    assert flag.policy_number == 1 and "clinic policy" in flag.sentence


def test_inv_16_a_flag_is_kept_and_reviewed_by_somebody_else(floor: Floor, manager: PersonAtWork) -> None:
    treatment = floor.started(("abdomen", Side.MIDLINE, 850))
    operations.close(treatment, floor.nurse, floor.now + timedelta(minutes=30), shots=300)
    flag = queries.live_flags(treatment)[0]
    with pytest.raises(FlagNotReviewable):
        take_step(flag, treatment, Step.CLOSE, "Fine", floor.nurse, floor.now)
    take_step(flag, treatment, Step.CLOSE, "Talked to the team", manager, floor.now)
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(text("DELETE FROM flag"))


def test_inv_17_a_closed_session_has_gun_area_policy_and_pack_and_gives_the_gun_back(floor: Floor) -> None:
    treatment = floor.started(("face", Side.MIDLINE, 150))
    operations.close(treatment, floor.nurse, floor.now + timedelta(minutes=10), shots=60)
    assert treatment.gun is not None and treatment.policy.number == 1
    assert queries.areas_of(treatment) and queries.packs_of(treatment)
    assert floor.gun.state is GunState.NEEDS_DISINFECTION
    assert floor.packs[0].state is PackState.USED
    assert _codes_of(treatment) == set()


def test_the_antiseptic_must_act_before_the_first_puncture(floor: Floor) -> None:
    treatment = floor.open(("face", Side.MIDLINE, 100))
    for code in (floor.gun.code, floor.packs[0].code, floor.antiseptic.code):
        floor.scan(treatment, code)
    operations.start(treatment, floor.nurse, floor.now + timedelta(seconds=10))
    assert "CONTACT_TIME_SHORT" in _codes_of(treatment)


def test_a_session_of_another_clinic_is_not_here(floor: Floor, stranger: PersonAtWork) -> None:
    treatment = floor.open()
    with pytest.raises(NotHere):
        queries.treatment_of(stranger.clinic_id, treatment.id)


def test_the_day_works_through_the_pages(floor: Floor, client_for, second_lead_nurse: PersonAtWork) -> None:
    nurse = client_for(floor.nurse)
    page = nurse.open("/sessions/new").submit("Open session", patient_reference="P-77", region="face", area_cm2=300)
    for code in (floor.gun.code, floor.antiseptic.code, floor.packs[0].code):
        page = page.submit("Scan", text=code)
        assert page.one("section", data_verdict="go")
    page = page.submit("Start: first puncture").submit("Scan", text=floor.packs[1].code, shots=45)
    assert page.one("section", data_verdict="go")
    page = page.submit("Close session", shots=30)
    treatment = db.session.scalars(select(TreatmentSession)).one()
    assert treatment.state is TreatmentState.CLOSED
    assert [use.shots for use in queries.needle_uses_of(treatment)] == [45, 30]
    assert client_for(second_lead_nurse).open("/log").rows()


def test_inv_21_the_same_scan_sent_twice_opens_one_pack_and_answers_the_same(floor: Floor, client_for) -> None:
    treatment = floor.open()
    url = f"/sessions/{treatment.id}"
    nurse = client_for(floor.nurse)
    page = nurse.open(url)
    event = str(uuid4())
    answers = [page.submit("Scan", text=floor.packs[0].code, event_id=event) for _ in range(2)]
    assert [answer.one("section", data_verdict=None).get("data-verdict") for answer in answers] == ["go", "go"]
    assert len(db.session.scalars(select(Scan)).all()) == 1
    other = page.submit("Scan", 422, text=floor.packs[1].code, event_id=event)
    assert other.errors()
    assert floor.packs[1].state is PackState.AVAILABLE


def test_only_who_works_in_sessions_scans(
    floor: Floor, client_for, auditor: PersonAtWork, stranger: PersonAtWork
) -> None:
    treatment = floor.open()
    url = f"/sessions/{treatment.id}"
    page = client_for(auditor).open(url)
    assert not page.has("input", name="text")
    auditing = client_for(auditor)
    sent = {"csrf_token": auditing.token(), "event_id": str(uuid4()), "text": floor.packs[0].code}
    auditing.post(f"{url}/scans", sent, status=403)
    client_for(stranger).open(url, status=404)
    assert not db.session.scalars(select(Flag)).all()
