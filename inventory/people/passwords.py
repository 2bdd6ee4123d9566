"""Passwords: long enough, not guessable from the person, hashed with Argon2id by argon2-cffi."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from inventory.people.errors import WeakPassword

SHORTEST, LONGEST = 12, 256
_HASHER = PasswordHasher()
_NOBODY = _HASHER.hash("nobody's password, checked so that an unknown account takes as long as a known one")


def hashed(password: str) -> str:
    return _HASHER.hash(password)


def check_strength(password: str, *personal: str) -> None:
    """Raises `WeakPassword`: length counts, not odd characters (NIST SP 800-63B)."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise WeakPassword(f"A password has {SHORTEST} to {LONGEST} characters. A sentence is good.")
    if len(set(password)) < 5:
        raise WeakPassword("This password repeats too few characters. Choose a sentence.")
    for known in personal:
        for part in known.lower().replace("@", " ").split():
            if len(part) > 3 and password.lower().replace(part, "").strip("0123456789!.-_ ") == "":
                raise WeakPassword("This password is your own name. Choose a sentence.")


def matches(password: str, stored: str | None) -> bool:
    """Whether `password` is the one hashed in `stored`; an unknown account (None) takes as long to refuse."""
    try:
        return _HASHER.verify(stored or _NOBODY, password[: LONGEST + 1]) and stored is not None
    except (VerificationError, InvalidHashError):
        return False
