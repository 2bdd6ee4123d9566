"""The sterility bundle of one session: five things that were done or were not, and what was missed. Pure.

A bundle counts whole or not at all (all-or-none measurement, Nolan and Berwick, JAMA 2006); the score says how near.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Antiseptic:
    """One application to the skin before the first puncture."""

    applied_at: datetime
    contact_seconds: int
    usable_until: datetime


@dataclass(frozen=True)
class Evidence:
    """What the records say of one session. `gun_*` are the last moments before its first puncture."""

    started_at: datetime
    gun_disinfected_at: datetime | None
    gun_used_until: datetime | None
    antiseptics: tuple[Antiseptic, ...]
    pack_faults: tuple[str, ...]
    """Codes of incidents with a pack whose needles were used: `RECALLED`, `QUARANTINED`, `OVERRIDDEN`, ..."""
    needle_faults: tuple[str, ...]
    """Codes of flags about when needles were changed."""


@dataclass(frozen=True)
class Element:
    """One part of the bundle; `said` holds its numbers."""

    name: str
    kept: bool
    said: str


@dataclass(frozen=True)
class Bundle:
    elements: Sequence[Element]

    @property
    def score(self) -> int:
        return sum(1 for element in self.elements if element.kept)

    @property
    def whole(self) -> bool:
        return self.score == len(self.elements)

    @property
    def missed(self) -> Sequence[Element]:
        return [element for element in self.elements if not element.kept]


def bundle_of(evidence: Evidence) -> Bundle:
    """Gun, antiseptic, contact time, packs, needles, in this order."""
    last = max(evidence.antiseptics, key=lambda one: (one.applied_at, one.contact_seconds), default=None)
    return Bundle([_gun(evidence), _antiseptic(last), _contact(last, evidence), _packs(evidence), _needles(evidence)])


def _gun(evidence: Evidence) -> Element:
    done, used = evidence.gun_disinfected_at, evidence.gun_used_until
    if done is None:
        return Element("Disinfected gun", False, "no disinfection of the gun is on record before this session")
    if used is not None and done < used:
        return Element("Disinfected gun", False, "the gun was not disinfected after its session before")
    minutes = int((evidence.started_at - done).total_seconds()) // 60
    return Element("Disinfected gun", True, f"disinfected {_long(minutes)} before the first puncture")


def _antiseptic(last: Antiseptic | None) -> Element:
    if last is None:
        return Element("In-date antiseptic", False, "no antiseptic was scanned before the first puncture")
    if last.usable_until <= last.applied_at:
        return Element("In-date antiseptic", False, "the antiseptic was past its opened life or date")
    days = (last.usable_until - last.applied_at).days
    return Element("In-date antiseptic", True, f"usable for {days} more day{'' if days == 1 else 's'}")


def _contact(last: Antiseptic | None, evidence: Evidence) -> Element:
    if last is None:
        return Element("Contact time", False, "without antiseptic there was none")
    kept = int((evidence.started_at - last.applied_at).total_seconds())
    said = f"it acted {kept} s; its maker asks for {last.contact_seconds} s"
    return Element("Contact time", kept >= last.contact_seconds, said)


def _packs(evidence: Evidence) -> Element:
    if evidence.pack_faults:
        said = ", ".join(sorted({code.replace("_", " ").lower() for code in evidence.pack_faults}))
        return Element("Released packs", False, f"a pack was used that should not have been: {said}")
    return Element("Released packs", True, "every pack was released and in date when it was opened")


def _needles(evidence: Evidence) -> Element:
    if evidence.needle_faults:
        said = ", ".join(sorted({code.replace("_", " ").lower() for code in evidence.needle_faults}))
        return Element("Needles in time", False, f"flagged by clinic policy: {said}")
    return Element("Needles in time", True, "changed as clinic policy asks")


def _long(minutes: int) -> str:
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} days"
