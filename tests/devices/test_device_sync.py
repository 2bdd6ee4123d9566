"""What a device did without network arrives exactly once, in order, and is never lost."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import permutations
from random import Random
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from inventory.audit.models import AuditEntry
from inventory.audit.queries import verify
from inventory.clock import utc_now
from inventory.db import as_text, db
from inventory.devices import queries as devices
from inventory.devices.models import DeviceEvent
from inventory.devices.tokens import token_for
from inventory.packs.models import PackState, PackUse
from inventory.people import operations as people
from inventory.people.actors import PersonAtWork
from inventory.people.models import Membership
from inventory.sessions import operations as sessions
from inventory.sessions import queries
from inventory.sessions.admission import scan_in
from inventory.sessions.models import Flag, FlagSeverity, NeedleUse, TreatmentSession, TreatmentState
from inventory.stock import operations as stock
from tests.factories.guns import make_ready_gun
from tests.factories.packs import make_packs
from tests.factories.sessions import Ready, make_ready, open_session, start_session
from tests.pages import PageClient

ClientFor = Callable[[PersonAtWork | None], PageClient]
MINUTE = timedelta(minutes=1)


@pytest.fixture
def began() -> datetime:
    """Half an hour ago: devices go by the real clock."""
    return utc_now() - 30 * MINUTE


@pytest.fixture
def ready(nurse: PersonAtWork, began: datetime) -> Ready:
    return make_ready(nurse, began, packs=6)


@pytest.fixture
def treatment(nurse: PersonAtWork, began: datetime, ready: Ready) -> TreatmentSession:
    return start_session(nurse, began, ready)


class Tablet:
    """A device of one person; `act` notes an event, `send` brings what it has home."""

    def __init__(self, app: Flask, client: PageClient, person: PersonAtWork) -> None:
        self.client, self.id, self.events, self.seq = client, str(uuid4()), list[dict[str, object]](), 0
        with app.test_request_context():
            self.token = token_for(person)

    def act(self, treatment: TreatmentSession, kind: str, at: datetime, *, used: bool = True, **fields: str) -> None:
        self.seq += 1
        self.events.append(
            {
                "id": str(uuid4()),
                "seq": self.seq,
                "session": str(treatment.id),
                "kind": kind,
                "fields": fields,
                "device_at": as_text(at),
                "token": self.token,
                "used": used,
            }
        )

    def scan(self, treatment: TreatmentSession, code: str, at: datetime, *, used: bool = True) -> None:
        self.act(treatment, "scan", at, used=used, text=code, reason="comfort", shots="", override_reason="")

    def send(self, events: list[dict[str, object]] | None = None, *, ahead: timedelta = timedelta(0)) -> list[dict]:
        answer = self.raw(self.events if events is None else events, ahead=ahead)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return answer.json["replies"]

    def raw(self, events: object, *, ahead: timedelta = timedelta(0)):
        batch = {"device": self.id, "name": "Tablet", "device_now": as_text(utc_now() + ahead), "events": events}
        return self.client.raw("POST", "/devices/sync", json=batch, headers={"X-CSRFToken": self.client.token()})


@pytest.fixture
def tablet(app: Flask, client_for: ClientFor, nurse: PersonAtWork) -> Tablet:
    return Tablet(app, client_for(nurse), nurse)


def _outcomes(replies: list[dict]) -> list[str]:
    return [reply["outcome"] for reply in replies]


def test_a_swap_made_without_network_is_recorded_as_it_happened(
    tablet: Tablet, treatment: TreatmentSession, ready: Ready, began: datetime, nurse: PersonAtWork
) -> None:
    at = began + 10 * MINUTE
    tablet.scan(treatment, ready.packs[1].code, at)
    tablet.act(treatment, "count", at + MINUTE, shots="25")
    replies = tablet.send()
    assert _outcomes(replies) == ["applied", "applied"]
    assert replies[0]["verdict"]["tone"] == "green"
    _, second = queries.needle_uses_of(treatment)
    assert abs(second.fitted_at - at) < timedelta(seconds=5)
    assert second.shots == 25
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "needle.fitted")).all()[-1]
    assert entry.at > second.fitted_at and "happened_at" in entry.record and entry.actor_name == nurse.name
    assert verify(nurse.clinic_id).whole


def test_inv_23_any_order_and_repetition_of_a_batch_leaves_the_same_state(
    tablet: Tablet, treatment: TreatmentSession, ready: Ready, began: datetime
) -> None:
    for minute, pack in enumerate(ready.packs[1:4], start=3):
        tablet.scan(treatment, pack.code, began + minute * MINUTE)
    tablet.send([tablet.events[2], tablet.events[0], tablet.events[1], tablet.events[0]])
    expected = _state(treatment)
    assert [pack for _, pack, _ in expected[1:]] == [pack.id for pack in ready.packs[1:4]]
    for order in permutations(tablet.events):
        assert set(_outcomes(tablet.send([*order]))) == {"applied"}
        assert _state(treatment) == expected
    assert db.session.scalar(select(func.count()).select_from(DeviceEvent)) == 3


@pytest.mark.parametrize("seed", range(6))
def test_inv_23_any_permutation_and_duplication_in_any_batches_gives_the_same_state(
    tablet: Tablet, treatment: TreatmentSession, ready: Ready, began: datetime, seed: int
) -> None:
    """Each order on a clinic of its own, against one state said beforehand: not one order against itself."""
    at = began + 2 * MINUTE
    tablet.act(treatment, "count", at, shots="30")
    tablet.scan(treatment, ready.packs[1].code, at + MINUTE)
    tablet.act(treatment, "must_change", at + 2 * MINUTE, must_change="bent")
    tablet.scan(treatment, ready.packs[2].code, at + 3 * MINUTE)
    tablet.act(treatment, "syringe", at + 4 * MINUTE)
    tablet.scan(treatment, ready.packs[3].code, at + 5 * MINUTE)
    tablet.act(treatment, "undo", at + 5 * MINUTE + timedelta(seconds=4))
    tablet.act(treatment, "count", at + 6 * MINUTE, shots="44", area_cm2="60")
    tablet.act(treatment, "close", at + 9 * MINUTE, shots="50")
    _sent_in_disorder(tablet, Random(seed))
    assert [
        (
            use.sequence,
            ready.packs.index(use.pack),
            None if use.estimated else use.shots,
            use.must_change,
            use.undone_at is not None,
            use.area_cm2,
        )
        for use in db.session.scalars(select(NeedleUse).order_by(NeedleUse.sequence))
    ] == [
        (1, 0, 30, None, False, None),
        (2, 1, None, "bent", False, None),
        (3, 2, 50, None, False, 60),
        (4, 3, None, None, True, None),
    ]
    assert (treatment.state, treatment.syringes) == (TreatmentState.CLOSED, 2)
    kept = db.session.scalars(select(DeviceEvent).order_by(DeviceEvent.seq)).all()
    assert [(event.seq, event.outcome) for event in kept] == [(seq, "applied") for seq in range(1, 10)]
    assert [str(event.id) for event in kept] == [event["id"] for event in tablet.events]


def _sent_in_disorder(tablet: Tablet, luck: Random) -> None:
    """Events in any order, some twice, cut into batches anywhere, until each has been answered for good."""
    left = {str(event["id"]) for event in tablet.events}
    while left:
        events = [event for event in tablet.events if event["id"] in left or luck.random() < 0.3]
        events += [event for event in events if luck.random() < 0.3]
        luck.shuffle(events)
        while events:
            size = luck.randint(1, 4)
            batch, events = events[:size], events[size:]
            left -= {reply["id"] for reply in tablet.send(batch) if reply["outcome"] not in ("waiting", "unread")}


def _state(treatment: TreatmentSession) -> list[tuple[int, UUID, datetime]]:
    return [(use.sequence, use.pack_id, use.fitted_at) for use in queries.needle_uses_of(treatment)]


def test_inv_13_a_gap_is_said_until_it_is_filled(
    tablet: Tablet, treatment: TreatmentSession, ready: Ready, began: datetime
) -> None:
    tablet.scan(treatment, ready.packs[1].code, began + 3 * MINUTE)
    tablet.scan(treatment, ready.packs[2].code, began + 4 * MINUTE)
    (reply,) = tablet.send(tablet.events[1:])
    assert reply["outcome"] == "waiting" and "Event 1" in reply["sentence"]
    assert len(queries.needle_uses_of(treatment)) == 1
    assert _outcomes(tablet.send()) == ["applied", "applied"]


def test_inv_13_one_number_of_a_device_is_given_once(
    tablet: Tablet, treatment: TreatmentSession, ready: Ready, began: datetime
) -> None:
    tablet.scan(treatment, ready.packs[1].code, began + 3 * MINUTE)
    tablet.send()
    other = {**tablet.events[0], "id": str(uuid4())}
    assert _outcomes(tablet.send([other])) == ["unread"]
    assert len(queries.needle_uses_of(treatment)) == 2


def test_inv_13_the_database_takes_no_number_of_a_device_twice(
    tablet: Tablet, treatment: TreatmentSession, began: datetime
) -> None:
    tablet.act(treatment, "count", began + 3 * MINUTE, shots="10")
    tablet.send()
    row = dict(db.session.execute(select(DeviceEvent.__table__)).mappings().one())
    with pytest.raises(IntegrityError):
        db.session.execute(DeviceEvent.__table__.insert().values({**row, "id": uuid4()}))


def test_inv_21_the_same_event_again_gets_the_same_reply_for_ever(
    tablet: Tablet, treatment: TreatmentSession, ready: Ready, began: datetime, nurse: PersonAtWork
) -> None:
    tablet.scan(treatment, ready.packs[1].code, began + 3 * MINUTE)
    tablet.scan(treatment, ready.packs[1].code, began + 4 * MINUTE, used=False)
    first = tablet.send()
    sessions.close(treatment, nurse, began + 20 * MINUTE, shots=30)
    db.session.commit()
    again = tablet.send()
    assert [_without_receipt(reply) for reply in again] == [_without_receipt(reply) for reply in first]
    assert _outcomes(first) == ["applied", "refused"]


def _without_receipt(reply: dict) -> dict:
    """The receipt names the newest entry at the time of the answer."""
    return {name: value for name, value in reply.items() if name != "receipt"}


@pytest.mark.parametrize("changed", [{"device_at": "2026-01-01T10:00:00.000Z"}, {"used": False}, {"session": "other"}])
def test_inv_21_an_event_is_another_one_when_any_part_of_it_differs(
    tablet: Tablet, treatment: TreatmentSession, ready: Ready, began: datetime, nurse: PersonAtWork,
    changed: dict[str, object],
) -> None:  # fmt: skip
    tablet.act(treatment, "count", began + 3 * MINUTE, shots="10")
    tablet.send()
    if "session" in changed:
        changed = {"session": str(open_session(nurse, began, ready, reference="C-3").id)}
        db.session.commit()
    assert _outcomes(tablet.send([{**tablet.events[0], **changed}])) == ["unread"]
    assert db.session.scalars(select(AuditEntry).where(AuditEntry.action == "event.reused")).one()


def test_inv_21_the_same_event_with_other_content_is_refused_and_recorded(
    tablet: Tablet, treatment: TreatmentSession, ready: Ready, began: datetime, nurse: PersonAtWork
) -> None:
    tablet.act(treatment, "count", began + 3 * MINUTE, shots="10")
    tablet.send()
    changed = {**tablet.events[0], "fields": {"shots": "99"}}
    assert _outcomes(tablet.send([changed])) == ["unread"]
    assert [use.shots for use in queries.needle_uses_of(treatment)] == [10]
    assert db.session.scalars(select(AuditEntry).where(AuditEntry.action == "event.reused")).one()


def test_an_answer_lost_by_the_page_is_found_again_by_the_device(
    tablet: Tablet, treatment: TreatmentSession, ready: Ready, began: datetime
) -> None:
    tablet.scan(treatment, ready.packs[1].code, began + 3 * MINUTE)
    event = tablet.events[0]
    form = {**event["fields"], "event_id": event["id"], "csrf_token": tablet.client.token()}
    assert tablet.client.raw("POST", f"/sessions/{treatment.id}/scans", data=form).status_code == 303
    (reply,) = tablet.send()
    assert (reply["outcome"], reply["verdict"]["tone"]) == ("applied", "green")
    assert len(queries.needle_uses_of(treatment)) == 2


def test_a_pack_used_elsewhere_meanwhile_is_a_conflict_on_both_sessions_and_loses_nothing(
    tablet: Tablet, treatment: TreatmentSession, ready: Ready, began: datetime, lead_nurse: PersonAtWork
) -> None:
    gun = make_ready_gun(lead_nurse, began, container=ready.disinfectant, serial_number="B-2")
    other = open_session(lead_nurse, began + MINUTE, ready, reference="C-2002")
    for code in (gun.code, ready.antiseptic.code, ready.packs[1].code):
        assert scan_in(other, code, lead_nurse, began + 2 * MINUTE).tone == "green"
    tablet.scan(treatment, ready.packs[1].code, began + 3 * MINUTE)
    (reply,) = tablet.send()
    assert (reply["outcome"], reply["verdict"]["code"]) == ("conflict", "ALREADY_USED")
    assert [use.pack_id for use in queries.needle_uses_of(treatment)] == [ready.packs[0].id, ready.packs[1].id]
    for concerned in (treatment, other):
        assert FlagSeverity.CRITICAL in {flag.severity for flag in queries.live_flags(concerned)}
    (conflict,) = devices.conflicts_of(treatment.clinic_id, treatment.id)
    assert (conflict.pack_id, conflict.code) == (ready.packs[1].id, "ALREADY_USED")
    assert (
        db.session.scalars(select(PackUse).where(PackUse.pack_id == ready.packs[1].id)).one().treatment_id == other.id
    )


def test_a_pack_already_counted_and_used_again_on_the_device_is_a_conflict(
    tablet: Tablet, treatment: TreatmentSession, ready: Ready, began: datetime
) -> None:
    """Its one needle was fitted on another tablet meanwhile; here the nurse went on with it."""
    tablet.scan(treatment, ready.packs[0].code, began + 3 * MINUTE)
    (reply,) = tablet.send()
    assert (reply["outcome"], reply["verdict"]["code"]) == ("conflict", "ALREADY_COUNTED")
    assert FlagSeverity.CRITICAL in {flag.severity for flag in queries.live_flags(treatment)}


def test_a_pack_recalled_meanwhile_was_used_all_the_same(
    tablet: Tablet, treatment: TreatmentSession, ready: Ready, began: datetime, lead_nurse: PersonAtWork
) -> None:
    (pack,) = make_packs(lead_nurse, began, ready.lot, ready.store, 1)
    tablet.scan(treatment, pack.code, began + 3 * MINUTE)
    stock.recall(ready.lot, "Maker's notice", lead_nurse, began + 2 * MINUTE)
    (reply,) = tablet.send()
    assert (reply["outcome"], reply["verdict"]["code"]) == ("conflict", "RECALLED")
    assert queries.needle_uses_of(treatment)[-1].pack_id == pack.id
    assert "USED_REGARDLESS" in {flag.code for flag in queries.live_flags(treatment)}
    assert pack.state in (PackState.DISCARDED, PackState.RECALLED)


def test_a_scan_the_device_had_stopped_at_changes_nothing(
    tablet: Tablet, treatment: TreatmentSession, ready: Ready, began: datetime, lead_nurse: PersonAtWork
) -> None:
    stock.recall(ready.lot, "Maker's notice", lead_nurse, began + 2 * MINUTE)
    tablet.scan(treatment, ready.packs[1].code, began + 3 * MINUTE, used=False)
    assert _outcomes(tablet.send()) == ["refused"]
    assert len(queries.needle_uses_of(treatment)) == 1
    assert "USED_REGARDLESS" not in {flag.code for flag in queries.live_flags(treatment)}


def test_inv_12_a_swap_that_arrives_after_the_close_is_late_and_leaves_the_close_unchanged(
    tablet: Tablet, treatment: TreatmentSession, ready: Ready, began: datetime, nurse: PersonAtWork
) -> None:
    tablet.scan(treatment, ready.packs[1].code, began + 10 * MINUTE)
    sessions.close(treatment, nurse, began + 20 * MINUTE, shots=30)
    closed_at, first = treatment.closed_at, queries.needle_uses_of(treatment)[0]
    before = (first.removed_at, first.shots, first.removal_reason)
    (reply,) = tablet.send()
    assert (reply["outcome"], reply["state"]) == ("late", "closed")
    first, late = queries.needle_uses_of(treatment)
    assert (first.removed_at, first.shots, first.removal_reason) == before
    assert late.late_reason and late.pack_id == ready.packs[1].id
    assert (treatment.closed_at, treatment.state) == (closed_at, TreatmentState.CLOSED)
    assert "LATE_ENTRY" in {flag.code for flag in queries.live_flags(treatment)}
    assert ready.packs[1].state is PackState.USED


def test_inv_12_the_database_takes_no_needle_after_the_close_without_a_reason(
    treatment: TreatmentSession, ready: Ready, began: datetime, nurse: PersonAtWork
) -> None:
    sessions.close(treatment, nurse, began + 20 * MINUTE, shots=30)
    db.session.commit()
    row = dict(db.session.execute(select(NeedleUse.__table__)).mappings().one())
    with pytest.raises(Exception, match="needs a reason"):
        db.session.execute(NeedleUse.__table__.insert().values({**row, "id": uuid4(), "sequence": 2}))


def test_inv_18_a_late_needle_clears_the_flag_that_missed_it_and_the_old_row_stays(
    tablet: Tablet, nurse: PersonAtWork, ready: Ready, began: datetime, client_for: ClientFor, lead_nurse: PersonAtWork
) -> None:
    treatment = start_session(nurse, began, ready, area_cm2=400)
    tablet.scan(treatment, ready.packs[1].code, began + 8 * MINUTE)
    sessions.close(treatment, nurse, began + 12 * MINUTE, shots=90)
    assert "NEEDLE_CHANGE_TOO_FEW" in {flag.code for flag in queries.live_flags(treatment)}
    db.session.commit()
    tablet.send()
    assert "NEEDLE_CHANGE_TOO_FEW" not in {flag.code for flag in queries.live_flags(treatment)}
    cleared = db.session.scalars(select(Flag.code).where(Flag.cleared_at.is_not(None))).all()
    assert "NEEDLE_CHANGE_TOO_FEW" in cleared
    page = client_for(lead_nurse).open(f"/sessions/{treatment.id}")
    assert "needle change too few" in "".join(page.one("section", aria_label="Flags that no longer hold").itertext())


@pytest.mark.parametrize(("kind", "fields"), [("count", {"shots": "9"}), ("syringe", {}), ("close", {"shots": ""})])
def test_a_step_after_the_close_changes_no_closed_session(
    tablet: Tablet, treatment: TreatmentSession, nurse: PersonAtWork, began: datetime, kind: str, fields: dict[str, str]
) -> None:
    sessions.close(treatment, nurse, began + 20 * MINUTE, shots=30)
    tablet.act(treatment, kind, began + 10 * MINUTE, **fields)
    assert _outcomes(tablet.send()) == ["late"]
    assert (treatment.syringes, queries.needle_uses_of(treatment)[0].shots) == (1, 30)


def test_a_closing_made_without_network_closes_the_session(
    tablet: Tablet, treatment: TreatmentSession, began: datetime
) -> None:
    tablet.act(treatment, "close", began + 15 * MINUTE, shots="40")
    (reply,) = tablet.send()
    assert (reply["outcome"], reply["state"]) == ("applied", "closed")


def test_inv_27_a_wrong_clock_is_measured_corrected_and_recorded(
    tablet: Tablet, treatment: TreatmentSession, ready: Ready, began: datetime
) -> None:
    hour = timedelta(hours=1)
    tablet.scan(treatment, ready.packs[1].code, began + 10 * MINUTE + hour)
    tablet.send(ahead=hour)
    assert abs(queries.needle_uses_of(treatment)[1].fitted_at - (began + 10 * MINUTE)) < timedelta(seconds=5)
    kept = db.session.scalars(select(DeviceEvent)).one()
    assert abs(kept.offset_ms - 3_600_000) < 5000
    assert abs(kept.device_at - (began + 10 * MINUTE + hour)) < timedelta(seconds=1)
    assert db.session.scalars(select(AuditEntry).where(AuditEntry.action == "device.clock_off")).one()


def test_inv_27_the_devices_clock_orders_nothing(
    tablet: Tablet, treatment: TreatmentSession, ready: Ready, began: datetime
) -> None:
    """Its clock jumped back an hour between two swaps: they stay in the order the device counted them in."""
    tablet.scan(treatment, ready.packs[1].code, began + 10 * MINUTE)
    tablet.scan(treatment, ready.packs[2].code, began - 50 * MINUTE)
    tablet.send()
    uses = queries.needle_uses_of(treatment)
    assert [use.pack_id for use in uses] == [pack.id for pack in ready.packs[:3]]
    assert [use.fitted_at for use in uses] == sorted(use.fitted_at for use in uses)
    claimed = db.session.scalars(select(DeviceEvent.device_at).order_by(DeviceEvent.seq)).all()
    assert claimed[1] == began - 50 * MINUTE, "kept as it was claimed"


def test_inv_27_the_devices_clock_permits_nothing(
    tablet: Tablet, treatment: TreatmentSession, ready: Ready, began: datetime, lead_nurse: PersonAtWork
) -> None:
    """A pack recalled now was not used before because a device says so."""
    stock.recall(ready.lot, "Maker's notice", lead_nurse, utc_now())
    db.session.commit()
    tablet.scan(treatment, ready.packs[1].code, began + MINUTE)
    (reply,) = tablet.send()
    assert (reply["outcome"], reply["verdict"]["code"]) == ("conflict", "RECALLED")


def test_inv_26_the_record_never_runs_backwards(
    tablet: Tablet, treatment: TreatmentSession, ready: Ready, began: datetime, nurse: PersonAtWork
) -> None:
    tablet.scan(treatment, ready.packs[1].code, began + 10 * MINUTE)
    before = db.session.scalar(select(func.max(AuditEntry.seq)).where(AuditEntry.chain == nurse.clinic_id))
    sent_at = utc_now()
    tablet.send()
    arrived = db.session.scalars(
        select(AuditEntry.at)
        .where(AuditEntry.chain == nurse.clinic_id, AuditEntry.seq > before)
        .order_by(AuditEntry.seq)
    ).all()
    assert arrived == sorted(arrived) and arrived[0] >= sent_at - timedelta(seconds=1)


def test_each_act_stands_under_the_name_of_who_did_it(
    app: Flask, tablet: Tablet, client_for: ClientFor, treatment: TreatmentSession, ready: Ready, began: datetime,
    nurse: PersonAtWork, lead_nurse: PersonAtWork,
) -> None:  # fmt: skip
    tablet.scan(treatment, ready.packs[1].code, began + 10 * MINUTE)
    tablet.client = client_for(lead_nurse)
    tablet.send()
    kept = db.session.scalars(select(DeviceEvent)).one()
    assert kept.by_name == nurse.name


def test_inv_25_nobody_can_say_who_they_are_in_what_they_send(
    tablet: Tablet, treatment: TreatmentSession, ready: Ready, began: datetime
) -> None:
    tablet.token = tablet.token[:-2] + "xx"
    tablet.scan(treatment, ready.packs[1].code, began + 10 * MINUTE)
    assert _outcomes(tablet.send()) == ["waiting"]
    assert len(queries.needle_uses_of(treatment)) == 1


def test_what_somebody_did_before_they_left_is_accepted_and_flagged(
    tablet: Tablet, client_for: ClientFor, treatment: TreatmentSession, ready: Ready, began: datetime,
    nurse: PersonAtWork, lead_nurse: PersonAtWork, administrator: PersonAtWork,
) -> None:  # fmt: skip
    tablet.scan(treatment, ready.packs[1].code, began + 10 * MINUTE)
    people.end_membership(db.session.get_one(Membership, nurse.membership_id), administrator, utc_now())
    tablet.client = client_for(lead_nurse)
    assert _outcomes(tablet.send()) == ["applied"]
    assert "PERSON_LEFT" in {flag.code for flag in queries.live_flags(treatment)}


def test_inv_37_a_session_of_another_clinic_does_not_exist(
    app: Flask, client_for: ClientFor, strange_nurse: PersonAtWork, treatment: TreatmentSession, began: datetime
) -> None:
    tablet = Tablet(app, client_for(strange_nurse), strange_nurse)
    tablet.act(treatment, "count", began + 3 * MINUTE, shots="5")
    assert tablet.raw(tablet.events).status_code == 404
    assert tablet.client.raw("GET", f"/devices/sessions/{treatment.id}").status_code == 404
    assert [use.shots for use in queries.needle_uses_of(treatment)] == [None]


def test_what_a_device_holds_names_no_patient_and_only_good_packs(
    client_for: ClientFor, nurse: PersonAtWork, lead_nurse: PersonAtWork, treatment: TreatmentSession, ready: Ready
) -> None:
    answer = client_for(nurse).raw("GET", f"/devices/sessions/{treatment.id}")
    held = answer.json
    assert "C-1001" not in answer.get_data(as_text=True)
    assert {pack["code"]: pack["needles"] for pack in held["packs"]} == {
        **{pack.code: 1 for pack in ready.packs[1:]},
        ready.packs[0].code: 0,
    }
    assert (held["needle"]["limit"], held["policy"]["soon_punctures"]) == (100, 50)
    stock.quarantine(ready.lot, "Torn blister", lead_nurse, utc_now())
    held = client_for(nurse).raw("GET", f"/devices/sessions/{treatment.id}").json
    assert [pack["code"] for pack in held["packs"]] == [ready.packs[0].code]


def test_a_batch_that_cannot_be_read_changes_nothing(tablet: Tablet, treatment: TreatmentSession) -> None:
    answer = tablet.raw([{"seq": 1}])
    assert answer.status_code == 422 and answer.json["sentence"].startswith("Event 1")
    assert db.session.scalar(select(func.count()).select_from(DeviceEvent)) == 0


def test_inv_24_every_event_taken_is_answered_with_its_receipt(
    tablet: Tablet, treatment: TreatmentSession, ready: Ready, began: datetime, nurse: PersonAtWork
) -> None:
    tablet.scan(treatment, ready.packs[1].code, began + 3 * MINUTE)
    (reply,) = tablet.send()
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.chain == nurse.clinic_id, AuditEntry.seq == reply["receipt"]["seq"])
    ).one()
    assert entry.hash.hex() == reply["receipt"]["hash"]
