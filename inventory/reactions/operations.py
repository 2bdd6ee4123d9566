"""Reporting a reaction, correcting a report, and noting the advice that was given."""

from datetime import date, datetime

from sqlalchemy.exc import IntegrityError

from inventory.audit.actors import Actor
from inventory.audit.operations import record
from inventory.clock import day_in
from inventory.db import db
from inventory.errors import DomainError, Invalid
from inventory.reactions import queries
from inventory.reactions.models import (
    AdverseReaction,
    Aftercare,
    HowGiven,
    ReactionCorrection,
    ReactionKind,
    ReactionSeverity,
)
from inventory.reactions.signed_content import content_of
from inventory.sessions.judging import raise_incident
from inventory.sessions.models import FlagSeverity, TreatmentSession
from inventory.sessions.references import names_contact
from inventory.signatures.models import Meaning
from inventory.signatures.operations import sign
from inventory.signatures.signer import Signer

SHEET = "aftercare 1"
"""The sheet as it reads today; another wording gets another number, so that the record tells which was given.

Six months: of mesotherapy patients with mycobacteria the first signs came 1 to 29 weeks after (Regnier 2009).
"""


class NotTreated(DomainError):
    def __init__(self, treatment: TreatmentSession) -> None:
        super().__init__(f"Session {treatment.number} never began: there is nothing to react to.")


class OnsetImpossible(Invalid):
    def __init__(self) -> None:
        super().__init__("It cannot have begun before the session or after today. Correct the day.", field="onset_on")


class NoteNamesSomebody(Invalid):
    def __init__(self) -> None:
        super().__init__(
            "No phone number and no mail address here: the session's own reference says who it is.",
            field="note",
        )


class AlreadyCorrected(DomainError):
    def __init__(self) -> None:
        super().__init__("This report was corrected before. Correct the one that took its place.")


class NothingToCorrect(Invalid):
    def __init__(self) -> None:
        super().__init__("This says the same as the report. Change what was wrong.", field="kind")


def report(
    treatment: TreatmentSession,
    kind: ReactionKind,
    severity: ReactionSeverity,
    onset_on: date,
    note: str,
    by: Actor,
    now: datetime,
) -> AdverseReaction:
    """Keep one report; a suspected infection or a severe reaction also becomes a flag of the session.

    `onset_on` is the clinic's day. Raises `NotTreated`, `OnsetImpossible`, `NoteNamesSomebody`.
    """
    reaction = _checked(treatment, kind, severity, onset_on, note, by, now)
    db.session.add(reaction)
    record(by, "reaction.reported", treatment, now=now, also=[reaction])
    if _is_grave(reaction):
        _flag(treatment, reaction, by, now)
    return reaction


def correct(
    wrong: AdverseReaction,
    treatment: TreatmentSession,
    kind: ReactionKind,
    severity: ReactionSeverity,
    onset_on: date,
    note: str,
    reason: str,
    by: Signer,
    now: datetime,
) -> AdverseReaction:
    """A report that takes the place of a `wrong` one, which stays, signed. Its flag stays too: a flag is reviewed.

    Raises `AlreadyCorrected`, `NothingToCorrect` and as `report` does.
    """
    if queries.correction_of(wrong) is not None:
        raise AlreadyCorrected
    if (wrong.kind, wrong.severity, wrong.onset_on, wrong.note) == (kind, severity, onset_on, note.strip()):
        raise NothingToCorrect
    right = _checked(treatment, kind, severity, onset_on, note.strip(), by, now)
    correction = ReactionCorrection(
        clinic_id=by.clinic_id,
        wrong=wrong,
        right=right,
        reason=reason.strip(),
        at=now,
        by_id=by.id,
        by_name=by.name,
    )
    try:
        with db.session.begin_nested():
            db.session.add_all([right, correction])
            under = sign(Meaning.CORRECTION, [correction], content_of, by, now)
            record(by, "reaction.corrected", treatment, now=now, also=[right, correction, *under])
    except IntegrityError:
        raise AlreadyCorrected from None
    if _is_grave(right) and not _is_grave(wrong):
        _flag(treatment, right, by, now)
    return right


def give_aftercare(treatment: TreatmentSession, how: HowGiven, by: Actor, now: datetime) -> Aftercare:
    """Note that the patient got today's sheet. Raises `NotTreated`."""
    if treatment.started_at is None:
        raise NotTreated(treatment)
    given = Aftercare(
        clinic_id=by.clinic_id,
        treatment_id=treatment.id,
        how=how,
        sheet=SHEET,
        given_at=now,
        by_id=by.id,
        by_name=by.name,
    )
    db.session.add(given)
    record(by, "aftercare.given", treatment, now=now, also=[given])
    return given


def _checked(
    treatment: TreatmentSession,
    kind: ReactionKind,
    severity: ReactionSeverity,
    onset_on: date,
    note: str,
    by: Actor,
    now: datetime,
) -> AdverseReaction:
    if treatment.started_at is None:
        raise NotTreated(treatment)
    if not day_in(by.time_zone, treatment.started_at) <= onset_on <= day_in(by.time_zone, now):
        raise OnsetImpossible
    if names_contact(note):
        raise NoteNamesSomebody
    return AdverseReaction(
        clinic_id=by.clinic_id,
        treatment_id=treatment.id,
        kind=kind,
        severity=severity,
        onset_on=onset_on,
        note=note,
        reported_at=now,
        by_id=by.id,
        by_name=by.name,
    )


def _is_grave(reaction: AdverseReaction) -> bool:
    return reaction.kind is ReactionKind.SUSPECTED_INFECTION or reaction.severity is ReactionSeverity.SEVERE


def _flag(treatment: TreatmentSession, reaction: AdverseReaction, by: Actor, now: datetime) -> None:
    infection = reaction.kind is ReactionKind.SUSPECTED_INFECTION
    said = "Suspected infection" if infection else f"Severe {reaction.kind.value.replace('_', ' ')}"
    raise_incident(
        treatment,
        "ADVERSE_REACTION",
        str(reaction.id),
        f"{said} reported, first seen on {reaction.onset_on.isoformat()}. Trace its needle lots, gun and containers.",
        by,
        now,
        rule="ADVERSE_REACTION",
        severity=FlagSeverity.CRITICAL if infection else FlagSeverity.MAJOR,
    )
