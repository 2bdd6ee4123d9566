"""What a session was judged by, kept at its close, and found again."""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from inventory.audit.actors import Actor
from inventory.audit.canonical import canonical, plain
from inventory.audit.operations import record
from inventory.compliance.facts import SessionFacts
from inventory.compliance.judging import finding_as_mapping
from inventory.compliance.kept import digest_of, facts_as_mapping, facts_from_mapping
from inventory.compliance.models import Judgement
from inventory.compliance.rules import Finding
from inventory.db import db
from inventory.sessions.facts import thresholds_for
from inventory.sessions.models import TreatmentSession


def keep(
    treatment: TreatmentSession, facts: SessionFacts, findings: Sequence[Finding], by: Actor, now: datetime
) -> Judgement:
    """Keep the facts of a closed session, the versions of policy and rules, and what they found."""
    said = canonical(facts_as_mapping(facts)).decode()
    found = json.dumps(plain([finding_as_mapping(finding) for finding in findings]), ensure_ascii=False)
    judgement = Judgement(
        clinic_id=by.clinic_id,
        treatment_id=treatment.id,
        at=now,
        policy_number=treatment.policy.number,
        rules_version=thresholds_for(treatment).rules_version,
        facts=said,
        findings=found,
        digest=digest_of(said, found),
    )
    db.session.add(judgement)
    record(by, "session.judged", treatment, now=now, also=[judgement])
    return judgement


def judgements_of(treatment: TreatmentSession) -> Sequence[Judgement]:
    """Oldest first; none for a session closed before they were kept."""
    return db.session.scalars(
        select(Judgement)
        .where(Judgement.clinic_id == treatment.clinic_id, Judgement.treatment_id == treatment.id)
        .order_by(Judgement.at, Judgement.id)
    ).all()


def facts_kept(judgement: Judgement) -> SessionFacts:
    return facts_from_mapping(json.loads(judgement.facts))
