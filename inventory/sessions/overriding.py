"""Going on past a refusal: who may, where, and that it is remembered."""

from collections.abc import Callable

from inventory.audit.actors import Actor
from inventory.compliance.queries import thresholds_of
from inventory.errors import DomainError
from inventory.scanning.verdicts import verdict_on
from inventory.sessions.errors import OverrideRefused
from inventory.sessions.models import TreatmentSession


class Override:
    """Whether a refusal may be passed over here, by this person, with a reason."""

    def __init__(self, treatment: TreatmentSession, by: Actor, reason: str | None) -> None:
        self.reason = reason
        self.used = ""
        self._allowed = thresholds_of(treatment.policy).override_allowed if reason else frozenset()
        self._may = getattr(by, "may", lambda _permission: False)("sessions.override") if reason else False

    def past(self, check: Callable[[], object]) -> None:
        """Run `check`; swallow nothing but what may be overridden, and remember that it was."""
        try:
            check()
        except DomainError as refused:
            if self.reason is None or not verdict_on(refused.code).override:
                raise
            if not self._may or refused.code not in self._allowed:
                raise OverrideRefused(
                    "Only a lead nurse may go on here, and only where the policy allows it."
                ) from refused
            self.used = refused.sentence
