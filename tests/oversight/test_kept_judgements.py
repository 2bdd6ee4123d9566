"""What a session was told stays: its facts, its policy and its set of rules are kept, and say the same for ever."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from inventory.audit.canonical import canonical
from inventory.compliance import facts as compliance_facts
from inventory.compliance.facts import SessionFacts, Thresholds
from inventory.compliance.judging import finding_as_mapping
from inventory.compliance.kept import digest_of, facts_as_mapping, facts_from_mapping
from inventory.compliance.queries import numbers_of, policy_numbered
from inventory.compliance.rules import RULES, Finding, FindingCode, RuleRow, Severity, judge
from inventory.db import db
from inventory.people.actors import PersonAtWork
from inventory.sessions import operations as sessions
from inventory.sessions.judgements import facts_kept, judgements_of
from inventory.sessions.models import TreatmentSession
from tests.compliance.test_rule_properties import sessions as any_session
from tests.conftest import NOW
from tests.factories.sessions import make_ready, start_session


@pytest.fixture
def closed(nurse: PersonAtWork) -> TreatmentSession:
    treatment = start_session(nurse, NOW, make_ready(nurse, NOW), area_cm2=450)
    sessions.close(treatment, nurse, NOW + timedelta(minutes=31), shots=150)
    return treatment


def test_a_replay_of_kept_facts_gives_the_kept_findings(closed: TreatmentSession) -> None:
    (kept,) = judgements_of(closed)
    policy = policy_numbered(closed.clinic_id, kept.policy_number)
    thresholds = numbers_of(policy.thresholds).of(closed.technique.value)
    again = [finding_as_mapping(finding) for finding in judge(facts_kept(kept), thresholds)]
    assert again == json.loads(kept.findings) and len(again) > 1
    assert kept.rules_version == thresholds.rules_version == 1
    assert kept.digest == digest_of(kept.facts, kept.findings)


def test_a_rule_of_a_later_version_changes_nothing_an_old_session_was_told(
    closed: TreatmentSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Version 2 adds a rule and replaces one. A policy from before keeps asking what it asked."""

    def everything(_facts: SessionFacts, _thresholds: Thresholds) -> Iterator[Finding]:
        yield Finding("N99", FindingCode.NEEDLE_OVERDUE, Severity.MAJOR, "New in version 2: clinic policy.")

    monkeypatch.setattr(compliance_facts, "RULES_VERSION", 2)
    rows = (*(replace(row, until=1 if place == 1 else 2) for place, row in enumerate(RULES)), RuleRow(everything, 2, 2))
    (kept,) = judgements_of(closed)
    old = numbers_of(policy_numbered(closed.clinic_id, 1).thresholds).of(closed.technique.value)
    again = [finding_as_mapping(finding) for finding in judge(facts_kept(kept), old, rows)]
    assert again == json.loads(kept.findings)
    new = {finding.rule for finding in judge(facts_kept(kept), replace(old, rules_version=2), rows)}
    assert "N99" in new and not new & {"N6", "N7", "N8"}


def test_the_newest_row_of_the_rules_is_the_version_policies_are_made_with() -> None:
    assert max(row.since for row in RULES) == compliance_facts.RULES_VERSION
    assert all(row.since <= row.until <= compliance_facts.RULES_VERSION for row in RULES)


@given(facts=any_session())
def test_facts_come_back_as_they_were_kept(facts: SessionFacts) -> None:
    kept = canonical(facts_as_mapping(facts)).decode()
    assert facts_from_mapping(json.loads(kept)) == facts


def test_inv_14_what_was_kept_cannot_be_changed(closed: TreatmentSession) -> None:
    for statement in ("UPDATE judgement SET findings = '[]'", "DELETE FROM judgement"):
        with pytest.raises(IntegrityError), db.session.begin_nested():
            db.session.execute(text(statement))
    assert len(judgements_of(closed)) == 1
