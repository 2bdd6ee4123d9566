"""Going on past a refusal: one refusal, the one that was shown, by a lead nurse, with a reason, remembered."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from inventory.clock import day_in
from inventory.compliance.facts import Thresholds
from inventory.db import db
from inventory.disinfection import operations as disinfection
from inventory.packs.models import Pack
from inventory.people.actors import PersonAtWork
from inventory.sessions import needles, queries
from inventory.sessions import operations as sessions
from inventory.sessions.admission import scan_in
from inventory.sessions.models import FlagSeverity, TreatmentSession
from inventory.stock import operations as stock
from inventory.stock.models import LifeUnit, ProductKind
from inventory.stock.operations import LotRecalled
from tests.factories.disinfection import make_container
from tests.factories.packs import make_packs
from tests.factories.sessions import Ready, make_ready, open_session, start_session

REASON = "None other left"
MINUTE = timedelta(minutes=1)
LENIENT = Thresholds(override_allowed=frozenset({"EXPIRED", "QUARANTINED", "OPEN_LIFE_EXCEEDED"}))


@pytest.fixture
def ready(lead_nurse: PersonAtWork, now: datetime) -> Ready:
    """A clinic whose policy lets a lead nurse pass a date and a quarantine."""
    return make_ready(lead_nurse, now, thresholds=LENIENT)


def _expired(by: PersonAtWork, now: datetime, ready: Ready) -> Pack:
    before = now - timedelta(days=2)
    return make_packs(by, before, ready.lot, ready.store, use_by=day_in(by.time_zone, before))[0]


def _overridden(treatment: TreatmentSession) -> list[str]:
    return [flag.rule for flag in queries.live_flags(treatment) if flag.code == "OVERRIDDEN"]


def test_a_reason_given_before_any_refusal_was_shown_passes_nothing(
    lead_nurse: PersonAtWork, ready: Ready, now: datetime
) -> None:
    pack, treatment = _expired(lead_nurse, now, ready), open_session(lead_nurse, now, ready)
    assert scan_in(treatment, pack.code, lead_nurse, now, override_reason=REASON).code == "EXPIRED"
    assert queries.packs_of(treatment) == []
    assert scan_in(treatment, pack.code, lead_nurse, now, override_reason=REASON).tone != "red"
    assert _overridden(treatment) == ["EXPIRED"]


@pytest.mark.parametrize(("step", "code"), [(stock.recall, "RECALLED"), (stock.quarantine, "QUARANTINED")])
def test_what_came_in_between_is_told_and_not_passed(
    lead_nurse: PersonAtWork, ready: Ready, now: datetime, step, code: str
) -> None:
    pack, treatment = _expired(lead_nurse, now, ready), open_session(lead_nurse, now, ready)
    assert scan_in(treatment, pack.code, lead_nurse, now).code == "EXPIRED"
    step(ready.lot, "Told by its maker", lead_nurse, now)
    for _ in range(2):
        assert scan_in(treatment, pack.code, lead_nurse, now, override_reason=REASON).code == code
    assert queries.packs_of(treatment) == []
    assert queries.live_flags(treatment) == []


def test_what_somebody_else_was_shown_is_not_passed(
    nurse: PersonAtWork, lead_nurse: PersonAtWork, ready: Ready, now: datetime
) -> None:
    pack, treatment = _expired(lead_nurse, now, ready), open_session(lead_nurse, now, ready)
    scan_in(treatment, pack.code, nurse, now)
    assert scan_in(treatment, pack.code, lead_nurse, now, override_reason=REASON).code == "EXPIRED"


@pytest.mark.parametrize("reason", ["", "   ", None])
def test_without_a_reason_nothing_is_passed(
    lead_nurse: PersonAtWork, ready: Ready, now: datetime, reason: str | None
) -> None:
    pack, treatment = _expired(lead_nurse, now, ready), open_session(lead_nurse, now, ready)
    for _ in range(2):
        assert scan_in(treatment, pack.code, lead_nurse, now, override_reason=reason).code == "EXPIRED"
    assert queries.packs_of(treatment) == []


def test_a_container_open_too_long_is_passed_with_a_flag(lead_nurse: PersonAtWork, ready: Ready, now: datetime) -> None:
    before = now - timedelta(days=3)
    old = make_container(lead_nurse, before, kind=ProductKind.ANTISEPTIC, opened_life=1, opened_life_unit=LifeUnit.DAYS)
    treatment = open_session(lead_nurse, now, ready)
    assert scan_in(treatment, old.code, lead_nurse, now).code == "OPEN_LIFE_EXCEEDED"
    assert scan_in(treatment, old.code, lead_nurse, now, override_reason=REASON).code == "ACCEPTED"
    assert _overridden(treatment) == ["OPEN_LIFE_EXCEEDED"]
    assert len(queries.skin_disinfections_of(treatment)) == 1


@pytest.mark.parametrize("kind", [ProductKind.ANTISEPTIC, ProductKind.INJECTABLE])
def test_a_reason_never_passes_two_faults_of_a_container_at_once(
    lead_nurse: PersonAtWork, ready: Ready, now: datetime, kind: ProductKind
) -> None:
    old = make_container(lead_nurse, now - timedelta(days=30), kind=kind, opened_life=1)
    stock.quarantine(old.lot, "A leak", lead_nurse, now)
    treatment = open_session(lead_nurse, now, ready)
    for reason in (None, REASON, REASON):
        assert scan_in(treatment, old.code, lead_nurse, now, override_reason=reason).code == "QUARANTINED"
    assert _overridden(treatment) == []


def test_a_container_that_was_ended_says_why_and_is_passed_by_nobody(
    lead_nurse: PersonAtWork, ready: Ready, now: datetime
) -> None:
    disinfection.record_strip(ready.antiseptic, False, lead_nurse, now)
    treatment = open_session(lead_nurse, now, ready)
    for reason in (None, REASON):
        scan = scan_in(treatment, ready.antiseptic.code, lead_nurse, now, override_reason=reason)
        assert (scan.code, scan.tone) == ("CONTAINER_ENDED", "red")
        assert "Test strip failed" in scan.sentence
    assert queries.skin_disinfections_of(treatment) == []


@pytest.mark.parametrize(("step", "code"), [(stock.recall, "RECALLED"), (stock.quarantine, "QUARANTINED")])
def test_inv_03_no_further_needle_of_an_opened_pack_once_its_lot_is_stopped(
    nurse: PersonAtWork, lead_nurse: PersonAtWork, ready: Ready, now: datetime, step, code: str
) -> None:
    pack = make_packs(lead_nurse, now, ready.lot, ready.store, each=3)[0]
    treatment = start_session(lead_nurse, now, ready)
    assert scan_in(treatment, pack.code, nurse, now + MINUTE).code == "ACCEPTED"
    step(ready.lot, "Told by its maker", lead_nurse, now + 2 * MINUTE)
    for stopped in (pack, ready.packs[1]):
        assert scan_in(treatment, stopped.code, nurse, now + 3 * MINUTE).code == code
    assert len(queries.needle_uses_of(treatment)) == 2
    sessions.close(treatment, nurse, now + 5 * MINUTE, shots=20)
    named = [flag for flag in queries.live_flags(treatment) if flag.code == code]
    assert {flag.subject for flag in named} == {str(use.id) for use in queries.needle_uses_of(treatment)}
    assert {(flag.severity, flag.rule) for flag in named} == {(FlagSeverity.CRITICAL, "N2")}
    assert all("clinic policy" in flag.sentence and ready.lot.number in flag.sentence for flag in named)


def test_inv_03_the_first_needle_is_of_a_pack_that_is_still_good(
    lead_nurse: PersonAtWork, ready: Ready, now: datetime
) -> None:
    treatment = open_session(lead_nurse, now, ready)
    for code in (ready.gun.code, ready.antiseptic.code, ready.packs[0].code):
        scan_in(treatment, code, lead_nurse, now)
    stock.recall(ready.lot, "Told by its maker", lead_nurse, now)
    assert scan_in(treatment, ready.packs[0].code, lead_nurse, now).code == "RECALLED"
    with pytest.raises(LotRecalled), db.session.begin_nested():
        sessions.start(treatment, lead_nurse, now + MINUTE)
    db.session.expire_all()
    good = make_packs(lead_nurse, now)[0]
    scan_in(treatment, good.code, lead_nurse, now)
    sessions.start(treatment, lead_nurse, now + MINUTE)
    (use,) = queries.needle_uses_of(treatment)
    assert use.pack == good
    assert queries.live_flags(treatment) == []


def test_a_quarantine_passed_when_the_pack_was_opened_lets_its_needles_be_fitted(
    lead_nurse: PersonAtWork, ready: Ready, now: datetime
) -> None:
    stock.quarantine(ready.lot, "Torn cartons", lead_nurse, now)
    treatment = open_session(lead_nurse, now, ready)
    for code in (ready.gun.code, ready.antiseptic.code, ready.packs[0].code):
        scan_in(treatment, code, lead_nurse, now)
    scan_in(treatment, ready.packs[0].code, lead_nurse, now, override_reason=REASON)
    sessions.start(treatment, lead_nurse, now + MINUTE)
    assert len(queries.needle_uses_of(treatment)) == 1
    assert [flag.code for flag in queries.live_flags(treatment)] == ["OVERRIDDEN"]
    stock.recall(ready.lot, "Told by its maker", lead_nurse, now + 2 * MINUTE)
    with pytest.raises(LotRecalled):
        needles.check_good(treatment, ready.packs[0], lead_nurse, now + 2 * MINUTE, override_reason=REASON)


def test_a_quarantine_during_the_session_is_passed_with_a_reason_and_a_flag(
    lead_nurse: PersonAtWork, ready: Ready, now: datetime
) -> None:
    pack = make_packs(lead_nurse, now, ready.lot, ready.store, each=3)[0]
    treatment = start_session(lead_nurse, now, ready)
    scan_in(treatment, pack.code, lead_nurse, now + MINUTE)
    stock.quarantine(ready.lot, "Torn cartons", lead_nurse, now + 2 * MINUTE)
    assert scan_in(treatment, pack.code, lead_nurse, now + 3 * MINUTE).code == "QUARANTINED"
    scan = scan_in(treatment, pack.code, lead_nurse, now + 4 * MINUTE, override_reason=REASON)
    assert scan.tone != "red"
    assert len(queries.needle_uses_of(treatment)) == 3
    assert _overridden(treatment) == ["QUARANTINED"]


@pytest.mark.parametrize(
    ("policy", "person", "passes"),
    [
        (replace(LENIENT, override_by_nurse=frozenset({"EXPIRED"})), "nurse", True),
        (replace(LENIENT, override_by_nurse=frozenset({"QUARANTINED"})), "nurse", False),
        (LENIENT, "nurse", False),
        (LENIENT, "lead_nurse", True),
        (replace(LENIENT, override_allowed=frozenset()), "lead_nurse", False),
        (replace(LENIENT, override_by_nurse=frozenset({"EXPIRED"})), "manager", False),
    ],
)
def test_the_policy_says_who_may_go_past_which_verdict(
    request: pytest.FixtureRequest,
    lead_nurse: PersonAtWork,
    now: datetime,
    policy: Thresholds,
    person: str,
    passes: bool,
) -> None:
    by: PersonAtWork = request.getfixturevalue(person)
    ready = make_ready(lead_nurse, now, thresholds=policy)
    pack, treatment = _expired(lead_nurse, now, ready), open_session(lead_nurse, now, ready)
    assert scan_in(treatment, pack.code, by, now).code == "EXPIRED"
    answered = scan_in(treatment, pack.code, by, now, override_reason=REASON)
    assert (answered.tone != "red") is passes
    assert _overridden(treatment) == (["EXPIRED"] if passes else [])
