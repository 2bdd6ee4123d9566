"""Signatures on the real database: bound to what was signed, in the record, and never altered unseen."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from inventory.audit.models import AuditEntry
from inventory.audit.queries import verify
from inventory.cli.signed_subjects import READERS
from inventory.db import db
from inventory.oversight.lifecycle import Step
from inventory.oversight.review import Reviewed, take_steps
from inventory.purchasing import operations as orders
from inventory.purchasing.signed_content import approval_in_words
from inventory.purchasing.signed_content import content_of as content_of_order
from inventory.sessions import operations as sessions
from inventory.sessions import queries as session_queries
from inventory.signatures.models import How, Meaning, Signature, SignedSubject
from inventory.signatures.queries import Shown, signatures_of
from inventory.signatures.signer import Signer
from inventory.signatures.standing import Standing
from inventory.signatures.verifying import Fault, Rule, faults
from inventory.sterilising import biological
from inventory.sterilising import queries as loads
from inventory.sterilising.models import Control, Growth, LoadState, RecallScope
from inventory.sterilising.signed_content import contents_of
from inventory.stock.operations import change_product
from tests.factories.purchasing import make_draft
from tests.factories.sessions import make_ready, start_session
from tests.factories.sterilising import decide, make_load
from tests.signatures.acts import ACTS, Done, Staff


@pytest.fixture
def staff(nurse: Signer, lead_nurse: Signer, manager: Signer) -> Staff:
    return Staff(nurse, lead_nurse, manager)


@pytest.fixture(params=ACTS, ids=lambda name: name.replace(" ", "_"))
def done(request: pytest.FixtureRequest, staff: Staff) -> Done:
    return ACTS[request.param](staff)


def _under(subject) -> list[Shown]:
    _, content_of = READERS[subject.__tablename__]
    return list(signatures_of(subject.clinic_id, {subject.id: content_of(subject)}).get(subject.id, ()))


def _faults(by: Signer) -> list[Fault]:
    db.session.flush()
    db.session.expire_all()
    return list(faults(by.clinic_id, READERS))


def _forced(statement: str, **values: object) -> None:
    """What somebody with the database's own password can do: its triggers are no hindrance."""
    db.session.flush()
    table = statement.split()[2 if statement.startswith(("DELETE", "INSERT")) else 1]
    if db.engine.dialect.name == "sqlite":
        found = db.session.execute(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table"), {"table": table}
        )
        for (name,) in found.all():
            db.session.execute(text(f"DROP TRIGGER {name}"))
        db.session.execute(text("PRAGMA defer_foreign_keys = ON"))
    else:
        db.session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
    changed = db.session.execute(text(statement), values)
    assert changed.rowcount == 1
    db.session.expire_all()


def test_each_act_is_signed_with_name_time_meaning_and_what_was_seen(done: Done) -> None:
    (shown,) = _under(done.subject)
    signed = shown.signature
    assert (signed.meaning, signed.by_name, signed.by_id) == (done.meaning, done.by.name, done.by.id)
    assert (signed.how, signed.membership_id) == (How.PASSWORD, done.by.membership_id)
    assert shown.standing is Standing.AS_SIGNED and len(shown.short) == 12
    assert _faults(done.by) == []


def test_the_signature_stands_in_the_entry_of_its_act(done: Done) -> None:
    (shown,) = _under(done.subject)
    records = db.session.scalars(select(AuditEntry.record).where(AuditEntry.chain == done.by.clinic_id))
    told = [record for record in records if str(shown.signature.id) in record]
    assert len(told) == 1 and shown.signature.content_sha256 in told[0]
    assert verify(done.by.clinic_id).whole


