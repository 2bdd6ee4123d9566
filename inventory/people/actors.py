"""A person at work in one of their clinics, as every view and operation sees them."""

from dataclasses import dataclass
from uuid import UUID

from inventory.people.limits import Limit, limit_of
from inventory.people.models import Membership, Person, Role
from inventory.people.permissions import LIMITED_AUDITOR, PERMISSIONS


@dataclass(frozen=True)
class PersonAtWork:
    """Made once a request from the membership; also the `by` of every operation."""

    id: UUID
    name: str
    email: str
    membership_id: UUID
    role: Role
    clinic_id: UUID
    clinic_name: str
    time_zone: str
    quick: bool = False
    """Took over a shared tablet by PIN or badge: enough for the work of a nurse, for no more."""
    limit: Limit | None = None
    """Which days an auditor sees; None for everybody else."""

    def may(self, permission: str) -> bool:
        allowed = PERMISSIONS[self.role] if self.limit is None else LIMITED_AUDITOR
        return permission in allowed and (not self.quick or permission in PERMISSIONS[Role.NURSE])


def at_work(
    person: Person, membership: Membership, clinic_name: str, time_zone: str, *, quick: bool = False
) -> PersonAtWork:
    return PersonAtWork(
        person.id,
        person.name,
        person.email,
        membership.id,
        membership.role,
        membership.clinic_id,
        clinic_name,
        time_zone,
        quick,
        limit_of(membership.clinic_id, person.id, time_zone, membership.sees_from, membership.sees_until),
    )
