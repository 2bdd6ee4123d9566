"""Somebody who says once more, by password or PIN, that it is they who act."""

from dataclasses import dataclass, field
from datetime import datetime

from inventory.db import begin_write, db
from inventory.errors import Invalid
from inventory.people import operations, passwords, queries
from inventory.people.actors import PersonAtWork
from inventory.signatures.models import How


class WrongSignature(Invalid):
    code = "WRONG_SIGNATURE"

    def __init__(self) -> None:
        super().__init__(
            "This is neither your password nor your PIN. Type it again; nothing was decided.", field="secret"
        )


@dataclass(frozen=True)
class Signer(PersonAtWork):
    """The `by` of every operation that is signed: nobody who has not just said again who they are can call one."""

    how: How = field(kw_only=True)


def signing(person: PersonAtWork, how: How) -> Signer:
    return Signer(**vars(person), how=how)


def check_signature(secret: str, by: PersonAtWork, address: str, now: datetime) -> Signer:
    """The person at work with what `secret` is of theirs. The try is noted, to be committed by the caller.

    The secret is checked before the write begins, as Argon2 takes a while; this begins the unit of work anew, so
    rows loaded before are read again. Raises `TooManyTries`, `WrongSignature`.
    """
    operations.check_tries(by.email, address, now)
    membership = queries.membership_of(by.clinic_id, by.membership_id)
    is_pin = secret.isdigit() and membership.pin is not None and passwords.matches(secret, membership.pin)
    right = is_pin or passwords.matches(secret, membership.person.password)
    db.session.rollback()
    begin_write()
    operations.check_tries(by.email, address, now)
    operations.note_attempt(by.email, address, right, now)
    if not right:
        raise WrongSignature
    return signing(by, How.PIN if is_pin else How.PASSWORD)
