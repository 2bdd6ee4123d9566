"""A draft replayed over what was: the same, finding by finding, as judging each session by itself."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from sqlalchemy import event, select

from inventory.compliance.drafting import draft_policy
from inventory.compliance.facts import BadThresholds, Thresholds
from inventory.compliance.queries import numbers_of, policies_of
from inventory.compliance.rules import judge
from inventory.compliance.techniques import PolicyNumbers
from inventory.db import db
from inventory.oversight import reading
from inventory.oversight.replay import Replay, by_both
from inventory.oversight.what_if import both_of, needles_to_keep
from inventory.people.actors import PersonAtWork
from inventory.sessions import operations as sessions
from inventory.sessions import queries as session_queries
from inventory.sessions.facts import facts_from, facts_in
from inventory.sessions.judging import STORED, findings_of
from inventory.sessions.models import Flag, Technique, TreatmentSession
from tests.compliance.test_rule_fairness import with_presets
from tests.compliance.test_rule_properties import NUMBERS, SWITCHES, policies
from tests.conftest import NOW
from tests.factories.compliance import make_policy
from tests.factories.sessions import make_ready, start_session
from tests.oversight.replaying import Store, write_sessions

SESSIONS = 60
DRAFT = PolicyNumbers(
    clinic_wide=Thresholds(
        overdue_minutes=10,
        large_area_cm2=300,
        spacing_mm={"epidermal": 3, "nappage": 4, "papule": 12, "point_by_point": 20, "linear": 8},
        presets={"multi_pin": {"overdue_punctures": 250, "overdue_area_cm2": 150}},
    ),
    techniques={"papule": {"overdue_punctures": 60, "soon_punctures": 30}, "linear": {"new_needle_per_region": False}},
)


@pytest.fixture
def store(lead_nurse: PersonAtWork) -> Store:
    """Sixty sessions under two policies."""
    ready = make_ready(lead_nurse, NOW - timedelta(days=200))
    loose = PolicyNumbers(techniques={"nappage": {"overdue_punctures": 150}})
    make_policy(lead_nurse, NOW - timedelta(days=199), thresholds=loose)
    kept = Store(lead_nurse, ready, [policy.id for policy in policies_of(lead_nurse.clinic_id)])
    write_sessions(kept, SESSIONS, 4, NOW - timedelta(days=100))
    db.session.commit()
    return kept


def test_a_replay_equals_judging_each_session_by_itself_finding_by_finding(store: Store) -> None:
    versions = {policy.number: numbers_of(policy.thresholds) for policy in policies_of(store.by.clinic_id)}
    numbers = reading.last_numbers(store.by.clinic_id, SESSIONS)
    assert numbers == list(range(1, SESSIONS + 1))
    found = 0
    for part in reading.in_parts(store.by.clinic_id, numbers, size=25):
        for session in part:
            treatment = session_queries.treatment_of(store.by.clinic_id, session.id)
            resolved = both_of(versions[session.policy_number], DRAFT, session.technique.value)
            both = by_both(session, resolved)
            assert both.then == findings_of(treatment, NOW)
            course, thresholds = session_queries.course_of(treatment), DRAFT.of(treatment.technique.value)
            facts = facts_in(course, treatment, thresholds.spacing_mm[treatment.technique.value], NOW)
            assert both.now == judge(facts, thresholds)
            assert both.needles_now == needles_to_keep(facts, thresholds)
            found += len(both.then) + len(both.now)
    assert found > SESSIONS


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(clinic_wide=with_presets(), papule=policies(), distance=st.integers(2, 30))
def test_a_replay_of_any_draft_equals_judging_each_session_by_itself(
    store: Store, clinic_wide: Thresholds, papule: Thresholds, distance: int
) -> None:
    """The store is the same for every draft: nothing here writes."""
    own = {name: getattr(papule, name) for name in (*NUMBERS, *SWITCHES)}
    spacing_mm = {technique.value: distance + place for place, technique in enumerate(Technique)}
    try:
        draft = PolicyNumbers(clinic_wide=replace(clinic_wide, spacing_mm=spacing_mm), techniques={"papule": own})
    except BadThresholds:
        reject()
    versions = {policy.number: numbers_of(policy.thresholds) for policy in policies_of(store.by.clinic_id)}
    sessions_of = {
        treatment.number: treatment
        for treatment in db.session.scalars(select(TreatmentSession).order_by(TreatmentSession.number))
    }
    for session in next(reading.in_parts(store.by.clinic_id, list(sessions_of))):
        technique, treatment = session.technique.value, sessions_of[session.number]
        both = by_both(session, both_of(versions[session.policy_number], draft, technique))
        assert both.then == findings_of(treatment, NOW)
        facts = facts_in(session_queries.course_of(treatment), treatment, spacing_mm[technique], NOW)
        assert both.now == judge(facts, draft.of(technique))
        assert both.needles_now == needles_to_keep(facts, draft.of(technique))


def test_the_tally_counts_flags_changed_sessions_and_needles(store: Store) -> None:
    replay = Replay(store.by.clinic_id, store.by.time_zone, DRAFT, SESSIONS)
    progress = [(step.done, step.total) for step in replay]
    assert progress[-1] == (SESSIONS, SESSIONS)
    then, now, changed, extra = Counter(), Counter(), 0, 0
    for treatment in db.session.scalars(select(TreatmentSession)):
        facts = facts_from(session_queries.course_of(treatment), treatment, NOW)
        old = Counter(one.code for one in findings_of(treatment, NOW) if one.code in STORED)
        thresholds = DRAFT.of(treatment.technique.value)
        drafted = facts_in(
            session_queries.course_of(treatment), treatment, thresholds.spacing_mm[treatment.technique.value], NOW
        )
        new = Counter(one.code for one in judge(drafted, thresholds) if one.code in STORED)
        own = numbers_of(treatment.policy.thresholds).of(treatment.technique.value)
        extra += needles_to_keep(drafted, thresholds) - needles_to_keep(facts, own)
        then, now, changed = then + old, now + new, changed + (old != new)
    tally = replay.tally
    assert (+tally.then, +tally.now, tally.changed_count, tally.extra_needles) == (then, now, changed, extra)
    assert changed and extra


def test_what_a_session_was_flagged_for_is_what_the_replay_says_of_then(nurse: PersonAtWork) -> None:
    """Lived through the operations: the replay's `then` are the flags that were raised."""
    ready = make_ready(nurse, NOW)
    treatment = start_session(nurse, NOW, ready, area_cm2=450)
    sessions.close(treatment, nurse, NOW + timedelta(minutes=31), shots=150)
    raised = Counter(db.session.scalars(select(Flag.code)))
    db.session.commit()
    replay = Replay(nurse.clinic_id, nurse.time_zone, PolicyNumbers(), 10)
    list(replay)
    assert {code.value: count for code, count in replay.tally.then.items()} == raised
    assert replay.tally.changed_count == 0 and replay.tally.extra_needles == 0


