"""What the page of the body map shows: everything decided here, nothing in the template."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from wtforms import BooleanField, IntegerField

from inventory.compliance.facts import SessionFacts
from inventory.compliance.rules import large_area
from inventory.sessions import queries
from inventory.sessions.area_forms import AreasForm
from inventory.sessions.areas import Size, elsewhere
from inventory.sessions.body_map import LISTED, Spot, drawn_on
from inventory.sessions.body_shapes import FIGURES
from inventory.sessions.facts import facts_from, regions_of, thresholds_for
from inventory.sessions.models import NeedleUse, TreatmentSession
from inventory.sessions.regions import PALM_CM2, REGIONS, label_of


@dataclass(frozen=True)
class Row:
    """One spot in the list. `parts` are the keys a sum covers; `needles` those already used there, in words."""

    spot: Spot
    take: BooleanField
    cm2: IntegerField
    palms: IntegerField
    area_cm2: int
    parts: str
    needles: str


def of(treatment: TreatmentSession, form: AreasForm, now: datetime) -> dict[str, object]:
    """The names the page uses."""
    course = queries.course_of(treatment)
    rest = elsewhere(course.areas)
    worked = _worked(course.needle_uses)
    wanted = form.wanted
    groups = {title: [_row(spot, form, wanted, worked) for spot in spots] for title, spots in LISTED.items()}
    chosen = {row.spot.key: row for rows in groups.values() for row in rows if row.spot.key in wanted}
    facts, thresholds = facts_from(course, treatment, now), thresholds_for(treatment)
    total = sum(row.area_cm2 for row in chosen.values()) + sum(area.area_cm2 for area in rest)
    keys = (*chosen, *dict.fromkeys(queries.key_of(area) for area in rest))
    return {
        "treatment": treatment,
        "form": form,
        "figures": [(figure, drawn_on(figure)) for figure in FIGURES],
        "groups": groups,
        "chosen": chosen,
        "elsewhere": [(label_of(queries.key_of(area)), area) for area in rest],
        "thresholds": thresholds,
        "palm_cm2": PALM_CM2,
        "total": total,
        "regions": len(keys),
        "large": _large(facts, total, keys, treatment),
        "always_large": _large(facts, 0, (), treatment),
    }


def _row(spot: Spot, form: AreasForm, wanted: Mapping[str, Size], worked: Mapping[str, list[int]]) -> Row:
    take, cm2, palms = form.fields_of(spot)
    needles = ", ".join(str(sequence) for sequence in worked.get(spot.key, ()))
    parts = " ".join(
        f"{part}:{side}"
        for part in spot.region.parts
        for side in (("left", "right") if REGIONS[part].paired and not spot.region.paired else (spot.side,))
    )
    return Row(spot, take, cm2, palms, _area_cm2(spot, wanted.get(spot.key, Size())), parts, needles)


def _area_cm2(spot: Spot, size: Size) -> int:
    """Shown while it is being chosen; what is kept is decided by `sizes.size_of`."""
    palms = size.palms * PALM_CM2 if size.palms is not None else None
    return next(number for number in (size.area_cm2, palms, spot.region.area_cm2, 0) if number is not None)


def _worked(uses: Sequence[NeedleUse]) -> dict[str, list[int]]:
    """The needles used on each region, by its key."""
    worked: dict[str, list[int]] = {}
    for use in uses:
        for key in regions_of(use):
            worked.setdefault(key, []).append(use.sequence)
    return worked


def _large(facts: SessionFacts, total: int, keys: Sequence[str], treatment: TreatmentSession) -> bool:
    return large_area(replace(facts, area_cm2=total, regions=tuple(keys)), thresholds_for(treatment))
