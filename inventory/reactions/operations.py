"""Reporting a reaction, and noting the advice that was given."""

from datetime import date, datetime

from inventory.audit.actors import Actor
from inventory.audit.operations import record
from inventory.clock import day_in
from inventory.db import db
from inventory.errors import DomainError, Invalid
from inventory.reactions.models import AdverseReaction, Aftercare, HowGiven, ReactionKind, ReactionSeverity
from inventory.sessions.judging import raise_incident
from inventory.sessions.models import FlagSeverity, TreatmentSession
from inventory.sessions.references import names_contact

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
    if treatment.started_at is None:
        raise NotTreated(treatment)
    if not day_in(by.time_zone, treatment.started_at) <= onset_on <= day_in(by.time_zone, now):
        raise OnsetImpossible
    if names_contact(note):
        raise NoteNamesSomebody
    reaction = AdverseReaction(
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
    db.session.add(reaction)
    record(by, "reaction.reported", treatment, now=now, also=[reaction])
    if kind is ReactionKind.SUSPECTED_INFECTION or severity is ReactionSeverity.SEVERE:
        _flag(treatment, reaction, by, now)
    return reaction


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
