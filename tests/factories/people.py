"""People and their clinics, made through the operations."""

from datetime import datetime
from itertools import count

from inventory.audit.actors import Program
from inventory.people import operations as people
from inventory.people.models import Clinic, Membership, Role

PASSWORD = "a long enough test password"
_numbers = count(1)


def make_clinic(now: datetime, *, name: str | None = None, time_zone: str = "Europe/Brussels") -> Clinic:
    return people.found_clinic(name or f"Clinic no. {next(_numbers)}", time_zone, now)


def make_member(
    clinic: Clinic,
    now: datetime,
    *,
    role: Role = Role.NURSE,
    name: str | None = None,
    email: str | None = None,
    password: str = PASSWORD,
) -> Membership:
    """Somebody new with a role in `clinic`, added by the program."""
    number, by = next(_numbers), Program(clinic.id, clinic.time_zone)
    person = people.add_person(
        name or f"Person no. {number}", email or f"person.{number}@clinic.example", password, by, now
    )
    return people.join_clinic(person, clinic, role, by, now)
