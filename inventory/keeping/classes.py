"""What is kept how long. Pure: one table of record classes, those that a job removes and those that stay."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

LOOK_BACK_DAYS = 210
"""How far a recall may have to look back for patients (reliability study, section 5)."""
LONGEST_DAYS = 36_500


class RecordClass(StrEnum):
    """The classes that the job removes."""

    REFERENCES = "references"
    MAIL = "mail"
    SIGN_INS = "sign_ins"
    DEVICE_CHECKS = "device_checks"


@dataclass(frozen=True)
class Rule:
    """`days` is proposed until the clinic decides; `least` may not be gone below."""

    what: str
    days: int
    least: int
    counted_from: str
    why: str


RULES: Mapping[RecordClass, Rule] = {
    RecordClass.REFERENCES: Rule(
        "Patient references",
        3653,
        LOOK_BACK_DAYS,
        "the patient's last session",
        "10 years is what insurers ask for; a recall looks back 210 days.",
    ),
    RecordClass.MAIL: Rule(
        "Mail that was sent or refused", 365, 30, "the day it was written", "What was ordered stays with the order."
    ),
    RecordClass.SIGN_INS: Rule(
        "Tries to sign in", 90, 7, "the try", "Guessing is slowed down by the last minutes; the rest is for questions."
    ),
    RecordClass.DEVICE_CHECKS: Rule(
        "Morning checks of devices", 1096, 30, "the check", "3 years, as for stock and equipment."
    ),
}


@dataclass(frozen=True)
class Kept:
    """A class that nothing removes, and why."""

    what: str
    why: str


KEPT = (
    Kept(
        "Sessions, needles, packs, loads, flags",
        "The sterility record. Without the reference it speaks of no patient; its rows hold each other and the "
        "record's proofs up, so nothing takes them out.",
    ),
    Kept("Stock and its movements", "Each balance is the sum of all movements, so none can be taken out."),
    Kept("The record and its checkpoints", "An entry less and nothing after it could be proven."),
    Kept(
        "Answers to requests",
        "A phone may come back with an act after weeks; it must not be done twice. They hold no reference.",
    ),
    Kept("People and their roles", "The record names them. Whoever left cannot sign in."),
    Kept("Devices and what they brought home", "Each act carries the number of its device."),
)


def cutoff(now: datetime, days: int) -> datetime:
    """What happened before this moment is past a term of `days`."""
    return now - timedelta(days=days)


def digest(rows: Iterable[tuple[str, UUID]]) -> str:
    """SHA-256, in hex, of the removed rows: a line `kind id` each, sorted, so that anybody can compute it again."""
    return sha256("".join(sorted(f"{kind} {key}\n" for kind, key in rows)).encode()).hexdigest()


def as_years(days: int) -> str:
    """`3653` as '10 years', `90` as '90 days'."""
    years, rest = divmod(days, 365)
    if years >= 1 and rest <= years // 4 + 1:
        return f"{years} year{'' if years == 1 else 's'}"
    return f"{days} days"
