"""What was done on a device without network. It is a fact when it arrives: kept, whatever the rules say of it.

A scan in setup opens nothing that was not there, so it is taken or refused like any other. A needle that was changed
in a running session was changed: if its pack was bad or used elsewhere meanwhile, it is recorded all the same, with a
critical flag on every session concerned.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from inventory.audit.actors import Brought
from inventory.audit.operations import record
from inventory.clock import day_in
from inventory.db import db
from inventory.errors import DomainError
from inventory.packs import operations as packs
from inventory.packs.models import Pack, PackContent, PackState
from inventory.packs.queries import live_use_of
from inventory.scanning.queries import resolve
from inventory.sessions import estimating, needles, queries
from inventory.sessions.admission import Swap, scan_in
from inventory.sessions.judging import raise_incident, reassess
from inventory.sessions.models import FlagSeverity, NeedleUse, RemovalReason, Scan, TreatmentSession, TreatmentState
from inventory.stock.models import ProductKind

LATE = "Recorded on a device without network; it arrived after the session was closed."
REGARDLESS = "Used in a session without network, before it could be checked."


class Arrival(StrEnum):
    APPLIED = "applied"
    REFUSED = "refused"
    CONFLICT = "conflict"
    LATE = "late"


@dataclass(frozen=True)
class Taken:
    """How a scan arrived. Where a use would have been refused: its `pack`, and `against`, the verdict's code."""

    arrival: Arrival
    scan: Scan | None = None
    pack: Pack | None = None
    against: str = ""
    sentence: str = ""


def take_scan(treatment: TreatmentSession, text: str, by: Brought, now: datetime, *, swap: Swap, used: bool) -> Taken:
    """A scan as it arrives. `now` is when it happened; `used` says that the device let the nurse go on."""
    if treatment.closed_at is not None:
        return _late(treatment, text, by, now, swap, used)
    running = treatment.state is TreatmentState.RUNNING
    scan = scan_in(treatment, text, by, now, swap=swap)
    if scan.subject_id is not None:
        return Taken(Arrival.APPLIED, scan)
    if not (running and used):
        return Taken(Arrival.REFUSED, scan)
    pack = _needle_pack(text, by, now)
    if pack is not None:
        _open_regardless(treatment, pack, scan.code, by, now)
        _change_regardless(treatment, pack, by, now, swap)
    _flag_everywhere(treatment, pack, scan, by, now)
    reassess(treatment, by, now)
    return Taken(Arrival.CONFLICT, scan, pack, scan.code, scan.sentence)


def note_late(treatment: TreatmentSession, what: str, by: Brought, now: datetime, event: str) -> None:
    """A step that arrived after the close: the closed session is not changed, the lead nurse is told."""
    sentence = f"{what} {LATE.removeprefix('Recorded').strip().capitalize()}"
    raise_incident(treatment, "LATE_ENTRY", event, sentence, by, now, rule="LATE_ENTRY", severity=FlagSeverity.WARNING)


def note_left(treatment: TreatmentSession, by: Brought, now: datetime, event: str) -> None:
    """Somebody who no longer works here brought home what they did while they did."""
    sentence = f"{by.name} no longer works here; what they did before arrived only now."
    raise_incident(
        treatment, "PERSON_LEFT", event, sentence, by, now, rule="PERSON_LEFT", severity=FlagSeverity.WARNING
    )


def latest_moment(treatment: TreatmentSession) -> datetime:
    """Nothing of a session happens before what its record already tells."""
    moments = [treatment.opened_at, treatment.started_at]
    for use in queries.needle_uses_of(treatment):
        moments += [use.fitted_at, use.removed_at]
    return max(moment for moment in moments if moment is not None)


