"""The setup list: what a session needs before its first puncture."""

from dataclasses import dataclass

from inventory.sessions import queries
from inventory.sessions.models import TreatmentSession
from inventory.stock.models import ProductKind


@dataclass(frozen=True)
class SetupItem:
    """One line of the setup list; `scan` is what the nurse is asked for."""

    label: str
    scan: str
    done: bool
    detail: str = ""
    required: bool = True


def checklist(treatment: TreatmentSession) -> list[SetupItem]:
    """What a session needs before its first puncture, and what is already there."""
    packs = queries.packs_of(treatment)
    needles = sum(
        content.quantity
        for pack in packs
        for content in pack.contents
        if content.lot.product.kind is ProductKind.NEEDLE
    )
    skin = queries.skin_disinfections_of(treatment)
    areas = queries.areas_of(treatment)
    total = sum(area.area_cm2 for area in areas)
    return [
        SetupItem("Gun", "a gun", treatment.gun is not None, treatment.gun.model if treatment.gun else ""),
        SetupItem("Antiseptic on the skin", "the antiseptic", bool(skin), f"{len(skin)} applied" if skin else ""),
        SetupItem(
            "Sterile pack with needles",
            "a sterile pack",
            needles > 0,
            f"{needles} needles" if needles else "",
        ),
        SetupItem("Treated area", "the area", bool(areas), f"{total} cm2" if areas else "", required=False),
    ]