def test_a_replay_only_reads_and_lets_go_between_its_parts(store: Store) -> None:
    said: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda _c, _cu, statement, *_: said.append(statement))
    ended: list[bool] = []
    event.listen(db.engine, "rollback", lambda _connection: ended.append(True))
    list(Replay(store.by.clinic_id, store.by.time_zone, DRAFT, SESSIONS))
    assert said and not [one for one in said if not one.lstrip().startswith(("SELECT", "BEGIN"))]
    assert "BEGIN IMMEDIATE" not in said and ended


def test_the_page_tells_progress_and_result_without_script(store: Store, administrator, client_for) -> None:
    draft = draft_policy(DRAFT, "Shorter time on the gun", administrator, NOW)
    page = client_for(store.by).open(f"/policies/drafts/{draft.id}").follow("What if?")
    shown = page.submit("Replay", sessions=SESSIONS, cost="0.35")
    assert f"{SESSIONS} of {SESSIONS} sessions replayed" in shown.main
    assert "Their cost in 30 days" in shown.main and "Sessions that change verdict" in shown.main
    assert any(row[0] == "needle overdue" and row[3].startswith("+") for row in shown.rows())
    refused = client_for(store.by).open(f"/policies/drafts/{draft.id}/what-if?sessions=0", status=422)
    assert "from 1 to 100,000" in refused.main
