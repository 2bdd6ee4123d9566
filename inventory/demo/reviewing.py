"""What became of the demo clinic's policies and flags: a second version, a draft that waits, reviews in every state."""

from datetime import datetime, timedelta

from inventory.clock import day_in
from inventory.compliance.drafting import approve_draft, draft_policy
from inventory.compliance.facts import Thresholds
from inventory.compliance.techniques import PolicyNumbers
from inventory.demo.clinic import DemoClinic
from inventory.oversight.lifecycle import FlagState, Step
from inventory.oversight.queries import ReviewedFlag, flags_in
from inventory.oversight.review import Agreed, take_step
from inventory.sessions.models import TreatmentSession
from inventory.sessions.review_queries import who_worked_in
from inventory.signatures.signer import Signer

TYPED = ("RATE_IMPLAUSIBLE", "AREA_MISSING")
HEADS = {"multi_pin": {"soon_punctures": 150, "overdue_punctures": 300}}
SECOND = PolicyNumbers(clinic_wide=Thresholds(presets=HEADS), techniques={"linear": {"overdue_area_cm2": 250}})
THIRD = PolicyNumbers(
    clinic_wide=Thresholds(presets=HEADS, overdue_minutes=12),
    techniques={
        "linear": {"overdue_area_cm2": 250},
        "papule": {"overdue_punctures": 80, "soon_punctures": 40},
        "nappage": {"large_area_cm2": 300},
    },
)


def publish_second_version(clinic: DemoClinic, now: datetime) -> None:
    """Drafted by the lead nurse one evening, approved by the administrator before the next day's first session."""
    draft = draft_policy(
        SECOND, "Lines cover more skin with fewer punctures; five pins share the work of a head", clinic.lead, now
    )
    approve_draft(draft, clinic.people["admin@demo.example"], now + timedelta(hours=12))


def leave_a_draft(clinic: DemoClinic, now: datetime) -> None:
    """The manager's, which nobody has decided on yet."""
    draft_policy(
        THIRD, "Shorter time on the gun, and fewer papules per needle: their tips were blunt", clinic.manager, now
    )


def agree_on_two(clinic: DemoClinic, now: datetime) -> None:
    """Actions agreed a while ago: their week is over when the demo begins, and nobody closed them."""
    for one in flags_in(clinic.row.id, limit=2):
        _agree(clinic, one, now)


def review_the_flags(clinic: DemoClinic, until: datetime, now: datetime) -> None:
    """The flags raised before `until` are closed but for the newest: those stand at the other states of a review."""
    old = [one for one in flags_in(clinic.row.id, (FlagState.OPEN,), limit=10_000) if one.flag.raised_at < until]
    for place, one in enumerate(old):
        by = _reviewer(clinic, one.treatment)
        if place in (0, 3):
            said = "Asked the nurse to tell how it went."
            take_step(one.flag, one.treatment, Step.ACKNOWLEDGE, said, by, now)
        elif place in (1, 4):
            _agree(clinic, one, now)
        else:
            said = "Typed wrongly; asked the nurse." if one.flag.code in TYPED else "Spoken about with the team."
            take_step(one.flag, one.treatment, Step.CLOSE, said, by, now)
    for one in flags_in(clinic.row.id, (FlagState.CLOSED,), limit=1):
        by = _reviewer(clinic, one.treatment)
        take_step(one.flag, one.treatment, Step.REOPEN, "It happened again with the same gun.", by, now)


def _agree(clinic: DemoClinic, one: ReviewedFlag, now: datetime) -> None:
    by = _reviewer(clinic, one.treatment)
    due_on = day_in(by.time_zone, now) + timedelta(days=7)
    agreed = Agreed("Show the counter to the whole team", clinic.memberships["lead@demo.example"], due_on)
    take_step(one.flag, one.treatment, Step.AGREE_ACTION, "It comes back.", by, now, agreed=agreed)


def _reviewer(clinic: DemoClinic, treatment: TreatmentSession) -> Signer:
    """The lead nurse, or the manager for what the lead nurse treated herself."""
    return clinic.manager if clinic.lead.id in who_worked_in(treatment) else clinic.lead
