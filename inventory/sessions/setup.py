"""The setup list: what a session needs before its first puncture."""

from dataclasses import dataclass

from inventory.sessions.models import TreatmentSession
from inventory.sessions.setup_queries import Prepared, prepared


@dataclass(frozen=True)
class SetupItem:
    """One line of the setup list; `scan` is what the nurse is asked for."""

    label: str
    scan: str
    done: bool
    detail: str = ""
    required: bool = True


def checklist(treatment: TreatmentSession, there: Prepared | None = None) -> list[SetupItem]:
    """What a session needs before its first puncture, and what is already there (read unless it was)."""
    there = there or prepared(treatment)
    return [
        SetupItem("Gun", "a gun", treatment.gun is not None, treatment.gun.model if treatment.gun else ""),
        SetupItem(
            "Antiseptic on the skin",
            "the antiseptic",
            there.skin_disinfections > 0,
            f"{there.skin_disinfections} applied" if there.skin_disinfections else "",
        ),
        SetupItem(
            "Sterile pack with needles",
            "a sterile pack",
            there.needles > 0,
            f"{there.needles} needles" if there.needles else "",
        ),
        SetupItem(
            "Treated area",
            "the area",
            there.regions > 0,
            f"{there.area_cm2} cm2" if there.regions else "",
            required=False,
        ),
    ]
