"""Policy versions: appended, never edited, one in force at every moment."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from inventory.audit.actors import Program
from inventory.audit.queries import entries_of
from inventory.compliance.facts import Thresholds
from inventory.compliance.operations import PolicyNotLater, PolicyUnusable, publish_policy, read_numbers
from inventory.compliance.queries import policies_of, policy_numbered, policy_on, thresholds_of
from inventory.compliance.techniques import PolicyNumbers
from inventory.compliance.wording import WORDINGS, compared, said
from inventory.db import db
from inventory.errors import NotHere
from inventory.people.actors import PersonAtWork
from inventory.people.models import Clinic
from tests.conftest import NOW
from tests.factories.compliance import make_policy
from tests.factories.people import make_clinic

COLUMNS = "id, clinic_id, number, in_force_from, thresholds, reason, published_by, published_at"
STRICTER = Thresholds(overdue_punctures=80)


def _copied(number: int, in_force_from: datetime, *, replacing: bool = False) -> str:
    """SQL that inserts another version beside number 1, past every operation."""
    moment = in_force_from.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    sqlite = db.engine.dialect.name == "sqlite"
    insert = "INSERT OR REPLACE" if replacing and sqlite else "INSERT"
    new_id = "id" if replacing else "lower(hex(randomblob(16)))" if sqlite else "gen_random_uuid()"
    return (
        f"{insert} INTO policy ({COLUMNS}) SELECT {new_id}, clinic_id, {number}, '{moment}', thresholds, reason, "
        "published_by, published_at FROM policy WHERE number = 1"
    )


def test_the_first_policy_is_number_one_and_recorded(administrator: PersonAtWork) -> None:
    policy = publish_policy(Thresholds(), "The default policy", administrator, NOW)
    assert (policy.number, policy.in_force_from, policy.published_by) == (1, NOW, administrator.id)
    entry = entries_of(administrator.clinic_id, policy.id)[0]
    assert (entry.action, entry.actor_name) == ("policy.published", administrator.name)


def test_the_numbers_come_back_as_they_were_published(administrator: PersonAtWork) -> None:
    policy = publish_policy(STRICTER, "Fewer punctures per needle", administrator, NOW)
    db.session.expire_all()
    assert thresholds_of(policy) == STRICTER


def test_a_moment_is_judged_by_the_version_in_force_then(administrator: PersonAtWork) -> None:
    make_policy(administrator, NOW)
    make_policy(administrator, NOW, thresholds=STRICTER, in_force_from=NOW + timedelta(days=1))
    clinic_id = administrator.clinic_id
    assert policy_on(clinic_id, NOW).number == 1
    assert policy_on(clinic_id, NOW + timedelta(days=1) - timedelta(milliseconds=1)).number == 1
    assert policy_on(clinic_id, NOW + timedelta(days=1)).number == 2
    with pytest.raises(NotHere):
        policy_on(clinic_id, NOW - timedelta(milliseconds=1))


@pytest.mark.parametrize("earlier", [timedelta(0), timedelta(days=1)])
def test_a_version_that_does_not_come_later_is_refused(administrator: PersonAtWork, earlier: timedelta) -> None:
    make_policy(administrator, NOW)
    with pytest.raises(PolicyNotLater):
        make_policy(administrator, NOW, thresholds=STRICTER, in_force_from=NOW - earlier)
    assert len(policies_of(administrator.clinic_id)) == 1


def test_each_clinic_counts_its_own_versions(administrator: PersonAtWork, other_clinic: Clinic) -> None:
    make_policy(administrator, NOW)
    theirs = make_policy(Program(other_clinic.id, other_clinic.time_zone), NOW, thresholds=STRICTER)
    assert theirs.number == 1
    assert thresholds_of(policy_on(administrator.clinic_id, NOW)) == Thresholds()
    with pytest.raises(NotHere):
        policy_numbered(administrator.clinic_id, 2)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE policy SET thresholds = '{}'",
        "UPDATE policy SET in_force_from = published_at, number = 7",
        "UPDATE policy SET reason = 'Another'",
        "DELETE FROM policy",
    ],
)
def test_inv_15_policy_versions_never_change(administrator: PersonAtWork, statement: str) -> None:
    make_policy(administrator, NOW)
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(text(statement))


@pytest.mark.parametrize(
    ("number", "days"),
    [(3, 0), (3, 1), (3, 2), (2, 9), (1, 9), (0, 9)],
    ids=["same moment as 1", "between", "same moment as 2", "number of 2", "number of 1", "below 1"],
)
def test_inv_15_policy_versions_never_overlap(administrator: PersonAtWork, number: int, days: int) -> None:
    make_policy(administrator, NOW)
    make_policy(administrator, NOW, thresholds=STRICTER, in_force_from=NOW + timedelta(days=2))
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(text(_copied(number, NOW + timedelta(days=days))))


def test_inv_15_a_policy_version_is_never_replaced(administrator: PersonAtWork) -> None:
    make_policy(administrator, NOW)
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(text(_copied(2, NOW + timedelta(days=1), replacing=True)))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(minutes=st.lists(st.integers(-50, 50), min_size=1, max_size=6), asked=st.integers(-60, 60))
def test_inv_15_one_version_at_most_is_in_force(app, minutes: list[int], asked: int) -> None:
    """Against a plain model: published in any order, the newest version begun by a moment judges it."""
    clinic = make_clinic(NOW)
    by, model = Program(clinic.id, clinic.time_zone), list[tuple[int, int]]()
    for number, minute in enumerate(minutes):
        later = not model or minute > model[-1][0]
        try:
            limits = replace(Thresholds(), expires_soon_days=number + 1)
            make_policy(by, NOW, thresholds=limits, in_force_from=NOW + timedelta(minutes=minute))
        except PolicyNotLater:
            assert not later
        else:
            assert later
            model.append((minute, number + 1))
    begun = [days for minute, days in model if minute <= asked]
    if begun:
        found = policy_on(clinic.id, NOW + timedelta(minutes=asked))
        assert thresholds_of(found).expires_soon_days == begun[-1]
    else:
        with pytest.raises(NotHere):
            policy_on(clinic.id, NOW + timedelta(minutes=asked))


def test_impossible_numbers_are_refused_in_the_words_of_the_page() -> None:
    with pytest.raises(PolicyUnusable) as refusal:
        read_numbers({**Thresholds().as_mapping(), "soon_punctures": 101})
    assert refusal.value.sentence == "“Change soon from” must not be larger than “Most punctures per needle”."


def test_every_number_has_words_and_a_basis() -> None:
    assert set(WORDINGS) == set(Thresholds().as_mapping())
    assert all(wording.rule and wording.label and wording.basis for wording in WORDINGS.values())


def test_a_version_says_what_differs_from_another_for_whom() -> None:
    stricter = PolicyNumbers(clinic_wide=STRICTER, techniques={"papule": {"overdue_minutes": 10}})
    differing = [number for number in compared(stricter, PolicyNumbers()) if number.differs]
    assert [(number.scope, number.wording.rule, number.value, number.other) for number in differing] == [
        ("", "N6", "80 punctures", "100 punctures"),
        ("Papule", "N7", "10 min", "as the clinic"),
    ]
    assert not [number for number in compared(stricter) if number.differs]


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (True, "", "on"),
        (False, "", "off"),
        (15, "min", "15 min"),
        (["EXPIRED", "OPEN_LIFE_EXCEEDED"], "", "expired, open life exceeded"),
        ([], "", "nothing"),
        ({"point_by_point": 20}, "mm", "point by point 20 mm"),
    ],
)
def test_a_number_is_said_with_its_unit(value: object, unit: str, words: str) -> None:
    assert said(value, unit) == words
