"""Passwords: long enough, not guessable from the person, hashed with Argon2id by argon2-cffi."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from inventory.people.errors import WeakPassword

SHORTEST, LONGEST = 12, 256
LEAST_OF_ITS_OWN = 8
"""Characters that must be left when names and words everybody tries are taken out."""
TRIED_FIRST = (
    "password passwort motdepasse wachtwoord contrasena welcome willkommen bienvenue administrator administrateur "
    "changeme letmein iloveyou qwertyuiop qwertz qwerty azerty asdfghjkl 1q2w3e4r sterilog mesotherapy clinic nurse "
    "1234567890 0987654321 123456789 987654321 12345678 123456 abcdefgh abcd1234"
).split()
_HASHER = PasswordHasher()
_NOBODY = _HASHER.hash("nobody's password, checked so that an unknown account takes as long as a known one")


def hashed(password: str) -> str:
    return _HASHER.hash(password)


def check_strength(password: str, *personal: str) -> None:
    """Raises `WeakPassword`: length counts, not odd characters (NIST SP 800-63B, 3.1.1.2)."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise WeakPassword(f"A password has {SHORTEST} to {LONGEST} characters. A sentence is good.")
    if len(set(password)) < 5:
        raise WeakPassword("This password repeats too few characters. Choose a sentence.")
    if len(_of_its_own(password, personal)) < LEAST_OF_ITS_OWN:
        raise WeakPassword("This password is mostly a name or a word tried first. Choose a sentence.")


def matches(password: str, stored: str | None) -> bool:
    """Whether `password` is the one hashed in `stored`; an unknown account (None) takes as long to refuse."""
    try:
        return _HASHER.verify(stored or _NOBODY, password[: LONGEST + 1]) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def _of_its_own(password: str, personal: tuple[str, ...]) -> str:
    """What is left of a password without the person's own names, common words and space."""
    names = [part for known in personal for part in known.lower().replace("@", " ").replace(".", " ").split()]
    left = password.lower()
    for word in sorted({*TRIED_FIRST, *(name for name in names if len(name) > 3)}, key=len, reverse=True):
        left = left.replace(word, "")
    return "".join(left.split())
