"""The clinic's own pseudonym for a patient. Pure."""

import hmac
import re
from uuid import UUID

LONGEST = 32
_SHAPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9./_-]{0,31}")
_DATE = re.compile(r"(?<!\d)(\d{1,2}[./-]\d{1,2}[./-](\d{2}|\d{4})|(19|20)\d{2}[./-]\d{1,2}[./-]\d{1,2})(?!\d)")
_PHONE = re.compile(r"0\d([./-]?\d{2}){4}|00\d{8,}")
_CONTACT = re.compile(r"\S@\S|(\d[ ./-]?){9,}")
_NAME = re.compile(r"[A-Za-z]{3,}([._-][A-Za-z]{2,})+")


def looks_personal(reference: str) -> bool:
    """True for anything that is no case number: a name, a birth date, a phone number, a mail address.

    A pattern, so a warning and no proof: a case number has a digit, at most 32 characters, no space.
    """
    if not _SHAPE.fullmatch(reference) or not any(character.isdigit() for character in reference):
        return True
    return bool(_DATE.search(reference) or _PHONE.fullmatch(reference) or _NAME.search(reference))


def commitment(key: bytes, clinic_id: UUID, reference: str) -> str:
    """What the record says instead of a reference: HMAC-SHA-256 under the patient's own key, in hex.

    Holding the key and the reference one can show that they belong together; without the key it says nothing.
    """
    return hmac.new(key, clinic_id.bytes + reference.encode(), "sha256").hexdigest()


def names_contact(note: str) -> bool:
    """True where a note holds a mail address or nine digits that could be a phone number."""
    return _CONTACT.search(note) is not None
