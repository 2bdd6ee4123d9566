"""A signature: a person says once more, by password or PIN, that it is they who decide."""

from datetime import datetime

from inventory.db import begin_write, db
from inventory.errors import Invalid
from inventory.people import operations, passwords, queries
from inventory.people.actors import PersonAtWork


class WrongSignature(Invalid):
    code = "WRONG_SIGNATURE"

    def __init__(self) -> None:
        super().__init__(
            "This is neither your password nor your PIN. Type it again; nothing was decided.", field="secret"
        )


def check_signature(secret: str, by: PersonAtWork, address: str, now: datetime) -> str:
    """`pin` or `password`: what `secret` is of the person at work. The try is noted, to be committed by the caller.

    The secret is checked before the write begins, as Argon2 takes a while; this begins the unit of work anew, so
    load rows after it. Raises `TooManyTries`, `WrongSignature`.
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
    return "pin" if is_pin else "password"