@pytest.mark.parametrize("table", ["signature", "signed_subject", "lot_decision", "reaction_correction"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET clinic_id = clinic_id", "DELETE FROM {}"])
def test_the_database_keeps_signatures_as_they_were_written(staff: Staff, table: str, statement: str) -> None:
    ACTS["a lot is recalled"](staff)
    ACTS["a reaction is corrected"](staff)
    db.session.flush()
    with pytest.raises(DBAPIError, match="append-only"), db.session.begin_nested():
        db.session.execute(text(statement.format(table)))


ALTERED = {
    "a load is released": ("UPDATE load SET temperature_tenths = 1210 WHERE id = :id", "load temperature_tenths"),
    "a load is rejected": ("UPDATE load SET state = 'released' WHERE id = :id", "state"),
    "a load is recalled": ("UPDATE load_decision SET meaning = 'All well' WHERE id = :subject", "meaning"),
    "a lot is released": ("UPDATE lot SET number = 'B9' WHERE id = :id", "lot"),
    "a lot is recalled": ("UPDATE lot SET status = 'usable' WHERE id = :id", "new"),
    "a recall notice is entered": ("UPDATE recall_notice SET text = 'Harmless' WHERE id = :subject", "text"),
    "stock is written off": ("UPDATE movement SET on_hand_before = 99 WHERE id = :subject", "old"),
    "stock is counted": ("UPDATE movement SET reason = 'Another' WHERE id = :subject", "reason"),
    "stock is returned": ("UPDATE movement SET reason = 'Kept it' WHERE id = :subject", "reason"),
    "a policy is approved": (
        "UPDATE policy SET thresholds = replace(thresholds, '_punctures\"\\:80', '_punctures\"\\:800') "
        "WHERE id = :subject",
        "numbers overdue_punctures",
    ),
    "a stocktake is approved": (
        "UPDATE stocktake_line SET counted = 5 WHERE stocktake_id = :subject AND expected <> counted",
        "lines 1 new",
    ),
    "an order is approved": ("UPDATE order_line SET packs = packs + 1 WHERE order_id = :subject", "lines 1 packs"),
    "a flag is reviewed": ("UPDATE flag_step SET reason = 'Not read' WHERE id = :subject", "reason"),
    "a reaction is corrected": ("UPDATE reaction_correction SET reason = 'None' WHERE id = :subject", "reason"),
}


@pytest.mark.parametrize("name", ALTERED, ids=lambda name: name.replace(" ", "_"))
def test_what_is_altered_under_a_signature_is_named(staff: Staff, name: str) -> None:
    done = ACTS[name](staff)
    statement, field = ALTERED[name]
    db.session.flush()
    held = getattr(done.subject, "load_id", None) or getattr(done.subject, "lot_id", None)
    named = {"subject": done.subject.id, "id": held}
    values = {key: _bound(value) for key, value in named.items() if f"= :{key}" in statement}
    _forced(statement, **values)
    (shown,) = _under(done.subject)
    assert shown.standing is Standing.CHANGED and field in [change.name for change in shown.changes]
    found = _faults(done.by)
    assert {fault.rule for fault in found} == {Rule.CHANGED}
    assert any(f": {field} was " in fault.sentence and done.by.name in fault.sentence for fault in found)


def _bound(value):
    return value.hex if db.engine.dialect.name == "sqlite" else value


def test_a_signature_cannot_be_moved_to_another_act(staff: Staff) -> None:
    one, other = ACTS["a lot is released"](staff), ACTS["a lot is recalled"](staff)
    db.session.flush()
    (shown,) = _under(one.subject)
    _forced(
        "UPDATE signed_subject SET subject_id = :other WHERE signature_id = :signature",
        other=_bound(other.subject.id),
        signature=_bound(shown.signature.id),
    )
    assert [each.standing for each in _under(other.subject)].count(Standing.AS_SIGNED) <= 1
    assert _under(one.subject) == []
    assert Rule.MOVED in {fault.rule for fault in _faults(one.by)}


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("UPDATE signature SET by_name = 'Somebody Else' WHERE id = :id", Rule.NOT_AS_RECORDED),
        ("UPDATE signature SET meaning = 'rejection' WHERE id = :id", Rule.NOT_AS_RECORDED),
        ("UPDATE signature SET content = replace(content, 'Dropped', 'Stolen') WHERE id = :id", Rule.NOT_ITS_HASH),
        ("UPDATE signature SET content_sha256 = :other WHERE id = :id", Rule.NOT_AS_RECORDED),
        ("DELETE FROM signed_subject WHERE signature_id = :id", Rule.MOVED),
    ],
)
def test_what_is_altered_in_a_signature_is_named(staff: Staff, statement: str, rule: Rule) -> None:
    done = ACTS["stock is written off"](staff)
    (shown,) = _under(done.subject)
    values = {"id": _bound(shown.signature.id), **({"other": "0" * 64} if ":other" in statement else {})}
    _forced(statement, **values)
    assert rule in {fault.rule for fault in _faults(done.by)}


def test_a_signature_that_was_taken_away_or_put_in_is_named(staff: Staff) -> None:
    done = ACTS["stock is written off"](staff)
    (shown,) = _under(done.subject)
    signature_id = _bound(shown.signature.id)
    columns = "meaning, membership_id, by_id, by_name, at, how, content, content_sha256, clinic_id"
    db.session.flush()
    forged = "f" * 32 if db.engine.dialect.name == "sqlite" else "f" * 8 + "-ffff-ffff-ffff-" + "f" * 12
    _forced(
        f"INSERT INTO signature (id, {columns}) SELECT :forged, {columns} FROM signature WHERE id = :id",
        forged=forged,
        id=signature_id,
    )
    _forced("DELETE FROM signed_subject WHERE signature_id = :id", id=signature_id)
    _forced("DELETE FROM signature WHERE id = :id", id=signature_id)
    assert {Rule.MISSING, Rule.NOT_IN_RECORD} <= {fault.rule for fault in _faults(done.by)}


