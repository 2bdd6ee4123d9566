"""Going on past a refusal: who may, where, and that it is remembered."""

from collections.abc import Callable

from inventory.audit.actors import Actor
from inventory.compliance.facts import Thresholds
from inventory.errors import DomainError
from inventory.scanning.verdicts import verdict_on
from inventory.sessions.errors import OverrideRefused
from inventory.sessions.facts import thresholds_for
from inventory.sessions.models import TreatmentSession
from inventory.sessions.scan_queries import verdict_shown


class Override:
    """Whether a refusal may be passed over here, by this person, with a reason.

    It covers the one refusal this person was shown for the same scan; another that applies meanwhile stands.
    """

    def __init__(self, treatment: TreatmentSession, scanned: str, by: Actor, reason: str | None) -> None:
        self.passed: DomainError | None = None
        self._reason = (reason or "").strip() or None
        self._treatment, self._scanned, self._by = treatment, scanned, by

    def past(self, check: Callable[[], object]) -> None:
        """Run `check`; swallow nothing but what may be overridden, and remember that it was."""
        try:
            check()
        except DomainError as refused:
            if self._reason is None or not verdict_on(refused.code).override:
                raise
            if not self._may_pass(refused.code):
                raise OverrideRefused(
                    "Only a lead nurse may go on here, and only where the policy allows it."
                ) from refused
            if refused.code != verdict_shown(self._treatment, self._scanned, self._by.id):
                raise
            self.passed = refused

    @property
    def reason(self) -> str | None:
        """The reason given, once a refusal was passed with it."""
        return self._reason if self.passed else None

    def _may_pass(self, code: str) -> bool:
        return may_override(self._by, code, thresholds_for(self._treatment))


def may_override(by: Actor, code: str, thresholds: Thresholds) -> bool:
    """Whether the policy lets this person go past the verdict: a lead nurse, or a nurse where it says so."""
    may = getattr(by, "may", lambda _permission: False)
    if may("sessions.override"):
        return code in thresholds.override_allowed
    return may("sessions.work") and code in thresholds.override_by_nurse
