"""Adverse reactions and aftercare: reported at the close or weeks later; of the grave ones the lead nurse is told."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from inventory.audit.queries import entries_of
from inventory.clock import day_in, utc_now
from inventory.db import db
from inventory.people.actors import PersonAtWork
from inventory.reactions import operations, queries
from inventory.reactions.models import AdverseReaction, HowGiven, ReactionKind, ReactionSeverity
from inventory.sessions import operations as sessions
from inventory.sessions import queries as session_queries
from inventory.sessions.models import FlagSeverity, TreatmentSession
from tests.factories.sessions import make_ready, open_session, start_session
from tests.pages import PageClient

ClientFor = Callable[[PersonAtWork | None], PageClient]


@pytest.fixture
def began() -> datetime:
    return utc_now() - timedelta(days=20)


@pytest.fixture
def treatment(nurse: PersonAtWork, began: datetime) -> TreatmentSession:
    """Closed three weeks ago."""
    treatment = start_session(nurse, began, make_ready(nurse, began))
    sessions.close(treatment, nurse, began + timedelta(minutes=10), shots=30)
    return treatment


def _reported(
    treatment: TreatmentSession, by: PersonAtWork, kind: ReactionKind, severity: ReactionSeverity, **changed: object
) -> AdverseReaction:
    now = utc_now()
    given: dict[str, object] = {"onset_on": day_in(by.time_zone, now), "note": "", **changed}
    return operations.report(treatment, kind, severity, by=by, now=now, **given)  # type: ignore[arg-type]


def test_a_reaction_is_recorded_weeks_after_the_close(treatment: TreatmentSession, nurse: PersonAtWork) -> None:
    reaction = _reported(treatment, nurse, ReactionKind.HAEMATOMA, ReactionSeverity.MILD, note="Left thigh, 3 cm")
    assert queries.reactions_of(treatment) == [reaction]
    assert entries_of(nurse.clinic_id, treatment.id)[0].action == "reaction.reported"
    assert session_queries.live_flags(treatment) == []


@pytest.mark.parametrize(
    ("kind", "severity", "flagged"),
    [
        (ReactionKind.SUSPECTED_INFECTION, ReactionSeverity.MILD, FlagSeverity.CRITICAL),
        (ReactionKind.PAIN, ReactionSeverity.SEVERE, FlagSeverity.MAJOR),
        (ReactionKind.RASH, ReactionSeverity.MODERATE, None),
    ],
)
def test_the_lead_nurse_is_told_of_what_is_grave(
    treatment: TreatmentSession,
    nurse: PersonAtWork,
    kind: ReactionKind,
    severity: ReactionSeverity,
    flagged: FlagSeverity | None,
) -> None:
    reaction = _reported(treatment, nurse, kind, severity)
    raised = [(flag.subject, flag.severity) for flag in session_queries.live_flags(treatment)]
    assert raised == ([(str(reaction.id), flagged)] if flagged else [])


@pytest.mark.parametrize("days", [-21, 1])
def test_a_reaction_begins_neither_before_the_session_nor_tomorrow(
    treatment: TreatmentSession, nurse: PersonAtWork, days: int
) -> None:
    onset = day_in(nurse.time_zone, utc_now()) + timedelta(days=days)
    with pytest.raises(operations.OnsetImpossible):
        _reported(treatment, nurse, ReactionKind.RASH, ReactionSeverity.MILD, onset_on=onset)


@pytest.mark.parametrize("note", ["call 0470 12 34 56", "write to jan@example.org", "0032470123456"])
def test_a_note_names_nobody(treatment: TreatmentSession, nurse: PersonAtWork, note: str) -> None:
    with pytest.raises(operations.NoteNamesSomebody):
        _reported(treatment, nurse, ReactionKind.RASH, ReactionSeverity.MILD, note=note)


def test_who_was_never_treated_has_no_reaction(nurse: PersonAtWork, now: datetime) -> None:
    treatment = open_session(nurse, now, make_ready(nurse, now))
    with pytest.raises(operations.NotTreated):
        _reported(treatment, nurse, ReactionKind.RASH, ReactionSeverity.MILD)
    with pytest.raises(operations.NotTreated):
        operations.give_aftercare(treatment, HowGiven.PRINTED, nurse, now)


def test_no_report_is_changed_or_deleted(treatment: TreatmentSession, nurse: PersonAtWork) -> None:
    _reported(treatment, nurse, ReactionKind.RASH, ReactionSeverity.MILD)
    db.session.commit()
    for statement in (update(AdverseReaction).values(note="gone"), delete(AdverseReaction)):
        with pytest.raises(IntegrityError), db.session.begin_nested():
            db.session.execute(statement)


def test_a_report_by_form_comes_once_and_keeps_what_was_typed(
    client_for: ClientFor, nurse: PersonAtWork, treatment: TreatmentSession
) -> None:
    client = client_for(nurse)
    page = client.open(f"/sessions/{treatment.id}").follow("Report a reaction")
    refused = page.submit("Report reaction", status=422, onset_on="2020-01-01", note="Left cheek")
    assert refused.control("Note (optional)").get("value") == "Left cheek"
    event = str(uuid4())
    for _ in range(2):
        page.submit("Report reaction", kind="rash", event_id=event)
    assert len(queries.reactions_of(treatment)) == 1


def test_the_aftercare_sheet_is_given_from_the_session(
    client_for: ClientFor, nurse: PersonAtWork, treatment: TreatmentSession
) -> None:
    page = client_for(nurse).open(f"/sessions/{treatment.id}").follow("Aftercare sheet")
    page.submit("Record as given", how="printed")
    (given,) = queries.aftercare_of(treatment)
    assert (given.how, given.sheet) == (HowGiven.PRINTED, operations.SHEET)


def test_the_lead_nurse_pages_through_all_reports(
    client_for: ClientFor, nurse: PersonAtWork, lead_nurse: PersonAtWork, treatment: TreatmentSession
) -> None:
    for _ in range(51):
        _reported(treatment, nurse, ReactionKind.PAIN, ReactionSeverity.MILD)
    page = client_for(lead_nurse).open("/reactions")
    assert len(page.rows()) == 50
    assert len(page.follow("Older reports").rows()) == 1


def test_another_clinic_sees_no_reaction(
    client_for: ClientFor, nurse: PersonAtWork, strange_nurse: PersonAtWork, treatment: TreatmentSession
) -> None:
    _reported(treatment, nurse, ReactionKind.PAIN, ReactionSeverity.MILD)
    client = client_for(strange_nurse)
    assert client.open("/reactions").rows() == []
    client.open(f"/sessions/{treatment.id}/reactions", status=404)
    client.open(f"/sessions/{treatment.id}/aftercare", status=404)


def test_the_onset_is_a_day_of_the_clinic(treatment: TreatmentSession, nurse: PersonAtWork) -> None:
    reaction = _reported(treatment, nurse, ReactionKind.PAIN, ReactionSeverity.MILD)
    kept = db.session.scalars(select(AdverseReaction.onset_on)).one()
    assert kept == reaction.onset_on and isinstance(kept, date)
