"""Taking over a shared tablet: a PIN or a badge says who is at work, on a browser somebody signed in to before."""

from datetime import datetime
from hashlib import sha256

from inventory.audit.actors import Actor
from inventory.audit.operations import record
from inventory.errors import Invalid
from inventory.people import passwords
from inventory.people.models import Membership
from labels import codes

SHORTEST, LONGEST = 4, 8
SEQUENCES = "01234567890", "09876543210"


class WeakPin(Invalid):
    def __init__(self) -> None:
        super().__init__(
            f"A PIN has {SHORTEST} to {LONGEST} digits, not all the same and not in a row. Choose another.",
            field="pin",
        )


class WrongPin(Invalid):
    code = "WRONG_PIN"

    def __init__(self) -> None:
        super().__init__(
            "This PIN is not right. Try again, scan your badge, or sign in with your password.", field="pin"
        )


class UnknownBadge(Invalid):
    code = "UNKNOWN_BADGE"

    def __init__(self) -> None:
        super().__init__("This badge opens nothing here. Use your PIN, or ask for a new badge.", field="text")


def set_pin(membership: Membership, pin: str, by: Actor, now: datetime) -> None:
    """Raises `WeakPin`."""
    in_a_row = any(pin in sequence for sequence in SEQUENCES)
    if not (pin.isascii() and pin.isdigit() and SHORTEST <= len(pin) <= LONGEST) or len(set(pin)) == 1 or in_a_row:
        raise WeakPin
    membership.pin = passwords.hashed(pin)
    record(by, "person.pin_set", membership, now=now)


def new_badge(membership: Membership, by: Actor, now: datetime) -> str:
    """The code for a new badge, known only now: the database keeps its hash. The badge before it opens nothing."""
    code = codes.new_code()
    membership.badge_code = hashed(code)
    record(by, "person.badge_made", membership, now=now)
    return code


def end_badge(membership: Membership, by: Actor, now: datetime) -> None:
    """A lost badge opens nothing from now on."""
    membership.badge_code = None
    record(by, "person.badge_ended", membership, now=now)


def switched(membership: Membership, how: str, by: Actor, now: datetime) -> None:
    """Somebody took over; `how` is pin or badge."""
    record(by, "person.took_over", membership, now=now, how=how)


def failed(membership: Membership, by: Actor, now: datetime) -> None:
    record(by, "person.pin_failed", membership, now=now)


def hashed(code: str) -> str:
    """A badge's code has 80 random bits, so that a plain hash cannot be searched."""
    return sha256(code.encode()).hexdigest()
