"""Packs made of other packs: one split into several, and reusable contents made up anew."""

from collections.abc import Callable, Sequence
from datetime import date, datetime

from inventory.audit.actors import Actor
from inventory.audit.operations import record
from inventory.clock import day_in
from inventory.db import db
from inventory.packs import queries
from inventory.packs.checks import check_not_held, same_clinic
from inventory.packs.errors import NotReusable, NotSplittable
from inventory.packs.lifecycle import CLOSED, ImpossibleStep, PackState, ShelfMode, Spoilt
from inventory.packs.making import last_day
from inventory.packs.models import Pack, PackContent, PackOrigin
from inventory.packs.parts import free_parts, pack_parts
from inventory.stock import operations as stock
from inventory.stock.models import ProductKind
from labels import codes


def split(
    pack: Pack, count: int, by: Actor, now: datetime, *, new_code: Callable[[], str] = codes.new_code
) -> list[Pack]:
    """`pack` becomes `count` packs with new codes, its contents shared out as evenly as they go; nothing is lost.

    Only before it is sterilised, or where every piece was bought sterile in a barrier of its own.
    Raises `NotSplittable`, `ImpossibleStep`.
    """
    same_clinic(by, pack)
    db.session.refresh(pack, ["state", "load_id"], with_for_update=True)
    check_not_held(pack)
    if pack.state not in CLOSED:
        raise ImpossibleStep(pack.state, "split")
    if pack.load_id is not None:
        raise NotSplittable(pack, "it has been through the steriliser, and opening it ends that")
    if pack.parts:
        raise NotSplittable(pack, "it holds a set of parts; return it to processing and pack them anew")
    if count < 2 or any(content.quantity < count for content in pack.contents):
        most = min(content.quantity for content in pack.contents)
        raise NotSplittable(pack, f"each new pack needs a piece of each lot, so make 2 to {most} of it")
    made = [_like(pack, by, now, new_code) for _ in range(count)]
    for place, new in enumerate(made):
        new.contents = [
            PackContent(
                clinic_id=by.clinic_id,
                pack=new,
                lot=content.lot,
                quantity=content.quantity // count + (place < content.quantity % count),
            )
            for content in pack.contents
        ]
    origins = _told(made, pack)
    pack.state, pack.spoilt = PackState.DISCARDED, Spoilt.SPLIT
    pack.discard_reason = f"Split into {count} packs"
    record(by, "pack.split", pack, now=now, also=[*made, *origins], into=[new.id for new in made])
    return made


def remake(
    pack: Pack,
    use_by: date | None,
    by: Actor,
    now: datetime,
    *,
    shelf_mode: ShelfMode | None = None,
    new_code: Callable[[], str] = codes.new_code,
) -> Pack:
    """Reusable contents of a used, discarded or recalled pack, cleaned, in a new pack that must be sterilised again.

    Needles never: one needle, one patient, one session. Raises `NotReusable`, what `parts.pack_parts` raises, and what
    `stock.operations.check_lot` raises for a lot that is not good any more.
    """
    same_clinic(by, pack)
    db.session.refresh(pack, ["state"], with_for_update=True)
    _check_reusable(pack)
    mode, today = shelf_mode or pack.shelf_mode, day_in(by.time_zone, now)
    # A recalled pack kept its parts until somebody takes it apart, which is now.
    freed = free_parts(pack, now)
    if freed:
        record(by, "pack.taken_apart", pack, now=now, also=freed)
    if pack.parts:
        new = pack_parts([held.part for held in pack.parts], use_by, by, now, shelf_mode=mode, new_code=new_code)
    else:
        lots = [content.lot for content in pack.contents]
        for lot in lots:
            stock.check_lot(lot, today)
        new = _like(pack, by, now, new_code)
        new.needs_load, new.shelf_mode = True, mode
        new.use_by = last_day(lots, use_by, today)
        new.contents = [
            PackContent(clinic_id=by.clinic_id, pack=new, lot=content.lot, quantity=content.quantity)
            for content in pack.contents
        ]
    record(by, "pack.remade", pack, now=now, also=[new, *_told([new], pack)], into=new.id)
    return new


def is_splittable(pack: Pack) -> bool:
    """Whether `split` may be offered."""
    whole = pack.state in CLOSED and pack.load_id is None and not pack.parts
    return whole and all(content.quantity > 1 for content in pack.contents)


def is_reusable(pack: Pack) -> bool:
    """Whether `remake` may be offered."""
    try:
        _check_reusable(pack)
    except (ImpossibleStep, NotReusable):
        return False
    return True


def _check_reusable(pack: Pack) -> None:
    if pack.state not in (PackState.USED, PackState.DISCARDED, PackState.RECALLED):
        raise ImpossibleStep(pack.state, "made up anew")
    if pack.spoilt is Spoilt.SPLIT or queries.made_of(pack):
        raise NotReusable(pack, "its contents are in another pack already")
    if any(content.lot.product.kind is not ProductKind.GUN_PART for content in pack.contents):
        raise NotReusable(pack, "it held single-use goods")


def _like(pack: Pack, by: Actor, now: datetime, new_code: Callable[[], str]) -> Pack:
    return Pack(
        clinic_id=by.clinic_id,
        code=new_code(),
        needs_load=pack.needs_load,
        use_by=pack.use_by,
        shelf_mode=pack.shelf_mode,
        made_up_at=now,
        made_up_by_id=by.id,
        made_up_by_name=by.name,
    )


def _told(made: Sequence[Pack], source: Pack) -> list[PackOrigin]:
    origins = [PackOrigin(clinic_id=source.clinic_id, pack=new, source=source) for new in made]
    db.session.add_all([*made, *origins])
    return origins