def test_an_indicator_read_after_the_release_changes_nothing_that_was_signed(
    nurse: Signer, lead_nurse: Signer, now: datetime
) -> None:
    load = make_load(nurse, now)
    indicator = biological.place_indicator(load, product="BI", lot="L1", incubation_hours=1, by=nurse, now=now)
    decide(load, LoadState.QUARANTINED, lead_nurse, now + timedelta(minutes=5))
    biological.read_indicator(indicator, Growth.NEGATIVE, Control.GREW, nurse, now + timedelta(hours=2))
    decide(load, LoadState.RELEASED, lead_nurse, now + timedelta(hours=3))
    assert [_standings(load) for _ in range(2)] == [[Standing.AS_SIGNED, Standing.AS_SIGNED]] * 2
    assert _faults(nurse) == []


def _standings(load) -> list[Standing]:
    signed = signatures_of(load.clinic_id, contents_of(load))
    return [signed[each.id][-1].standing for each in loads.decisions_on(load)]


def test_an_order_taken_up_again_is_no_longer_approved_under_its_first_signature(
    manager: Signer, now: datetime
) -> None:
    order = make_draft(manager, now)
    orders.approve(order, None, order.version, manager, now)
    said = approval_in_words(order, "Europe/Brussels")
    assert said.startswith(f"Signed by {manager.name}, 23 Nov 2026, 10:00 CET (UTC+01:00), as approval, with password")
    orders.reopen(order, order.version, manager, now)
    assert [each.standing for each in _under(order)] == [Standing.SUPERSEDED]
    assert approval_in_words(order, "Europe/Brussels") == "" and content_of_order(order) is None
    orders.change(order, {order.lines[0].id: 7}, order.version, manager, now)
    orders.approve(order, None, order.version, manager, now + timedelta(minutes=1))
    assert [each.standing for each in _under(order)] == [Standing.SUPERSEDED, Standing.AS_SIGNED]
    assert _faults(manager) == []


def test_a_product_may_be_named_better_without_touching_what_was_signed(staff: Staff) -> None:
    done = ACTS["stock is written off"](staff)
    change_product(done.subject.lot.product, "Misspelt", staff.manager, done.subject.at, name="A better name")
    assert [each.standing for each in _under(done.subject)] == [Standing.AS_SIGNED]


def test_many_flags_reviewed_at_once_bear_one_signature(nurse: Signer, lead_nurse: Signer, now: datetime) -> None:
    lines = []
    ready = make_ready(nurse, now)
    for place in range(2):
        begun = now + timedelta(hours=2 * place)
        ready = ready if place == 0 else make_ready(nurse, begun)
        treatment = start_session(nurse, begun, ready)
        sessions.close(treatment, nurse, begun + timedelta(minutes=5), shots=150)
        lines += [Reviewed(flag, treatment, f"Reason {place}") for flag in session_queries.live_flags(treatment)]
    assert take_steps(Step.CLOSE, lines, lead_nurse, now + timedelta(days=1)) == 2
    signed = db.session.scalars(select(Signature).where(Signature.meaning == Meaning.REVIEW)).all()
    assert len(signed) == 1
    kinds = db.session.scalars(select(SignedSubject.subject_kind).where(SignedSubject.signature_id == signed[0].id))
    assert sorted(kinds) == ["flag", "flag", "flag_step", "flag_step"]
    assert _faults(nurse) == []


def test_a_recall_of_many_loads_bears_one_signature(nurse: Signer, lead_nurse: Signer, now: datetime) -> None:
    first = make_load(nurse, now, state=LoadState.RELEASED, decided_by=lead_nurse)
    later = now + timedelta(hours=2)
    grown = make_load(nurse, later, state=LoadState.RELEASED, decided_by=lead_nurse, steriliser=first.steriliser)
    begun = later + timedelta(minutes=1)
    indicator = biological.place_indicator(grown, product="BI", lot="L1", incubation_hours=1, by=nurse, now=begun)
    biological.read_indicator(indicator, Growth.POSITIVE, Control.GREW, nurse, later + timedelta(hours=1))
    recalled = biological.recall(
        grown, RecallScope.SINCE_LAST_NEGATIVE, "Grew twice", lead_nurse, later + timedelta(hours=2)
    )
    assert len(recalled) == 2
    assert db.session.scalar(select(func.count(Signature.id)).where(Signature.meaning == Meaning.RECALL)) == 1
    assert _faults(nurse) == []
