"""Setting the treated areas of a session all at once, as they were chosen on the body map."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from inventory.audit.actors import Actor
from inventory.audit.operations import record
from inventory.db import db
from inventory.sessions import queries
from inventory.sessions.body_map import SPOTS, Spot
from inventory.sessions.errors import AreasChanged, SessionOver
from inventory.sessions.judging import reassess
from inventory.sessions.models import Side, TreatedArea, TreatmentSession, TreatmentState
from inventory.sessions.regions import label_of
from inventory.sessions.sizes import check_once, size_of


@dataclass(frozen=True)
class Size:
    """As it was entered; neither is the region's preset."""

    area_cm2: int | None = None
    palms: int | None = None


@dataclass(frozen=True)
class Change:
    """What setting the areas did: the keys that came in or got another size, and those that went."""

    entered: tuple[str, ...]
    taken_out: tuple[str, ...]


def check_open(treatment: TreatmentSession) -> None:
    """Raises `SessionOver` for a session that is closed or abandoned."""
    if treatment.state in (TreatmentState.CLOSED, TreatmentState.ABANDONED):
        raise SessionOver(treatment)


def set_areas(treatment: TreatmentSession, wanted: Mapping[str, Size], seen: str, by: Actor, now: datetime) -> Change:
    """Make the body map's areas exactly `wanted`, by key; a correction ends the row and adds another.

    `seen` is the `version_of` the areas the choice was made from. Regions entered in a way the map does not show stay
    as they are. Raises `SessionOver`, `AreasChanged`, `CoveredTwice`, `BadArea`.
    """
    # Two nurses saving at one instant: the second waits here, then sees what the first one saved.
    db.session.refresh(treatment, ["state"], with_for_update=True)
    check_open(treatment)
    there = queries.areas_of(treatment)
    if version_of(there) != seen:
        raise AreasChanged([f"{label_of(queries.key_of(area))} {area.area_cm2} cm2" for area in there])
    check_once([*wanted, *(queries.key_of(area) for area in elsewhere(there))])
    withdrawn: list[TreatedArea] = []
    added: list[TreatedArea] = []
    for key, spot in SPOTS.items():
        rows = on_spot(there, key)
        new = _area(treatment, spot, wanted[key], now) if key in wanted else None
        if new is None or not _same(rows, new):
            withdrawn += rows
            added += [new] if new else []
    if withdrawn or added:
        _keep(treatment, withdrawn, added, by, now)
    entered = tuple(queries.key_of(area) for area in added)
    gone = dict.fromkeys(queries.key_of(area) for area in withdrawn)
    return Change(entered, tuple(key for key in gone if key not in entered))


def version_of(areas: Sequence[TreatedArea]) -> str:
    """Changes whenever an area is added or withdrawn."""
    return sha256(" ".join(sorted(str(area.id) for area in areas)).encode()).hexdigest()[:16]


def on_spot(areas: Sequence[TreatedArea], key: str) -> list[TreatedArea]:
    return [area for area in areas if queries.key_of(area) == key]


def elsewhere(areas: Sequence[TreatedArea]) -> list[TreatedArea]:
    """What was entered in a way the map does not show, such as both sides in one."""
    return [area for area in areas if queries.key_of(area) not in SPOTS]


def _area(treatment: TreatmentSession, spot: Spot, size: Size, now: datetime) -> TreatedArea:
    side = Side(spot.side)
    source, area = size_of(spot.region.key, side, size.area_cm2, size.palms)
    return TreatedArea(
        clinic_id=treatment.clinic_id,
        treatment_id=treatment.id,
        region=spot.region.key,
        side=side,
        area_cm2=area,
        source=source,
        added_at=now,
    )


def _same(rows: Sequence[TreatedArea], new: TreatedArea) -> bool:
    """Entered twice by name, a region is shown as the sum: unchanged while the sum is."""
    if len(rows) == 1:
        return (rows[0].area_cm2, rows[0].source) == (new.area_cm2, new.source)
    return bool(rows) and sum(row.area_cm2 for row in rows) == new.area_cm2


def _keep(
    treatment: TreatmentSession,
    withdrawn: Sequence[TreatedArea],
    added: Sequence[TreatedArea],
    by: Actor,
    now: datetime,
) -> None:
    for area in withdrawn:
        area.withdrawn_at = now
    db.session.add_all(added)
    record(by, "session.areas_set", treatment, now=now, also=[*withdrawn, *added])
    reassess(treatment, by, now)