def _late(treatment: TreatmentSession, text: str, by: Brought, now: datetime, swap: Swap, used: bool) -> Taken:
    pack = _needle_pack(text, by, now)
    if pack is None or not used or treatment.started_at is None:
        note_late(treatment, f"Scan of {text[:60]!r}.", by, now, f"{now.timestamp():.3f}")
        return Taken(Arrival.LATE)
    against, sentence = "", ""
    try:
        if not queries.is_opened_here(treatment, pack):
            packs.open_pack(pack, treatment.id, by, now)
    except DomainError as refused:
        against, sentence = refused.code, refused.sentence
        _open_regardless(treatment, pack, against, by, now)
    if pack.state is PackState.OPENED:
        packs.finish_pack(pack, by, now)
    content = queries.needle_left_in(treatment, pack) or _first_needle(pack.contents)
    use = _late_needle(treatment, content, by, now, swap)
    event = str(use.id)
    note_late(treatment, f"Needle {use.sequence}.", by, now, event)
    if against:
        raise_incident(treatment, "USED_REGARDLESS", event, sentence, by, now, rule=against)
        _flag_other(treatment, pack, event, by, now)
    course = queries.course_of(treatment)
    estimating.store_at_close(treatment, course)
    record(by, "needle.estimated", treatment, now=now, also=course.needle_uses)
    reassess(treatment, by, now)
    return Taken(Arrival.LATE, None, pack if against else None, against, sentence)


def _late_needle(
    treatment: TreatmentSession, content: PackContent, by: Brought, now: datetime, swap: Swap
) -> NeedleUse:
    use = NeedleUse(
        clinic_id=by.clinic_id,
        treatment_id=treatment.id,
        sequence=queries.last_sequence(treatment) + 1,
        pack=content.pack,
        lot=content.lot,
        pins=content.lot.product.pins,
        fitted_at=now,
        regions=queries.region_for(treatment, None),
        shots=swap.shots,
        estimated=swap.shots is None,
        removed_at=max(now, treatment.closed_at or now),
        removal_reason=RemovalReason.SESSION_END,
        late_reason=LATE,
    )
    db.session.add(use)
    record(by, "needle.fitted_late", treatment, now=now, also=[use])
    return use


def _needle_pack(text: str, by: Brought, now: datetime) -> Pack | None:
    try:
        found = resolve(text, by.clinic_id, day_in(by.time_zone, now))
    except DomainError:
        return None
    return found if isinstance(found, Pack) and needles.holds_needles(found) else None


def _open_regardless(treatment: TreatmentSession, pack: Pack, against: str, by: Brought, now: datetime) -> None:
    """Nobody else may use it after this. Where even a reason may not open it, it leaves the shelf otherwise."""
    if live_use_of(pack) is not None:
        return
    try:
        packs.open_pack(pack, treatment.id, by, now, override_reason=REGARDLESS)
    except DomainError:
        if pack.state in (PackState.MADE_UP, PackState.AVAILABLE):
            packs.discard(pack, f"{REGARDLESS} {against}", by, now)


def _change_regardless(treatment: TreatmentSession, pack: Pack, by: Brought, now: datetime, swap: Swap) -> None:
    uses = queries.needle_uses_of(treatment)
    fitted = next((use for use in uses if use.removed_at is None), None)
    if fitted is not None:
        needles.remove(fitted, swap.reason, now, shots=swap.shots, area_cm2=swap.area_cm2)
        estimating.store_at_swap(treatment, uses, fitted)
        record(by, "needle.removed", treatment, now=now, also=[fitted])
    needles.fit(treatment, _first_needle(pack.contents), by, now, after=fitted)


def _flag_everywhere(treatment: TreatmentSession, pack: Pack | None, scan: Scan, by: Brought, now: datetime) -> None:
    said = f"{scan.sentence} It was used in this session without network."
    raise_incident(treatment, "USED_REGARDLESS", f"{scan.id}", said, by, now, rule=scan.code)
    if pack is not None:
        _flag_other(treatment, pack, f"{scan.id}", by, now)


def _flag_other(treatment: TreatmentSession, pack: Pack, event: str, by: Brought, now: datetime) -> None:
    use = live_use_of(pack)
    if use is None or use.treatment_id == treatment.id:
        return
    other = queries.treatment_of(by.clinic_id, use.treatment_id)
    said = f"A needle pack of this session was also used in session {treatment.number}, without network."
    raise_incident(other, "ALREADY_USED", event, said, by, now, rule="N1")


def _first_needle(contents: Sequence[PackContent]) -> PackContent:
    return next(content for content in contents if content.lot.product.kind is ProductKind.NEEDLE)
