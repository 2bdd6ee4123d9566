"""Fitting, counting and swapping needles: one needle on the gun at a time."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError

from inventory.audit.actors import Actor
from inventory.audit.operations import record
from inventory.db import db
from inventory.errors import DomainError
from inventory.packs import operations as packs
from inventory.packs.models import Pack, PackContent
from inventory.sessions import estimating, queries
from inventory.sessions.errors import NotRunning, PackFinished, WrongThing
from inventory.sessions.models import NeedleUse, RemovalReason, TreatmentSession, TreatmentState
from inventory.sessions.scan_queries import passed_for
from inventory.stock.models import ProductKind
from inventory.stock.operations import LotQuarantined


class AnotherNeedleFitted(DomainError):
    """Two swaps at one instant: the other one was first."""

    def __init__(self) -> None:
        super().__init__("Another needle was fitted at the same moment. Look at the screen before you go on.")


def holds_needles(pack: Pack) -> bool:
    return any(content.lot.product.kind is ProductKind.NEEDLE for content in pack.contents)


def check_good(
    treatment: TreatmentSession, pack: Pack, by: Actor, now: datetime, *, override_reason: str | None = None
) -> None:
    """Whether a pack opened for this session may still give a needle: raises what `packs.check_late` raises.

    A quarantine is passed with an `override_reason`, here or when the pack was opened; a recall never is.
    """
    try:
        packs.check_late(pack, by, now)
    except LotQuarantined as late:
        if not override_reason and late.code not in passed_for(treatment, pack):
            raise


def fit_first(treatment: TreatmentSession, by: Actor, now: datetime, *, region: str | None = None) -> NeedleUse:
    """Put a needle of the oldest pack that is still good on the gun; raises why the oldest is not where none is."""
    refusal: DomainError | None = None
    for pack in queries.packs_of(treatment):
        content = queries.needle_left_in(treatment, pack)
        if content is None:
            continue
        try:
            check_good(treatment, pack, by, now)
        except DomainError as late:
            refusal = refusal or late
        else:
            return fit(treatment, content, by, now, region=region)
    raise refusal or WrongThing("No needle is left in the packs of this session. Scan a sterile pack with needles.")


def fit(
    treatment: TreatmentSession,
    content: PackContent,
    by: Actor,
    now: datetime,
    *,
    region: str | None = None,
    after: NeedleUse | None = None,
) -> NeedleUse:
    """Put one needle of an opened pack on the gun. `region` is where it will be used, else where the last one was."""
    use = NeedleUse(
        clinic_id=by.clinic_id,
        treatment_id=treatment.id,
        sequence=queries.last_sequence(treatment) + 1,
        pack=content.pack,
        lot=content.lot,
        pins=content.lot.product.pins,
        fitted_at=now,
        regions=region if region is not None else queries.region_for(treatment, after),
    )
    try:
        with db.session.begin_nested():
            db.session.add(use)
            record(by, "needle.fitted", treatment, now=now, also=[use])
    except IntegrityError:
        raise AnotherNeedleFitted from None
    return use


def remove(
    use: NeedleUse,
    reason: RemovalReason,
    now: datetime,
    *,
    shots: int | None = None,
    area_cm2: int | None = None,
) -> None:
    """End a needle use. `shots` nobody counted are marked as estimated; `estimating` says when they are stored."""
    if shots is not None:
        use.shots = shots
    if area_cm2 is not None:
        use.area_cm2 = area_cm2
    use.estimated = use.shots is None
    use.removed_at = now
    use.removal_reason = reason


def count(treatment: TreatmentSession, shots: int, by: Actor, now: datetime, *, area_cm2: int | None = None) -> None:
    """What the gun's counter shows for the needle now fitted, and the skin it has done so far where that is known."""
    fitted = queries.fitted_needle(treatment)
    if treatment.state is not TreatmentState.RUNNING or fitted is None:
        raise NotRunning(treatment)
    fitted.shots = shots
    if area_cm2 is not None:
        fitted.area_cm2 = area_cm2
    record(by, "needle.counted", treatment, now=now, also=[fitted])


def must_change(treatment: TreatmentSession, event: RemovalReason, by: Actor, now: datetime) -> None:
    """Something happened to the fitted needle that ends it at once (N3); shown until it is swapped."""
    fitted = queries.fitted_needle(treatment)
    if treatment.state is not TreatmentState.RUNNING or fitted is None:
        raise NotRunning(treatment)
    fitted.must_change = event
    record(by, "needle.must_change", treatment, now=now, also=[fitted])


def treat_region(treatment: TreatmentSession, region: str, by: Actor, now: datetime) -> None:
    """The needle now fitted goes on to `region`, a region and side key."""
    fitted = queries.fitted_needle(treatment)
    if treatment.state is not TreatmentState.RUNNING or fitted is None:
        raise NotRunning(treatment)
    worked = [key for key in fitted.regions.split(",") if key]
    if region in worked:
        return
    fitted.regions = ",".join([*worked, region])
    record(by, "needle.moved_to_region", treatment, now=now, also=[fitted])


def swap(
    treatment: TreatmentSession,
    pack: Pack,
    by: Actor,
    now: datetime,
    *,
    reason: RemovalReason,
    shots: int | None = None,
    area_cm2: int | None = None,
    override_reason: str | None = None,
) -> NeedleUse:
    """End the needle on the gun and start one from `pack`, in one step: never two needles, never none.

    A pack already opened for this session serves again while it is still good and holds needles; raises
    `PackFinished` when it holds none, and whatever `check_good` and, for a new one, `packs.open_pack` raise.
    """
    if treatment.state is not TreatmentState.RUNNING:
        raise NotRunning(treatment)
    if not holds_needles(pack):
        raise WrongThing("This pack holds no needle. Scan a pack with needles.")
    if not queries.is_opened_here(treatment, pack):
        packs.open_pack(pack, treatment.id, by, now, override_reason=override_reason)
        content = next(c for c in pack.contents if c.lot.product.kind is ProductKind.NEEDLE)
    else:
        check_good(treatment, pack, by, now, override_reason=override_reason)
        found = queries.needle_left_in(treatment, pack)
        if found is None:
            raise PackFinished("Every needle of this pack was already fitted in this session.")
        content = found
    uses = queries.needle_uses_of(treatment)
    fitted = next((use for use in uses if use.removed_at is None), None)
    if fitted is not None:
        remove(fitted, reason, now, shots=shots, area_cm2=area_cm2)
        estimating.store_at_swap(treatment, uses, fitted)
        record(by, "needle.removed", treatment, now=now, also=[fitted])
    region = queries.next_region(treatment, fitted) if reason is RemovalReason.NEW_REGION else None
    return fit(treatment, content, by, now, region=region, after=fitted)
